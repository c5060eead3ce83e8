"""The cells of every descriptor: where rules and classifier change their results, for searches that must miss nothing.

Rules, features of the classifier and contradictions are the same kind of thing, a conjunction of conditions: a *term*.
The thresholds of all terms cut a descriptor into cells in which no term can tell two values apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import inf
from operator import and_
from typing import Any

from whichcompute.knowledge.cells import Cells, Conjunction, ConjunctionIndex
from whichcompute.knowledge.contradictions import patterns
from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, Value
from whichcompute.knowledge.intervals import Interval, whole_numbers
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.terms import Terms

_NEAR = 1e-9


ANY_NUMBER = Interval(0.0, inf)


@dataclass(frozen=True, slots=True)
class Cell:
    """Values of one descriptor that all terms treat alike: `choices` (answers), or for a number an `interval`.

    `mask` has bit i set when every condition of term i on this descriptor holds here (also when it has none).
    """

    mask: int
    choices: tuple[Value, ...] = ()
    interval: Interval[float] = ANY_NUMBER

    def __contains__(self, value: object) -> bool:
        if self.choices:
            return value in self.choices
        return isinstance(value, float) and value in self.interval


class Landscape:
    """All terms of an aggregator as bits of a mask, and the cells of the descriptors they look at.

    `excludes` holds for each service the terms that rule it out, `forbidden` those that hold of no workload.
    """

    def __init__(self, aggregator: Aggregator) -> None:
        self.table = Terms(aggregator.pack, aggregator.classifier, [p for p in patterns() if not p.more])
        self.index, self.weights = self.table.index, self.table.weights
        self.excludes, self.forbidden = self.table.vetoes, self.table.also
        self.derived = [name for name in DERIVED if name in self.index.cells]
        self.factors = frozenset(factor for name in self.derived for factor in DERIVED[name].factors)
        self.orders = [(p.more, p.than) for p in patterns() if p.more in DESCRIPTORS and p.than in DESCRIPTORS]
        ordered = {name for pattern in patterns() for name in pattern.fields if pattern.more}
        self.linked = self.factors | ordered
        self.fields = [name for name in DECIDING if name in self.linked or name in self.index.cells]
        self.cells = {name: _cells(name, self.index) for name in self.fields}
        self._masks = [[self.mask(n, None), *(cell.mask for cell in self.cells[n])] for n in self.fields]
        self._masks += [[self.mask(n, None), *self.masks_within(n, 0.0, inf)] for n in self.derived]
        self._implied: dict[int, int] = {}

    def mask(self, field: str, value: object) -> int:
        """The mask of the cell in which a value lies; None stands for unknown."""
        cells = self.index.cells.get(field)
        return cells.masks(value)[0] if cells else self.index.all

    def others(self, name: str, value: Value | None) -> list[Cell]:
        """The cells of a descriptor in which the terms differ from those at a value; for a number the nearest first."""
        now = self.mask(name, value)
        others = [cell for cell in self.cells[name] if cell.mask != now or name in self.linked]
        if isinstance(value, float):
            others.sort(key=lambda cell: max(cell.interval.low - value, value - cell.interval.high))
        return others

    def implied(self, term: int) -> int:
        """Bit mask of terms that hold wherever this one does."""
        if term not in self._implied:
            masks = (mask for own in self._masks for mask in own if mask >> term & 1)
            self._implied[term] = reduce(and_, masks, self.index.all)
        return self._implied[term]

    def looking_at(self, derived: str) -> int:
        """Bit mask of the terms with a condition on this derived descriptor."""
        return self.table.looking_at(derived)

    def masks_within(self, derived: str, low: float, high: float) -> set[int]:
        """The masks that a derived descriptor can have between two values."""
        cells = self.index.cells[derived]
        inside = (cut for cut in cells.thresholds if low <= cut <= high)
        points = [low, *(value for cut in inside for value in (cut * (1 - _NEAR), cut, cut * (1 + _NEAR))), high]
        return {cells.masks(value)[0] for value in points if low <= value <= high}

    def fired(self, values: Mapping[str, Any]) -> int:
        """Bit mask of the terms that hold; `values` with the derived ones."""
        return self.index.evaluate(values)[0]

    def first(self, fired: int) -> int | None:
        """The number of the leading service when these terms hold; None when every service is excluded."""
        return self.table.leading(self.table.scores(fired), fired)


@lru_cache(maxsize=8)
def landscape(aggregator: Aggregator) -> Landscape:
    """The landscape of an aggregator, made once."""
    return Landscape(aggregator)


def _cells(field: str, index: ConjunctionIndex[Conjunction]) -> tuple[Cell, ...]:
    descriptor, cells = DESCRIPTORS[field], index.cells.get(field)
    if descriptor.type != "number":
        answers: Iterable[Value] = descriptor.choices if descriptor.type == "choice" else (True, False)
        alike: dict[int, tuple[Value, ...]] = {}
        for answer in answers:
            mask = cells.masks(answer)[0] if cells else index.all
            alike[mask] = (*alike.get(mask, ()), answer)
        return tuple(Cell(mask, choices) for mask, choices in alike.items())
    whole = Interval(0.0, float(descriptor.maximum))
    if cells is None or not cells.numeric:
        return (Cell(cells.masks(1.0)[0] if cells else index.all, (), whole),)
    return tuple(_merged(cells, whole, integer=descriptor.integer))


def _merged(cells: Cells, whole: Interval[float], *, integer: bool) -> Iterable[Cell]:
    """Neighbouring cells with the same mask as one; those that hold no value of the descriptor are left out."""
    found: list[Cell] = []
    for interval in _between(cells.thresholds):
        inside = whole_numbers(interval.meet(whole)) if integer else interval.meet(whole)
        if inside.is_empty():
            continue
        mask = cells.masks(inside.low if inside.low == inside.high else (inside.low + inside.high) / 2)[0]
        if found and found[-1].mask == mask:
            last = found.pop().interval
            inside = last.through(inside)
        found.append(Cell(mask, (), inside))
    return found


def _between(cuts: list[float]) -> Iterable[Interval[float]]:
    low = -inf
    for cut in cuts:
        yield Interval(low, cut, True, True)
        yield Interval(cut, cut)
        low = cut
    yield Interval(low, inf, True, True)
