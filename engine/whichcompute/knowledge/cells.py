"""Many conjunctions of conditions evaluated at once, by the cells into which their thresholds cut each descriptor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from whichcompute.knowledge.conditions import Condition


class Conjunction(Protocol):
    """What an index holds: conditions that must all be true."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions."""
        ...


Item = TypeVar("Item", bound=Conjunction)
_IN_BYTE = [tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]


def numbers_of(bits: int) -> list[int]:
    """The numbers of the bits that are set, lowest first; by bytes, as operations on a long integer are slow.

    >>> numbers_of(0b1_0000_0000_0110)
    [1, 2, 12]
    """
    octets = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return [8 * at + bit for at, octet in enumerate(octets) if octet for bit in _IN_BYTE[octet]]


def mask_of(items: Iterable[Item], wanted: Callable[[Item], bool]) -> int:
    """A bit mask with bit i set for each item i that is wanted."""
    return sum(1 << number for number, item in enumerate(items) if wanted(item))


class ConjunctionIndex(Generic[Item]):
    """Conjunctions of conditions, evaluated at once: a lookup per descriptor and two bit operations each.

    The thresholds of the conditions cut each descriptor into finitely many cells in which no condition changes its
    truth. Per cell, one bit mask says which items have all their conditions on that descriptor true, and one which
    have one that is false.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self.all = (1 << len(self.items)) - 1
        by_field: dict[str, list[tuple[int, Condition]]] = {}
        for number, item in enumerate(self.items):
            for condition in item.conditions:
                by_field.setdefault(condition.field, []).append((number, condition))
        self.cells = {field: Cells(pairs, self.all) for field, pairs in by_field.items()}

    def evaluate(self, values: Mapping[str, Any]) -> tuple[int, int]:
        """Bit masks (bit i = item i) of the items that hold and of those that are unknown; `values` with derived."""
        true, false = self.all, 0
        get = values.get
        for field, cells in self.cells.items():
            value = get(field)
            cell_true, cell_false = cells.unknown if value is None else cells.masks(value)
            true &= cell_true
            false |= cell_false
        return true, self.all & ~(true | false)

    def select(self, bits: int) -> list[Item]:
        """The items whose bits are set, in order."""
        items = self.items
        return [items[number] for number in numbers_of(bits)]


class Cells:
    """The cells of one descriptor: a representative value of each, and the masks of items in it."""

    def __init__(self, pairs: list[tuple[int, Condition]], every: int) -> None:
        operands = [item for _, c in pairs for item in c.operands]
        self.numeric = any(type(item) is float for item in operands)
        self.thresholds = sorted({item for item in operands if type(item) is float})
        self.representatives: list[Any] = self._representatives(operands)
        masks = self._swept(pairs) if self.numeric else [self._false(pairs, value) for value in self.representatives]
        self._masks = [(every & ~false, false) for false in masks]
        self.unknown = self._mask(pairs, None, every)
        self._number: dict[Any, int] = {}
        if not self.numeric:
            self._number = {value: number for number, value in enumerate(self.representatives) if number}

    def _representatives(self, operands: Iterable[object]) -> list[Any]:
        if not self.numeric:
            return [_Other(), *dict.fromkeys(item for item in operands if item is not None)]
        cuts = self.thresholds
        between = [cuts[0] - 1, *((low + high) / 2 for low, high in zip(cuts, cuts[1:], strict=False)), cuts[-1] + 1]
        points: list[float] = [between[0]]
        for cut, above in zip(cuts, between[1:], strict=True):
            points += [cut, above]
        return points

    @staticmethod
    def _false(pairs: list[tuple[int, Condition]], value: Any) -> int:
        """The items with a condition that is false of a known value; all their other conditions are true."""
        false = 0
        for number, condition in pairs:
            if not condition.test(value):
                false |= 1 << number
        return false

    def _swept(self, pairs: list[tuple[int, Condition]]) -> list[int]:
        """The items with a false condition, cell by cell: from each cell to the next only few conditions change.

        Asking every condition in every cell would take time as the square of the numbers in a rule pack.
        """
        place = {cut: 2 * number + 1 for number, cut in enumerate(self.thresholds)}
        changes: list[list[tuple[int, int]]] = [[] for _ in range(len(self.representatives) + 1)]
        for number, condition in pairs:
            for start, end in _false_cells(condition, place, len(self.representatives)):
                changes[start].append((number, 1))
                changes[end].append((number, -1))
        false, counts, masks = 0, dict.fromkeys((number for number, _ in pairs), 0), []
        for changed in changes[:-1]:
            for number, by in changed:
                before, counts[number] = counts[number], counts[number] + by
                if not before or not counts[number]:
                    false ^= 1 << number
            masks.append(false)
        return masks

    @staticmethod
    def _mask(pairs: list[tuple[int, Condition]], value: Any, every: int) -> tuple[int, int]:
        true, false = every, 0
        for number, condition in pairs:
            verdict = condition.holds({condition.field: value})
            if verdict is not True:
                true &= ~(1 << number)
            if verdict is False:
                false |= 1 << number
        return true, false

    def number(self, value: Any) -> int:
        """The number of the cell that a known value lies in, an index into `representatives`."""
        if self.numeric:
            below = bisect_left(self.thresholds, value)
            return 2 * below + (below < len(self.thresholds) and self.thresholds[below] == value)
        return self._number.get(value, 0)

    def masks(self, value: Any) -> tuple[int, int]:
        """Masks of the items all of whose conditions here are true, and of those with one that is false."""
        return self.unknown if value is None else self._masks[self.number(value)]

    @property
    def true_masks(self) -> list[int]:
        """For each cell, and last for unknown, the items all of whose conditions here are true."""
        return [true for true, _ in (*self._masks, self.unknown)]


def _false_cells(condition: Condition, place: Mapping[Any, int], count: int) -> list[tuple[int, int]]:
    """The ranges of the numbers of cells, of so many, in which a numeric condition is false."""
    if condition.op in ("known", "unknown"):
        return [] if condition.op == "known" else [(0, count)]
    at = sorted({place[operand] for operand in condition.operands})
    if condition.op == "!=":
        return [(at[0], at[0] + 1)]
    if condition.op in ("==", "in"):
        return list(zip([0, *(cell + 1 for cell in at)], [*at, count], strict=True))
    beyond = at[0] + (condition.op in ("<=", ">"))
    return [(beyond, count)] if condition.op in ("<", "<=") else [(0, beyond)]


class _Other:
    """Any value that no condition names."""
