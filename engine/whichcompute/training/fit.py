"""The fit: feature weights and rule weights together, by penalised maximum likelihood under the rules' vetoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar  # type: ignore[import-untyped]
from scipy.special import logsumexp  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from whichcompute.recommender.arrays import softmax
from whichcompute.training.design_matrix import COUNT, SIGNS, VOTES, Bools, Floats, Lessons, Sight

_VETO = -30.0  # log-odds of a vetoed service while fitting: nothing, without an infinity in the gradient
_HEAT = (0.3, 3.0)  # a temperature outside says that something is wrong


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit learned: log-odds of features (d x 5), of nothing known (5), of the kinds of rule advice (6)."""

    features: Floats
    base: Floats
    advice: Floats

    def scores(self, sight: Sight) -> Floats:
        """Log-odds of each service (n x 5); vetoes are not in them."""
        scores: Floats = sight.features @ self.features + self.base + sight.votes @ (SIGNS * self.advice)
        return scores


class RuledLogisticRegression(LogisticRegression):  # type: ignore[misc]  # scikit-learn has no types
    """Multinomial logistic regression on features and rule votes, fitted with soft labels and vetoes.

    Columns of X: the features, then for each service one column per kind of advice (`columns`). A kind of advice is
    worth the same for every service and never less than nothing: `prefer` cannot speak against a service, nor `caution`
    for it. Penalty: sum of squared feature weights / (2 C) + advice_ridge / 2 x sum of squared advice weights.
    Prediction is scikit-learn's own.
    """

    def __init__(self, C: float = 1.0, *, advice_ridge: float = 1.0) -> None:
        super().__init__(C=C)
        self.advice_ridge = advice_ridge

    def fit(self, X: Any, y: Any, sample_weight: Any = None, vetoed: Any = None) -> RuledLogisticRegression:
        """Fits to the share of each service `y` (n x 5); `vetoed` (n x 5) marks what the rules exclude."""
        X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        weights = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight)
        votes = X[:, X.shape[1] - COUNT * len(VOTES) :].reshape(len(X), COUNT, len(VOTES))
        none = np.zeros(y.shape, dtype=bool)
        lessons = Lessons(Sight(X[:, : -COUNT * len(VOTES)], votes, none if vetoed is None else vetoed), y, weights)
        self.fitted_ = fit(lessons, self.C, self.advice_ridge)
        self.classes_ = np.arange(COUNT)
        self.n_features_in_ = X.shape[1]
        advice = np.einsum("st,g->stg", np.eye(COUNT), SIGNS * self.fitted_.advice).reshape(COUNT, -1)
        self.coef_ = np.hstack([self.fitted_.features.T, advice])
        self.intercept_ = self.fitted_.base
        return self


def columns(sight: Sight) -> Floats:
    """What is seen, as the columns that RuledLogisticRegression takes."""
    return np.hstack([sight.features, sight.votes.reshape(len(sight.votes), -1)])


def fit(lessons: Lessons, freedom: float, advice_ridge: float) -> Fitted:
    """The weights that maximise the penalised likelihood; convex, so there is one answer."""
    sight = lessons.sight
    width, kinds = sight.features.shape[1], len(VOTES)
    # A label that a rule vetoes cannot be learned as impossible; the veto itself stays in force when answering.
    closed = np.where(sight.vetoed & (lessons.shares == 0), _VETO, 0.0)
    wanted = lessons.weights[:, None] * lessons.shares
    total = wanted.sum(axis=1, keepdims=True)
    split = width * COUNT

    def loss(at: NDArray[np.float64]) -> tuple[float, Floats]:
        model = _unpacked(at, width)
        scores = model.scores(sight) + closed
        log_p = scores - logsumexp(scores, axis=1, keepdims=True)
        off = total * np.exp(log_p) - wanted
        value = -(wanted * log_p).sum() + 0.5 / freedom * (model.features**2).sum() + 5e-5 * (model.base**2).sum()
        value += 0.5 * advice_ridge * (model.advice**2).sum()
        gradient = np.empty_like(at)
        gradient[:split] = (sight.features.T @ off + model.features / freedom).ravel()
        gradient[split : split + COUNT] = off.sum(axis=0) + 1e-4 * model.base
        gradient[split + COUNT :] = SIGNS * np.einsum("ns,nsg->g", off, sight.votes) + advice_ridge * model.advice
        return float(value), gradient

    bounds = [(None, None)] * (split + COUNT) + [(0.0, None)] * kinds
    start = np.zeros(split + COUNT + kinds)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "ftol": 1e-10})
    return _unpacked(found.x, width)


def _unpacked(at: NDArray[np.float64], width: int) -> Fitted:
    split = width * COUNT
    return Fitted(at[:split].reshape(width, COUNT), at[split : split + COUNT], at[split + COUNT :])


def temperature_of(scores: Floats, vetoed: Bools, label: NDArray[np.intp]) -> float:
    """The temperature under which held-out scores give the labels the most likelihood."""
    rows = np.arange(len(label))

    def loss(log_heat: float) -> float:
        likely = softmax(scores, vetoed, float(np.exp(log_heat)))[rows, label]
        return float(-np.log(np.maximum(likely, 1e-9)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=tuple(np.log(_HEAT)), method="bounded").x))
