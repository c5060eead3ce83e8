"""What becomes of each answer: its verdict, whose reasons, limits and costs are worked out when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from whichcompute.base.words import about, estimated
from whichcompute.classifier.neighbours import NearestDecisions
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.price_lists import HOME
from whichcompute.knowledge.rules import Rule, filled
from whichcompute.knowledge.services import ANSWERS, NONE, SERVICES
from whichcompute.pricing import CostModel, MonthlyCost, Priced
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.costs import LEAST_USD, LIKE_OUTSIDE
from whichcompute.recommender.decisive import most_decisive_first
from whichcompute.recommender.reasons import Reasons, answer_name
from whichcompute.recommender.result import Companion, Margin, Outside, Reason, Status, Unconfirmed, Variant, Verdict

_MORE = 1.05  # times the lowest estimate, from where on the ratio is worth saying


class Basis:
    """What all verdicts on a workload are worked out from, each part once."""

    def __init__(
        self, aggregator: Aggregator, costs: CostModel, explains: Reasons, weighing: Weighing,
        given: Mapping[str, Value], priced: Priced, free_tier: bool,
    ) -> None:  # fmt: skip
        self.aggregator = aggregator
        self.pricing = costs
        self.explains = explains
        self.weighing = weighing
        self.given = given
        self.values: Mapping[str, Any] = with_derived(given)
        self.priced = priced
        self.free_tier = free_tier

    @cached_property
    def costs(self) -> Mapping[str, MonthlyCost | None]:
        """The estimates of the services compared."""
        return self.priced.estimate()

    @cached_property
    def compared(self) -> NearestDecisions:
        """The comparable decisions on record."""
        return self.aggregator.classifier.neighbours.compare(self.given, self.weighing.service)

    @cached_property
    def outside(self) -> tuple[Outside, ...]:
        """Where to look outside the services compared."""
        places = self.explains.outside(self.weighing, self.values)
        costs = {place.id: self.priced.outside(place.id) for place in places}
        return tuple(
            [replace(place, monthly_cost_usd=cost) if (cost := costs[place.id]) else place for place in places]
        )

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All answers, best first; the reasons of each are worked out when they are read."""
        return tuple([self._verdict(number) for number in self.weighing.ranking])

    def _verdict(self, number: int) -> Verdict:
        weighing = self.weighing
        able: Status = "unconfirmed" if weighing.unconfirmed[number] else "eligible"
        return Verdict.deferred(
            _Explanation(self, number),
            service=ANSWERS[number],
            name=answer_name(weighing, number, self.outside),
            status="ruled_out" if weighing.excluded[number] else able,
            probability=weighing.probabilities[number],
            score=weighing.scores[number],
        )


class _Explanation:
    """The parts of a verdict that explain it, by the names that they have there."""

    def __init__(self, details: Basis, number: int) -> None:
        self._details, self._number, self._answer = details, number, ANSWERS[number]
        self._out = details.weighing.excluded[number]
        self._leads = number == details.weighing.ranking[0]

    @cached_property
    def _fired(self) -> list[Rule]:
        return self._details.explains.fired(self._details.weighing, self._answer)

    @cached_property
    def _weightiest_first(self) -> list[Reason]:
        of = self._details
        cost = _cost_words(self._answer, of.priced.comparable, of.weighing, of.values.get("monthly_budget_usd"))
        if cost and any(of.priced.comparable[service] != (c and c.expected) for service, c in of.costs.items()):
            cost = f"By prices of {HOME}, as not all of this Region are known: {cost[0].lower()}{cost[1:]}"
        return of.explains.reasons(self._fired, of.weighing, self._number, of.values, cost, lambda: of.compared)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why, for and against; of the leading answer the rules in its favour first."""
        of = self._details
        if not self._leads:
            return tuple(self._weightiest_first)
        usd = [*of.priced.comparable.values()]
        ordered = most_decisive_first(self._weightiest_first, of.weighing, of.given, usd, of.aggregator)
        named = of.outside[0].rules if self._answer == NONE and of.outside else ()  # their rules first
        return tuple(sorted(ordered, key=lambda reason: reason.rule not in named))

    @property
    def cautions(self) -> tuple[str, ...]:
        """What counts against it; what is said against one place outside says nothing of the first."""
        here = ("", *[place.id for place in self._details.outside[:1]])
        elsewhere = {rule.id for rule in self._fired if rule.entry.outside not in here}
        cautions = [reason for reason in self._weightiest_first if reason.effect == "caution"]
        return tuple([reason.text for reason in cautions if reason.rule not in elsewhere])

    @property
    def remedies(self) -> tuple[str, ...]:
        """What helps against its limits and cautions."""
        remedies = [rule.entry.remedy for rule in self._fired if rule.entry.remedy]
        return tuple([filled(remedy, self._details.values, self._details.aggregator.pack.facts) for remedy in remedies])

    @property
    def unconfirmed(self) -> tuple[Unconfirmed, ...]:
        """The limits that could still rule it out."""
        return tuple(self._details.explains.unconfirmed(self._details.weighing, self._answer, self._details.values))

    @property
    def companions(self) -> tuple[Companion, ...]:
        """What is usually combined with it."""
        return () if self._out else tuple(self._details.explains.companions(self._fired, self._details.values))

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Newer forms of it that lack a limit."""
        return tuple(self._details.explains.variants(self._fired, self._details.values))

    @property
    def margins(self) -> tuple[Margin, ...]:
        """How near the workload is to its limits."""
        return () if self._out else tuple(self._details.explains.margins(self._answer, self._details.values))

    @cached_property
    def monthly_cost_usd(self) -> MonthlyCost | None:
        """What it costs, `none` at the first place outside; of the leading answer with what makes the range wide."""
        of = self._details
        place = of.outside[0] if self._answer == NONE and of.outside else None
        cost = place.monthly_cost_usd if place else of.costs.get(self._answer)
        if cost is None or not self._leads:
            return cost
        priced = place.id if place else self._answer
        return of.pricing.explained(cost, of.given, priced, free_tier=of.free_tier)

    @property
    def cost_needs(self) -> str:
        """What an estimate needs where there is none."""
        of = self._details
        costs = of.pricing
        if self._out or self.monthly_cost_usd:
            return ""
        if self._answer != NONE:
            return costs.blank(self._answer, of.given)
        place = of.outside[0].id if of.outside and NONE in of.weighing.plausible else ""
        return costs.blank(place, of.given) if place in costs.places else ""


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
