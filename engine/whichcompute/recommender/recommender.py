"""One workload in, a Recommendation out: the weighing, its reasons, costs, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from whichcompute.base.words import about, counted, estimated
from whichcompute.classifier.neighbours import NearestDecisions, Neighbour
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.price_lists import HOME
from whichcompute.knowledge.rules import filled
from whichcompute.knowledge.services import ANSWERS, NONE, SERVICES, Answer
from whichcompute.pricing import CostModel, MonthlyCost, Priced
from whichcompute.recommender.aggregation import (
    LEAST_ANSWERS,
    LEAST_ASPECTS,
    Aggregator,
    Weighing,
    aspects_of,
    known_of,
)
from whichcompute.recommender.costs import LEAST_USD, LIKE_OUTSIDE, above_budget, too_expensive
from whichcompute.recommender.decisive import most_decisive_first
from whichcompute.recommender.fingerprint import Provenance, provenance
from whichcompute.recommender.missing import Influence
from whichcompute.recommender.reasons import Reasons, answer_name
from whichcompute.recommender.result import Cited, Consideration, Outside, Recommendation, Similar, Verdict
from whichcompute.recommender.summary import notes, summary

_MORE = 1.05  # times the lowest estimate, from where on the ratio is worth saying


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
        priced = self.costs.priced(values, free_tier=free_tier)
        usd = list(priced.comparable().values())
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
        weighing = self.weigh(values, free_tier=free_tier)
        second = weighing.ranking[1]
        return Recommendation.deferred(
            Details(self, weighing, values, free_tier),
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


class Details:
    """The parts of a recommendation that explain it, by the names that they have there; each worked out once."""

    def __init__(
        self, recommender: Recommender, weighing: Weighing, values: Mapping[str, Value], free_tier: bool
    ) -> None:
        self._recommender = recommender
        self._reasons = recommender.reasons
        self._facts = recommender.facts
        self._weighing = weighing
        self._given = values
        self._values: Mapping[str, Any] = with_derived(values)
        self._free_tier = free_tier

    @cached_property
    def _priced(self) -> Priced:
        return self._recommender.costs.priced(self._given, free_tier=self._free_tier)

    @cached_property
    def _costs(self) -> Mapping[str, MonthlyCost | None]:
        return self._priced.estimate()

    @cached_property
    def _compared_usd(self) -> dict[str, float | None]:
        return self._priced.comparable()

    @cached_property
    def _compared(self) -> NearestDecisions:
        return self._recommender.aggregator.classifier.neighbours.compare(self._given, self._weighing.service)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All answers, best first."""
        verdicts = [self._verdict(number) for number in self._weighing.ranking]
        leading, *others = [_outside_priced(verdict, self.outside) for verdict in verdicts]
        reasons = most_decisive_first(
            leading.reasons, self._weighing, self._given, [*self._compared_usd.values()], self._recommender.aggregator
        )
        named = self.outside[0].rules if leading.service == NONE and self.outside else ()  # their rules first
        reasons = tuple(sorted(reasons, key=lambda reason: reason.rule not in named))
        return (self._explained(replace(leading, reasons=reasons)), *others)

    @property
    def summary(self) -> str:
        """The answer in one sentence."""
        return summary(self._weighing, self.verdicts, self.outside, known_of(self._values), self._open)

    @property
    def _open(self) -> str:
        """Why an answer that nothing comes near is not decided, cautions aside; empty where nothing forbids it."""
        if found := contradictions(self._given):
            return f"Answers contradict each other: {found[0].text}"
        if self._expensive:
            return f"It is not decided, as {self._expensive}."
        known = known_of(self._values)
        if aspects_of(self._values) < LEAST_ASPECTS:
            return "What is known concerns one aspect only, too little to decide."
        if self._weighing.service == NONE:
            favoured = self._weighing.fired & self._recommender.aggregator.terms.favours[ANSWERS.index(NONE)]
            return "" if favoured else "It is not decided, as no rule favours it."
        if known >= LEAST_ANSWERS:
            return ""
        return f"{counted(known, 'answer')} {'is' if known == 1 else 'are'} too few to decide."

    @cached_property
    def _expensive(self) -> str:
        weighing = self._weighing
        costs = {**self._costs, NONE: self.verdicts[weighing.ranking.index(ANSWERS.index(NONE))].monthly_cost_usd}
        return too_expensive(
            weighing.service, costs, weighing.incomparable, _budget(self._given), weighing.probabilities
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown fields that matter, most decisive first."""
        return tuple(self._recommender.influence.missing(self._weighing, self._values))

    @cached_property
    def outside(self) -> tuple[Outside, ...]:
        """Where to look outside the services compared."""
        places = self._reasons.outside(self._weighing, self._values)
        costs = {place.id: self._priced.outside(place.id) for place in places}
        return tuple(
            [replace(place, monthly_cost_usd=cost) if (cost := costs[place.id]) else place for place in places]
        )

    @property
    def similar(self) -> tuple[Similar, ...]:
        """The nearest comparable decisions."""
        return tuple(map(_similar, self._compared.nearest))

    @property
    def comparable(self) -> dict[Answer, int]:
        """How often comparable decisions chose each answer."""
        return {answer: self._compared.choices.get(answer, 0) for answer in ANSWERS}

    @property
    def considerations(self) -> tuple[Consideration, ...]:
        """What to settle before building on the leading answer."""
        return tuple(self._reasons.considerations(self._weighing.service, self._values))

    @property
    def reading(self) -> tuple[Cited, ...]:
        """Where to read on."""
        return self._reasons.reading(self._weighing.service, self.outside, self._given)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the answer as a whole."""
        weighing, recommender = self._weighing, self._recommender
        expensive = self._expensive
        own = {verdict.service: verdict.monthly_cost_usd for verdict in self.verdicts}.get(weighing.service)
        unpriced = recommender.costs.unknown_prices(self._values.get("region"))
        words = notes(recommender.aggregator, weighing, self.verdicts, self.outside, self._values, expensive)
        over = "" if expensive else above_budget(own, _budget(self._given))
        return tuple(filter(None, [*words, over, unpriced]))

    def _verdict(self, number: int) -> Verdict:
        answer, weighing, values, costs = ANSWERS[number], self._weighing, self._values, self._costs
        fired = self._reasons.fired(weighing, answer)
        out = weighing.excluded[number]
        cost = _cost_words(answer, self._compared_usd, weighing, values.get("monthly_budget_usd"))
        if cost and any(self._compared_usd[service] != (c and c.expected) for service, c in costs.items()):
            cost = f"By prices of {HOME}, as not all of this Region are known: {cost[0].lower()}{cost[1:]}"
        # What is said against one place outside says nothing of the first.
        elsewhere = {rule.id for rule in fired if rule.entry.outside not in ("", *[o.id for o in self.outside[:1]])}
        reasons = self._reasons.reasons(fired, weighing, number, values, cost, self._compared)
        return Verdict(
            service=answer,
            name=answer_name(weighing, number, self.outside),
            status="ruled_out" if out else "unconfirmed" if weighing.unconfirmed[number] else "eligible",
            probability=weighing.probabilities[number],
            score=weighing.scores[number],
            reasons=tuple(reasons),
            cautions=tuple([r.text for r in reasons if r.effect == "caution" and r.rule not in elsewhere]),
            remedies=tuple([filled(r.entry.remedy, values, self._facts) for r in fired if r.entry.remedy]),
            unconfirmed=tuple(self._reasons.unconfirmed(weighing, answer, values)),
            companions=() if out else tuple(self._reasons.companions(fired, values)),
            variants=tuple(self._reasons.variants(fired, values)),
            margins=() if out else tuple(self._reasons.margins(answer, values)),
            monthly_cost_usd=costs.get(answer),
            cost_needs="" if out or costs.get(answer) else self._cost_needs(answer),
        )

    def _cost_needs(self, answer: Answer) -> str:
        costs = self._recommender.costs
        if answer != NONE:
            return costs.blank(answer, self._given)
        place = self.outside[0].id if self.outside and NONE in self._weighing.plausible else ""
        return costs.blank(place, self._given) if place in costs.places else ""

    def _explained(self, verdict: Verdict) -> Verdict:
        """The verdict in front, with what makes the range of its cost wide."""
        cost = verdict.monthly_cost_usd
        if cost is None:
            return verdict
        priced = self.outside[0].id if verdict.service == NONE else verdict.service
        explained = self._recommender.costs.explained(cost, self._given, priced, free_tier=self._free_tier)
        return replace(verdict, monthly_cost_usd=explained)


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


def _outside_priced(verdict: Verdict, outside: Sequence[Outside]) -> Verdict:
    """The verdict; for the answer `none` with the cost of the place that fits best."""
    if verdict.service != NONE or not outside:
        return verdict
    cost = outside[0].monthly_cost_usd
    return replace(verdict, monthly_cost_usd=cost, cost_needs="" if cost else verdict.cost_needs)


def _cost_words(answer: str, usd: Mapping[str, float | None], weighing: Weighing, budget: Any) -> str:
    """What an estimate says against budget and lowest of those that are not ruled out; empty for nothing."""
    left = [
        cost
        for service, out in zip(ANSWERS, weighing.incomparable, strict=True)
        if not out and (cost := usd.get(service)) is not None
    ] or [
        cost for service, out in zip(ANSWERS, weighing.excluded, strict=True) if not out and (cost := usd.get(service))
    ]
    if not left:
        return ""
    own, lowest = usd.get(answer), min(left)
    said = "Estimated at"
    if answer == NONE and own == usd.get(SERVICES[LIKE_OUTSIDE]):
        said = "Instances are estimated as those of ECS, at"
    if own is None:
        return "Without an estimate it counts as the median of the estimates."
    said = f"{said} {estimated(own)} a month"
    if budget is not None and own > budget:
        return f"{said}, above the budget ({DESCRIPTORS['monthly_budget_usd'].say(budget)})."
    if weighing.unsuited[ANSWERS.index(answer)] and own <= lowest:
        return f"{said}, which does not count in its favour: the workload does not run there as it is described."
    if own <= lowest:
        return f"{said}, the lowest estimate."
    ratio = own / lowest if lowest >= LEAST_USD else 0.0
    if ratio < _MORE:
        return f"{said}, against {about(lowest)} for the lowest."
    return f"{said}, {ratio:.1f} times the lowest estimate ({about(lowest)})."
