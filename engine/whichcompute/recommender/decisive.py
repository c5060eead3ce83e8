"""Which of the rules that favour the leading answer decides it, by what the answer would be without them.

The weight of a rule does not say that: most of a score is what the classifier reads off the same descriptors, and a
limit on a rival weighs nothing. So each descriptor that a rule reads is taken away in turn, and the odds of the answer
are worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from whichcompute.knowledge.descriptors import PROPERTIES, Value, with_derived
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.reasons import RANKS
from whichcompute.recommender.result import Reason

_LEAST = 1e-12  # a probability nearer to 0 or 1 counts as this near
_DIGITS = 6  # losses that agree to so many decimals are equal: the weightier rule then comes first


def most_decisive_first(
    reasons: Sequence[Reason],
    weighing: Weighing,
    given: Mapping[str, Value],
    usd: Sequence[float | None],
    aggregator: Aggregator,
) -> tuple[Reason, ...]:
    """The reasons of the leading answer: rules in its favour by how much they decide, then the others as they come.

    A rule decides as much as the log-odds of the answer fall without a descriptor that it reads, on average over those
    known, times the rank of its strength. `given` are the known values, derived ones left out; costs (`usd`) stay.
    """
    leading = weighing.ranking[0]
    favour = [reason for reason in reasons if reason.effect == "prefer" and reason.weight > 0]
    others = [reason for reason in reasons if reason.effect != "prefer" or reason.weight <= 0]
    if len(favour) < 2:
        return (*favour, *others)
    read = {reason.rule: _factors(reason, given) for reason in favour}
    full, losses = _log_odds(weighing, leading), dict[str, float]()
    for field in {field for fields in read.values() for field in fields}:
        rest = {name: value for name, value in given.items() if name != field}
        losses[field] = full - _log_odds(aggregator.weigh(with_derived(rest), usd), leading)

    def decides(reason: Reason) -> float:
        fields = read[reason.rule]
        loss = sum(losses[field] for field in fields) / max(len(fields), 1)
        return round(loss * RANKS[reason.strength or "weak"], _DIGITS)

    return (*sorted(favour, key=decides, reverse=True), *others)


def _factors(reason: Reason, given: Mapping[str, Value]) -> list[str]:
    """The known descriptors that a rule reads; of a derived one those that it is derived from."""
    factors = (factor for field in reason.fields for factor in PROPERTIES[field].factors)
    return [factor for factor in dict.fromkeys(factors) if factor in given]


def _log_odds(weighing: Weighing, answer: int) -> float:
    share = min(max(weighing.probabilities[answer], _LEAST), 1 - _LEAST)
    return log(share / (1 - share))
