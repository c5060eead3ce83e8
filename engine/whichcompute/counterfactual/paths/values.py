"""Concrete values for chosen cells: near the present ones, easy to say, and free of contradictions; and how far a
value may lie from the one proposed while the outcome stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import ceil, floor, log10

from whichcompute.base.words import joined
from whichcompute.counterfactual.paths.landscape import Cell, Landscape
from whichcompute.knowledge.contradictions import contradictions, patterns
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor, Value, per_unit, with_derived
from whichcompute.knowledge.intervals import Interval, plainly, size_below

Invariant = Callable[[Mapping[str, Value]], object]
"""What must stay the same, of the known values of a workload."""
_STEPS: dict[str, tuple[float, ...]] = {
    "s": (86400.0, 3600.0, 600.0, 60.0, 10.0, 1.0),
    "MB": (1048576.0, 10240.0, 1024.0, 128.0, 16.0, 1.0),
    "GB": (10240.0, 1024.0, 100.0, 10.0, 1.0),
}
_FINE = 10  # a value beside a limit lies within this fraction of it, if a plain number does
_LEAST_POWER = -300  # of ten that is no denormal number
_FAR = 10  # how far to go where a cell has no end


def outcomes(land: Landscape, values: Mapping[str, Value], cells: Mapping[str, Cell]) -> Iterator[dict[str, Value]]:
    """The workload with the named descriptors moved into these cells, best values first.

    Values within cells differ only for derived descriptors and for pairs of numbers in order. For these, both ends of
    the cells concerned follow, and values on either side of what a derived descriptor is compared with.
    """
    ends = {name: ends_of(DESCRIPTORS[name], cell, values.get(name)) for name, cell in cells.items()}
    present = {contradiction.fields for contradiction in contradictions(values)}
    for changes in _variants(land, values, ends):
        after = {**values, **changes}
        inside = all(value in cells[name] for name, value in changes.items())
        if inside and all(contradiction.fields in present for contradiction in contradictions(after)):
            yield after


def _variants(
    land: Landscape, values: Mapping[str, Value], ends: Mapping[str, Sequence[Value]]
) -> Iterator[dict[str, Value]]:
    linked = [name for name in ends if name in land.linked]
    single = {name: options[:1] for name, options in ends.items() if name not in land.linked}
    for picks in product(*({**ends, **single}[name] for name in ends)):
        changes = dict(zip(ends, picks, strict=True))
        yield changes
        for name in linked:
            for value in _pins(land, {**values, **changes}, name):
                yield {**changes, name: value}


def _pins(land: Landscape, values: Mapping[str, Value], name: str) -> Iterator[float]:
    """Values of a number beside those at which a derived descriptor or an order of two numbers changes."""
    limits = [(derived, cut) for derived in land.derived for cut in land.index.cells[derived].thresholds]
    complete, slopes = with_derived(values), per_unit(name, values)
    for pattern in patterns():
        more, than = complete.get(pattern.more), complete.get(pattern.than)
        if isinstance(more, float) and isinstance(than, float):
            limits.append((pattern.more, than))
            if pattern.than == name:
                yield from _beside(DESCRIPTORS[name], more)
    for limited, cut in limits:
        if limited == name:
            yield from _beside(DESCRIPTORS[name], cut)
        elif slopes.get(limited):
            yield from _beside(DESCRIPTORS[name], cut / slopes[limited])


def _beside(descriptor: Descriptor, cut: float) -> Iterator[float]:
    yield _rounded(descriptor, cut, floor)
    yield _rounded(descriptor, cut, ceil)


def _rounded(descriptor: Descriptor, value: float, way: Callable[[float], int]) -> float:
    step = 10.0 ** max(floor(log10(value)) - 2, _LEAST_POWER) if value > 0 else 1.0
    if descriptor.integer:
        step = max(step, 1.0)
    return _plain(way(value / step) * step)


def _plain(value: float) -> float:
    return float(f"{value:.12g}")  # without what binary fractions leave behind


def ends_of(descriptor: Descriptor, cell: Cell, now: Value | None) -> list[Value]:
    """The answers of a cell that stand for all others; for a number the end nearer to the present value first."""
    if cell.choices:
        return [cell.choices[0]]
    low, high = _lowest(descriptor, cell.interval), _highest(descriptor, cell.interval)
    upward = cell.interval.high >= descriptor.maximum if now is None else isinstance(now, float) and now < low
    return list(dict.fromkeys([low, high] if upward else [high, low]))


def _lowest(descriptor: Descriptor, cell: Interval[float]) -> float:
    if not cell.low_open and (cell.low > 0 or cell.low == cell.high):
        return cell.low
    for step in _steps(descriptor, cell.low or min(cell.high, 10.0)):
        value = _plain((floor(cell.low / step) + 1) * step)
        if value in cell:
            return value
    return (cell.low + cell.high) / 2


def _highest(descriptor: Descriptor, cell: Interval[float]) -> float:
    if cell.high >= descriptor.maximum:
        return min(cell.high, _lowest(descriptor, cell) * _FAR)
    if not cell.high_open:
        return cell.high
    for step in _steps(descriptor, cell.high):
        value = _plain((ceil(cell.high / step) - 1) * step)
        if value > 0 and value in cell:
            return value
    return (cell.low + cell.high) / 2


def _steps(descriptor: Descriptor, size: float) -> Iterator[float]:
    """Steps from coarse to fine in which numbers of about this size are given."""
    for step in _STEPS.get(descriptor.unit, ()):
        if step * _FINE <= size:
            yield step
    for digits in range(1, 5):
        step = 10.0 ** (floor(log10(size)) - digits)
        if not descriptor.integer or step >= 1:
            yield step
    if descriptor.integer:
        yield 1.0


def spread(land: Landscape, values: Mapping[str, Value], name: str, outcome: Invariant | None = None) -> str:
    """The values around the present one that leave the outcome (None: the leading answer) as it is, in words."""
    outcome = outcome or land.leading
    value, descriptor, cells = values[name], DESCRIPTORS[name], land.cells[name]
    if not isinstance(value, float):
        own = _own(cells, value)
        others = [c for number, c in enumerate(cells) if number != own and _keeps(outcome, land, values, name, c)]
        choices = dict.fromkeys([value, *(choice for cell in (cells[own], *others) for choice in cell.choices)])
        return joined((descriptor.say(choice) for choice in choices), "or")
    within = reach(land, values, name, outcome)
    if name in land.linked and within.low == within.high > 0:
        return f"about {descriptor.say(size_below(_tipping(outcome, values, name, value), descriptor.unit))}"
    return plainly(within, descriptor.unit).words(descriptor.unit, descriptor.maximum)


def _tipping(outcome: Invariant, values: Mapping[str, Value], name: str, value: float) -> float:
    """A number on which the answer tips over, in as few digits as leave the outcome as it is."""
    for digits in range(2):
        after = {**values, name: float(f"{value:.{digits}e}")}
        if outcome(after) == outcome(values) and len(contradictions(after)) <= len(contradictions(values)):
            return float(after[name])
    return value


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
