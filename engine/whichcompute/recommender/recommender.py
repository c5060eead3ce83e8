"""One workload in, a Recommendation out: the weighing, its reasons, costs, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from whichcompute.base.words import usd as in_usd
from whichcompute.classifier.neighbours import Neighbour
from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import ANSWERS, NONE, SERVICE_NAMES, SERVICES, Answer
from whichcompute.pricing import CostModel, MonthlyCost
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.costs import LEAST_USD, too_expensive
from whichcompute.recommender.missing import Influence
from whichcompute.recommender.reasons import Reasons
from whichcompute.recommender.result import Outside, Recommendation, Similar, Verdict
from whichcompute.recommender.summary import notes, summary


class Recommender:
    """Recommends by one set of rules, facts and classifier; immutable once built, safe to share between threads.

    `region` is that of workloads which name none (empty: it stays unknown).
    """

    def __init__(self, aggregator: Aggregator, costs: CostModel, fingerprint: str, region: str = "") -> None:
        self.region = region
        self.aggregator = aggregator
        self.costs = costs
        self.fingerprint = fingerprint
        self._facts: Facts = aggregator.pack.facts
        self._reasons = Reasons(aggregator)
        self._influence = Influence(aggregator)

    def placed(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """The values, with the default Region where they name none."""
        return {"region": self.region, **values} if self.region and "region" not in values else values

    def weigh(self, values: Mapping[str, Value], *, free_tier: bool = False) -> Weighing:
        """The outcome for the known values of a workload, costs included and held against the decision."""
        values = self.placed(values)
        return self._weigh(values, self.costs.estimate(values, free_tier=free_tier))[0]

    def _weigh(self, values: Mapping[str, Value], costs: Mapping[str, MonthlyCost | None]) -> tuple[Weighing, str]:
        usd = [cost.expected if (cost := costs[service]) else None for service in SERVICES]
        weighing = self.aggregator.weigh(with_derived(values), usd)
        budget = values.get("monthly_budget_usd")
        expensive = too_expensive(
            weighing.service, costs, weighing.excluded, float(budget) if budget is not None else None
        )
        if expensive and weighing.decision == "decided":
            weighing = replace(weighing, decision="close")
        return weighing, expensive

    def recommend(self, values: Mapping[str, Value], *, free_tier: bool = False) -> Recommendation:
        """The recommendation for the known values of a workload."""
        values = self.placed(values)
        complete = with_derived(values)
        costs = self.costs.estimate(values, free_tier=free_tier)
        weighing, expensive = self._weigh(values, costs)
        compared = self.aggregator.classifier.neighbours.compare(values)
        outside = tuple([self._priced(place, values) for place in self._reasons.outside(weighing, complete)])
        verdicts = tuple(
            [self._verdict(weighing, number, complete, costs, compared.choices) for number in weighing.ranking]
        )
        verdicts = tuple([_outside_priced(verdict, outside) for verdict in verdicts])
        return Recommendation(
            service=weighing.service,
            decision=weighing.decision,
            confidence=weighing.probabilities[weighing.ranking[0]],
            runner_up=self._runner_up(weighing),
            plausible_services=weighing.plausible,
            summary=summary(weighing, verdicts, outside),
            probabilities={verdict.service: verdict.probability for verdict in verdicts},
            verdicts=verdicts,
            missing=tuple(self._influence.missing(weighing, complete)),
            outside=outside,
            similar=tuple(map(_similar, compared.nearest)),
            comparable={answer: compared.choices.get(answer, 0) for answer in ANSWERS},
            considerations=tuple(self._reasons.considerations(weighing.service, complete)),
            reading=self._reasons.reading(weighing.service, outside),
            notes=tuple(self._notes(weighing, verdicts, complete, expensive)),
            workload=dict(values),
            as_of=self._facts.as_of,
            fingerprint=self.fingerprint,
        )

    def _notes(
        self, weighing: Weighing, verdicts: Sequence[Verdict], values: Mapping[str, Any], expensive: str
    ) -> Iterator[str]:
        yield from notes(self.aggregator, weighing, verdicts, values, expensive)
        if unpriced := self.costs.unknown_prices(values.get("region")):
            yield unpriced

    def _priced(self, place: Outside, values: Mapping[str, Value]) -> Outside:
        cost = self.costs.estimate_outside(values, place.id)
        return place if cost is None else replace(place, monthly_cost_usd=cost)

    @staticmethod
    def _runner_up(weighing: Weighing) -> Answer | None:
        second = weighing.ranking[1]
        return None if weighing.excluded[second] else ANSWERS[second]

    def _verdict(
        self,
        weighing: Weighing,
        number: int,
        values: Mapping[str, Any],
        costs: Mapping[str, MonthlyCost | None],
        comparable: Mapping[str, int],
    ) -> Verdict:
        answer = ANSWERS[number]
        fired = self._reasons.fired(weighing, answer)
        out = weighing.excluded[number]
        cost = _cost_words(answer, costs, weighing)
        reasons = self._reasons.reasons(fired, weighing, number, values, cost, comparable)
        return Verdict(
            service=answer,
            name=SERVICE_NAMES[answer],
            status="ruled_out" if out else "unconfirmed" if weighing.unconfirmed[number] else "eligible",
            probability=weighing.probabilities[number],
            score=weighing.scores[number],
            reasons=tuple(reasons),
            cautions=tuple([reason.text for reason in reasons if reason.effect == "caution"]),
            remedies=tuple([r.text(r.entry.remedy, values, self._facts) for r in fired if r.entry.remedy]),
            unconfirmed=tuple(self._reasons.unconfirmed(weighing, answer, values)),
            companions=() if out else tuple(self._reasons.companions(fired, values)),
            variants=tuple(self._reasons.variants(fired, values)),
            margins=() if out else tuple(self._reasons.margins(answer, values)),
            monthly_cost_usd=costs.get(answer),
        )


def _similar(neighbour: Neighbour) -> Similar:
    decided = neighbour.decided
    return Similar(
        id=decided.id,
        description=decided.description,
        choice=decided.choice,
        url=decided.url.partition(" ")[0],  # some name a question or a line after the address
        shares=neighbour.shares,
    )


def _outside_priced(verdict: Verdict, outside: Sequence[Outside]) -> Verdict:
    """The verdict; for the answer `none` with the cost of the place that fits best."""
    if verdict.service != NONE or not outside or outside[0].monthly_cost_usd is None:
        return verdict
    return replace(verdict, monthly_cost_usd=outside[0].monthly_cost_usd)


def _cost_words(answer: str, costs: Mapping[str, MonthlyCost | None], weighing: Weighing) -> str:
    """What the estimate of an answer says against the lowest of those that are not ruled out; empty for nothing."""
    own = costs.get(answer)
    if own is None:
        return ""
    left = [
        cost.expected
        for service, out in zip(SERVICES, weighing.excluded, strict=False)
        if not out and (cost := costs[service]) is not None
    ]
    lowest = min(left, default=own.expected)
    ratio = max(own.expected, LEAST_USD) / max(lowest, LEAST_USD)
    return f"Estimated at {in_usd(own.expected)} a month, {ratio:.1f} times the lowest estimate ({in_usd(lowest)})."
