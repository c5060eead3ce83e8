"""The cells of every descriptor: the thresholds of all rules, classifier conditions and contradictions cut it into
cells in which no term can tell two values apart; and what may change on the way to another answer, at what effort.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import inf
from typing import Any

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.cells import Cells, ConjunctionIndex
from whichcompute.knowledge.contradictions import patterns
from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, Descriptor, Value, with_derived
from whichcompute.knowledge.intervals import Interval, cut_at, whole_numbers
from whichcompute.knowledge.services import Answer
from whichcompute.recommender.recommender import Recommender

ANSWER = 1
"""The effort of a change that only needs an answer, because the descriptor is not known yet."""

Way = str | tuple[Value, ...]
"""How an answer can be brought: to "less", to "more", or to one of these answers."""
ANY_NUMBER = Interval(0.0, inf)
_NARROW = 0.01
_REMEMBERED = 1024  # answers: a search meets the same changed workload several times


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

    @property
    def is_narrow(self) -> bool:
        """Whether it lies between a limit and a cut of the classifier beside it (32 and 32.01 vCPUs)."""
        return 0 < self.interval.high - self.interval.low < _NARROW * self.interval.high < inf


class Landscape:
    """The cells of the descriptors that anything looks at, and which answer leads for a workload."""

    def __init__(self, recommender: Recommender) -> None:
        self.recommender = recommender
        aggregator = recommender.aggregator
        self.pack = aggregator.pack
        impossible = (pattern for pattern in patterns() if not pattern.more)
        items = (*self.pack.rules, *aggregator.classifier.lines, *impossible)
        self.index: ConjunctionIndex[Any] = ConjunctionIndex(items)
        self.derived = [name for name in DERIVED if name in self.index.cells]
        ordered = {name for pattern in patterns() for name in pattern.fields if pattern.more}
        self.linked = frozenset(factor for name in self.derived for factor in DERIVED[name].factors) | ordered
        self.fields = [name for name in DECIDING if name in self.linked or name in self.index.cells]
        self.cells = {name: _cells(name, self.index) for name in self.fields}
        self._remembered = lru_cache(_REMEMBERED)(self._leading)

    def leading(self, values: Mapping[str, Value]) -> Answer:
        """The leading answer for the known values of a workload, costs included."""
        return self._remembered(tuple(values.items()))

    def _leading(self, items: tuple[tuple[str, Value], ...]) -> Answer:
        values = dict(items)
        usd = self.recommender.costs.priced(values).comparable
        weighing = self.recommender.aggregator.weigh(with_derived(values), list(usd.values()))
        return weighing.service

    def others(self, name: str, value: Value | None) -> list[Cell]:
        """The cells of a descriptor in which the terms differ from those at a value; for a number the nearest first."""
        cells = self.index.cells.get(name)
        now = cells.masks(value)[0] if cells else self.index.all
        others = [cell for cell in self.cells[name] if cell.mask != now or name in self.linked]
        if isinstance(value, float):
            others.sort(key=lambda cell: max(cell.interval.low - value, value - cell.interval.high))
        return others


@lru_cache(maxsize=8)
def landscape(recommender: Recommender) -> Landscape:
    """The landscape of a recommender, made once."""
    return Landscape(recommender)


def _cells(field: str, index: ConjunctionIndex[Any]) -> tuple[Cell, ...]:
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
    for interval in cut_at(cells.thresholds, whole.low, whole.high):
        inside = whole_numbers(interval) if integer else interval
        if inside.is_empty():
            continue
        mask = cells.masks(inside.low if inside.low == inside.high else (inside.low + inside.high) / 2)[0]
        if found and found[-1].mask == mask:
            last = found.pop().interval
            inside = last.through(inside)
        found.append(Cell(mask, (), inside))
    return found


@dataclass(frozen=True, slots=True)
class PossibleChange:
    """The cells that a descriptor may change to, the nearest first, and the effort."""

    effort: int
    cells: tuple[Cell, ...]


def possible(land: Landscape, values: Mapping[str, Value]) -> dict[str, PossibleChange]:
    """What may change, in table order: an unknown answer may turn out as anything, a fact of the workload stays."""
    found = {}
    for name in land.fields:
        descriptor, value = DESCRIPTORS[name], values.get(name)
        if value is None:
            found[name] = PossibleChange(ANSWER, tuple(land.others(name, None)))
        elif descriptor.change_effort:
            cells = tuple(_brought(descriptor, value, land.others(name, value)))
            if cells:
                found[name] = PossibleChange(descriptor.change_effort, cells)
    return found


def _brought(descriptor: Descriptor, value: Value, cells: list[Cell]) -> Iterator[Cell]:
    """What is left of the cells when an answer can be brought in some ways only."""
    way = _ways().get(descriptor.name)
    for cell in cells:
        if isinstance(value, float):
            interval = cell.interval
            if way == "less":
                interval = interval.meet(Interval(0.0, value, high_open=True))
            elif way == "more":
                interval = interval.meet(Interval(value, descriptor.maximum, low_open=True))
            if not interval.is_empty():
                yield Cell(cell.mask, (), interval)
        else:
            choices = tuple(choice for choice in cell.choices if _allowed(descriptor, value, choice, way))
            if choices:
                yield Cell(cell.mask, choices)


def _allowed(descriptor: Descriptor, value: Value, choice: Value, way: Way | None) -> bool:
    if way is None or isinstance(way, tuple):
        return way is None or choice in way
    order = list(descriptor.choices)
    earlier = order.index(str(choice)) < order.index(str(value))
    return choice != value and earlier == (way == "less")


@cache
def _ways() -> dict[str, Way]:
    path = folder("data") / "changes.toml"
    return {name: _way(name, way, f"{path}: {shown(name)}") for name, way in read_toml(path).items()}


def _way(name: str, way: Any, place: str) -> Way:
    descriptor = DESCRIPTORS.get(name)
    if descriptor is None or not descriptor.change_effort:
        raise DataError(f"{place}: no descriptor of this name has a change_effort")
    if way in ("less", "more") and descriptor.type != "boolean":
        return str(way)
    if not isinstance(way, list) or descriptor.type == "number":
        raise DataError(f"{place}: '{shown(way)}' must be less, more, or for a choice a list of answers")
    try:
        return tuple(value for item in way if (value := descriptor.read(item)) is not None)
    except ValueError as error:
        raise DataError(f"{place}: {error}") from None
