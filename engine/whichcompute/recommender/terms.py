"""The table of terms: conjunctions of conditions with a weight per answer or a veto, said once.

Rules are terms, and so is what centres them: a rule adds its weight less what it would add on average, so that knowing
a descriptor is by itself no evidence. What the classifier reads off the known descriptors is a separate table
(`classifier.model`), added to the same scores. All is evaluated twice: for one workload without numpy (`aggregation`),
for frames in `columns`; questionnaire, missing fields, reasons and training read it here.

Evidence of an aspect counts once: the weight of a rule is divided by the number of rules of its answer, effect and
aspect that can fire together. However often a need is put into rules, they say it once, and everything stays a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TypeAlias

from whichcompute.classifier.model import NOTHING, Classifier, Weights, softmax
from whichcompute.knowledge.cells import Conjunction, ConjunctionIndex, mask_of, numbers_of
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import ANSWERS

ADVICE = ("prefer", "caution")
DOUBTS = ("severe", "strong")
"""Cautions so strong that an answer is not called decided against one of them."""
_MOST_SETS = 5_000
_COMPARED = 100  # sets that each other one is held against


@dataclass(frozen=True, slots=True)
class Centring:
    """Holds where some descriptors are known; takes off what the rules on them would add on average."""

    conditions: tuple[Condition, ...]
    weights: Weights


Item: TypeAlias = "Rule | Centring"


class Terms:
    """The terms of a rule pack under a classifier, rules first; bit i of a mask is item i. Immutable once built."""

    def __init__(self, pack: RulePack, classifier: Classifier) -> None:
        self.pack = pack
        self.classifier = classifier
        advice = mask_of(pack, lambda rule: rule.entry.effect in ADVICE)
        excludes = mask_of(pack, lambda rule: rule.entry.effect == "exclude")
        self.of_answer = {answer: _rules_of(pack, answer) for answer in ANSWERS}
        self.vetoes = tuple(self.of_answer[answer] & excludes for answer in ANSWERS)
        self.shares = _shares(pack, advice)
        self.rule_weights = tuple(
            self._rule_weight(rule) / share for rule, share in zip(pack, self.shares, strict=True)
        )
        centring = self._centring()
        self.items: tuple[Item, ...] = (*pack.rules, *centring)
        self.index: ConjunctionIndex[Conjunction] = ConjunctionIndex(self.items)
        self.rules = (1 << len(pack)) - 1
        doubts = mask_of(pack, lambda rule: rule.entry.effect == "caution" and rule.entry.strength in DOUBTS)
        self.doubts = tuple(self.of_answer[answer] & doubts for answer in ANSWERS)
        favours = mask_of(pack, lambda rule: rule.entry.effect == "prefer")
        self.favours = tuple(self.of_answer[answer] & favours for answer in ANSWERS)
        severe = mask_of(pack, lambda rule: rule.entry.strength == "severe")
        self.severe = tuple(self.of_answer[answer] & severe for answer in ANSWERS)
        self.weights: tuple[Weights | None, ...] = (
            *(_weights(rule, weight) for rule, weight in zip(pack, self.rule_weights, strict=True)),
            *(item.weights for item in centring),
        )
        self._weighty = sum(1 << number for number, row in enumerate(self.weights) if row)

    def _rule_weight(self, rule: Rule) -> float:
        """What a rule adds to the score of its answer when it alone speaks, in log-odds."""
        entry = rule.entry
        if entry.strength is None:
            return 0.0
        size = self.classifier.rule_weight(entry.effect, entry.strength)
        return size if entry.effect == "prefer" else -size

    def _centring(self) -> list[Centring]:
        sums: dict[tuple[str, ...], list[float]] = {}
        for rule, weight in zip(self.pack, self.rule_weights, strict=True):
            if weight and is_centred(rule):
                row = sums.setdefault(rule.fields, [0.0] * len(ANSWERS))
                row[ANSWERS.index(rule.entry.service)] -= weight * self.classifier.rate(rule.id)
        return [
            Centring(tuple(Condition(f"known {field}", field, "known") for field in fields), tuple(row))
            for fields, row in sums.items()
        ]

    def scores(self, fired: int, start: Sequence[float] = NOTHING) -> list[float]:
        """`start` and what the terms that hold add to it, for each answer, vetoes aside."""
        scores, weights = list(start), self.weights
        for number in numbers_of(fired & self._weighty):
            for answer, weight in enumerate(weights[number] or ()):
                scores[answer] += weight
        return scores

    def probabilities(self, scores: Sequence[float], excluded: Sequence[bool]) -> Weights:
        """The probability of each answer: a softmax over those that are not ruled out; `none` never is."""
        return softmax(scores, self.classifier.temperature, excluded)


def is_centred(rule: Rule) -> bool:
    """Whether a rule's weight is taken relative to what it adds on average.

    Not if it asks what is known, nor of a severe caution, which is a limit: keeping it does not favour an answer.
    """
    return rule.entry.strength != "severe" and all(c.op not in ("known", "unknown") for c in rule.conditions)


def _rules_of(pack: RulePack, answer: str) -> int:
    return mask_of(pack, lambda rule: rule.entry.service == answer)


def _weights(rule: Rule, weight: float) -> Weights | None:
    if not weight:
        return None
    at = ANSWERS.index(rule.entry.service)
    return tuple(weight if number == at else 0.0 for number in range(len(ANSWERS)))


def _shares(pack: RulePack, advice: int) -> tuple[int, ...]:
    """For each rule, how many rules of its answer, effect and aspect can fire together with it, itself included.

    Severe cautions share with none: each is a limit, and a second one makes the first no softer.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for number in numbers_of(advice):
        entry = pack.rules[number].entry
        if entry.aspect and entry.strength != "severe":
            groups.setdefault((entry.service, entry.effect, entry.aspect), []).append(number)
    shares = [1] * len(pack)
    for members in groups.values():
        if len(members) > 1:
            for number, share in zip(members, together([pack.rules[m] for m in members]), strict=True):
                shares[number] = share
    return tuple(shares)


def together(items: Sequence[Conjunction]) -> list[int]:
    """For each item, the size of the largest set of items that can hold together and that it is part of.

    Items exclude one another on a descriptor where no value suits both. Descriptors that bind the same items are looked
    at together, all others apart; where that gives too many sets, the sizes are upper bounds.
    """
    every = (1 << len(items)) - 1
    parts: list[tuple[int, list[int]]] = []  # items bound by some descriptors, and the sets that these leave
    for cells in ConjunctionIndex(items).cells.values():
        sets = _largest(set(cells.true_masks))
        bound = every & ~reduce(and_, sets)
        apart = []
        for members, others in parts:
            if members & bound and len(sets) * len(others) <= _MOST_SETS:
                sets, bound = _largest({one & other for one in sets for other in others}), bound | members
            else:
                apart.append((members, others))
                bound &= ~members
        parts = [*apart, (bound, sets)]
    largest = [max((each & members).bit_count() for each in sets) for members, sets in parts]
    most = len(items) - sum(members.bit_count() for members, _ in parts) + sum(largest)
    sizes = [max(most, 1)] * len(items)
    for (members, sets), size in zip(parts, largest, strict=True):
        for each in sorted((each & members for each in sets), key=int.bit_count):
            for number in numbers_of(each):
                sizes[number] = most - size + each.bit_count()
    return sizes


def _largest(sets: Iterable[int]) -> list[int]:
    """The sets, as bit masks, less those that are part of one of the largest."""
    kept: list[int] = []
    for each in sorted(sets, key=int.bit_count, reverse=True):
        if all(each & ~other for other in kept[:_COMPARED]):
            kept.append(each)
    return kept
