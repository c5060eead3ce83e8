"""How far a changed answer may lie from the one proposed: the other values under which the outcome stays the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from whichcompute.counterfactual.paths.landscape import Cell, Landscape
from whichcompute.counterfactual.paths.values import outcomes
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.intervals import Interval, plainly

Invariant = Callable[[Mapping[str, Value]], object]
"""What must stay the same, of the known values of a workload."""


def spread(land: Landscape, values: Mapping[str, Value], name: str, outcome: Invariant | None = None) -> str:
    """The values around the present one that leave the outcome (None: the leading answer) as it is, in words."""
    outcome = outcome or land.leading
    value, descriptor, cells = values[name], DESCRIPTORS[name], land.cells[name]
    if not isinstance(value, float):
        own = _own(cells, value)
        others = [c for number, c in enumerate(cells) if number != own and _keeps(outcome, land, values, name, c)]
        choices = dict.fromkeys([value, *(choice for cell in (cells[own], *others) for choice in cell.choices)])
        return " or ".join(descriptor.say(choice) for choice in choices)
    return plainly(reach(land, values, name, outcome), descriptor.unit).words(descriptor.unit, descriptor.maximum)


def reach(land: Landscape, values: Mapping[str, Value], name: str, outcome: Invariant | None = None) -> Interval[float]:
    """The numbers around the present one that leave the outcome (None: the leading answer) as it is."""
    outcome = outcome or land.leading
    value, cells = values[name], land.cells[name]
    low = high = own = _own(cells, value)
    if name in land.linked and not _keeps(outcome, land, values, name, cells[own]):
        return Interval(float(value), float(value))
    while low > 0 and _keeps(outcome, land, values, name, cells[low - 1]):
        low -= 1
    while high < len(cells) - 1 and _keeps(outcome, land, values, name, cells[high + 1]):
        high += 1
    return cells[low].interval.through(cells[high].interval)


def _own(cells: Sequence[Cell], value: Value) -> int:
    return next(number for number, cell in enumerate(cells) if value in cell)


def _keeps(outcome: Invariant, land: Landscape, values: Mapping[str, Value], name: str, cell: Cell) -> bool:
    """Whether every answer of a cell leaves the outcome as it is."""
    now = outcome(values)
    found = [outcome(after) for after in outcomes(land, values, {name: cell})]
    return bool(found) and all(one == now for one in found)
