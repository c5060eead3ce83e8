"""What-ifs: the recommendation before and after some fields change, and what made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from whichcompute.base.records import Printed, Record
from whichcompute.knowledge.descriptors import Value, read
from whichcompute.recommender.recommender import Recommender
from whichcompute.recommender.result import Recommendation


@dataclass(frozen=True)
class RuleChange(Record):
    """A rule that fires in only one of the two recommendations."""

    rule: str
    service: str
    effect: str
    text: str
    appears: bool


@dataclass(frozen=True)
class WhatIf(Printed):
    """Before and after: `changes` are the fields as changed (None: made unknown), `rules` those that came or went.

    `cost_difference_usd` is the expected monthly cost of the service recommended after minus the one before; None where
    too few fields are known.
    """

    changes: dict[str, float | bool | str | None]
    before: Recommendation
    after: Recommendation
    rules: tuple[RuleChange, ...]
    cost_difference_usd: float | None

    def __repr__(self) -> str:
        return f"<WhatIf {', '.join(self.changes)}: before {self.before!r}, after {self.after!r}>"


def what_if(
    recommender: Recommender, values: Mapping[str, Value], changes: Mapping[str, object], *, free_tier: bool = False
) -> WhatIf:
    """The recommendation for `values` before and after `changes`; WorkloadError names every bad change."""
    changed = read(changes)
    kept = {name: value for name, value in values.items() if name not in changes}
    before, after = (recommender.recommend(given, free_tier=free_tier) for given in (values, {**kept, **changed}))
    costs = [_cost(recommendation) for recommendation in (after, before)]
    return WhatIf(
        changes={name: changed.get(name) for name in changes},
        before=before,
        after=after,
        rules=tuple(_changes(before, after)),
        cost_difference_usd=None if costs[0] is None or costs[1] is None else costs[0] - costs[1],
    )


def _fired(recommendation: Recommendation) -> dict[str, RuleChange]:
    return {
        reason.rule: RuleChange(
            rule=reason.rule, service=verdict.service, effect=reason.effect, text=reason.text, appears=True
        )
        for verdict in recommendation.verdicts
        for reason in verdict.reasons
        if reason.effect not in ("evidence", "cost", "base")
    }


def _changes(before: Recommendation, after: Recommendation) -> list[RuleChange]:
    old, new = _fired(before), _fired(after)
    gone = [replace(old[rule], appears=False) for rule in sorted(old.keys() - new.keys())]
    return gone + [new[rule] for rule in sorted(new.keys() - old.keys())]


def _cost(recommendation: Recommendation) -> float | None:
    for verdict in recommendation.verdicts:
        if verdict.service == recommendation.service and verdict.monthly_cost_usd is not None:
            return verdict.monthly_cost_usd.expected
    return None
