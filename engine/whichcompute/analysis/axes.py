"""One descriptor cut into the finitely many cells in which no condition of a rule pack changes its truth.

A set of cells is a bit mask; bit 0 is "unknown". The thresholds of the conditions cut a number into points and open
intervals; every value of a choice is a cell. Cells that no value can reach (below zero, above the descriptor's maximum,
between two neighbouring whole numbers) do not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from math import isfinite

from whichcompute.analysis.products import round_number
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS, PROPERTIES, Value
from whichcompute.knowledge.intervals import Interval, cut_at

UNKNOWN = 1
"""The mask of the cell "unknown"."""

_MOST = 1e18  # stands in for a maximum that a descriptor does not have


class Axis:
    """The cells of one descriptor, and words and values for sets of them."""

    def __init__(self, name: str, conditions: Iterable[Condition] = ()) -> None:
        self.name = name
        self.descriptor = DESCRIPTORS.get(name)
        self.title, self.unit = PROPERTIES[name].title, PROPERTIES[name].unit
        self.whole = self.descriptor is not None and self.descriptor.integer
        self.numeric = self.descriptor is None or self.descriptor.type == "number"
        self.cells: list[Interval[Fraction] | bool | str] = list(self._cells(conditions))
        self.full = (1 << len(self.cells) + 1) - 1

    def _cells(self, conditions: Iterable[Condition]) -> Iterator[Interval[Fraction] | bool | str]:
        if self.descriptor is not None and self.descriptor.type == "boolean":
            yield from (False, True)
        elif self.descriptor is not None and not self.numeric:
            yield from self.descriptor.choices
        else:
            above_0 = self.descriptor is not None and self.descriptor.positive
            top = greatest(self.name)
            cells = cut_at({Fraction(0), top, *_thresholds(conditions)}, Fraction(0), top)
            yield from (cell for cell in cells if not (cell.is_empty(self.whole) or (above_0 and cell.high == 0)))

    def mask(self, condition: Condition) -> int:
        """The cells in which a condition on this descriptor is true."""
        if condition.op in ("known", "unknown"):
            return UNKNOWN if condition.op == "unknown" else self.full & ~UNKNOWN
        true = sum(2 << n for n, cell in enumerate(self.cells) if condition.test(_inside(cell)))
        return true | UNKNOWN if condition.if_unknown else true

    def pieces(self, mask: int) -> list[Interval[Fraction]]:
        """The connected intervals that the known cells of a number in `mask` make up, ascending."""
        joined: list[Interval[Fraction]] = []
        rest, at = mask >> 1, 0
        while rest:
            at += (skipped := (rest & -rest).bit_length() - 1)
            rest >>= skipped
            count = (~rest & (rest + 1)).bit_length() - 1
            # Neighbouring cells make one: whole numbers between which no cell exists are neighbours too.
            first, last = self.cells[at], self.cells[at + count - 1]
            assert isinstance(first, Interval) and isinstance(last, Interval)
            joined.append(first.through(last))
            rest >>= count
            at += count
        return joined

    def value(self, mask: int) -> Value | None:
        """A known value in one of the cells; None when the mask holds only "unknown"."""
        if self.numeric:
            pieces = self.pieces(mask)
            return float(round_number(pieces[-1] if pieces[0].high == 0 else pieces[0], self.whole)) if pieces else None
        known = [cell for number, cell in enumerate(self._choices) if mask >> number + 1 & 1]
        return known[0] if known else None

    @cached_property
    def _choices(self) -> tuple[Value, ...]:
        """The cells of a choice or a yes-no field, each one value."""
        return tuple(cell for cell in self.cells if not isinstance(cell, Interval))

    @cached_property
    def values(self) -> tuple[Value | None, ...]:
        """A value of each known cell, in their order."""
        if not self.numeric:
            return self._choices
        return tuple(float(round_number(cell, self.whole)) for cell in self.cells if isinstance(cell, Interval))

    def holds(self, mask: int, value: Value | None) -> bool:
        """Whether a value (None: unknown) lies in one of the cells of `mask`."""
        if value is None:
            return bool(mask & UNKNOWN)
        if self.numeric:
            return isinstance(value, (int, float)) and any(value in piece for piece in self.pieces(mask))
        return bool(mask >> self._choices.index(value) + 1 & 1)

    def words(self, mask: int) -> str:
        """A set of cells as a clause, such as 'longest run is above 15 min'."""
        known = mask & ~UNKNOWN
        if not known:
            return f"{self.title} is unknown"
        rest = " or is unknown" if mask & UNKNOWN else ""
        if known == self.full & ~UNKNOWN:
            return f"{self.title} is known{rest}"
        if self.numeric:
            pieces = (piece.words(self.unit, float(greatest(self.name))) for piece in self.pieces(mask))
            return f"{self.title} is {' or '.join(pieces)}{rest}"
        cells = [cell for number, cell in enumerate(self.cells) if known >> number + 1 & 1]
        names = [DESCRIPTORS[self.name].say(cell) for cell in cells if not isinstance(cell, Interval)]
        if isinstance(cells[0], bool):
            return f"{self.title}: {names[0]}{rest}"
        return f"{self.title} is {'one of ' if len(names) > 1 else ''}{', '.join(names)}{rest}"


def greatest(name: str) -> Fraction:
    """The greatest value that a descriptor, or a product of descriptors, can have."""
    if name in DERIVED:
        product = Fraction(DERIVED[name].scale)
        for factor in DERIVED[name].factors:
            product *= greatest(factor)
        return product
    maximum = DESCRIPTORS[name].maximum
    return Fraction(maximum if isfinite(maximum) else _MOST)


def _thresholds(conditions: Iterable[Condition]) -> set[Fraction]:
    operands = (c.operands for c in conditions)
    return {Fraction(item) for items in operands for item in items if isinstance(item, float) and isfinite(item)}


def _inside(cell: Interval[Fraction] | bool | str) -> object:
    return (cell.low + cell.high) / 2 if isinstance(cell, Interval) else cell
