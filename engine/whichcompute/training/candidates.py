"""The kinds of model that are compared on the same held-out folds; the last is the one that is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from whichcompute.classifier.cases import Case
from whichcompute.classifier.neighbours import Decided, Neighbours
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import SERVICES
from whichcompute.training.cross_validation import Family, Training
from whichcompute.training.design_matrix import COUNT, SIGNS, Floats, Sight
from whichcompute.training.fit import Fitted, fit

ALONE_FREEDOM = 0.7  # without rules beside it the classifier may lean further on its features
_RARE = 0.02  # probability that a baseline leaves to a service it never saw chosen
_NEAREST = 7
_SOFT = 0.15  # boosted trees take whole rows; a share below this is not worth one


def whole(training: Training) -> Fitted:
    """Rules and classifier fitted together."""
    return fit(training.lessons(), training.settings.freedom, training.settings.advice_ridge)


def rules_only(training: Training) -> Fitted:
    """The worth of rule advice and the base rates, without features."""
    lessons = training.lessons()
    blind = replace(lessons, sight=without_features(lessons.sight))
    return fit(blind, training.settings.freedom, training.settings.advice_ridge)


def classifier_only(training: Training) -> Fitted:
    """The features, without advice and vetoes."""
    lessons = training.lessons()
    return fit(replace(lessons, sight=without_rules(lessons.sight)), ALONE_FREEDOM, training.settings.advice_ridge)


def without_features(sight: Sight) -> Sight:
    """What the rules alone see."""
    return replace(sight, features=sight.features[:, :0])


def without_rules(sight: Sight) -> Sight:
    """What the classifier alone sees."""
    return replace(sight, votes=np.zeros_like(sight.votes), vetoed=np.zeros_like(sight.vetoed))


def base_rates(cases: Sequence[Case]) -> Floats:
    """Log-odds of each service by how often it was chosen."""
    times = Counter(case.label for case in cases)
    rates = np.array([times[service] for service in SERVICES]) / len(cases)
    return np.log(np.maximum(rates, _RARE))


def _majority(training: Training, asked: Sequence[Case], sight: Sight) -> Floats:
    del sight
    return np.tile(base_rates(training.cases), (len(asked), 1))


def _nearest(training: Training, asked: Sequence[Case], sight: Sight) -> Floats:
    del sight
    known = Neighbours(Decided(c.id, c.description, c.label, c.url, c.values) for c in training.cases)
    rates = np.exp(base_rates(training.cases))
    rows = []
    for case in asked:
        choices = [neighbour.decided.choice for neighbour in known.nearest(case.values, _NEAREST)]
        rows.append([choices.count(service) for service in SERVICES] + rates)
    return np.log(np.array(rows))


def _one_hot(training: Training, asked: Sequence[Case], sight: Sight) -> Floats:
    """The yardstick: values as they stand, numbers as logarithms, no rules, no draws, hard labels."""
    del sight
    names = sorted({_column(field, value) for case in training.cases for field, value in case.values.items()})
    learned, wanted = _columns(training.cases, names), [SERVICES.index(case.label) for case in training.cases]
    model = LogisticRegression(C=1.0, max_iter=2000).fit(learned, wanted)
    return _spread(model.decision_function(_columns(asked, names)), model.classes_)


def _column(field: str, value: object) -> str:
    return field if DESCRIPTORS[field].type == "number" else f"{field}={value}"


def _columns(cases: Sequence[Case], names: Sequence[str]) -> Floats:
    at = {name: number for number, name in enumerate(names)}
    rows = np.zeros((len(cases), 2 * len(names)))
    for row, case in zip(rows, cases, strict=True):
        for field, value in case.values.items():
            number = at.get(_column(field, value))
            if number is not None:
                row[2 * number] = 1.0
                row[2 * number + 1] = np.log10(1 + value) if isinstance(value, float) else 0.0
    return rows


def _boosting(look: Callable[[Sight], Floats]) -> Callable[[Training, Sequence[Case], Sight], Floats]:
    """Boosted trees on the same features, cases and draws; soft labels as weighted rows."""

    def answer(training: Training, asked: Sequence[Case], sight: Sight) -> Floats:
        del asked
        lessons = training.lessons()
        rows, wanted = np.nonzero(lessons.shares >= _SOFT)
        weights = lessons.weights[rows] * lessons.shares[rows, wanted]
        model = HistGradientBoostingClassifier(
            max_iter=30,
            learning_rate=0.15,
            max_leaf_nodes=8,
            min_samples_leaf=10,
            l2_regularization=1.0,
            random_state=0,
        )
        model.fit(look(lessons.sight)[rows], wanted, sample_weight=weights * len(weights) / weights.sum())
        return _spread(model.decision_function(look(sight)), model.classes_)

    return answer


def _spread(scores: Floats, classes: Sequence[int]) -> Floats:
    wide = np.full((len(scores), COUNT), -20.0)
    if len(classes) == 2:
        scores = np.column_stack([-scores / 2, scores / 2])
    wide[:, list(classes)] = scores
    return wide


def _with_advice(sight: Sight) -> Floats:
    return np.hstack([sight.features, sight.votes @ np.maximum(SIGNS, 0), sight.votes @ np.maximum(-SIGNS, 0)])


def _fitted(
    learn: Callable[[Training], Fitted], look: Callable[[Sight], Sight] = lambda sight: sight
) -> Callable[[Training, Sequence[Case], Sight], Floats]:
    return lambda training, asked, sight: learn(training).scores(look(sight))


FAMILIES: Mapping[str, Family] = {
    family.key: family
    for family in (
        Family("majority", "majority class", _majority),
        Family("nearest", f"nearest cases ({_NEAREST})", _nearest),
        Family("one_hot", "multinomial logistic, one-hot, C = 1", _one_hot),
        Family("boosting", "gradient boosting, engineered features", _boosting(lambda sight: sight.features)),
        Family("classifier_alone", "classifier alone: engineered logistic", _fitted(classifier_only, without_rules)),
        Family("rules_alone", "rules alone: vetoes and fitted advice", _fitted(rules_only, without_features), True),
        Family("boosting_both", "gradient boosting with rule votes, vetoes", _boosting(_with_advice), True),
        Family("both", "both, fitted together (used)", _fitted(whole), True),
    )
}
"""By key, from the simplest to the one that is used."""
