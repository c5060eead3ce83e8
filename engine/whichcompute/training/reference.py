"""The reference distribution: what a workload is like on average, as far as the judges' answers depend on it.

It has one share for each cell of each field, and no number that belongs to an answer, so "is known" cannot be evidence.
It is learned with the weights of single conditions, from judgements alone: real decisions judge the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from whichcompute.classifier.cases import Judgement
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Features, Field, Floats
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.training.design_matrix import COUNT, sharpened
from whichcompute.training.fit import weight_bounds

SHARPNESS = 0.8
"""The temperature under which judgements are taken here (see `sharpened`)."""
_EVEN = 0.8  # part of the first guess that is even over the cells; the rest is what the judgements say
_YES = 0.2  # a boolean is yes this often in the first guess
_GPUS = (0.9, 0.08, 0.02)
_RIDGE = 0.6
_KEPT = 1.0  # how firmly the distribution is held to the first guess
_DRAWS = 4000


def first_guess(fields: Sequence[Field], judged: Sequence[Judgement]) -> Floats:
    """The shares before learning: mostly even (booleans: rarely yes; GPUs: rarely any)."""
    return np.concatenate(
        [_guess(field, [j.values[field.name] for j in judged if field.name in j.values]) for field in fields]
    )


def _guess(field: Field, said: Sequence[Value]) -> Floats:
    even = np.full(len(field.cells), 1 / len(field.cells))
    if field.cells == (False, True):
        even = np.array([1 - _YES, _YES])
    elif field.name == "gpus":
        even = np.array(_GPUS)
    if not said:
        return even
    counts = np.bincount([field.cell(value) for value in said], minlength=len(field.cells))
    guess: Floats = _EVEN * even + (1 - _EVEN) * counts / counts.sum()
    return guess


def learn(features: Features, judged: Sequence[Judgement], directions: Sequence[Direction]) -> dict[str, list[float]]:
    """The share of each cell of each field that, with single conditions, explains the judgements best."""
    known, holds = features.truth([judgement.values for judgement in judged])
    target = sharpened(np.array([judgement.shares for judgement in judged]), SHARPNESS)
    guess, width = first_guess(features.fields, judged), len(features.lines)
    limits = weight_bounds(features, [(number,) for number in range(width)], directions)
    split, holds_in, blocks = width * COUNT, features.holds_in, features.blocks

    def loss(at: Floats) -> tuple[float, Floats]:
        weights, base, shares = (
            at[:split].reshape(width, COUNT),
            at[split : split + COUNT],
            _shares(at[split + COUNT :], features),
        )
        terms = holds - known * (holds_in @ shares)
        scores = terms @ weights + base
        likely = scores - logsumexp(scores, axis=1, keepdims=True)
        surplus = np.exp(likely) - target
        slope = holds_in.T @ -(known * (surplus @ weights.T)).sum(axis=0)
        of_shares = [shares[b] * (slope[b] - shares[b] @ slope[b]) + _KEPT * (shares[b] - guess[b]) for b in blocks]
        value = -(target * likely).sum() + 0.5 * _RIDGE * (weights**2).sum()
        value -= _KEPT * (guess * np.log(np.maximum(shares, 1e-9))).sum()
        parts = [(terms.T @ surplus + _RIDGE * weights).ravel(), surplus.sum(axis=0), *of_shares]
        return float(value), np.concatenate(parts)

    # Signs are bounded as if nothing were chained: the distribution hardly depends on it.
    free = [(None, None)] * (COUNT + len(guess))
    bounds = [*zip(limits.low.ravel().tolist(), limits.high.ravel().tolist(), strict=True), *free]
    start = np.concatenate([np.zeros(split + COUNT), np.log(guess)])
    found: Any = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 400, "maxcor": 20}
    )
    shares = _shares(found.x[split + COUNT :], features)
    return {field.name: shares[block].tolist() for field, block in zip(features.fields, blocks, strict=True)}


def _shares(logarithms: Floats, features: Features) -> Floats:
    shares = np.empty_like(logarithms)
    for block in features.blocks:
        parts = np.exp(logarithms[block] - logarithms[block].max())
        shares[block] = parts / parts.sum()
    return shares


def rates(pack: RulePack, features: Features, seed: int) -> dict[str, float]:
    """How often each rule fires on complete workloads from the reference distribution, its fields independent."""
    fired = np.zeros(len(pack))
    for values in _draws(features, Random(seed)):
        mask, _ = pack.index.evaluate(with_derived(values))
        fired[numbers_of(mask)] += 1
    return {rule.id: round((float(n) + 0.25) / (_DRAWS + 1), 4) for rule, n in zip(pack, fired, strict=True)}


def _draws(features: Features, rng: Random) -> Iterator[dict[str, Value]]:
    for _ in range(_DRAWS):
        values: dict[str, Value] = {}
        for field in features.fields:
            (cell,) = rng.choices(range(len(field.cells)), features.shares[field.name])
            values[field.name] = _within(field, cell, rng) if field.cuts else field.cells[cell]
        yield values


def _within(field: Field, cell: int, rng: Random) -> float:
    """A number of the cell, log-uniform; whole where only whole numbers are allowed."""
    low = field.cuts[cell - 1] if cell else field.cuts[0] / 10
    high = field.cuts[cell] if cell < len(field.cuts) else field.cuts[-1] * 4
    number = low * (high / low) ** rng.random()
    return float(int(number)) if DESCRIPTORS[field.name].integer else number
