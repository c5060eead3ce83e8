"""What may change on the way to another answer: which descriptors, into which cells, at what effort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.counterfactual.paths.landscape import Cell, Landscape
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor, Value
from whichcompute.knowledge.intervals import Interval

ANSWER = 1
"""The effort of a change that only needs an answer, because the descriptor is not known yet."""

Way = str | tuple[Value, ...]
"""How an answer can be brought: to "less", to "more", or to one of these answers."""


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
