"""Comparison: the costs of a workload over one field, and which service is the cheapest from where to where.

A service is compared at the values at which no rule excludes it, so the ranges keep to the hard limits as the
recommendation does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor, inf

from whichcompute.base.records import Record
from whichcompute.knowledge.descriptors import Value, per_unit, with_derived
from whichcompute.knowledge.services import ANSWERS, NONE, RECORDS, SERVICES, Service
from whichcompute.pricing.crossover import GRIDS, PROBES, Grid, stretches
from whichcompute.recommender.recommender import Recommender

NEEDS = {
    "invocations_per_month": ("typical_duration_s", "max_duration_s"),
    "typical_duration_s": ("invocations_per_month",),
    "memory_mb": (),
}
"""Each field that can be compared over, and the others of which one must be known for costs to depend on it."""
_PROBES = (0.0, *PROBES, 1.0)
_EQUAL = 1e-9
_BUDGET = 2_000
"""As many estimates are made for one stretch of values before the rest of it is left unsolved."""


@dataclass(frozen=True)
class Range(Record):
    """Values of a field, both ends included, over which `service` is the cheapest; `same` cost as much all along."""

    start: float
    end: float
    service: Service
    same: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class Solved:
    """The ranges found, ascending, and how far the solution goes; values that no service can serve are in no range."""

    ranges: tuple[Range, ...]
    to: float
    whole: bool


class Comparison:
    """The expected monthly costs of a workload over one field: which services can serve, and which is the cheapest.

    `recommended` and `runner_up` are those of the workload as it is; None where all others are ruled out.
    """

    def __init__(
        self, recommender: Recommender, values: Mapping[str, Value], field: str, *, free_tier: bool = False
    ) -> None:
        values = recommender.placed(values)
        self.field, self.values, self.free_tier = field, values, free_tier
        self.grid = GRIDS[field]
        self._aggregator, self.model = recommender.aggregator, recommender.costs
        weighing = self._aggregator.weigh(with_derived(values))
        self._ranking = weighing.ranking  # best first: of two that cost the same, the better one is named
        left = [ANSWERS[number] for number in weighing.ranking if not weighing.excluded[number]]
        left = [answer for answer in left if answer != NONE]
        self.recommended, self.runner_up = (*left, None, None)[:2]

    @property
    def depends(self) -> bool:
        """Whether enough is known for costs to depend on the field, and to rise with it."""
        if self.field == "typical_duration_s" and self.values.get("peak_concurrency") is not None:
            return False  # of a stated number of requests in flight, more wait when they take longer
        needs = NEEDS[self.field]
        return not needs or any(self.values.get(name) is not None for name in needs)

    @property
    def current(self) -> float | None:
        """The workload's own value of the field."""
        value = self.values.get(self.field)
        return value if isinstance(value, float | int) else None

    def possible(self, value: float) -> tuple[Service, ...]:
        """The services that no rule excludes at this value, in the order of the recommendation."""
        excluded = self._aggregator.weigh(with_derived({**self.values, self.field: value})).excluded
        left = (ANSWERS[number] for number in self._ranking if not excluded[number])
        return tuple(answer for answer in left if answer != NONE)

    def costs(self, value: float, among: Sequence[Service] | None = None) -> dict[Service, float]:
        """Expected USD a month of those that have an estimate at this value: of all that can serve, or of some."""
        costs = self.model.priced({**self.values, self.field: value}, free_tier=self.free_tier).expected()
        found = ((service, costs[service]) for service in (self.possible(value) if among is None else among))
        return {service: cost for service, cost in found if cost is not None}

    def solve(self, among: Sequence[Service] = SERVICES) -> Solved:
        """Which of these services is the cheapest from where to where."""
        joined: list[Range] = []
        reached = last = tidy(self.grid.value(self._last()))
        for grid, services in self._segments(among):
            found, reached = self._within(grid, services)
            for each in found:
                if joined and joined[-1].service == each.service and each.start - joined[-1].end < 1.5 * grid.step:
                    each = Range(start=joined.pop().start, end=each.end, service=each.service)
                joined.append(each)
            if reached < tidy(grid.end):
                break
        ranges = tuple(replace(each, same=self._same(each, among)) for each in joined)
        return Solved(ranges, reached, reached == last)

    def _within(self, grid: Grid, services: Sequence[Service]) -> tuple[list[Range], float]:
        """The ranges within values at which the same services can serve, and how far the solution goes."""
        by_price: dict[str, list[Service]] = {}
        for service in services:
            by_price.setdefault(RECORDS[service].priced_like or service, []).append(service)
        groups = list(by_price.values())
        if len(groups) in (1, len(services)):
            return self._bounded(grid, [[service] for service in services])
        # No bound separates services that can cost the same, so at first they are solved as one.
        outer, reached = self._bounded(grid, groups)
        found: list[Range] = []
        for each in outer:
            (group,) = (group for group in groups if group[0] == each.service)
            if len(group) == 1:
                found.append(each)
                continue
            inner, to = self._bounded(replace(grid, start=each.start, end=each.end), [[service] for service in group])
            found += inner
            if to < each.end:
                return found, to
        return found, reached

    def _bounded(self, grid: Grid, groups: Sequence[Sequence[Service]]) -> tuple[list[Range], float]:
        """The same for groups that count as their cheapest, each named by its first."""
        while True:
            seen: list[float] = []

            def costs_at(value: float, seen: list[float] = seen) -> dict[str, float]:
                if len(seen) == _BUDGET:
                    raise _TooFar
                seen.append(value)
                costs = self.costs(tidy(value), [service for group in groups for service in group])
                return {group[0]: min(costs.get(service, inf) for service in group) for group in groups}

            try:
                found = stretches(costs_at, grid)
            except _TooFar:
                # Values are solved in ascending order, so those well below the last one looked at can be.
                number = round((seen[-1] - grid.start) / grid.step) // 2
                grid = replace(grid, end=grid.value(number))
                continue
            return [Range(tidy(one.start), tidy(one.end), one.service) for one in found], tidy(grid.end)

    def _segments(self, among: Sequence[Service]) -> Iterator[tuple[Grid, tuple[Service, ...]]]:
        """The values cut so that within each piece no exclusion changes, and who of these services can serve there."""
        last = self._last()
        starts = sorted({0, *(number for number in self._cuts() if 0 < number <= last)})
        for number, after in zip(starts, [*starts[1:], last + 1], strict=True):
            if number < after:
                start = self.grid.value(number)
                services = tuple(service for service in self.possible(tidy(start)) if service in among)
                yield replace(self.grid, start=start, end=self.grid.value(after - 1)), services

    def _last(self) -> int:
        """The number of the last value that the workload can have."""
        longest = self.values.get("max_duration_s")
        if self.field != "typical_duration_s" or not isinstance(longest, float | int):
            return self.grid.last
        # No usual run is longer than the longest.
        return min(self.grid.last, floor((longest - self.grid.start) / self.grid.step + _EQUAL))

    def _cuts(self) -> Iterator[int]:
        """Numbers of the values before, at and after each threshold of an exclusion, for neighbours may differ."""
        units = {self.field: 1.0, **per_unit(self.field, self.values)}
        for rule in self._aggregator.pack:
            for condition in rule.conditions if rule.entry.effect == "exclude" else ():
                for operand in condition.operands if units.get(condition.field) else ():
                    if type(operand) is float:
                        near = round((operand / units[condition.field] - self.grid.start) / self.grid.step)
                        yield from range(near - 1, near + 3)

    def _same(self, found: Range, among: Sequence[Service]) -> tuple[Service, ...]:
        steps = round((found.end - found.start) / self.grid.step)
        same = [service for service in self.possible(found.start) if service in among and service != found.service]
        for share in _PROBES if same else ():
            costs = self.costs(tidy(found.start + int(steps * share) * self.grid.step), (found.service, *same))
            most = costs[found.service] * (1 + _EQUAL)
            same = [service for service in same if service in costs and costs[service] <= most]
            if not same:
                break
        return tuple(same)


class _TooFar(Exception):
    """More estimates than are worth waiting for."""


def tidy(value: float) -> float:
    """The value without the dust that steps of a thousandth leave."""
    return round(value, 6)
