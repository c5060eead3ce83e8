"""A fit as a model file stores it: terms centred one condition at a time, which is the same model in another form.

A fit weighs the product of degrees d = P + z of a term's conditions, less its average: w (prod(P + z) - prod(P)).
Multiplied out, that is a sum over the parts of the term: each part gets w times the P of the conditions that it leaves
out, and its value is the product of its z. A part adds nothing while a field of it is unknown, since its z is 0 there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from whichcompute.classifier.features import Features, Floats, Term
from whichcompute.classifier.model_files import FORMAT
from whichcompute.knowledge.rules import GRADES
from whichcompute.knowledge.services import ANSWERS

_DIGITS = 6
_LEAST = 5e-4  # a term all of whose weights are nearer to 0 is left out


def expanded(terms: Sequence[Term], weights: Floats, reference: Floats) -> dict[Term, Floats]:
    """The weights of the centred form: one row for each part of each term (see above)."""
    found: dict[Term, Floats] = {}
    for term, row in zip(terms, weights, strict=True):
        for size in range(1, len(term) + 1):
            for part in combinations(sorted(term), size):
                left_out = [number for number in term if number not in part]
                added = row * reference[left_out].prod()
                found[part] = found[part] + added if part in found else added
    return found


def empty(cost: Mapping[str, float] | None = None) -> dict[str, Any]:
    """A model that knows nothing: all answers alike, no terms."""
    return {
        "format": FORMAT,
        "answers": list(ANSWERS),
        "base": [0.0] * len(ANSWERS),
        "temperature": 1.0,
        "plausible_from": 0.0,
        "decided_from": 1.0,
        "undecided_below": 0.0,
        "rule_weights": {effect: dict.fromkeys(grades, 0.0) for effect, grades in GRADES.items()},
        "rates": {},
        "cost": dict(cost or {"log_ratio": 0.0, "over_budget": 0.0}),
        "reference": {},
        "terms": [],
    }


def terms_of(features: Features, weights: Floats) -> dict[str, Any]:
    """The entries `reference` and `terms` of a model file."""
    kept = np.abs(weights).max(axis=1, initial=0.0) >= _LEAST
    shares = np.round(features.reference, _DIGITS)
    terms = [term for term, keep in zip(features.terms, kept, strict=True) if keep]
    rows = expanded(terms, np.round(weights[kept], _DIGITS), shares)
    used = sorted({number for term in rows for number in term})
    return {
        "reference": {features.lines[number]: float(shares[number]) for number in used},
        "terms": [
            {"when": [features.lines[number] for number in term], "weights": rounded(row)}
            for term, row in sorted(rows.items(), key=lambda item: (len(item[0]), item[0]))
        ],
    }


def rounded(numbers: Floats) -> list[float]:
    """The numbers as a model file holds them."""
    return [round(float(number), _DIGITS) + 0.0 for number in numbers]
