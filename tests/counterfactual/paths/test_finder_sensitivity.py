from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.counterfactual.paths.cases import CASES
from tests.counterfactual.paths.small import rule, world
from whichcompute import Engine
from whichcompute.counterfactual.paths import sensitivity
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value


@pytest.mark.parametrize("number", range(0, len(CASES), len(CASES) // 6))
def test_every_answer_told_does_overturn(engine: Engine, number: int) -> None:
    values = CASES[number]
    now = engine.recommend(values).service
    for flip in sensitivity(engine.recommender, values):
        assert flip.before == values.get(flip.field)
        assert engine.recommend({**values, flip.field: flip.after}).service == flip.service != now


def test_the_nearest_value_on_each_side_of_a_change() -> None:
    recommender = world(
        rule("lambda.long", "exclude", ["max_duration_s > 15m"]),
        base={"lambda": 1.0, "fargate": 0.5, "batch": 0.4},
        features=[("max_duration_s > 1h", "batch", 1.0)],
    )
    flips = sensitivity(recommender, {"max_duration_s": 60.0})
    assert [(flip.service, flip.after, flip.values) for flip in flips] == [
        ("fargate", 960.0, "above 15 min and at most 1 h"),
        ("batch", 3660.0, "above 1 h"),
    ]
    assert flips[0].text == "ECS on Fargate if maximum duration is above 15 min and at most 1 h (now 1 min)"


def test_a_number_far_from_the_known_one_is_another_workload_and_not_a_mistake() -> None:
    recommender = world(rule("lambda.large", "exclude", ["memory_mb > 64GB"]), base={"lambda": 1.0, "fargate": 0.5})
    assert not sensitivity(recommender, {"memory_mb": 4096.0})
    assert [flip.service for flip in sensitivity(recommender, {"memory_mb": 8192.0})] == ["fargate"]
    small = world(rule("lambda.small", "exclude", ["memory_mb < 256MB"]), base={"lambda": 1.0, "fargate": 0.5})
    assert not sensitivity(small, {"memory_mb": 4096.0})
    assert [flip.service for flip in sensitivity(small, {"memory_mb": 512.0})] == ["fargate"]
    assert [flip.service for flip in sensitivity(recommender, {})] == ["fargate"]
    calls = world(rule("lambda.many", "exclude", ["invocations_per_month > 90M"]), base={"lambda": 1.0, "fargate": 0.5})
    assert [flip.service for flip in sensitivity(calls, {"invocations_per_month": 1e6})] == ["fargate"], "load grows"


def test_known_answers_come_first_and_facts_count_too() -> None:
    features = [("kind == 'website'", "lightsail", 2.0), ("traffic == 'steady'", "batch", 2.0)]
    flips = sensitivity(world(base={"lambda": 1.0}, features=features, share=0.1), {"traffic": "rare"})
    assert [(flip.field, flip.service) for flip in flips] == [("traffic", "batch"), ("kind", "lightsail")]
    assert flips[1].before is None and flips[1].text == "Amazon Lightsail if kind of workload is website"


def test_an_unknown_answer_that_hardly_any_workload_has_is_not_told(engine: Engine) -> None:
    told = sensitivity(engine.recommender, {"kind": "queue_worker", "packaging": "container"})
    assert not [flip for flip in told if flip.values == "above 1,920 vCPU"]
    assert any(flip.before is None for flip in told)


def test_all_ruled_out_is_an_outcome_too() -> None:
    rules = (
        rule(f"{s}.no", "exclude", ["os == 'other'"]) for s in ("lambda", "fargate", "ecs_ec2", "batch", "lightsail")
    )
    (flip,) = sensitivity(world(*rules), {})
    assert flip.service == "none" and flip.values == DESCRIPTORS["os"].say("other")


def test_no_workload_is_weighed_twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[frozenset[tuple[str, object]]] = []
    weigh = engine.recommender.aggregator.weigh

    def counted(values: Mapping[str, Value], usd: list[float | None]) -> object:
        weighed.append(frozenset(values.items()))
        return weigh(values, usd)

    landscape.cache_clear()
    monkeypatch.setattr(engine.recommender.aggregator, "weigh", counted)
    assert sensitivity(engine.recommender, CASES[0])
    assert len(weighed) == len(set(weighed))
