"""One workload in, a Recommendation out: the weighing, its reasons, costs, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from whichcompute.base.words import counted
from whichcompute.classifier.neighbours import Neighbour
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import ANSWERS, NONE, SERVICES, Answer
from whichcompute.pricing import CostModel, Priced
from whichcompute.recommender.aggregation import (
    LEAST_ANSWERS,
    LEAST_ASPECTS,
    Aggregator,
    Weighing,
    aspects_of,
    known_of,
)
from whichcompute.recommender.costs import above_budget, too_expensive
from whichcompute.recommender.fingerprint import Provenance, provenance
from whichcompute.recommender.missing import Influence
from whichcompute.recommender.reasons import Reasons
from whichcompute.recommender.result import Cited, Consideration, Outside, Recommendation, Similar
from whichcompute.recommender.summary import notes, summary
from whichcompute.recommender.verdicts import Basis


class Recommender:
    """Recommends by one set of rules, facts and classifier; immutable once built, safe to share between threads.

    `region` is that of workloads which name none (empty: it stays unknown).
    """

    def __init__(self, aggregator: Aggregator, costs: CostModel, fingerprint: str, region: str = "") -> None:
        self.region = region
        self.aggregator = aggregator
        self.costs = costs
        self.fingerprint = fingerprint
        self.facts: Facts = aggregator.pack.facts
        self.reasons = Reasons(aggregator)
        self.influence = Influence(aggregator)

    @cached_property
    def provenance(self) -> Provenance:
        """What the answers are made from, part by part; it reads the price lists of all Regions."""
        return provenance(self.aggregator)

    def placed(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """The values, with the default Region where they name none."""
        return {"region": self.region, **values} if self.region and "region" not in values else values

    def weigh(self, values: Mapping[str, Value], *, free_tier: bool = False) -> Weighing:
        """The outcome for the known values of a workload, costs included and held against the decision."""
        values = self.placed(values)
        return self._weighed(values, self.costs.priced(values, free_tier=free_tier))

    def _weighed(self, values: Mapping[str, Value], priced: Priced) -> Weighing:
        usd = list(priced.comparable.values())
        weighing = self.aggregator.weigh(with_derived(values), usd)
        if weighing.decision not in ("decided", "none") or weighing.all_out:
            return weighing
        open_ = bool(contradictions(values)) or self._is_expensive(weighing, values, priced, usd)
        return replace(weighing, decision="close") if open_ else weighing

    def _is_expensive(
        self, weighing: Weighing, values: Mapping[str, Value], priced: Priced, usd: Sequence[float | None]
    ) -> bool:
        """Whether costs forbid to call the leading answer decided."""
        budget = _budget(values)
        if weighing.service == NONE:
            if budget is None:
                return False
            place = self.reasons.outside(weighing, with_derived(values))[0]
            return bool(too_expensive(NONE, {NONE: priced.outside(place.id)}, weighing.incomparable, budget))
        return self._may_be_expensive(weighing, values, usd) and bool(
            too_expensive(weighing.service, priced.estimate(), weighing.incomparable, budget, weighing.probabilities)
        )

    @staticmethod
    def _may_be_expensive(weighing: Weighing, values: Mapping[str, Value], usd: Sequence[float | None]) -> bool:
        """Whether low and high estimates have to be looked at: never where the expected one is within the budget and
        the least of those that are left."""
        own = dict(zip(SERVICES, usd, strict=False)).get(weighing.service)
        left = [cost for cost, out in zip(usd, weighing.incomparable, strict=False) if cost is not None and not out]
        budget = _budget(values)
        if own is None:
            return budget is not None and bool(left) and min(left) > budget
        return own > min([*left, own if budget is None else budget])

    def outside(self, weighing: Weighing, values: Mapping[str, Value]) -> list[Outside]:
        """Where to look outside the services compared, best first; without costs."""
        return self.reasons.outside(weighing, with_derived(self.placed(values)))

    def recommend(self, values: Mapping[str, Value], *, free_tier: bool = False) -> Recommendation:
        """The recommendation for the known values of a workload; its reasons are worked out when they are read."""
        values = dict(self.placed(values))
        priced = self.costs.priced(values, free_tier=free_tier)
        weighing = self._weighed(values, priced)
        second = weighing.ranking[1]
        return Recommendation.deferred(
            Details(self, weighing, values, priced, free_tier),
            service=weighing.service,
            decision=weighing.decision,
            confidence=weighing.probabilities[weighing.ranking[0]],
            runner_up=None if weighing.excluded[second] else ANSWERS[second],
            plausible_services=weighing.plausible,
            probabilities={ANSWERS[number]: weighing.probabilities[number] for number in weighing.ranking},
            workload=values,
            as_of=self.facts.as_of,
            fingerprint=self.fingerprint,
        )


class Details(Basis):
    """The parts of a recommendation that explain it, by the names that they have there; each worked out once."""

    def __init__(
        self, recommender: Recommender, weighing: Weighing, given: Mapping[str, Value], priced: Priced, free_tier: bool
    ) -> None:
        super().__init__(
            recommender.aggregator, recommender.costs, recommender.reasons, weighing, given, priced, free_tier
        )
        self._influence = recommender.influence

    @property
    def summary(self) -> str:
        """The answer in one sentence."""
        return summary(self.weighing, self.verdicts, self.outside, known_of(self.values), self._open)

    @property
    def _open(self) -> str:
        """Why an answer that nothing comes near is not decided, cautions aside; empty where nothing forbids it."""
        if found := contradictions(self.given):
            return f"Answers contradict each other: {found[0].text}"
        if self._expensive:
            return f"It is not decided, as {self._expensive}."
        known = known_of(self.values)
        if aspects_of(self.values) < LEAST_ASPECTS:
            return "What is known concerns one aspect only, too little to decide."
        if known >= LEAST_ANSWERS or self.weighing.service == NONE:
            return ""
        return f"{counted(known, 'answer')} {'is' if known == 1 else 'are'} too few to decide."

    @cached_property
    def _expensive(self) -> str:
        weighing = self.weighing
        costs = {**self.costs, NONE: self.verdicts[weighing.ranking.index(ANSWERS.index(NONE))].monthly_cost_usd}
        return too_expensive(
            weighing.service, costs, weighing.incomparable, _budget(self.given), weighing.probabilities
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown fields that matter, most decisive first."""
        return tuple(self._influence.missing(self.weighing, self.values))

    @property
    def similar(self) -> tuple[Similar, ...]:
        """The nearest comparable decisions."""
        return tuple(map(_similar, self.compared.nearest))

    @property
    def comparable(self) -> dict[Answer, int]:
        """How often comparable decisions chose each answer."""
        return {answer: self.compared.choices.get(answer, 0) for answer in ANSWERS}

    @property
    def considerations(self) -> tuple[Consideration, ...]:
        """What to settle before building on the leading answer."""
        return tuple(self.explains.considerations(self.weighing.service, self.values))

    @property
    def reading(self) -> tuple[Cited, ...]:
        """Where to read on."""
        return self.explains.reading(self.weighing.service, self.outside, self.given)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the answer as a whole."""
        expensive = self._expensive
        own = {verdict.service: verdict.monthly_cost_usd for verdict in self.verdicts}.get(self.weighing.service)
        unpriced = self.pricing.unknown_prices(self.values.get("region"))
        words = notes(self.aggregator, self.weighing, self.verdicts, self.outside, self.values, expensive)
        over = "" if expensive else above_budget(own, _budget(self.given))
        return tuple(filter(None, [*words, over, unpriced]))


def _budget(values: Mapping[str, Value]) -> float | None:
    budget = values.get("monthly_budget_usd")
    return None if budget is None else float(budget)


def _similar(neighbour: Neighbour) -> Similar:
    decided = neighbour.decided
    return Similar(
        id=decided.id,
        description=decided.description,
        choice=decided.choice,
        # Some name a question or a line after the address, and some have no address but words.
        url=decided.url.partition(" ")[0] if decided.url.startswith("http") else "",
        shares=neighbour.shares,
    )
