"""Crossovers: at which value of one field the cheapest service changes, solved and not sampled.

Every cost rises with the field (more calls, longer runs and more memory never cost less). So when the cheapest service
at the start of a stretch is, at its end, still no dearer than what the others cost at its start, it is the cheapest all
along; any other stretch is halved, down to neighbouring values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.units import plain

Costs = Mapping[str, float]
"""USD a month by service; infinite where a service has no estimate."""
_EQUAL = 1e-12
_MOST_STEPS = 20_000
_PROBES = (0.0902, 0.2361, 0.3819, 0.6181, 0.8541, 0.9443)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values of the field, both ends included, over which one service is the cheapest."""

    start: float
    end: float
    service: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The values a field can take: from `start` to `end` in steps."""

    start: float
    end: float
    step: float
    noun: str

    def value(self, number: int) -> float:
        """The value with that number, counted from the start."""
        return self.start + number * self.step

    @property
    def last(self) -> int:
        """The number of the last value."""
        return round((self.end - self.start) / self.step)


GRIDS = {
    "invocations_per_month": Grid(1, 1e9, 1, "calls a month"),
    "typical_duration_s": Grid(0.001, 3600, 0.001, "seconds a run"),
    "memory_mb": Grid(128, 262144, 1, "MB of memory"),
}
"""The fields whose crossovers can be solved: every cost rises with them."""


def stretches(costs_at: Callable[[float], Costs], grid: Grid) -> tuple[Stretch, ...]:
    """The cheapest service over the whole grid, as few stretches as there are changes; empty without any estimate.

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
            if _rules(holder, costs, ends) or self._steps >= _MOST_STEPS:
                yield start, end, holder
            elif end - start == 1:
                yield start, start, holder
                holder = _cheapest(ends, holder)
                yield end, end, holder
            else:
                between = self._at(middle)
                if self._twins(start, end, [costs, between, ends]):
                    yield start, end, holder
                else:
                    waiting += [(middle, between, end, ends), (start, costs, middle, between)]

    def _twins(self, start: int, end: int, known: list[Costs]) -> bool:
        """Whether the cheapest services have one and the same price, as jobs on Fargate and on Batch over Fargate do.

        Twins cannot be told apart by bounds, so their equality is checked at points that no step size shares.
        """
        leaders = _leaders(known[0])
        return (
            len(leaders) > 1
            and all(_leaders(costs) == leaders for costs in known)
            and all(_leaders(self._at(start + int((end - start) * share))) == leaders for share in _PROBES)
        )

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


def _leaders(costs: Costs) -> set[str]:
    least = min(costs.values())
    return (
        {service for service, cost in costs.items() if cost <= least * (1 + _EQUAL)} if math.isfinite(least) else set()
    )


def sentence(found: tuple[Stretch, ...], field: str, names: Mapping[str, str]) -> str:
    """The crossovers in words, empty without any: who is cheapest up to where, and who after that.

    >>> sentence((Stretch(1, 14_200_000, "a"), Stretch(14_200_001, 1e9, "b")), "invocations_per_month",
    ...          {"a": "AWS Lambda", "b": "ECS on EC2"})
    'AWS Lambda is cheapest up to 14.2 million calls a month, ECS on EC2 above.'
    """
    if not found:
        return ""
    noun, services = GRIDS[field].noun, [names[stretch.service] for stretch in found]
    if len(found) == 1:
        return f"{services[0]} is cheapest at any number of {noun}."
    first = f"{services[0]} is cheapest up to {_round(found[0].end)} {noun}"
    if len(set(services)) == len(services):
        then = [f"{name} up to {_round(at.end)}" for name, at in zip(services[1:-1], found[1:-1], strict=True)]
        return f"{', '.join([first, *then])}, {services[-1]} above."
    # Fleets grow in steps, so near a crossover two services change places several times.
    turns = " and ".join(dict.fromkeys(services[:-1]))
    return f"{first}, {services[-1]} above {_round(found[-1].start)}; in between {turns} take turns."


def _round(value: float) -> str:
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if value >= size:
            return f"{value / size:.3g}{word}"
    return plain(float(f"{value:.4g}"))
