"""The heart: rules judge, classifier and costs rank what is left, hard limits always win.

score(answer) = base + what the classifier reads off the descriptors + weights of the advisory rules that fire + what
the costs say, in log-odds. Answers that a rule excludes get probability 0, the others a softmax of score / temperature.
The answer `none` (outside the services compared) is never excluded, so the last service that is left inherits nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whichcompute.classifier.model import Classifier, Evidence, Weights
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import ANSWERS, NONE, Answer
from whichcompute.pricing.ops import Ops
from whichcompute.recommender import costs
from whichcompute.recommender.result import Decision
from whichcompute.recommender.terms import Terms

UNDECIDED_FROM = 4
"""As many plausible answers as this say only that too little is known."""
TIE_DIGITS = 9
"""Scores that agree to so many decimals are equal: a sum in another order must not rank answers otherwise."""
LEAST_ASPECTS = 2
"""An answer is decided on evidence of at least so many aspects."""
LEAST_ANSWERS = 3
"""A service is decided on at least so many answers: with two, every limit of it is still open."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """The outcome for one workload, answer by answer in the order of ANSWERS. Masks have bit i for term i.

    `unsuited`: a severe caution holds, so the workload does not run there as it is described. `decision` is not yet
    held against costs and contradictions, which may turn `decided` and `none` into `close`.
    """

    fired: int
    unknown: int
    evidence: tuple[Evidence, ...]
    cost: Weights
    scores: Weights
    probabilities: Weights
    excluded: tuple[bool, ...]
    unsuited: tuple[bool, ...]
    unconfirmed: tuple[bool, ...]
    ranking: tuple[int, ...]
    plausible: tuple[Answer, ...]
    decision: Decision

    @property
    def service(self) -> Answer:
        """The leading answer."""
        return ANSWERS[self.ranking[0]]

    @property
    def incomparable(self) -> tuple[bool, ...]:
        """For each answer, whether its cost says nothing: it is ruled out, or the workload would have to change."""
        return tuple([out or changed for out, changed in zip(self.excluded, self.unsuited, strict=True)])

    @property
    def all_out(self) -> bool:
        """Whether a hard limit rules out every service."""
        return all(self.excluded[:-1])


class Aggregator:
    """Rules and classifier over one table of terms; weighs a workload in some tens of microseconds."""

    def __init__(self, pack: RulePack, classifier: Classifier) -> None:
        self.pack = pack
        self.classifier = classifier
        self.terms = Terms(pack, classifier)

    def weigh(self, values: Mapping[str, Any], usd: Sequence[float | None] = ()) -> Weighing:
        """The outcome for known values, derived ones included, and the expected USD a month on each service."""
        fired, unknown = self.terms.index.evaluate(values)
        excluded = tuple([bool(fired & mask) for mask in self.terms.vetoes])
        unsuited = tuple([bool(fired & mask) for mask in self.terms.severe])
        budget, metered = values.get("monthly_budget_usd"), costs.is_metered(Ops(values), self.pack.facts)
        cost = costs.evidence(self.classifier, usd, excluded, budget, unsuited, metered)
        evidence = self.classifier.evidence(values)
        start = map(sum, zip(self.classifier.base, cost, *[item.weights for item in evidence], strict=True))
        scores = self.terms.scores(fired, tuple(start))
        unconfirmed = tuple([bool(unknown & mask) for mask in self.terms.vetoes])
        probabilities = self.terms.probabilities(scores, excluded)
        ranking = tuple(sorted(range(len(ANSWERS)), key=lambda n: (excluded[n], -round(scores[n], TIE_DIGITS), n)))
        members = self.classifier.plausible(probabilities)
        plausible = tuple([ANSWERS[number] for number in ranking if number in members])
        decision = self.decision(ranking[0], len(plausible), max(probabilities), values, excluded, fired)
        return Weighing(
            fired, unknown, tuple(evidence), cost, tuple(scores), probabilities, excluded, unsuited, unconfirmed,
            ranking, plausible, decision,
        )  # fmt: skip

    def decision(
        self,
        leading: int,
        plausible: int,
        confidence: float,
        values: Mapping[str, Any],
        excluded: Sequence[bool],
        fired: int,
    ) -> Decision:
        """What follows from the leading answer, the number of plausible ones and the confidence in the first.

        Nothing is decided against a strong or severe caution or without a rule in its favour, and no service on fewer
        than LEAST_ANSWERS answers; where every service is ruled out, nothing is open.
        """
        if all(excluded[:-1]):
            return "none"
        found = decision_of(self.classifier, plausible, confidence, aspects_of(values) >= LEAST_ASPECTS)
        if found != "decided":
            return found
        outside = ANSWERS[leading] == NONE
        doubtful = fired & self.terms.doubts[leading] or not fired & self.terms.favours[leading]
        open_ = doubtful or (not outside and known_of(values) < LEAST_ANSWERS)
        return "close" if open_ else "none" if outside else "decided"


def decision_of(classifier: Classifier, plausible: int, confidence: float, broad: bool) -> Decision:
    """The decision, outside or not: `broad` says whether evidence of enough aspects is there."""
    if plausible >= UNDECIDED_FROM or confidence < classifier.undecided_below:
        return "undecided"
    if plausible == 1 and confidence >= classifier.decided_from:
        return "decided" if broad else "close"
    return "close" if broad else "undecided"


def aspects_of(values: Mapping[str, Any]) -> int:
    """How many aspects the known descriptors concern."""
    known = [DESCRIPTORS[name] for name, value in values.items() if value is not None and name in DESCRIPTORS]
    return len({descriptor.aspect for descriptor in known} - {""})


def known_of(values: Mapping[str, Any]) -> int:
    """How many descriptors with an aspect are known."""
    return sum(
        value is not None and name in DESCRIPTORS and bool(DESCRIPTORS[name].aspect) for name, value in values.items()
    )
