from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.strategies import values_of, workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import DECIDING, with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.aggregation import aspects_of, decision_of


@settings(max_examples=200)
@given(workloads(), st.data())
def test_learning_a_value_never_brings_an_excluded_service_back(values: dict[str, object], data: st.DataObject) -> None:
    aggregator = Engine.default().aggregator
    # That work can be split, or files shared, is a way around a limit; it counts once it is said.
    known = {*values, "splittable", "shared_filesystem", "tightly_coupled"}
    name = data.draw(st.sampled_from([name for name in DECIDING if name not in known]))
    more = {**values, name: data.draw(values_of(name))}
    # A typical duration that is longer than the longest one contradicts itself; the longest has the last word.
    assume(float(more.get("typical_duration_s", 0)) <= float(more.get("max_duration_s", 1e12)))
    before, after = aggregator.weigh(with_derived(values)), aggregator.weigh(with_derived(more))
    assert all(later or not earlier for earlier, later in zip(before.excluded, after.excluded, strict=True))
    was_open = [out or maybe for out, maybe in zip(before.excluded, before.unconfirmed, strict=True)]
    assert all(open_ or not out for open_, out in zip(was_open, after.excluded, strict=True))


@pytest.mark.parametrize(
    "name", ["max_duration_s", "memory_mb", "vcpus", "gpus", "scratch_gb", "payload_mb", "package_mb"]
)
@settings(max_examples=60)
@given(values=workloads(), data=st.data())
def test_asking_for_less_never_rules_a_service_out(name: str, values: dict[str, object], data: st.DataObject) -> None:
    aggregator = Engine.default().aggregator
    low, high = sorted([data.draw(values_of(name)), data.draw(values_of(name))])
    # A typical duration above the longest one contradicts itself, and is itself ruled out.
    assume(name != "max_duration_s" or low >= float(values.get("typical_duration_s", 0)))
    less, more = (aggregator.weigh(with_derived({**values, name: value})) for value in (low, high))
    assert all(out or not gone for gone, out in zip(less.excluded, more.excluded, strict=True))


@given(workloads())
def test_the_ranking_is_by_probability_with_the_excluded_last(values: dict[str, object]) -> None:
    weighing = Engine.default().aggregator.weigh(with_derived(values))
    assert sorted(weighing.ranking) == list(range(len(ANSWERS)))
    ranked = [(weighing.excluded[n], -weighing.probabilities[n]) for n in weighing.ranking]
    assert ranked == sorted(ranked)


@given(workloads())
def test_none_is_an_answer_that_nothing_excludes(values: dict[str, object]) -> None:
    weighing = Engine.default().aggregator.weigh(with_derived(values))
    assert not weighing.excluded[-1] and weighing.probabilities[-1] > 0
    assert sum(weighing.probabilities) == pytest.approx(1)
    assert weighing.all_out == (weighing.probabilities[-1] == pytest.approx(1) and all(weighing.excluded[:-1]))


@pytest.mark.parametrize(
    ("plausible", "confidence", "broad", "decision"),
    [
        (1, 0.9, True, "decided"),
        (1, 0.9, False, "close"),
        (2, 0.5, True, "close"),
        (3, 0.5, True, "close"),
        (4, 0.9, True, "undecided"),
        (2, 0.01, True, "undecided"),
    ],
)
def test_the_decision_follows_from_the_plausible_set_the_confidence_and_the_aspects(
    engine: Engine, plausible: int, confidence: float, broad: bool, decision: str
) -> None:
    assert decision_of(engine.aggregator.classifier, plausible, confidence, broad) == decision


def test_nothing_is_decided_on_one_aspect(engine: Engine) -> None:
    assert aspects_of({"gpus": 9.0}) == 1
    assert engine.recommend({"gpus": 9}).decision in ("undecided", "none")


@pytest.mark.parametrize(
    ("values", "few"),
    [
        ({"kind": "scheduled_task", "language": "nodejs"}, True),
        ({"kind": "batch_job", "language": "other"}, True),
        ({"kind": "scheduled_task", "max_duration_s": 20, "state": "stateless"}, False),
    ],
)
def test_two_answers_decide_nothing(engine: Engine, values: dict[str, object], few: bool) -> None:
    recommendation = engine.recommend(values)
    assert (recommendation.decision == "close") == few
    assert ("2 answers are too few to decide." in recommendation.summary) == few


def test_nothing_is_decided_on_answers_that_contradict_each_other(engine: Engine) -> None:
    consistent = {"kind": "web_api", "typical_duration_s": 2, "max_duration_s": 5, "invocations_per_month": 10000}
    assert engine.recommend(consistent).decision == "decided"
    recommendation = engine.recommend({**consistent, "typical_duration_s": 30})
    assert recommendation.decision == "close"
    assert "Answers contradict each other: " in recommendation.summary


_SPARING = {"max_duration_s": 3, "traffic": "spiky", "server_management": "avoid", "scale_to_zero": True}


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "server", **_SPARING},
        {"kind": "web_api", **_SPARING, "stored_data_gb": 200},
        {"kind": "web_api", **_SPARING, "protocol": "websocket", "payload_mb": 5},
        {"kind": "web_api", **_SPARING, "protocol": "http", "payload_mb": 5.9},
        {"kind": "web_api", **_SPARING, "language": "java", "response_within_s": 0.3},
        {"kind": "website", **_SPARING, "app_stack": "wordpress"},
        {"kind": "web_api", **_SPARING, "max_duration_s": 870},
    ],
)
def test_no_preference_decides_for_functions_against_a_limit(engine: Engine, values: dict[str, object]) -> None:
    recommendation = engine.recommend(values)
    assert not (recommendation.decision == "decided" and recommendation.service == "lambda"), recommendation.summary


_PRODUCT = {"kind": "server", "packaging": "container", "product_class": "database", "existing_platform": "ecs"}


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "scheduled_task", "state": "persistent", "max_duration_s": 1800, "packaging": "container"},
        {"kind": "scheduled_task", "state": "persistent", "max_duration_s": 120, "memory_mb": 512},
        {"kind": "web_api", "state": "persistent", "packaging": "container", "high_availability": True},
        _PRODUCT,
        {**_PRODUCT, "protocol": "tcp", "high_availability": True, "stored_data_gb": 100},
        {"kind": "server", "product_class": "game", "protocol": "udp", "autoscaling": True, "high_availability": True},
    ],
)
def test_nothing_that_loses_data_or_games_is_decided(engine: Engine, values: dict[str, object]) -> None:
    recommendation = engine.recommend(values)
    assert recommendation.decision != "decided", recommendation.summary
    leading = recommendation.verdicts[0]
    assert leading.service in ("none", "ecs_ec2") or any("data" in text or "games" in text for text in leading.cautions)


@pytest.mark.parametrize("kind", ["queue_worker", "batch_job", "web_api"])
def test_the_more_data_lies_on_the_own_disk_the_less_a_function_or_a_job_leads(engine: Engine, kind: str) -> None:
    base = {"kind": kind, "max_duration_s": 600, "invocations_per_month": 9000, "memory_mb": 4096}
    shares = [engine.recommend({**base, "stored_data_gb": gb}).probabilities for gb in (11, 500, 20_000)]
    for answer in ("lambda", "batch"):
        assert all(share[answer] <= 0.5 for share in shares)
        assert shares[0][answer] >= shares[-1][answer]


def test_the_second_opinion_is_the_rival_that_was_fitted_without_rules(engine: Engine) -> None:
    values = with_derived({"kind": "batch_job", "packaging": "container"})
    classifier = engine.aggregator.classifier
    rival = classifier.rivals["classifier_alone"]
    assert classifier.alone(values) == rival.probabilities(values) != engine.aggregator.weigh(values).probabilities
    assert not any(rival.rule_weight(e, s) for e in ("prefer", "caution") for s in ("strong", "moderate", "weak"))
