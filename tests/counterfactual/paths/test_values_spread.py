from __future__ import annotations

from tests.counterfactual.paths.small import rule, world
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.counterfactual.paths.values import spread
from whichcompute.knowledge.descriptors import read


def test_a_spread_reaches_as_far_as_the_outcome_stays() -> None:
    recommender = world(
        rule("lambda.too-long", "exclude", ["max_duration_s > 15m"]),
        base={"lambda": 1.0},
        features=[("max_duration_s <= 1m", "lambda", 0.5), ("max_duration_s <= 10s", "lambda", -9.0)],
    )
    land = landscape(recommender)
    assert spread(land, read({"max_duration_s": 30}), "max_duration_s") == "above 10 s and at most 15 min"
    assert spread(land, read({"max_duration_s": 5}), "max_duration_s") == "at most 10 s"
    assert spread(land, read({"max_duration_s": "1h"}), "max_duration_s") == "above 15 min"


def test_all_choices_with_the_same_outcome_are_named_the_present_one_first() -> None:
    recommender = world(base={"lambda": 1.0}, features=[("state == 'session'", "fargate", 2.0)])
    land = landscape(recommender)
    assert spread(land, {"state": "persistent"}, "state") == "persistent or stateless"
    assert spread(land, {"state": "session"}, "state") == "session"


def test_a_threshold_just_above_a_size_is_said_as_that_size() -> None:
    features = [("memory_mb >= 1025", "lambda", -3.0), ("invocations_per_month >= 3000000", "lambda", -9.0)]
    land = landscape(world(base={"lambda": 1.0}, features=features))
    assert spread(land, read({"memory_mb": 4096}), "memory_mb") == "above 1 GB"
    assert spread(land, read({"memory_mb": 512}), "memory_mb") == "at most 1 GB"
    assert spread(land, read({"invocations_per_month": 5000}), "invocations_per_month") == "below 3,000,000"
