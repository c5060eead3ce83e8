"""What costs say: evidence from the ratio of the estimates and from the budget, and what cannot be decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import log, log1p
from typing import Any

from whichcompute.classifier.model import Classifier, Weights
from whichcompute.knowledge.services import ANSWERS, NONE, RECORDS, SERVICE_NAMES, SERVICES
from whichcompute.pricing import MonthlyCost
from whichcompute.pricing.ops import Condition, Ops

LEAST_USD = 5.0
"""Costs below this many USD a month count as this many: what costs cents is not twenty times as good."""
CLEAR_RATIO = 3.0
"""Estimates are rough: a cost up to so many times the lowest says little, what lies beyond says STEEPNESS as much."""
STEEPNESS = 9.0
MOST_RATIO = 30.0
"""A cost so many times the lowest counts as much as a higher one."""
SMALL_USD = 1000.0
"""A difference of so many USD a month counts 1.7 times what its ratio says, ten times as many 3.4 times."""
FREE_USD = 1.0
"""So little a month is within any budget: the free tiers of an account, which estimates leave out, cover it."""
CLEARLY_OVER = 2.0
"""From so many times the budget on, a cost above it counts OVER_TIMES as much."""
OVER_TIMES = 5.0
SAME_COST = 1 + 1e-9
"""Costs that differ by no more than this factor are the same: their lines were added up in another order."""
RIVAL_FROM = 0.01
"""A service is a rival in cost from this probability on."""
LIKE_OUTSIDE = SERVICES.index("ecs_ec2")
"""The service whose estimate is also that of the answer outside, where that has no separate one: the same instances."""
PER_REQUEST = tuple(number for number, record in enumerate(RECORDS.values()) if record.per_request)
"""The services that cost nothing while no work comes: how much does is not known where they have no estimate."""


def evidence(
    classifier: Classifier,
    usd: Sequence[float | None],
    excluded: Sequence[bool],
    budget: float | None,
    unsuited: Sequence[bool] = (),
    metered: bool = False,
) -> Weights:
    """Log-odds per answer from the expected USD a month on each (None: no estimate), in the order of ANSWERS.

    Services that are ruled out do not count. An answer without an estimate counts as the median of those with one, so
    that one exorbitant rival says nothing of it, and as the lowest if it is billed per request: most workloads of which
    the volume is unknown have little (but not where more than requests is `metered`). A budget that all of them exceed
    counts as the lowest of them: less money never favours an answer that costs more. An answer on which the workload
    does not run as it is described (`unsuited`) sets no standard either and counts as the median at best: its estimate
    is that of another workload.
    """
    priced = {
        number: cost
        for number, (cost, out) in enumerate(zip(usd, excluded, strict=False))
        if cost is not None and not out
    }
    if not priced:
        return (0.0,) * len(ANSWERS)
    suited = {number for number in priced if not (unsuited and unsuited[number])} or set(priced)
    lowest = max(min(priced[number] for number in suited), LEAST_USD)
    by_ratio = {
        number: -classifier.cost_log_ratio * _excess(max(cost, lowest), lowest) for number, cost in priced.items()
    }
    middle = _median([by_ratio[number] for number in suited])
    for number in priced.keys() - suited:
        by_ratio[number] = min(by_ratio[number], middle)
    spared = {n for n in PER_REQUEST if not metered and n not in priced and not (unsuited and unsuited[n])}
    weights = [0.0 if out or n in spared else by_ratio.get(n, middle) for n, out in enumerate(excluded)]
    if budget is None:
        return tuple(weights)
    over = _over_budget(priced, suited, budget)
    spared |= {number for number, out in enumerate(excluded) if out}
    return tuple(
        weight if n in spared else weight - classifier.cost_over_budget * over[n] for n, weight in enumerate(weights)
    )


def _over_budget(priced: Mapping[int, float], suited: Collection[int], budget: float) -> list[float]:
    """How many times the weight of a cost above the budget counts for each answer; without an estimate the median."""
    allowed = max(budget, min(priced[number] for number in suited)) * SAME_COST
    over = {number: _over(cost, allowed) for number, cost in priced.items()}
    usual = _median([over[number] for number in suited])
    return [over.get(number, usual) for number in range(len(ANSWERS))]


def is_metered(ops: Ops, facts: Mapping[str, Any]) -> Condition:
    """Whether open connections or traffic are billed beside requests, of one workload or of columns."""
    sent = ops.default(ops.read("outbound_gb_per_month"), 0.0)
    return ops.is_in(ops.read("protocol"), "websocket") | (sent > facts["ec2.free_egress"])


def _median(numbers: Sequence[float]) -> float:
    # The module `statistics` takes a twentieth of the start of a command to import.
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _over(cost: float, budget: float) -> float:
    """How many times the weight of a cost above the budget counts."""
    return 0.0 if cost <= budget else OVER_TIMES if cost > CLEARLY_OVER * budget else 1.0


def _excess(cost: float, lowest: float) -> float:
    """What a cost says against the lowest, in multiples of the weight of a factor of e.

    Twice 5 USD is not a reason to choose otherwise, twice 30,000 USD is: the ratio counts more the more money it is.
    """
    ratio = min(cost / lowest, MOST_RATIO)
    return (log(ratio) + STEEPNESS * log(max(ratio / CLEAR_RATIO, 1.0))) * (1 + log1p((cost - lowest) / SMALL_USD))


ABOVE_BUDGET = "The expected cost is above the budget; only the low estimate is within it."


def above_budget(own: MonthlyCost | None, budget: float | None) -> str:
    """That a cost is expected to be above the budget, which does not forbid to decide; empty if it is not."""
    return ABOVE_BUDGET if own is not None and budget is not None and own.expected > budget >= own.low else ""


def too_expensive(
    leading: str,
    costs: Mapping[str, MonthlyCost | None],
    excluded: Sequence[bool],
    budget: float | None,
    probabilities: Weights = (),
) -> str:
    """Why costs forbid to call the leading answer decided; empty if they do not. For `none` only the budget counts.

    `excluded`: services whose costs say nothing, as the workload does not run there. By their `probabilities` those
    below RIVAL_FROM are no rivals: that something cheaper hardly fits decides nothing.
    """
    own = costs.get(leading)
    budget = None if budget is None else max(budget, FREE_USD)
    if own is None:
        rivals = [costs.get(service) for service, out in zip(SERVICES, excluded, strict=False) if not out]
        usd = [rival.expected for rival in rivals if rival is not None]
        beyond = leading != NONE and budget is not None and usd and min(usd) > CLEARLY_OVER * budget
        return "it has no estimate, and those of the others are above twice the budget" if beyond else ""
    if budget is not None and own.low > budget:
        return "even its low estimate is above the budget"
    if leading != NONE and budget is not None and own.expected > CLEARLY_OVER * budget:
        return "its expected cost is more than twice the budget"
    likely = [chance >= RIVAL_FROM for chance in probabilities] or [True] * len(SERVICES)
    for service, out, fits in zip(SERVICES if leading != NONE else (), excluded, likely, strict=False):
        rival = costs.get(service)
        # A high estimate is never below the expected one, so only where that is lower it has to be worked out.
        if out or not fits or rival is None or service == leading or own.low <= max(rival.expected, LEAST_USD):
            continue
        if own.low > rival.high:
            return f"even its low estimate is above the high estimate of {SERVICE_NAMES[service]}"
    return ""
