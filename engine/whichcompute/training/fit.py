"""The fit: log-odds of terms and of evidence together, by penalised likelihood under bounds; convex, so one answer.

The bounds are declared directions. Every condition on an ordered field is of the form "at least", so its degree never
falls as the field rises. A product of degrees never falls either. So an answer whose weight is at most that of another,
on every term with the field, cannot gain against it: a direction is a bound on signs, and holds in every cell; also
beyond the start and the end of a direction, where it need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Bools, Features, Floats, Term
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training.design_matrix import ADVICE, COUNT, Design, Ints

FLOOR = 1e-4
"""The least that the probability of a label counts as, so that one vetoed label does not make a log loss infinite."""
_TEMPERATURES = (0.3, 3.0)  # a temperature outside indicates an error
_OPTIONS = {"maxiter": 300, "maxfun": 600, "maxcor": 20, "ftol": 1e-7}
_NEAR = 1e-6
BASE_RIDGE = 0.01
"""How firmly the base rates are held to their start: hardly, as decisions and judgements show them well."""


@dataclass(frozen=True, slots=True)
class WeightBounds:
    """The weights of a term are `free @ lift`, where the free numbers lie between `low` and `high` (d x 6 each).

    `lift` (d x 6 x 6) is the identity but where one direction lies within another of the same field: there the inner
    answers' weights are those of the outer ones and something more.
    """

    low: Floats
    high: Floats
    lift: Floats

    def rows(self, chosen: slice) -> WeightBounds:
        """The bounds of some of the terms."""
        return WeightBounds(self.low[chosen], self.high[chosen], self.lift[chosen])


def weight_bounds(features: Features, terms: Sequence[Term], directions: Sequence[Direction]) -> WeightBounds:
    """The bounds that make every direction hold."""
    count = len(ANSWERS)
    low, high = np.full((len(terms), count), -np.inf), np.full((len(terms), count), np.inf)
    lift = np.tile(np.eye(count), (len(terms), 1, 1))
    for number, term in enumerate(terms):
        fields = {features.conditions[c].field for c in term}
        own = [direction for direction in directions if direction.field in fields]
        inner = [(one, other) for one in own for other in own if _within(one, other)]
        for direction in own:
            named, against = _mask(direction.answers), _mask(direction.against)
            for one, other in inner:
                if direction is one:  # its own answers are chained below
                    named, against = np.zeros_like(named), against & ~_mask(other.answers)
            up, down = (named, against) if direction.rises else (against, named)
            low[number, up] = np.maximum(low[number, up], 0.0)
            high[number, down] = np.minimum(high[number, down], 0.0)
        for one, other in inner:
            named = _mask(one.answers)
            _chain(low[number], high[number], lift[number], named, _mask(other.answers) & ~named)
    clash = low > high
    return WeightBounds(np.where(clash, 0.0, low), np.where(clash, 0.0, high), lift)


def _mask(answers: frozenset[str]) -> Bools:
    return np.array([answer in answers for answer in ANSWERS])


def _within(one: Direction, other: Direction) -> bool:
    return one.field == other.field and one.rises == other.rises and one.answers < other.answers


def _chain(low: Floats, high: Floats, lift: Floats, inner: Bools, outer: Bools) -> None:
    """Makes the weights of the inner answers those of the outer ones and something more of the same sign."""
    lift[np.ix_(outer, inner)] = 1.0
    if ((low[inner] >= 0) & (high[inner] <= 0)).any():  # held at 0 by another field: so are the outer ones
        low[outer] = high[outer] = 0.0


def breaches(
    features: Features, terms: Sequence[Term], weights: Floats, directions: Sequence[Direction]
) -> list[tuple[Direction, Term]]:
    """Each direction with a term whose weights break it; empty is a proof for every cell."""
    found = []
    for term, row in zip(terms, weights, strict=True):
        fields = {features.conditions[number].field for number in term}
        for direction in directions:
            named, against = _mask(direction.answers), _mask(direction.against)
            sign = 1.0 if direction.rises else -1.0
            if direction.field in fields and (sign * row[named]).min() < (sign * row[against]).max() - _NEAR:
                found.append((direction, term))
    return found


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log-odds of terms (d x 6), of nothing known (6), and of the columns of evidence (8)."""

    weights: Floats
    base: Floats
    advice: Floats

    @classmethod
    def nothing(cls, terms: int) -> Fitted:
        """No evidence from so many terms: all weights are 0."""
        return cls(np.zeros((terms, COUNT)), np.zeros(COUNT), np.zeros(len(ADVICE)))

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


def fit(data: TrainingSet, penalty: Penalty, limits: WeightBounds) -> Fitted:
    """The weights of least penalised cross-entropy; L-BFGS-B over the free numbers within the bounds."""
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


def _bounds(limits: WeightBounds, advice: int) -> list[tuple[float, float]]:
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


def temperature_of(scores: Floats, vetoed: Bools, label: Ints, counts: Floats) -> float:
    """The temperature under which held-out scores (n x 6) have the least log loss, each row counted so often (n)."""

    def loss(logarithm: float) -> float:
        return float(log_losses(softmax(scores, vetoed, float(np.exp(logarithm))), label) @ counts)

    return float(np.exp(minimize_scalar(loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded").x))
