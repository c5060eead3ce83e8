"""What a classifier is fitted on, as arrays: terms, the evidence of rules and costs, vetoes, soft labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from whichcompute.classifier.cases import Case
from whichcompute.classifier.features import Bools, Features, Floats
from whichcompute.classifier.model import Classifier
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.rules import GRADES, RulePack
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing import CostModel
from whichcompute.pricing.ops import Ops
from whichcompute.recommender import costs as cost_evidence
from whichcompute.recommender.terms import Terms, is_centred
from whichcompute.training.stored import empty

Ints: TypeAlias = NDArray[np.intp]

COUNT = len(ANSWERS)
LEAST_SHARE = 0.003
VOTES: list[tuple[str, str]] = [(effect, strength) for effect, grades in GRADES.items() for strength in grades]
"""The kinds of rules that weigh."""
ADVICE = [*VOTES, ("cost", "log_ratio"), ("cost", "over_budget")]
"""The columns of evidence beside the classifier's own; none of their weights is negative."""
SET = (VOTES.index(("caution", "severe")), len(VOTES), len(VOTES) + 1)
"""Columns whose weights are settings: severe cautions, which hold of next to no decision, and costs, without which the
judgements were given. In a fit, terms would learn to undo them."""


@dataclass(frozen=True, slots=True)
class Design:
    """What is known of n workloads: terms (n x d), evidence of rules and costs (n x 6 x 9), vetoed answers (n x 6)."""

    terms: Floats
    advice: Floats
    vetoed: Bools

    def rows(self, chosen: Ints) -> Design:
        """The same for some of the workloads."""
        return Design(self.terms[chosen], self.advice[chosen], self.vetoed[chosen])

    def above(self, below: Design) -> Design:
        """These workloads, then those."""
        return Design(
            np.vstack([self.terms, below.terms]),
            np.concatenate([self.advice, below.advice]),
            np.vstack([self.vetoed, below.vetoed]),
        )

    def fitted_part(self) -> Design:
        """What a fit sees: nothing of the columns whose weights are settings."""
        advice = self.advice.copy()
        advice[:, :, SET] = 0.0
        return Design(self.terms, advice, self.vetoed)

    def without_terms(self) -> Design:
        """What rules and costs alone see."""
        return Design(self.terms[:, :0], self.advice, self.vetoed)

    def without_rules(self) -> Design:
        """What the classifier alone sees."""
        return Design(self.terms, np.zeros_like(self.advice), np.zeros_like(self.vetoed))


class Designer:
    """Makes designs by one rule pack, one set of features and the prices of the pack's facts.

    `rates`: how likely each rule is to fire once its descriptors are known; its evidence is centred by it.
    """

    def __init__(self, pack: RulePack, features: Features, rates: Mapping[str, float]) -> None:
        self.pack = pack
        self.features = features
        self.rates = rates
        self._costs = CostModel(pack.facts)
        ratio, budget = (empty({"log_ratio": a, "over_budget": 1.0 - a}) for a in (1.0, 0.0))
        self._ratio, self._budget = Classifier(ratio, pack.facts), Classifier(budget, pack.facts)
        terms = Terms(pack, self._ratio)
        self._vetoes, self._severe = terms.vetoes, terms.severe
        self._weighed = [(n, rule, 1 / terms.shares[n]) for n, rule in enumerate(pack) if rule.entry.strength]

    def design(self, workloads: Sequence[Mapping[str, Value]]) -> Design:
        """Terms, evidence of rules and costs, and vetoes of the workloads."""
        advice = np.zeros((len(workloads), COUNT, len(ADVICE)))
        vetoed = np.zeros((len(workloads), COUNT), dtype=bool)
        for row, values in enumerate(workloads):
            fired, _ = self.pack.index.evaluate(with_derived(values))
            out = [bool(fired & mask) for mask in self._vetoes]
            vetoed[row] = out
            self._add_rules(advice[row], fired, values)
            self._add_costs(advice[row], values, out, [bool(fired & mask) for mask in self._severe])
        return Design(self.features.columns(self.features.degrees(workloads)), advice, vetoed)

    def _add_rules(self, row: Floats, fired: int, values: Mapping[str, Value]) -> None:
        on = set(numbers_of(fired))
        for number, rule, share in self._weighed:
            value = float(number in on)
            if is_centred(rule) and all(values.get(field) is not None for field in rule.fields):
                value -= self.rates[rule.id]
            if value:
                sign = 1.0 if rule.entry.effect == "prefer" else -1.0
                column = VOTES.index((rule.entry.effect, str(rule.entry.strength)))
                row[ANSWERS.index(rule.entry.service), column] += sign * share * value

    def _add_costs(
        self, row: Floats, values: Mapping[str, Value], out: Sequence[bool], unsuited: Sequence[bool]
    ) -> None:
        usd = list(self._costs.priced(values).comparable.values())
        budget = values.get("monthly_budget_usd")
        known = None if budget is None else float(budget)
        metered = cost_evidence.is_metered(Ops(values), self.pack.facts)
        for column, classifier in enumerate((self._ratio, self._budget), start=len(VOTES)):
            row[:, column] = cost_evidence.evidence(classifier, usd, out, known, unsuited, metered)


def sharpened(shares: Floats, temperature: float) -> Floats:
    """Shares to the power of 1 / temperature, each at least LEAST_SHARE before: experts are too careful."""
    powers = np.maximum(shares, LEAST_SHARE) ** (1 / temperature)
    sharp: Floats = powers / powers.sum(axis=1, keepdims=True)
    return sharp


def labels_of(cases: Sequence[Case]) -> Ints:
    """The number in ANSWERS of each label."""
    return np.array([ANSWERS.index(case.label) for case in cases], dtype=np.intp)


def shares_of(cases: Sequence[Case], soft: float) -> Floats:
    """The share of each answer: 1 - soft for the label, the rest spread evenly over all that serve."""
    serves = np.array([[float(answer in case.serves) for answer in ANSWERS] for case in cases]).reshape(-1, COUNT)
    shares: Floats = (1 - soft) * np.eye(COUNT)[labels_of(cases)] + soft * serves / serves.sum(axis=1, keepdims=True)
    return shares
