"""How far the break-even of functions and tasks moves with what an estimate assumes.

Published figures differ by a factor of twenty, because each holds for assumptions that it does not name. Here each
assumption is set to its low and its high value alone, then all of them to the values that move the break-even down,
and up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf, sqrt
from operator import itemgetter

from whichcompute.base.records import Record
from whichcompute.base.words import joined, short
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.services import SERVICE_NAMES, Service
from whichcompute.pricing.demand import JOBS
from whichcompute.pricing.drivers import Group
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.scenario import Scenario

FIELD = "invocations_per_month"
PAIR: tuple[Service, Service] = ("lambda", "fargate")
"""The service that is paid by call, and the one that is paid by hour."""
_MOST_CALLS = 1e11
_USUAL_CALLS = 1e6
_STEP = 1.5  # steps of the search; cheaper stretches that are shorter are not seen
_EXACT = 1.005
_MOVED = 1.1
_NAMED = 3


@dataclass(frozen=True)
class Mover(Record):
    """The break-even with one assumption as in its low and its high value; `field` is the one that settles it."""

    title: str
    low: float | None
    high: float | None
    field: str = ""


@dataclass(frozen=True)
class BreakEvenRange(Record):
    """Up to how many requests a month functions cost less than tasks: as expected, and from `low` to `high`.

    0 where functions are never the cheaper, None where they always are. `movers` are the assumptions that move it, most
    first.
    """

    expected: float | None
    low: float | None
    high: float | None
    movers: tuple[Mover, ...]
    text: str


def break_even_range(
    model: CostModel, values: Mapping[str, Value], *, free_tier: bool = False
) -> BreakEvenRange | None:
    """The break-even of Lambda and Fargate over what is assumed; None where one of them has no estimate."""
    cost = model.under_assumptions(values, free_tier=free_tier)
    if cost is None:
        return None

    def crossing(scenario: Scenario) -> float | None:
        return _crossing(lambda calls: [cost(service, scenario, {FIELD: calls}) for service in PAIR])

    expected = crossing(model.usual)
    if expected is None:
        return None
    ends = {"low": model.usual, "high": model.usual}
    movers: list[tuple[float, float, Group]] = []
    here = expected if 0 < expected < inf else _USUAL_CALLS
    usual = [cost(service, model.usual, {FIELD: here}) for service in PAIR]
    for group in model.open_assumptions({**values, FIELD: 1.0}):
        # What changes neither cost there does not move it, which spares most searches.
        moving = [each for each in group.others if [cost(service, each, {FIELD: here}) for service in PAIR] != usual]
        found = [(crossing(each), each) for each in moving]
        tried = sorted(
            [(expected, model.usual), *((at, each) for at, each in found if at is not None)], key=itemgetter(0)
        )
        (low, least), (high, most) = tried[0], tried[-1]
        if high > low * _MOVED:
            movers.append((low, high, group))
            ends = {"low": ends["low"].but(least, group.names), "high": ends["high"].but(most, group.names)}
    movers.sort(key=lambda mover: (mover[1] + 1) / (mover[0] + 1), reverse=True)
    low = min([expected, *(low for low, *_ in movers), *_known(crossing(ends["low"]))])
    high = max([expected, *(high for _, high, _ in movers), *_known(crossing(ends["high"]))])
    unit = "jobs" if values.get("kind") in JOBS else "requests"
    named = tuple(Mover(group.title, _finite(low), _finite(high), group.field) for low, high, group in movers)
    return BreakEvenRange(
        _finite(expected), _finite(low), _finite(high), named, _words(expected, low, high, named, unit)
    )


def _crossing(costs: Callable[[float], Sequence[float | None]]) -> float | None:
    """The number of requests up to which the first costs no more; None without an estimate of both."""

    def cheaper(calls: float) -> bool | None:
        first, second = costs(calls)
        return None if first is None or second is None else first <= second

    low = 1.0
    if not (now := cheaper(low)):
        return None if now is None else 0.0
    while (now := cheaper(low * _STEP)) and low < _MOST_CALLS:
        low *= _STEP
    if now is not False:
        return inf if now else low  # beyond what the tasks hold there is no estimate
    high = low * _STEP
    while high > low * _EXACT:
        middle = sqrt(low * high)
        low, high = (middle, high) if cheaper(middle) else (low, middle)
    return low


def _known(value: float | None) -> list[float]:
    return [] if value is None else [value]


def _finite(value: float) -> float | None:
    return None if isinf(value) else value


def _words(expected: float, low: float, high: float, movers: Sequence[Mover], unit: str) -> str:
    by_call, by_hour = (SERVICE_NAMES[service] for service in PAIR)
    if high == 0:
        return f"{by_hour} costs less than {by_call} at any number of {unit}, whatever is assumed."
    if isinf(low):
        return f"{by_call} costs less than {by_hour} at any number of {unit}, whatever is assumed."
    upto = f"up to about {_calls(expected)} {unit} a month" if expected < inf else f"at any number of {unit}"
    span = f" ({_calls(low)} to {_calls(high)} over what is assumed)" if movers else ""
    said = f"{by_call} costs less than {by_hour} {upto}{span}."
    each = [f"{mover.title} ({_calls(mover.low)} to {_calls(mover.high)})" for mover in movers[:_NAMED]]
    return f"{said} What moves it most: {joined(each)}." if movers else said


def _calls(number: float | None) -> str:
    return "no limit" if number is None or isinf(number) else short(float(f"{number:.2g}"))
