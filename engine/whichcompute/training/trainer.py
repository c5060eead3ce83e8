"""From judgements and decisions to weights: the mean of a fit on both, and of one that goes from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from whichcompute.classifier.cases import Case, Judgements
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Floats
from whichcompute.training.design_matrix import (
    ADVICE,
    COUNT,
    SET,
    Design,
    Designer,
    Ints,
    labels_of,
    shares_of,
    sharpened,
)
from whichcompute.training.fit import BASE_RIDGE, Fitted, Penalty, TrainingSet, WeightBounds, fit, weight_bounds

_RARE = 0.02  # probability that base rates leave to an answer that was never chosen
_NEVER = 20.0


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How a classifier is fitted; chosen once on held-out kinds of source (docs/classifier.md), then fixed."""

    sharpness: float = 0.65  # temperature under which the experts' shares are taken: experts are too careful
    case_weight: float = 5.0  # what a decision counts in the fit on both, against 1 for a judgement
    opinion: float = 0.4  # part of the target of a decision that is the expert's opinion on it, where there is one
    acceptable: float = 0.3  # part of the rest that is spread evenly over the label and what is acceptable
    ridge: float = 0.4  # holds the weights of single conditions to 0
    ridge_interaction: float = 1.0  # and those of interactions
    second_ridge: float = 2.0  # holds the second stage, on decisions alone, to the first, on judgements alone
    second_part: float = 0.5  # part of the two stages in the mean
    rule_weights: tuple[float, float, float] = (0.35, 0.25, 0.12)  # what the weights of rules are held to, by strength
    rule_ridge: float = 300.0
    severe_weight: float = 4.0  # of severe cautions; set, not fitted, as are those of costs (SET)
    cost_weights: tuple[float, float] = (0.10, 0.2)
    coverage: float = 0.91  # share of held-out labels that the plausible set is to hold
    decided_from: float = 0.70
    undecided_below: float = 0.45
    folds: int = 5
    seed: int = 0


class Trainer:
    """Designs of all judgements and decisions, made once; then fits on any of the decisions."""

    def __init__(
        self,
        designer: Designer,
        directions: Sequence[Direction],
        cases: Sequence[Case],
        judgements: Judgements,
        settings: FitSettings,
    ) -> None:
        self.settings = settings
        self.cases = tuple(cases)
        self.design = designer.design([case.values for case in cases])
        self.judged = designer.design([judgement.values for judgement in judgements.rows])
        shares = np.array([judgement.shares for judgement in judgements.rows]).reshape(-1, COUNT)
        self._shares = sharpened(shares, settings.sharpness)
        self._targets = self._targets_of(judgements)
        self._sizes = np.array([len(term) for term in designer.features.terms])
        self._ridge = np.where(self._sizes == 1, settings.ridge, settings.ridge_interaction)
        self._bounds = weight_bounds(designer.features, designer.features.terms, directions)
        self._first: dict[tuple[int, bool], Fitted] = {}

    def _targets_of(self, judgements: Judgements) -> Floats:
        targets = shares_of(self.cases, self.settings.acceptable)
        for row, case in enumerate(self.cases):
            if (opinion := judgements.opinion(case.id)) is not None:
                sharp = sharpened(np.array([opinion]), self.settings.sharpness)[0]
                targets[row] = self.settings.opinion * sharp + (1 - self.settings.opinion) * targets[row]
        return targets

    def both(self, rows: Ints) -> Fitted:
        """Terms, rules and costs together; learns from the judgements and from these decisions."""
        fitted = self._train(self.design.rows(rows).fitted_part(), self.judged.fitted_part(), rows, self._held())
        fitted.advice[[*SET]] = (self.settings.severe_weight, *self.settings.cost_weights)
        return fitted

    def classifier_alone(self, rows: Ints) -> Fitted:
        """The terms without rules and costs."""
        held = Penalty(self._ridge, BASE_RIDGE, np.ones(len(ADVICE)), Fitted.nothing(len(self._ridge)))
        return self._train(self.design.rows(rows).without_rules(), self.judged.without_rules(), rows, held)

    def rules_alone(self, rows: Ints) -> Fitted:
        """Base rates, rules and costs without terms; here nothing else holds the weights of rules down."""
        held = Penalty(self._ridge[:0], BASE_RIDGE, np.full(len(ADVICE), 0.5), Fitted.nothing(0))
        return self._train(self.design.rows(rows).without_terms(), self.judged.without_terms(), rows, held)

    def majority(self, rows: Ints) -> Fitted:
        """Base rates of the decisions alone."""
        rates = np.bincount(labels_of([self.cases[row] for row in rows]), minlength=COUNT) / len(rows)
        return Fitted(np.zeros((len(self._sizes), COUNT)), np.log(np.maximum(rates, _RARE)), np.zeros(len(ADVICE)))

    def logistic(self, rows: Ints) -> Fitted:
        """The yardstick: scikit-learn's logistic regression on single conditions, decisions and hard labels alone."""
        labels = labels_of([self.cases[row] for row in rows])
        single = int((self._sizes == 1).sum())
        model = LogisticRegression(C=1.0, max_iter=500).fit(self.design.terms[rows, :single], labels)
        fitted = Fitted.nothing(len(self._sizes))
        fitted.base[:] = -_NEVER
        coefficients, intercepts = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            coefficients, intercepts = np.vstack([0 * coefficients, coefficients]), np.append(0.0, intercepts)
        fitted.weights[:single, model.classes_], fitted.base[model.classes_] = coefficients.T, intercepts
        return fitted

    def _held(self) -> Penalty:
        settings = self.settings
        start = Fitted.nothing(len(self._ridge))
        prefers, cautions = settings.rule_weights, (settings.severe_weight, *settings.rule_weights)
        advice = np.array([*prefers, *cautions, *settings.cost_weights])
        ridge = np.full(len(ADVICE), settings.rule_ridge)
        return Penalty(self._ridge, BASE_RIDGE, ridge, Fitted(start.weights, start.base, advice))

    def _train(self, design: Design, judged: Design, rows: Ints, held: Penalty) -> Fitted:
        settings, targets, count = self.settings, self._targets[rows], len(judged.terms)
        limits = self._bounds.rows(slice(None if design.terms.shape[1] else 0))
        counts = np.concatenate([np.ones(count), np.full(len(rows), settings.case_weight)])
        pooled = fit(TrainingSet(judged.above(design), np.vstack([self._shares, targets]), counts), held, limits)
        if not count:
            return pooled
        first = self._first_stage(judged, held, limits)
        firm = Penalty(np.full(len(held.terms), settings.second_ridge), 1.0, held.advice, first)
        second = fit(TrainingSet(design, targets, np.ones(len(rows))), firm, limits)
        return mean(pooled, second, settings.second_part)

    def _first_stage(self, judged: Design, held: Penalty, limits: WeightBounds) -> Fitted:
        """The fit on judgements alone, which is the same whatever decisions are held out; made once."""
        key = (judged.terms.shape[1], bool(judged.advice.any()))
        if key not in self._first:
            counts = np.ones(len(judged.terms))
            self._first[key] = fit(TrainingSet(judged, self._shares, counts), held, limits)
        return self._first[key]


def mean(one: Fitted, other: Fitted, part: float) -> Fitted:
    """The weights of both, `part` of the other's; directions hold in it, as they hold in both."""
    return Fitted(
        (1 - part) * one.weights + part * other.weights,
        (1 - part) * one.base + part * other.base,
        (1 - part) * one.advice + part * other.advice,
    )
