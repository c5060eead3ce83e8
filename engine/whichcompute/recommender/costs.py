"""What costs say: evidence from the ratio of the estimates and from the budget, and what cannot be decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from whichcompute.classifier.model import Classifier, Weights
from whichcompute.knowledge.services import ANSWERS, SERVICES
from whichcompute.pricing import MonthlyCost

LEAST_USD = 1.0
"""Differences below this many USD a month count for nothing."""
MOST_RATIO = 10.0
"""A cost so many times the lowest counts as much as a higher one."""


def evidence(
    classifier: Classifier, usd: Sequence[float | None], excluded: Sequence[bool], budget: float | None
) -> Weights:
    """Log-odds per answer from the expected USD a month on each service (None: no estimate), in the order of SERVICES.

    Services that are ruled out do not count. An answer without an estimate gets 0.
    """
    known = [max(cost, LEAST_USD) for cost, out in zip(usd, excluded, strict=False) if cost is not None and not out]
    weights = [0.0] * len(ANSWERS)
    if not known:
        return tuple(weights)
    lowest = min(known)
    for number, (cost, out) in enumerate(zip(usd, excluded, strict=False)):
        if cost is None or out:
            continue
        ratio = min(max(cost, LEAST_USD) / lowest, MOST_RATIO)
        weights[number] -= classifier.cost_log_ratio * log(ratio)
        if budget is not None and cost > budget:
            weights[number] -= classifier.cost_over_budget
    return tuple(weights)


def too_expensive(
    leading: str, costs: Mapping[str, MonthlyCost | None], excluded: Sequence[bool], budget: float | None
) -> str:
    """Why costs forbid to call the leading answer decided; empty when they do not."""
    own = costs.get(leading)
    if own is None:
        return ""
    if budget is not None and own.low > budget:
        return "even its low estimate is above the budget"
    for service, out in zip(SERVICES, excluded, strict=False):
        rival = costs.get(service)
        if not out and rival is not None and service != leading and own.low > rival.high:
            return f"even its low estimate is above the high estimate of {service}"
    return ""
