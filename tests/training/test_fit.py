from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from whichcompute.training.design_matrix import ADVICE, COUNT, Design
from whichcompute.training.fit import (
    FLOOR,
    Fitted,
    Penalty,
    TrainingSet,
    WeightBounds,
    fit,
    log_losses,
    softmax,
    temperature_of,
)


def free(terms: int) -> WeightBounds:
    shape = (terms, COUNT)
    return WeightBounds(np.full(shape, -np.inf), np.full(shape, np.inf), np.tile(np.eye(COUNT), (terms, 1, 1)))


def design(terms: np.ndarray, advice: np.ndarray | None = None) -> Design:
    count = len(terms)
    return Design(
        terms,
        np.zeros((count, COUNT, len(ADVICE))) if advice is None else advice,
        np.zeros((count, COUNT), dtype=bool),
    )


def held(terms: int, ridge: float, advice: float = 1.0) -> Penalty:
    start = Fitted(np.zeros((terms, COUNT)), np.zeros(COUNT), np.zeros(len(ADVICE)))
    return Penalty(np.full(terms, ridge), 0.0, np.full(len(ADVICE), advice), start)


def test_without_bounds_and_rules_the_fit_is_scikit_learns_logistic_regression() -> None:
    rng = np.random.default_rng(0)
    terms, label = (rng.random((150, 6)) < 0.4).astype(float), rng.integers(0, COUNT, 150)
    terms[np.arange(150), label] = 1.0
    mine = fit(TrainingSet(design(terms), np.eye(COUNT)[label], np.ones(150)), held(6, 1 / 0.7), free(6))
    theirs = LogisticRegression(C=0.7, tol=1e-10, max_iter=5000).fit(terms, label)
    ours = softmax(mine.scores(design(terms)), design(terms).vetoed)
    assert ours == pytest.approx(theirs.predict_proba(terms), abs=2e-3)


def test_weights_stay_in_their_box() -> None:
    # The column makes answer 0 certain, but its weight must not rise above 0.
    terms = np.array([[1.0], [0.0]] * 30)
    shares = np.eye(COUNT)[[0, 1] * 30]
    limits = free(1)
    limits.high[0, 0], limits.low[0, 1:] = 0.0, 0.0
    weights = fit(TrainingSet(design(terms), shares, np.ones(60)), held(1, 0.1), limits).weights
    assert weights[0, 0] <= 0 and (weights[0, 1:] >= 0).all()


def test_evidence_never_counts_the_other_way() -> None:
    # Evidence that is always wrong would get a negative weight if it could.
    advice = np.zeros((60, COUNT, len(ADVICE)))
    advice[:30, 1, 0] = 1.0
    shares = np.eye(COUNT)[[0] * 30 + [1] * 30]
    found = fit(TrainingSet(design(np.zeros((60, 0)), advice), shares, np.ones(60)), held(0, 1.0, 0.1), free(0))
    assert found.advice.tolist() == [0.0] * len(ADVICE)


def test_a_strong_ridge_keeps_the_start() -> None:
    start = Fitted(np.ones((1, COUNT)) * 0.3, np.zeros(COUNT), np.full(len(ADVICE), 0.2))
    penalty = Penalty(np.array([1e6]), 1e6, np.full(len(ADVICE), 1e6), start)
    data = TrainingSet(design(np.ones((9, 1))), np.eye(COUNT)[[2] * 9], np.ones(9))
    found = fit(data, penalty, free(1))
    assert found.weights == pytest.approx(start.weights, abs=1e-4)
    assert found.advice == pytest.approx(start.advice, abs=1e-4)


def test_a_veto_takes_an_answer_out_of_the_sum() -> None:
    scores, vetoed = np.zeros((1, COUNT)), np.zeros((1, COUNT), dtype=bool)
    vetoed[0, 2:] = True
    assert softmax(scores, vetoed).tolist() == [[0.5, 0.5, 0, 0, 0, 0]]
    assert log_losses(softmax(scores, vetoed), np.array([3])).tolist() == [-np.log(FLOOR)]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    rng = np.random.default_rng(1)
    scores, none = rng.normal(0, 3, (4000, COUNT)), np.zeros((4000, COUNT), dtype=bool)
    likely = softmax(scores, none, temperature)
    label = np.array([rng.choice(COUNT, p=row) for row in likely])
    assert temperature_of(scores, none, label, np.ones(len(label))) == pytest.approx(temperature, rel=0.1)
