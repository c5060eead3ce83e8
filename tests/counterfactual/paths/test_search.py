from __future__ import annotations

import pytest
from whichcompute.counterfactual.paths.moves import Problem

from tests.counterfactual.paths.small import find, rule, steps, world
from whichcompute.counterfactual.paths import search
from whichcompute.counterfactual.paths.changes import possible
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.knowledge.services import SERVICES

HARD = world(
    base={"lambda": 3.0},
    features=[(f"{name} == true", "batch", 1.0) for name in ("interruptible", "autoscaling", "job_dependencies")]
    + [("gpus >= 1", "batch", 0.9), ("traffic == 'steady'", "batch", 0.8)],
)


def make(features: list[tuple[str, str, float]], *rules: str, lead: float) -> search.Search:
    recommender = world(*rules, base={"lambda": lead}, features=features)
    land = landscape(recommender.aggregator)
    return search.Search(Problem(land, {}, SERVICES.index("batch"), possible(land, {})), lambda chosen: True)


def names(made: search.Search, effort: int, size: int) -> list[str] | None:
    found = made.first(effort, size)
    return None if found is None else [made.problem.names[number] for number, _ in found]


def test_three_small_steps_where_two_do_not_suffice() -> None:
    features = [
        ("gpus >= 1", "batch", 1.0),
        ("traffic == 'steady'", "batch", 1.0),
        ("fixed_price == true", "batch", 1.0),
    ]
    made = make([*features, ("splittable == true", "batch", 0.9)], lead=2.5)
    assert names(made, 1, 1) is None and names(made, 2, 2) is None
    assert names(made, 3, 3) == ["traffic", "gpus", "fixed_price"]
    assert names(made, 3, 2) is None


def test_the_first_in_table_order_wins_over_ways_to_overtake() -> None:
    gpu = rule("lambda.no-gpu", "exclude", ["gpus >= 1", "fixed_price == true"])
    features = [("interruptible == true", "batch", 2.0), ("splittable == true", "batch", 2.0)]
    assert names(make(features, gpu, lead=3.0), 2, 2) == ["gpus", "fixed_price"]
    assert names(make(features, lead=3.0), 2, 2) == ["interruptible", "splittable"]


def test_the_bound_on_what_can_be_reached_is_never_too_low() -> None:
    features = [("gpus >= 1", "batch", 1.0), ("traffic == 'steady'", "batch", 1.0)]
    assert make(features, lead=2.5).most() == pytest.approx(-0.5)
    assert make(features, lead=1.5).most() == pytest.approx(0.5)
    assert make(features, rule("batch.never", "exclude", ["unknown kind"]), lead=0).most() is not None


def test_a_search_that_grows_too_long_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    features = [
        ("gpus >= 1", "batch", 1.0),
        ("traffic == 'steady'", "batch", 1.0),
        ("fixed_price == true", "batch", 1.2),
    ]
    recommender = world(base={"lambda": 2.9}, features=features)
    assert set(steps(find(recommender, "batch"))) == {"traffic", "gpus", "fixed_price"}
    monkeypatch.setattr(search, "MOST_LOOKS", 3)
    path = find(recommender, "batch")
    assert not path.reachable and "total effort below" in path.why
