"""One workload in, a Recommendation out: the weighing, its reasons, costs, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import SERVICES
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.missing import Influence
from whichcompute.recommender.reasons import Reasons
from whichcompute.recommender.result import Recommendation, Similar
from whichcompute.recommender.summary import notes, summary


class Recommender:
    """Recommends by one set of rules, facts and classifier; immutable once built, safe to share between threads."""

    def __init__(self, aggregator: Aggregator, costs: CostModel, fingerprint: str) -> None:
        self.aggregator = aggregator
        self.costs = costs
        self.fingerprint = fingerprint
        self._facts: Facts = aggregator.pack.facts
        self._reasons = Reasons(aggregator.terms)
        self._influence = Influence(aggregator.terms)

    def recommend(self, values: Mapping[str, Value], *, free_tier: bool = False) -> Recommendation:
        """The recommendation for the known values of a workload."""
        complete = with_derived(values)
        weighing = self.aggregator.weigh(complete)
        costs = self.costs.estimate(values, free_tier=free_tier)
        verdicts = self._reasons.verdicts(weighing, complete, costs)
        service = weighing.service
        return Recommendation.build(
            service=service or "none",
            decision=weighing.decision,
            confidence=weighing.probabilities[weighing.ranking[0]] if service else 1.0,
            runner_up=self._runner_up(weighing),
            plausible_services=weighing.plausible,
            summary=summary(weighing, verdicts),
            verdicts=verdicts,
            missing=tuple(self._influence.missing(weighing, complete)),
            outside=() if service else tuple(self._reasons.outside(weighing, complete)),
            similar=tuple(self._similar(values)),
            notes=tuple(notes(self.aggregator, weighing, verdicts, complete)),
            workload=dict(values),
            as_of=self._facts.as_of,
            fingerprint=self.fingerprint,
        )

    @staticmethod
    def _runner_up(weighing: Weighing) -> Any:
        second = weighing.ranking[1]
        return None if weighing.excluded[second] else SERVICES[second]

    def _similar(self, values: Mapping[str, Value]) -> Iterator[Similar]:
        for neighbour in self.aggregator.classifier.neighbours.nearest(values):
            decided = neighbour.decided
            yield Similar.build(
                id=decided.id,
                description=decided.description,
                choice=decided.choice,
                url=decided.url,
                shares=neighbour.shares,
            )
