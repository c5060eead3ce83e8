"""One workload in, a Recommendation out: the weighing, its reasons, costs, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import NONE, SERVICE_NAMES, SERVICES
from whichcompute.pricing import CostModel, MonthlyCost
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.missing import Influence
from whichcompute.recommender.reasons import Reasons, Subjects
from whichcompute.recommender.result import Companion, Recommendation, Similar, Verdict
from whichcompute.recommender.summary import notes, summary


class Recommender:
    """Recommends by one set of rules, facts and classifier; immutable once built, safe to share between threads."""

    def __init__(self, aggregator: Aggregator, costs: CostModel, fingerprint: str) -> None:
        self.aggregator = aggregator
        self.costs = costs
        self.fingerprint = fingerprint
        self._facts: Facts = aggregator.pack.facts
        self._reasons = Reasons(aggregator)
        self._influence = Influence(aggregator)

    def recommend(self, values: Mapping[str, Value], *, free_tier: bool = False) -> Recommendation:
        """The recommendation for the known values of a workload."""
        complete = with_derived(values)
        weighing = self.aggregator.weigh(complete)
        costs = self.costs.estimate(values, free_tier=free_tier)
        subjects = self._reasons.subjects(weighing, complete)
        verdicts = tuple(self._verdict(weighing, number, complete, subjects, costs) for number in weighing.ranking)
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
            outside=() if service else tuple(self._outside(weighing, complete)),
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

    def _outside(self, weighing: Weighing, values: Mapping[str, Any]) -> list[Companion]:
        return self._reasons.companions(self._reasons.fired(weighing, NONE), values)

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

    def _verdict(
        self,
        weighing: Weighing,
        number: int,
        values: Mapping[str, Any],
        subjects: Subjects,
        costs: Mapping[str, MonthlyCost | None],
    ) -> Verdict:
        service = SERVICES[number]
        fired = self._reasons.fired(weighing, service)
        unconfirmed = self._reasons.unconfirmed(weighing, service, values)
        out = weighing.excluded[number]
        reasons = self._reasons.reasons(fired, weighing, number, values, subjects)
        return Verdict.build(
            service=service,
            name=SERVICE_NAMES[service],
            status="ruled_out" if out else "unconfirmed" if weighing.unconfirmed[number] else "eligible",
            probability=weighing.probabilities[number],
            score=weighing.scores[number],
            reasons=tuple(reasons),
            cautions=tuple(reason.text for reason in reasons if reason.effect == "caution"),
            remedies=tuple(r.text(r.entry.remedy, values, self._facts) for r in fired if r.entry.remedy),
            unconfirmed=tuple(unconfirmed),
            companions=() if out else tuple(self._reasons.companions(fired, values)),
            variants=tuple(self._reasons.variants(fired, values)),
            margins=() if out else tuple(self._reasons.margins(service, values)),
            monthly_cost_usd=costs[service],
        )
