"""The fit: log-odds of terms and of evidence together, by penalised likelihood under bounds; convex, so one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

from whichcompute.classifier.features import Bools, Floats
from whichcompute.training.bounds import Box
from whichcompute.training.design_matrix import COUNT, Design, Ints

FLOOR = 1e-4
"""The least that the probability of a label counts as, so that one vetoed label does not make a log loss infinite."""
_TEMPERATURES = (0.3, 3.0)  # a temperature outside indicates an error
_OPTIONS = {"maxiter": 300, "maxfun": 600, "maxcor": 20, "ftol": 1e-7}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log-odds of terms (d x 6), of nothing known (6), and of the columns of evidence (8)."""

    weights: Floats
    base: Floats
    advice: Floats

    def scores(self, design: Design) -> Floats:
        """Log-odds of each answer (n x 6), vetoes aside."""
        scores: Floats = design.terms @ self.weights + self.base + design.advice @ self.advice
        return scores


@dataclass(frozen=True, slots=True)
class Penalty:
    """How firmly a fit is held (ridge) to where it starts from, by term, base and column of evidence."""

    terms: Floats
    base: float
    advice: Floats
    start: Fitted


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows to learn from: what is known of them, the share of each answer (n x 6), and what each row counts (n)."""

    design: Design
    shares: Floats
    counts: Floats


def fit(data: TrainingSet, penalty: Penalty, limits: Box) -> Fitted:
    """The weights of least penalised cross-entropy; L-BFGS-B over the free numbers of the box."""
    terms, advice = data.design.terms, data.design.advice
    start, split = penalty.start, limits.low.size
    wanted = data.counts[:, None] * data.shares

    def unpacked(at: NDArray[np.float64]) -> Fitted:
        free = at[:split].reshape(limits.low.shape)
        return Fitted(np.einsum("df,dfa->da", free, limits.lift), at[split : split + COUNT], at[split + COUNT :])

    def loss(at: NDArray[np.float64]) -> tuple[float, Floats]:
        model = unpacked(at)
        scores = model.scores(data.design)
        likely = scores - logsumexp(scores, axis=1, keepdims=True)
        surplus = data.counts[:, None] * np.exp(likely) - wanted
        moved = (model.weights - start.weights, model.base - start.base, model.advice - start.advice)
        pulls = (penalty.terms[:, None] * moved[0], penalty.base * moved[1], penalty.advice * moved[2])
        value = -(wanted * likely).sum() + 0.5 * sum((m * p).sum() for m, p in zip(moved, pulls, strict=True))
        slope = np.einsum("da,dfa->df", terms.T @ surplus + pulls[0], limits.lift)
        evidence = np.einsum("na,nak->k", surplus, advice) + pulls[2]
        return float(value), np.concatenate([slope.ravel(), surplus.sum(axis=0) + pulls[1], evidence])

    free = np.linalg.solve(limits.lift.transpose(0, 2, 1), start.weights[:, :, None])[:, :, 0]
    begin = np.concatenate([free.ravel(), start.base, start.advice])
    found: Any = minimize(
        loss, begin, jac=True, method="L-BFGS-B", bounds=_bounds(limits, len(start.advice)), options=_OPTIONS
    )
    return unpacked(found.x)


def _bounds(limits: Box, advice: int) -> list[tuple[float, float]]:
    free = (np.full(COUNT, -np.inf), np.full(COUNT, np.inf))
    low = np.concatenate([limits.low.ravel(), free[0], np.zeros(advice)])
    high = np.concatenate([limits.high.ravel(), free[1], np.full(advice, np.inf)])
    return list(zip(low.tolist(), high.tolist(), strict=True))


def softmax(scores: Floats, vetoed: Bools, temperature: float = 1.0) -> Floats:
    """Probabilities (n x 6); 0 for vetoed answers."""
    left = np.where(vetoed, -np.inf, scores / temperature)
    parts = np.exp(left - left.max(axis=1, keepdims=True))
    probabilities: Floats = parts / parts.sum(axis=1, keepdims=True)
    return probabilities


def log_losses(probabilities: Floats, label: Ints) -> Floats:
    """Minus the logarithm of the probability of each label, which counts as FLOOR at least."""
    losses: Floats = -np.log(np.maximum(probabilities[np.arange(len(label)), label], FLOOR))
    return losses


def temperature_of(scores: Floats, vetoed: Bools, label: Ints) -> float:
    """The temperature under which held-out scores have the least log loss."""

    def loss(logarithm: float) -> float:
        return float(log_losses(softmax(scores, vetoed, float(np.exp(logarithm))), label).mean())

    return float(np.exp(minimize_scalar(loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded").x))
