"""The table of terms: conjunctions of conditions with log-odds per service or a veto, said once.

Rules are terms and so are the features of the classifier. The table is evaluated twice: here for one workload, without
numpy, and in `arrays` for many. Reasons, missing fields, questionnaire, paths and training read weights and masks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import exp
from typing import Any

from whichcompute.classifier.model import Classifier, Evidence, Feature
from whichcompute.knowledge.cells import Conjunction, ConjunctionIndex, mask_of, numbers_of
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import ANSWERS, SERVICES, Answer

Weights = tuple[float, ...]
"""Log-odds, one for each of SERVICES."""


class Terms:
    """The terms of a rule pack and a classifier; immutable once built.

    Bit i of a mask is item i: the rules in pack order, then the features, then `also`, which weigh nothing. `vetoes`
    holds the rules that exclude each service, `of_answer` all rules of each answer.
    """

    def __init__(self, pack: RulePack, classifier: Classifier, also: Sequence[Conjunction] = ()) -> None:
        self.pack = pack
        self.classifier = classifier
        self.base: Weights = classifier.base
        self.items: tuple[Conjunction, ...] = (*pack.rules, *classifier.features, *also)
        self.index = ConjunctionIndex(self.items)
        self.rules = (1 << len(pack)) - 1
        self.also = self.index.all & ~((1 << len(pack) + len(classifier.features)) - 1)
        self.of_answer = {answer: mask_of(pack, partial(_is_of, answer)) for answer in ANSWERS}
        excludes = mask_of(pack, lambda rule: rule.entry.effect == "exclude")
        self.vetoes = tuple([self.of_answer[service] & excludes for service in SERVICES])
        self.rule_weights = tuple([self._rule_weight(rule) for rule in pack])
        self.weights: tuple[Weights | None, ...] = tuple([self._weights(n, item) for n, item in enumerate(self.items)])
        self._weighty = mask_of(self.weights, bool)
        self.features = self.index.all & ~self.rules & ~self.also

    def _rule_weight(self, rule: Rule) -> float:
        """What a fired rule adds to the score of its service, in log-odds; 0 for exclude and companion rules."""
        entry = rule.entry
        if entry.strength is None:
            return 0.0
        size = self.classifier.rule_weight(entry.effect, entry.strength)
        return size if entry.effect == "prefer" else -size

    def _weights(self, number: int, item: Conjunction) -> Weights | None:
        if isinstance(item, Feature):
            return item.weights
        if not isinstance(item, Rule) or not self.rule_weights[number]:
            return None
        return tuple([self.rule_weights[number] if item.entry.service == service else 0.0 for service in SERVICES])

    def looking_at(self, field: str) -> int:
        """Bit mask of the terms with a condition on this very descriptor or derived one."""
        return mask_of(self.items, lambda item: any(condition.field == field for condition in item.conditions))

    def scores(self, fired: int) -> list[float]:
        """The log-odds of each service when these terms hold, vetoes aside."""
        scores, weights = list(self.base), self.weights
        for number in numbers_of(fired & self._weighty):
            for service, weight in enumerate(weights[number] or ()):
                scores[service] += weight
        return scores

    def excluded(self, mask: int) -> tuple[bool, ...]:
        """Whether a term of the mask is a veto, for each service."""
        return tuple([bool(mask & veto) for veto in self.vetoes])

    def probabilities(self, scores: Sequence[float], excluded: Sequence[bool]) -> Weights:
        """A softmax over the services that are not excluded; all 0 when every one is."""
        left = [score for score, out in zip(scores, excluded, strict=True) if not out]
        if not left:
            return (0.0,) * len(scores)
        top, temperature = max(left), self.classifier.temperature
        parts = [0.0 if out else exp((s - top) / temperature) for s, out in zip(scores, excluded, strict=True)]
        total = sum(parts)
        return tuple([part / total for part in parts])

    def leading(self, scores: Sequence[float], fired: int) -> int | None:
        """The number of the leading service; None when every service is excluded."""
        left = [number for number, veto in enumerate(self.vetoes) if not fired & veto]
        return max(left, key=lambda number: (scores[number], -number), default=None)

    @staticmethod
    def ranking(scores: Sequence[float], excluded: Sequence[bool]) -> tuple[int, ...]:
        """Numbers of the services, best first; those excluded come last, of equal ones the first in SERVICES first."""
        return tuple(sorted(range(len(scores)), key=lambda number: (excluded[number], -scores[number], number)))

    def evidence(self, fired: int) -> tuple[Evidence, ...]:
        """What the classifier adds when these terms hold, features of the same descriptors together."""
        together: dict[tuple[str, ...], list[float]] = {}
        for number in numbers_of(fired & self.features):
            feature: Any = self.items[number]
            sums = together.setdefault(feature.fields, [0.0] * len(SERVICES))
            for service, weight in enumerate(feature.weights):
                sums[service] += weight
        return tuple([Evidence("+".join(fields), fields, tuple(sums)) for fields, sums in together.items()])


def _is_of(answer: Answer, rule: Rule) -> bool:
    return rule.entry.service == answer
