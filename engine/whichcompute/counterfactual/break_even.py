"""Break-even: where the cheapest service changes as one number of a workload grows, as data and in words.

Solving takes some tens of milliseconds, so no plain recommendation asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from whichcompute.base.records import Record
from whichcompute.base.units import say
from whichcompute.base.words import joined, plural, short
from whichcompute.counterfactual.assumed import FIELD, PAIR, BreakEvenRange, break_even_range
from whichcompute.counterfactual.comparison import NEEDS, Comparison, Range, Solved
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.services import SERVICE_NAMES, Service
from whichcompute.pricing.crossover import GRIDS
from whichcompute.pricing.demand import JOBS
from whichcompute.pricing.price_facts import MB_PER_GB
from whichcompute.recommender.recommender import Recommender

_EACH = 3
"""Up to this many ranges are named one by one."""


@dataclass(frozen=True)
class BreakEven(Record):
    """Which service is the cheapest over the values of `field`, all other answers as given; `text` says it in words.

    `current` is the workload's own value and `cheapest` the service there; None where unknown. `leaders` are the ranges
    of the recommended service and the runner-up alone, empty where `ranges` says the same. `uncompared` are services
    that are not ruled out but have no estimate at any value. Nothing is said of values above `solved_to`. `assumed`
    is how far the break-even of Lambda and Fargate moves with what is assumed, for calls where both can serve.
    """

    field: str
    current: float | None
    cheapest: Service | None
    ranges: tuple[Range, ...]
    leaders: tuple[Range, ...]
    uncompared: tuple[Service, ...]
    solved_to: float
    text: str
    assumed: BreakEvenRange | None = None


def break_even(
    recommender: Recommender, values: Mapping[str, Value], *, free_tier: bool = False
) -> tuple[BreakEven, ...]:
    """For each field that matters, where the cheapest service changes; empty when too little is known.

    A field is left out when no cost depends on it, or when the recommended service and another have no estimate.
    """
    comparisons = (Comparison(recommender, values, field, free_tier=free_tier) for field in NEEDS)
    return tuple(found for found in map(break_even_assumed, comparisons) if found is not None)


def break_even_assumed(comparison: Comparison) -> BreakEven | None:
    """`break_even_over` with how far the break-even of Lambda and Fargate moves with what is assumed."""
    found = break_even_over(comparison)
    if found is None or comparison.field != FIELD or not set(PAIR) <= set(comparison.possible(found.current or 1.0)):
        return found
    assumed = break_even_range(comparison.model, comparison.values, free_tier=comparison.free_tier)
    return replace(found, assumed=assumed)


def break_even_over(comparison: Comparison) -> BreakEven | None:
    """Where the cheapest service changes over one field; None when the field is to be left out."""
    solved = comparison.solve() if comparison.depends else None
    compared = set() if solved is None else _compared(comparison, solved)
    if solved is None or len(compared) < 2 or comparison.recommended not in compared:
        return None
    current = comparison.current
    pair = _pair(comparison, compared, solved)
    leaders = comparison.solve(pair) if pair else None
    asked = comparison.possible(solved.ranges[0].start if current is None else current)
    uncompared = tuple(service for service in asked if service not in compared)
    words = BreakEvenWords(comparison.field, current, comparison.values.get("kind") in JOBS)
    return BreakEven(
        field=comparison.field,
        current=current,
        cheapest=None if current is None else _cheapest(comparison.costs(current), current, solved.ranges),
        ranges=solved.ranges,
        leaders=leaders.ranges if leaders else (),
        uncompared=uncompared,
        solved_to=solved.to,
        text=" ".join(filter(None, [words.all_of(solved), words.of_two(pair, leaders), words.left_out(uncompared)])),
    )


def _compared(comparison: Comparison, solved: Solved) -> set[Service]:
    """The services with an estimate; none where no cost changes with the field."""
    if not solved.ranges:
        return set()
    first, last = comparison.costs(solved.ranges[0].start), comparison.costs(solved.ranges[-1].end)
    return set() if first == last else {*first, *last, *(found.service for found in solved.ranges)}


def _pair(comparison: Comparison, compared: set[Service], solved: Solved) -> tuple[Service, ...]:
    """The two services that fit best, where the ranges do not tell them apart: a cheap third can hide the two."""
    first, second = comparison.recommended, comparison.runner_up
    if first is None or second is None or not {first, second} <= compared:
        return ()
    return () if {found.service for found in solved.ranges} <= {first, second} else (first, second)


def _cheapest(costs: Mapping[Service, float], current: float, ranges: Sequence[Range]) -> Service | None:
    for found in ranges:
        if found.start <= current <= found.end:
            return found.service
    # A value between two steps, or beyond the last, lies in no range.
    return min(costs, key=lambda service: costs[service], default=None)


class BreakEvenWords:
    """Says what was solved for one field; the units of work are called jobs, or else requests."""

    def __init__(self, field: str, current: float | None, jobs: bool) -> None:
        self._field, self._grid = field, GRIDS[field]
        self._current = current
        self._unit = "job" if jobs else "request"

    def all_of(self, solved: Solved) -> str:
        """Who is the cheapest where, how far that was worked out, and where the workload is."""
        sentences = [f"{self._ranges(solved, 'cheapest')}."]
        if not solved.whole:
            sentences.append("Not evaluated beyond that.")
        return " ".join([*sentences, *self._here(solved)])

    def of_two(self, pair: Sequence[Service], leaders: Solved | None) -> str:
        """Which of two services is the cheaper where; empty without any."""
        if leaders is None or not leaders.ranges:
            return ""
        first, *rest = leaders.ranges
        if first.same and not rest:
            return f"{_names(pair)}, the two that fit best, cost the same."
        return f"Of {_names(pair)}, the two that fit best, {self._ranges(leaders, 'the cheaper')}."

    @staticmethod
    def left_out(services: Sequence[Service]) -> str:
        """Which services could not be compared; empty for none."""
        return f"Not compared (no estimate): {_names(services)}." if services else ""

    def _ranges(self, solved: Solved, cheapest: str) -> str:
        """The ranges in a clause: each of them while they are few, else the first and the last."""
        first, *rest = solved.ranges
        last = solved.ranges[-1]
        beyond = "" if solved.whole and last.end == solved.to else f" up to {self.value(last.end)}"
        if not rest and not beyond and self._follows(first, self._grid.start):
            return f"{_who(first)} is {cheapest} {self._whatever()}"
        said = f"{_who(first)} is {cheapest} {self._reach(first, self._grid.start)}"
        if not rest:
            return said
        if len(solved.ranges) <= _EACH:
            for before, found in zip([first, *rest], rest[:-1], strict=False):
                said += f", {_who(found)} {self._reach(found, before.end)}"
            above = "above" if self._follows(last, solved.ranges[-2].end) else f"from {self.value(last.start)}"
            return f"{said}; {above}, {_who(last)}{beyond}"
        # Fleets grow in steps, so near a crossover services change places many times.
        again = " and again" if last.service == first.service else f", {_who(last)}"
        turns = list(dict.fromkeys(SERVICE_NAMES[found.service] for found in rest[:-1]))
        between = f"in between, the cheapest alternates between {joined(turns)}"
        return f"{said}{again} from {self.value(last.start)}{beyond}; {between}"

    def _follows(self, found: Range, before: float) -> bool:
        return found.start - before < 1.5 * self._grid.step

    def _reach(self, found: Range, before: float) -> str:
        start = "" if self._follows(found, before) else f"from {self._amount(found.start)} "
        return f"{start}up to {self.value(found.end)}"

    def _here(self, solved: Solved) -> Iterator[str]:
        current = self._current
        if current is None or len(solved.ranges) == 1 and current <= solved.to:
            return
        for found in solved.ranges:
            if found.start <= current <= found.end:
                span = f", from {self._amount(found.start)} to {self._amount(found.end)}"
                yield f"At {self.value(current)} it is {_who(found)}{span if len(solved.ranges) > _EACH else ''}."
        if current > solved.to:
            yield f"This workload, with {self.value(current)}, is outside the evaluated range."

    def value(self, value: float) -> str:
        """A value in few digits, with what it counts."""
        amount = self._amount(value)
        if self._field == "invocations_per_month":
            return f"{amount} {plural(value, self._unit)} a month"
        return f"{amount} a run" if self._field == "typical_duration_s" else f"{amount} of memory"

    def _amount(self, value: float) -> str:
        if self._field == "invocations_per_month":
            return short(value)
        if self._field == "typical_duration_s":
            return say(value, "s")
        return f"{short(value / MB_PER_GB)} GB" if value >= MB_PER_GB else f"{short(value)} MB"

    def _whatever(self) -> str:
        if self._field == "invocations_per_month":
            return f"at any number of {self._unit}s a month"
        return "however long a run takes" if self._field == "typical_duration_s" else "whatever the memory"


def _who(found: Range) -> str:
    same = f" (or {_names(found.same)}, at the same cost)" if found.same else ""
    return SERVICE_NAMES[found.service] + same


def _names(services: Sequence[Service]) -> str:
    return joined(SERVICE_NAMES[service] for service in services)
