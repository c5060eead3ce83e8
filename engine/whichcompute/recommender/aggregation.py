"""One workload weighed: rules judge, the classifier ranks what is left, hard exclusions always win.

score(service) = base + the weights of the terms that hold (advisory rules and features of the classifier), in log-odds.
Excluded services get probability 0; the others a softmax of score / temperature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from whichcompute.classifier.model import Classifier
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import SERVICES, Service
from whichcompute.recommender.result import Decision
from whichcompute.recommender.terms import Terms

UNDECIDED_FROM = 4  # as many plausible services as this say only that too little is known,
UNDECIDED_BELOW = 0.4  # and so does less confidence than this in the leading one


@dataclass(frozen=True, slots=True)
class Weighing:
    """The outcome for one workload, service by service in the order of SERVICES. Bit i of a mask is item i of Terms."""

    fired: int
    unknown: int
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    excluded: tuple[bool, ...]
    unconfirmed: tuple[bool, ...]
    ranking: tuple[int, ...]
    plausible: tuple[Service, ...]

    @property
    def service(self) -> Service | None:
        """The leading service; None when every service is ruled out."""
        first = self.ranking[0]
        return None if self.excluded[first] else SERVICES[first]

    @property
    def decision(self) -> Decision:
        """How clear the answer is: decided, close, undecided, or none when every service is ruled out."""
        return decision_of(len(self.plausible), max(self.probabilities))


def decision_of(plausible: int, confidence: float) -> Decision:
    """The decision that follows from the number of plausible services and the confidence in the leading one."""
    if not plausible:
        return "none"
    if plausible >= UNDECIDED_FROM or confidence < UNDECIDED_BELOW:
        return "undecided"
    return "decided" if plausible == 1 else "close"


class Aggregator:
    """Weighs a workload by one table of terms, in some tens of microseconds."""

    def __init__(self, pack: RulePack, classifier: Classifier) -> None:
        self.pack = pack
        self.classifier = classifier
        self.terms = Terms(pack, classifier)

    def weigh(self, values: Mapping[str, Any]) -> Weighing:
        """The outcome for known values, derived ones included."""
        terms = self.terms
        fired, unknown = terms.index.evaluate(values)
        scores, excluded = terms.scores(fired), terms.excluded(fired)
        probabilities, ranking = terms.probabilities(scores, excluded), terms.ranking(scores, excluded)
        plausible = self.classifier.plausible(probabilities)
        names = tuple([SERVICES[s] for s in ranking if s in plausible and not excluded[s]])
        return Weighing(fired, unknown, tuple(scores), probabilities, excluded, terms.excluded(unknown), ranking, names)

    @cached_property
    def rivals(self) -> dict[str, Aggregator]:
        """Each part of the model fitted alone, and the majority class: what the whole is to beat."""
        without_rules = RulePack((), self.pack.facts)
        return {
            name: Aggregator(self.pack if name == "rules_alone" else without_rules, rival)
            for name, rival in self.classifier.rivals.items()
        }

    def alone(self, values: Mapping[str, Any]) -> tuple[float, ...]:
        """A second opinion: probabilities of the classifier that was fitted alone, without any rule."""
        return self.rivals["classifier_alone"].weigh(values).probabilities
