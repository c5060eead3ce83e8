from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given

from tests.classifier.test_model_files_stored import LONG, STORED, WEIGHTS, changed
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.base.errors import ModelError
from whichcompute.classifier.model import PAIRS, Classifier
from whichcompute.classifier.model_files import MODEL
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import ANSWERS


@pytest.fixture
def small(engine: Engine) -> Classifier:
    return Classifier(STORED, engine.facts)


def test_a_term_counts_less_what_it_is_on_average(small: Classifier) -> None:
    found = {item.fields: item.weights for item in small.evidence({"kind": "server", "environment": "hobby"})}
    assert found[("kind",)] == pytest.approx((-0.75, 0, 0, 0, 0.75, 0))
    assert found[("environment", "kind")] == pytest.approx((0, 0, 0, 0, 2 * 0.5 * 0.75, 0))
    (short,) = small.evidence({"max_duration_s": 10.0})
    assert short.weights == pytest.approx((1, 0, 0, -0.5, 0, 0))


def test_what_is_unknown_is_no_evidence(small: Classifier) -> None:
    assert small.evidence({}) == [] and small.scores({}) == small.base
    assert [item.fields for item in small.evidence({"environment": "hobby"})] == []


def test_how_long_a_websocket_connection_lasts_is_not_read_as_a_duration(engine: Engine) -> None:
    """API Gateway holds the connection, and a function runs for a message only."""
    chat = {"kind": "web_api", "protocol": "websocket", "packaging": "source", "traffic": "spiky"}
    shipped = engine.aggregator.classifier
    assert shipped.scores({**chat, "max_duration_s": 3600.0}) == shipped.scores(chat)
    assert shipped.scores({**chat, "typical_duration_s": 3600.0}) != shipped.scores(chat)
    for protocol in ("http", "grpc"):
        other = {**chat, "protocol": protocol}
        assert shipped.scores({**other, "max_duration_s": 3600.0}) != shipped.scores(other)
    answers = [engine.recommend({**chat, **more}).service for more in ({}, {"max_duration_s": "1h"})]
    assert answers == ["lambda", "lambda"]


def test_what_is_read_is_on_average_nothing(small: Classifier) -> None:
    """Over the reference distribution a descriptor that becomes known moves no score: knowing is no evidence."""
    long, short = (small.evidence({"max_duration_s": value})[0].weights for value in (1000.0, 10.0))
    share = STORED["reference"][LONG]
    assert [share * a + (1 - share) * b for a, b in zip(long, short, strict=True)] == pytest.approx([0] * len(ANSWERS))


def test_probabilities_are_softmax_over_the_temperature(small: Classifier) -> None:
    parts = [math.exp(score / 2.0) for score in small.scores({"kind": "server"})]
    assert small.probabilities({"kind": "server"}) == pytest.approx([part / sum(parts) for part in parts])


@given(workloads())
def test_the_shipped_probabilities_are_a_distribution(values: dict[str, Any]) -> None:
    probabilities = Engine.default().aggregator.classifier.probabilities(with_derived(values))
    assert sum(probabilities) == pytest.approx(1) and min(probabilities) > 0


@pytest.mark.parametrize(
    ("probabilities", "plausible"),
    [
        ([0.9, 0.1, 0, 0, 0, 0], {0}),
        ([0.1, 0.6, 0.2, 0.05, 0.05, 0], {1, 2}),
        ([0.19, 0.17, 0.16, 0.16, 0.16, 0.16], {0}),
        ([0, 0, 0, 0, 0, 1], {5}),
    ],
    ids=["one", "from a share", "the most probable always", "outside"],
)
def test_the_plausible_set(probabilities: list[float], plausible: set[int], small: Classifier) -> None:
    assert small.plausible(probabilities) == plausible


def test_importance_is_how_far_answers_move_apart_shared_among_the_descriptors_of_a_conjunction(
    small: Classifier,
) -> None:
    server, joint = 2 * 0.25 * 0.75, 2 * 0.5 * (0.25 * 0.75 + 0.75 * 0.25)
    lambda_lightsail, lambda_fargate = PAIRS.index((0, 4)), PAIRS.index((0, 1))
    found = {name: (sizes[lambda_lightsail], sizes[lambda_fargate]) for name, sizes in small.importance.items()}
    assert found["kind"] == pytest.approx((2 * server + joint / 2, server))
    assert found["environment"] == pytest.approx((joint / 2, 0))
    assert found["max_duration_s"] == pytest.approx((1, 1))


def test_the_shares_of_the_cells_of_each_descriptor_are_a_distribution(engine: Engine) -> None:
    for field in engine.aggregator.classifier.fields.values():
        assert sum(field.shares) == pytest.approx(1, abs=0.01) and min(field.shares) >= 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("os == 'beos'", "os == 'beos'"),
        ("__import__('os')", "is not a condition"),
        ("known max_duration_s", "that a descriptor is known is not evidence"),
    ],
)
def test_a_term_that_is_no_condition_is_refused(line: str, told: str, engine: Engine) -> None:
    stored = changed(reference={line: 0.5}, terms=[{"when": [line], "weights": [0] * len(ANSWERS)}])
    with pytest.raises(ModelError) as error:
        Classifier(stored, engine.facts)
    assert told in str(error.value)


def test_two_conditions_on_one_descriptor_are_refused(engine: Engine) -> None:
    lines = ["max_duration_s >= 10", LONG]
    stored = changed(reference=dict.fromkeys(lines, 0.5), terms=[{"when": lines, "weights": [0] * len(ANSWERS)}])
    with pytest.raises(ModelError, match="two conditions on one descriptor"):
        Classifier(stored, engine.facts)


def test_a_rule_that_training_has_not_seen_is_taken_to_fire_at_times(small: Classifier) -> None:
    assert small.rate("lambda.os") == 0.2 and 0 < small.rate("ours.new") < 1
    assert small.rule_weight("prefer", "strong") == WEIGHTS["strong"]


def test_the_shipped_model_weighs_no_advice_below_nothing(engine: Engine) -> None:
    stored = json.loads((engine.model_folder / MODEL).read_text())
    assert all(weight >= 0 for kinds in stored["rule_weights"].values() for weight in kinds.values())
    assert all(any(term["weights"]) for term in stored["terms"])


def test_a_model_without_readable_decisions_says_so(engine: Engine) -> None:
    with pytest.raises(ModelError, match=r"decisions\.json"):
        _ = Classifier(STORED, engine.facts, {"decisions.json": b'{"decisions": [{"id": 1}]}'}).neighbours


def test_the_stored_importance_is_what_would_be_worked_out() -> None:
    engine = Engine.default()
    stored = dict(engine.aggregator.classifier.numbers)
    worked_out = Classifier({**stored, "importance": {}}, engine.facts).importance
    assert worked_out.keys() == stored["importance"].keys()
    assert all(sizes == pytest.approx(stored["importance"][name]) for name, sizes in worked_out.items())
