"""Declared directions as bounds on weights, and the proof that a fit keeps them.

Every condition on an ordered field is of the form "at least", so its degree never falls as the field rises. A product
of degrees never falls either. So an answer whose weight is at most that of another, on every term with the field,
cannot gain against it: a direction is a bound on signs, and holds in every cell; also beyond the start and the end of a
direction, where it need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Bools, Features, Floats, Term
from whichcompute.knowledge.services import ANSWERS

_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Box:
    """The weights of a term are `free @ lift`, where the free numbers lie between `low` and `high` (d x 6 each).

    `lift` (d x 6 x 6) is the identity but where one direction lies within another of the same field: there the inner
    answers' weights are those of the outer ones and something more.
    """

    low: Floats
    high: Floats
    lift: Floats


def box(features: Features, terms: Sequence[Term], directions: Sequence[Direction]) -> Box:
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
    return Box(np.where(clash, 0.0, low), np.where(clash, 0.0, high), lift)


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
