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


def test_only_limits_that_cannot_be_lifted_are_obstacles() -> None:
    recommender = world(
        rule("lambda.long", "exclude", ["max_duration_s > 15m"]),
        rule("lambda.server", "exclude", ["kind == 'server'"]),
        base={"lambda": 1.0},
    )
    path = find(recommender, "lambda", max_duration_s="1h", kind="server")
    assert [obstacle.rule for obstacle in path.obstacles] == ["lambda.server"]
    assert path.obstacles[0].fields == ("kind",) and path.why.endswith("(kind of workload).")
