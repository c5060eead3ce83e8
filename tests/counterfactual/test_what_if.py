from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import values_of, workloads
from whichcompute import Engine, WorkloadError, what_if
from whichcompute.counterfactual.what_if import what_if as explain
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.knowledge.rules import Effect

WORKLOAD = {"kind": "event_handler", "max_duration_s": "20m", "invocations_per_month": 200_000, "memory_mb": 2048}


def test_before_and_after_are_the_two_recommendations(engine: Engine) -> None:
    change = what_if(WORKLOAD, max_duration_s="5m", memory_mb=None)
    assert change.before == engine.recommend(WORKLOAD)
    assert change.after == engine.recommend({**WORKLOAD, "max_duration_s": 300, "memory_mb": None})
    assert change.changes == {"max_duration_s": 300.0, "memory_mb": None}
    assert change.before.service != change.after.service == "lambda"


def test_the_rules_that_come_and_go_are_named_with_their_words(engine: Engine) -> None:
    change = engine.what_if(WORKLOAD, max_duration_s="5m")
    gone = [rule for rule in change.rules if not rule.appears and rule.effect == "exclude"]
    assert gone and all(rule.service == "lambda" for rule in gone)
    assert any("20 min" in rule.text for rule in gone)


@settings(max_examples=50)
@given(workloads(), st.sampled_from(DECIDING), st.data())
def test_exactly_the_rules_that_fire_on_one_side_only_are_told(
    values: dict[str, object], name: str, data: st.DataObject
) -> None:
    change = Engine.default().what_if(values, **{name: data.draw(st.none() | values_of(name))})
    fired = [
        {r.rule for v in side.verdicts for r in v.reasons if r.effect in get_args(Effect)}
        for side in (change.before, change.after)
    ]
    assert {rule.rule for rule in change.rules if not rule.appears} == fired[0] - fired[1]
    assert {rule.rule for rule in change.rules if rule.appears} == fired[1] - fired[0]


def test_the_difference_in_cost_is_between_the_recommended_services(engine: Engine) -> None:
    change = engine.what_if({**WORKLOAD, "typical_duration_s": 30}, max_duration_s="5m")
    costs = {}
    for side in (change.before, change.after):
        cost = next(v.monthly_cost_usd for v in side.verdicts if v.service == side.service)
        assert cost is not None
        costs[side.service] = cost.expected
    assert change.cost_difference_usd == pytest.approx(costs["lambda"] - costs[change.before.service])


def test_a_cost_that_cannot_be_estimated_gives_no_difference(engine: Engine) -> None:
    assert engine.what_if({"kind": "event_handler"}, max_duration_s="20m").cost_difference_usd is None


def test_the_free_tier_counts_on_both_sides(engine: Engine) -> None:
    values = {
        "kind": "event_handler",
        "memory_mb": 512.0,
        "typical_duration_s": 1.0,
        "invocations_per_month": 300_000.0,
    }
    change = explain(engine.recommender, values, {"memory_mb": 1024}, free_tier=True)
    assert change.before == engine.recommend(values, free_tier=True)
    assert change.after == engine.recommend({**values, "memory_mb": 1024}, free_tier=True)


def test_every_bad_change_is_named() -> None:
    with pytest.raises(WorkloadError) as refused:
        what_if(WORKLOAD, max_duration_s="soon", colour="red")
    assert [problem.field for problem in refused.value.problems] == ["max_duration_s", "colour"]
