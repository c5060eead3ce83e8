from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from whichcompute.classifier.cases import Case
from whichcompute.recommender.arrays import softmax
from whichcompute.training.design_matrix import COUNT, VOTES, Eye, Lessons, Sight, shares_of
from whichcompute.training.fit import RuledLogisticRegression, columns, fit, temperature_of


def lessons(cases: list[Case], eye: Eye) -> Lessons:
    return Lessons(eye.see([case.values for case in cases]), shares_of(cases, 0.2), np.ones(len(cases)))


def test_without_rules_the_fit_is_scikit_learns_logistic_regression() -> None:
    rng = np.random.default_rng(0)
    features, label = (rng.random((120, 6)) < 0.4).astype(float), rng.integers(0, COUNT, 120)
    features[np.arange(120), label] = 1.0
    no_votes, no_veto = np.zeros((120, COUNT, len(VOTES))), np.zeros((120, COUNT), dtype=bool)
    mine = fit(Lessons(Sight(features, no_votes, no_veto), np.eye(COUNT)[label], np.ones(120)), 0.7, 1.0)
    theirs = LogisticRegression(C=0.7, tol=1e-10, max_iter=5000).fit(features, label)
    ours = softmax(mine.scores(Sight(features, no_votes, no_veto)), no_veto)
    assert ours == pytest.approx(theirs.predict_proba(features), abs=1e-4)


def test_prediction_is_scikit_learns_own(cases: list[Case], eye: Eye) -> None:
    learned = lessons(cases, eye)
    model = RuledLogisticRegression(0.4, advice_ridge=10.0)
    model.fit(columns(learned.sight), learned.shares, vetoed=learned.sight.vetoed)
    assert type(model).predict_proba is LogisticRegression.predict_proba
    no_veto = np.zeros_like(learned.sight.vetoed)
    ours = softmax(model.fitted_.scores(learned.sight), no_veto)
    assert ours == pytest.approx(model.predict_proba(columns(learned.sight)), abs=1e-12)


def test_advice_is_never_worth_less_than_nothing() -> None:
    # A `prefer` that is always wrong would get a negative weight if it could.
    votes = np.zeros((60, COUNT, len(VOTES)))
    votes[:, 1, 0] = 1.0
    shares = np.zeros((60, COUNT))
    shares[:, 0] = 1.0
    half = np.arange(60) < 30
    shares[half], votes[half, 1, 0] = [0, 1, 0, 0, 0], 0.0
    sight = Sight(np.zeros((60, 0)), votes, np.zeros((60, COUNT), dtype=bool))
    assert fit(Lessons(sight, shares, np.ones(60)), 1.0, 0.1).advice.tolist() == [0.0] * len(VOTES)


def test_a_veto_takes_a_service_out_of_the_sum() -> None:
    scores, vetoed = np.zeros((2, COUNT)), np.zeros((2, COUNT), dtype=bool)
    vetoed[0, 2:] = vetoed[1] = True
    assert softmax(scores, vetoed).tolist() == [[0.5, 0.5, 0, 0, 0], [0.0] * COUNT]


@pytest.mark.parametrize("heat", [0.5, 1.0, 2.0])
def test_the_temperature_that_made_the_labels_is_found(heat: float) -> None:
    rng = np.random.default_rng(1)
    scores, open_ = rng.normal(0, 3, (4000, COUNT)), np.zeros((4000, COUNT), dtype=bool)
    likely = softmax(scores, open_, heat)
    label = np.array([rng.choice(COUNT, p=row) for row in likely])
    assert temperature_of(scores, open_, label) == pytest.approx(heat, rel=0.1)
