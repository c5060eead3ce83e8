from __future__ import annotations

from tests.counterfactual.paths.small import find, rule, world


def test_a_rule_advises_only_where_its_limit_is_lifted() -> None:
    recommender = world(
        rule("lambda.long", "exclude", ["max_duration_s > 15m"], remedy="Cut it up."),
        rule("lambda.large", "exclude", ["memory_mb > 10GB"], remedy="Use less."),
        base={"lambda": 1.0},
    )
    path = find(recommender, "lambda", max_duration_s="1h", memory_mb="20GB")
    assert [(step.field, step.remedy) for step in path.steps] == [
        ("max_duration_s", "Cut it up."),
        ("memory_mb", "Use less."),
    ]


def test_the_limits_in_the_way_are_obstacles() -> None:
    recommender = world(
        rule("lambda.server", "exclude", ["kind == 'server'"]),
        rule("lambda.long", "exclude", ["max_duration_s > 15m"]),
        rule("batch.server", "exclude", ["kind == 'server'"]),
        base={"lambda": 1.0},
    )
    path = find(recommender, "lambda", kind="server")
    assert [(obstacle.rule, obstacle.fields) for obstacle in path.obstacles] == [("lambda.server", ("kind",))]
    assert path.obstacles[0].text == "Because of lambda.server." and path.obstacles[0].sources
    assert path.why.endswith("it is ruled out by lambda.server.")


def test_without_a_limit_in_the_way_none_is_named() -> None:
    path = find(world(base={"lambda": 3.0}), "batch", kind="server")
    assert not path.obstacles and path.why.endswith("makes AWS Batch lead.")
