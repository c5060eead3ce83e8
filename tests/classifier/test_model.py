from __future__ import annotations

import json
from typing import Any

import pytest

from whichcompute import Engine
from whichcompute.base.errors import ModelError
from whichcompute.classifier.model import FORMAT, Classifier
from whichcompute.classifier.model_files import MODEL
from whichcompute.knowledge.services import SERVICES

WORTH = {"strong": 0.6, "moderate": 0.4, "weak": 0.0}
STORED: dict[str, Any] = {
    "format": FORMAT,
    "services": list(SERVICES),
    "base": [0.5, 0.0, 0.0, 0.0, -0.5],
    "temperature": 2.0,
    "plausible_at_least": [0.4, 0.2, 0.1, 0.2, 0.3],
    "rule_weights": {"prefer": WORTH, "caution": WORTH},
    "features": [
        {"name": "server", "when": ["kind == 'server'"], "weights": [-1, 0, 0, 0, 1]},
        {"name": "site", "when": ["kind == 'website'"], "weights": [0, 1, 0, 0, 0]},
        {"name": "long", "when": ["max_duration_s > 15m"], "weights": [-2, 0, 0, 1, 0]},
        {"name": "long known", "when": ["known max_duration_s"], "weights": [0, 0, 0, 0.5, 0]},
        {"name": "hobby server", "when": ["kind == 'server'", "environment == 'hobby'"], "weights": [0, 0, 0, 0, 2]},
    ],
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**STORED, **parts}


@pytest.fixture
def small(engine: Engine) -> Classifier:
    return Classifier(STORED, engine.facts)


@pytest.mark.parametrize(
    ("probabilities", "plausible"),
    [
        ([0.9, 0.1, 0, 0, 0], {0}),
        ([0.1, 0.7, 0.1, 0.05, 0.05], {1, 2}),
        ([0.24, 0.2, 0.18, 0.2, 0.18], {0, 1, 2, 3, 4}),
        ([0, 0, 0, 0, 0], set()),
    ],
    ids=["one", "each by its own share of the best", "little known", "nothing left"],
)
def test_the_plausible_set(probabilities: list[float], plausible: set[int], small: Classifier) -> None:
    assert small.plausible(probabilities) == plausible


def test_importance_is_shared_among_the_descriptors_of_a_feature(small: Classifier) -> None:
    assert small.importance == {"kind": 2.0, "max_duration_s": 3.0, "environment": 1.0}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"base": [1, 2]}, "base must hold 5 numbers"),
        ({"base": [1, 2, 3, 4, "x"]}, "base 'x'"),
        ({"base": [1, 2, 3, 4, float("nan")]}, "finite"),
        ({"temperature": 0}, "temperature '0' must be above 0"),
        ({"plausible_at_least": 0.2}, "plausible_at_least must hold 5 numbers"),
        ({"plausible_at_least": [0.2, 0.2, 0.2, 0.2, 1.5]}, "must lie above 0 and not above 1"),
        ({"rule_weights": {"prefer": {**WORTH, "weak": -0.1}, "caution": WORTH}}, "must not be negative"),
        ({"features": "x"}, "features must be a list"),
        ({"features": [{"name": "x", "when": ["os == 'beos'"], "weights": [0] * 5}]}, "feature x"),
        ({"features": [{"name": "x", "when": ["__import__('os')"], "weights": [0] * 5}]}, "is not a condition"),
        ({"features": [{"name": "x", "when": [], "weights": [0] * 5}]}, "list of condition lines"),
        ({"features": [{"name": "x", "code": "1"}]}, "name, when and weights, and nothing else"),
    ],
)
def test_a_stored_model_that_is_not_sound_is_refused(parts: dict[str, Any], told: str, engine: Engine) -> None:
    with pytest.raises(ModelError) as error:
        Classifier(changed(**parts), engine.facts)
    assert told in str(error.value)


def test_the_shipped_model_weighs_no_advice_below_nothing(engine: Engine) -> None:
    stored = json.loads((engine.model_folder / MODEL).read_text())
    assert all(worth >= 0 for kinds in stored["rule_weights"].values() for worth in kinds.values())
    assert all(any(feature["weights"]) for feature in stored["features"])


def test_a_model_without_readable_decisions_says_so(engine: Engine) -> None:
    with pytest.raises(ModelError, match=r"decisions\.json"):
        _ = Classifier(STORED, engine.facts, {"decisions.json": b'{"decisions": [{"id": 1}]}'}).neighbours
