from __future__ import annotations

import numpy as np
import pytest

from whichcompute.classifier.features import Features
from whichcompute.classifier.model import Classifier
from whichcompute.knowledge import facts
from whichcompute.training.design_matrix import COUNT
from whichcompute.training.stored import empty, expanded, terms_of

FACTS = facts.load()
WORKLOADS = [
    {},
    {"kind": "website"},
    {"memory_mb": 8192.0, "gpus": 1.0},
    {"kind": "website", "packaging": "container", "memory_mb": 300.0},
    {"kind": "batch_job", "packaging": "source", "gpus": 0.0, "memory_mb": 40000.0},
]


def test_a_product_less_its_average_is_the_sum_of_its_parts() -> None:
    rng = np.random.default_rng(0)
    reference, weights = rng.random(5), rng.normal(size=(3, COUNT))
    terms = [(0,), (1, 3), (0, 2, 4)]
    values = rng.random(5)
    values[4] = reference[4]  # an unknown field
    plain = sum(w * (values[list(t)].prod() - reference[list(t)].prod()) for t, w in zip(terms, weights, strict=True))
    parts = expanded(terms, weights, reference)
    centred = sum(row * (values - reference)[list(part)].prod() for part, row in parts.items())
    assert centred == pytest.approx(plain)
    assert set(parts) == {(0,), (1,), (3,), (1, 3), (2,), (4,), (0, 2), (0, 4), (2, 4), (0, 2, 4)}


@pytest.mark.parametrize("values", WORKLOADS, ids=lambda values: "+".join(values) or "nothing")
def test_the_stored_model_scores_as_the_fit_does(values: dict[str, object], seen: Features) -> None:
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(len(seen.terms), COUNT))
    scores = seen.columns(seen.degrees([values])) @ weights
    stored = empty() | terms_of(seen, weights)
    assert Classifier(stored, FACTS).scores(values) == pytest.approx(scores[0], abs=5e-3)


def test_terms_that_weigh_nothing_are_left_out(seen: Features) -> None:
    weights = np.zeros((len(seen.terms), COUNT))
    weights[3, 2] = 1.0
    stored = terms_of(seen, weights)
    assert [entry["when"] for entry in stored["terms"]] == [[seen.lines[3]]]
    assert list(stored["reference"]) == [seen.lines[3]]
