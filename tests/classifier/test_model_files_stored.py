from __future__ import annotations

import math
from typing import Any

import pytest

from whichcompute.base.errors import ModelError
from whichcompute.classifier.model_files import FORMAT, read_stored
from whichcompute.knowledge.services import ANSWERS

WEIGHTS = {"severe": 2.0, "strong": 0.6, "moderate": 0.4, "weak": 0.0}
LONG = "max_duration_s >= 901"
STORED: dict[str, Any] = {
    "format": FORMAT,
    "answers": list(ANSWERS),
    "base": [0.5, 0, 0, 0, -0.5, 0],
    "temperature": 2.0,
    "plausible_from": 0.2,
    "decided_from": 0.7,
    "undecided_below": 0.4,
    "rule_weights": {"prefer": WEIGHTS, "caution": WEIGHTS},
    "rates": {"lambda.os": 0.2},
    "cost": {"log_ratio": 0.1, "over_budget": 0.2},
    "reference": {"kind == 'server'": 0.25, LONG: 0.5, "environment == 'hobby'": 0.5},
    "terms": [
        {"when": ["kind == 'server'"], "weights": [-1, 0, 0, 0, 1, 0]},
        {"when": [LONG], "weights": [-2, 0, 0, 1, 0, 0]},
        {"when": ["environment == 'hobby'", "kind == 'server'"], "weights": [0, 0, 0, 0, 2, 0]},
    ],
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**STORED, **parts}


def term(*when: Any, weights: Any = None) -> dict[str, Any]:
    return {"terms": [{"when": list(when), "weights": list(weights or [0] * len(ANSWERS))}]}


def test_what_is_stored_is_read_as_it_is() -> None:
    model = read_stored(STORED)
    assert (model.temperature, model.cost, model.base) == (2.0, (0.1, 0.2), (0.5, 0, 0, 0, -0.5, 0))
    assert [stored.when for stored in model.terms] == [tuple(entry["when"]) for entry in STORED["terms"]]


def test_an_answer_that_training_did_not_know_gets_the_least_base_and_no_weights() -> None:
    known = list(ANSWERS[1:])
    without = changed(answers=known, base=[1, 2, 3, 4, 5], terms=[{"when": [LONG], "weights": [1] * len(known)}])
    model = read_stored(without)
    assert model.base == (1, 1, 2, 3, 4, 5) and model.terms[0].weights == (0, 1, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"format": 3}, f"format '3': format {FORMAT} is read"),
        ({"answers": [*ANSWERS, "mainframe"]}, "for answers in the order"),
        ({"answers": list(reversed(ANSWERS))}, "for answers in the order"),
        ({"base": [1, 2]}, "base must hold 6 numbers"),
        ({"base": [1, 2, 3, 4, 5, "x"]}, "base 'x' must be a number"),
        ({"base": [1, 2, 3, 4, 5, math.nan]}, "base 'nan' must be a number"),
        ({"temperature": 0}, "temperature '0' must be a number from 0.01 to 100"),
        ({"plausible_from": 1.5}, "plausible_from '1.5' must be a number from 0 to 1"),
        ({"rule_weights": {"prefer": {**WEIGHTS, "weak": -0.1}, "caution": WEIGHTS}}, "rule_weights prefer weak"),
        ({"rates": {"lambda.os": 2}}, "rates '2'"),
        ({"cost": {"log_ratio": -1, "over_budget": 0}}, "cost log_ratio '-1'"),
        ({"cost": []}, "cost must be a table"),
        ({"importance": {"kind": [1, 2]}}, "importance kind must hold 15 numbers, one for every two answers"),
        ({"importance": {"kind": [-1] * 15}}, "importance '-1'"),
        ({"terms": "x"}, "terms must be a list"),
        (term("os == 'linux'"), "has no share in reference"),
        (term(), "when must be a list of 1 to"),
        (term(LONG, weights=(1, 2)), "weights must hold 6 numbers"),
        ({"terms": [{"when": [LONG], "code": "1"}]}, "when and weights, and nothing else"),
    ],
)
def test_a_stored_model_that_is_not_sound_is_refused(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(ModelError) as error:
        read_stored(changed(**parts))
    assert told in str(error.value)
