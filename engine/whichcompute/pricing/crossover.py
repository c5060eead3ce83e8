"""Crossovers: at which value of one field the cheapest service changes, solved and not sampled.

Every cost rises with the field (more calls, longer runs and more memory never cost less). So when the cheapest service
at the start of a stretch is, at its end, still no more expensive than what the others cost at its start, it is the
cheapest all along; any other stretch is halved, down to neighbouring values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Costs = Mapping[str, float]
"""USD a month by service; infinite where a service has no estimate."""
_EQUAL = 1e-12
_MOST_STEPS = 20_000
_MOST_UNITS = 100
"""Services that cost the same but for one unit billed count as equal beyond so many units: 1 % at most."""
PROBES = (0.0902, 0.2361, 0.3819, 0.6181, 0.8541, 0.9443)
"""Shares of a stretch at which equality is checked; no step size coincides with them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values of the field, both ends included, over which one service is the cheapest."""

    start: float
    end: float
    service: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The values a field can take: from `start` to `end` in steps. `billed` is the unit of what is billed, if any."""

    start: float
    end: float
    step: float
    billed: float = 0.0

    def value(self, number: int) -> float:
        """The value with that number, counted from the start."""
        return self.start + number * self.step

    @property
    def last(self) -> int:
        """The number of the last value."""
        return round((self.end - self.start) / self.step)


GRIDS = {
    "invocations_per_month": Grid(1, 1e9, 1),
    "typical_duration_s": Grid(0.001, 3600, 0.001, billed=1.0),
    "memory_mb": Grid(128, 262144, 1),
}
"""The fields whose crossovers can be solved: every cost rises with them."""


def stretches(costs_at: Callable[[float], Costs], grid: Grid) -> tuple[Stretch, ...]:
    """The cheapest service over the grid, as few stretches as there are changes; empty without any estimate.

    Ends early, at the last stretch that is proved, when the proof takes more than 20,000 estimates.

    Where two services cost the same, the one that was cheapest before stays.
    """
    solver = _Solver(costs_at, grid)
    found: list[tuple[int, int, str]] = []
    for start, end, service in solver.solve():
        if found and found[-1][2] == service:
            found[-1] = (found[-1][0], end, service)
        elif service:
            found.append((start, end, service))
    return tuple(Stretch(grid.value(start), grid.value(end), service) for start, end, service in found)


class _Solver:
    def __init__(self, costs_at: Callable[[float], Costs], grid: Grid) -> None:
        self._costs_at = costs_at
        self._grid = grid
        self._steps = 0

    def solve(self) -> Iterator[tuple[int, int, str]]:
        last = self._grid.last
        holder = ""
        waiting = [(0, self._at(0), last, self._at(last))]
        while waiting:
            start, costs, end, ends = waiting.pop()
            holder = _cheapest(costs, holder)
            middle = (start + end) // 2
            if _rules(holder, costs, ends):
                yield start, end, holder
            elif self._steps >= _MOST_STEPS:
                return  # only what is proved is given
            elif end - start == 1:
                yield start, start, holder
                holder = _cheapest(ends, holder)
                yield end, end, holder
            else:
                between = self._at(middle)
                if self._equals(start, end, [costs, between, ends]):
                    yield start, end, holder
                else:
                    waiting += [(middle, between, end, ends), (start, costs, middle, between)]

    def _equals(self, start: int, end: int, known: list[Costs]) -> bool:
        """Whether the cheapest services have the same price, as jobs on Fargate and on Batch with Fargate capacity do.

        Bounds cannot separate them, so their equality is checked at the probes and just above each whole unit billed.
        """
        leaders = _leaders(known[0])
        return (
            len(leaders) > 1
            and _ahead(leaders, known[0], known[-1])
            and all(_leaders(costs) == leaders for costs in known)
            and all(_leaders(self._at(number)) == leaders for number in self._probes(start, end))
        )

    def _probes(self, start: int, end: int) -> Iterator[int]:
        yield from (start + int((end - start) * share) for share in PROBES)
        if unit := round(self._grid.billed / self._grid.step):
            # A task that stays costs less than tasks by the run where rounding up makes these cost more than a month.
            offset = round(self._grid.start / self._grid.step)
            first = start + 1 + (-start - offset) % unit
            yield from range(first, min(end, _MOST_UNITS * unit - offset), unit)

    def _at(self, number: int) -> Costs:
        self._steps += 1
        return self._costs_at(self._grid.value(number))


def _cheapest(costs: Costs, holder: str) -> str:
    least = min(costs.values(), default=math.inf)
    if math.isinf(least):
        return ""
    if holder and costs[holder] <= least * (1 + _EQUAL):
        return holder
    return min(costs, key=lambda service: costs[service])


def _rules(holder: str, costs: Costs, ends: Costs) -> bool:
    """Whether the cheapest at the start stays so to the end, whatever happens between."""
    if not holder:
        return True  # costs only rise: what has no estimate at the start has none later
    others = (cost for service, cost in costs.items() if service != holder)
    return math.isfinite(ends[holder]) and all(ends[holder] <= cost * (1 + _EQUAL) for cost in others)


def _ahead(leaders: set[str], costs: Costs, ends: Costs) -> bool:
    """Whether the leaders stay below every other service from start to end, whatever happens between."""
    highest = max(ends[leader] for leader in leaders)
    return all(highest <= cost * (1 + _EQUAL) for service, cost in costs.items() if service not in leaders)


def _leaders(costs: Costs) -> set[str]:
    least = min(costs.values())
    return (
        {service for service, cost in costs.items() if cost <= least * (1 + _EQUAL)} if math.isfinite(least) else set()
    )
