"""The heart: rules judge, the classifier ranks what is left, hard exclusions always win.

score(service) = base + what the classifier reads off the descriptors + weights of the advisory rules that fire, in
log-odds. Excluded services get probability 0; the others a softmax of score / temperature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

from whichcompute.classifier.model import Classifier, Evidence
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import NONE, SERVICES, Service
from whichcompute.recommender.result import Decision

UNDECIDED_FROM = 4  # as many plausible services as this say only that too little is known,
UNDECIDED_BELOW = 0.4  # and so does less confidence than this in the one in front


@dataclass(frozen=True, slots=True)
class Weighing:
    """The outcome for one workload, service by service in the order of SERVICES. Masks have bit i for rule i."""

    fired: int
    unknown: int
    evidence: tuple[Evidence, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    excluded: tuple[bool, ...]
    unconfirmed: tuple[bool, ...]
    ranking: tuple[int, ...]
    plausible: tuple[Service, ...]

    @property
    def service(self) -> Service | None:
        """The service in front; None when all are ruled out."""
        first = self.ranking[0]
        return None if self.excluded[first] else SERVICES[first]

    @property
    def decision(self) -> Decision:
        """How far the answer stands: see CONTRACT words decided, close, undecided, none."""
        return decision_of(len(self.plausible), max(self.probabilities))


def decision_of(plausible: int, confidence: float) -> Decision:
    """The decision that follows from the number of plausible services and the confidence in the one in front."""
    if not plausible:
        return "none"
    if plausible >= UNDECIDED_FROM or confidence < UNDECIDED_BELOW:
        return "undecided"
    return "decided" if plausible == 1 else "close"


class Aggregator:
    """Puts rules and classifier together; weighs a workload in some tens of microseconds."""

    def __init__(self, pack: RulePack, classifier: Classifier) -> None:
        self.pack = pack
        self.classifier = classifier
        self.weights = tuple(self.weight(rule) for rule in pack)
        self._advice = self._mask(lambda rule: rule.entry.effect in ("prefer", "caution"))
        self._excludes = tuple(
            self._mask(lambda rule, s=service: rule.entry.effect == "exclude" and rule.entry.service == s)
            for service in SERVICES
        )
        self._service = tuple(SERVICES.index(r.entry.service) if r.entry.service != NONE else -1 for r in pack)

    def _mask(self, wanted: Any) -> int:
        return sum(1 << number for number, rule in enumerate(self.pack) if wanted(rule))

    def weight(self, rule: Rule) -> float:
        """What a fired rule adds to the score of its service, in log-odds; 0 for exclude and companion rules."""
        entry = rule.entry
        if entry.strength is None:
            return 0.0
        size = self.classifier.rule_weight(entry.effect, entry.strength)
        return size if entry.effect == "prefer" else -size

    def weigh(self, values: Mapping[str, Any]) -> Weighing:
        """The outcome for known values, derived ones included."""
        fired, unknown = self.pack.index.evaluate(values)
        evidence = self.classifier.evidence(values)
        scores = list(self.classifier.base)
        for item in evidence:
            for number, weight in enumerate(item.weights):
                scores[number] += weight
        for rule in numbers_of(fired & self._advice):
            scores[self._service[rule]] += self.weights[rule]
        excluded = tuple(bool(fired & mask) for mask in self._excludes)
        unconfirmed = tuple(bool(unknown & mask) for mask in self._excludes)
        probabilities = self._probabilities(scores, excluded)
        ranking = tuple(sorted(range(len(SERVICES)), key=lambda s: (excluded[s], -probabilities[s], -scores[s], s)))
        plausible = self.classifier.plausible(probabilities)
        names = tuple(SERVICES[s] for s in ranking if s in plausible and not excluded[s])
        return Weighing(fired, unknown, evidence, tuple(scores), probabilities, excluded, unconfirmed, ranking, names)

    def _probabilities(self, scores: list[float], excluded: tuple[bool, ...]) -> tuple[float, ...]:
        left = [score for score, out in zip(scores, excluded, strict=True) if not out]
        if not left:
            return (0.0,) * len(scores)
        top, heat = max(left), self.classifier.temperature
        parts = [0.0 if out else exp((s - top) / heat) for s, out in zip(scores, excluded, strict=True)]
        total = sum(parts)
        return tuple(part / total for part in parts)
