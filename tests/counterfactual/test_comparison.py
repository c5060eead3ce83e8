from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rule_packs import rule
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.counterfactual.comparison import NEEDS, Comparison, Range
from whichcompute.knowledge.services import SERVICES, Service

API = {"kind": "web_api", "invocations_per_month": 2e6, "typical_duration_s": 0.2, "memory_mb": 512.0}
RUNS = {"kind": "batch_job", "invocations_per_month": 3000.0, "typical_duration_s": 600.0}
JOB = {**RUNS, "memory_mb": 4096.0, "vcpus": 0.5}
NO_LARGE = rule("lightsail.not-so-often", "average_concurrency > 0.25")


def compare(engine: Engine, values: dict[str, Any], field: str) -> Comparison:
    return Comparison(engine.recommender, values, field)


def holder(ranges: Sequence[Range], value: float) -> list[Service]:
    return [found.service for found in ranges if found.start <= value <= found.end]


PRICED = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["web_api", "batch_job", "event_handler", "queue_worker"]),
        "invocations_per_month": st.sampled_from([10.0, 3e4, 5e6]),
        "typical_duration_s": st.sampled_from([0.02, 3.0, 700.0]),
    }
)
"""Enough for a cost of every service."""


@settings(max_examples=40, deadline=None)
@example({**RUNS, "invocations_per_month": 3e4}, "typical_duration_s", [0.375] * 5)
@given(
    st.builds(lambda priced, rest: {**priced, **rest}, PRICED, workloads(0.15)),
    st.sampled_from(list(NEEDS)),
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
)
def test_the_holder_of_a_range_is_the_cheapest_that_can_serve(
    values: dict[str, Any], field: str, shares: list[float]
) -> None:
    comparison = compare(Engine.default(), values, field)
    solved = comparison.solve()
    for found in solved.ranges:
        inside = (found.start + int((found.end - found.start) * share / comparison.grid.step) * comparison.grid.step
                  for share in shares)  # fmt: skip
        for value in (found.start, *(round(value, 6) for value in inside), found.end):
            costs = comparison.costs(value)
            # Beyond 100 s, a second is too small a part of what is billed to separate services that else cost the same.
            close = 0.01 if found.same and field == "typical_duration_s" and value > 100 else 1e-9
            assert costs[found.service] == pytest.approx(min(costs.values()), rel=close), value
            assert found.service in comparison.possible(value)
    ends = [(before.end, after.start) for before, after in zip(solved.ranges, solved.ranges[1:], strict=False)]
    assert all(end < start for end, start in ends)


@pytest.mark.parametrize("field", list(NEEDS))
def test_one_step_beyond_a_range_another_service_is_cheaper(engine: Engine, field: str) -> None:
    comparison = compare(engine, API, field)
    solved = comparison.solve()
    assert len(solved.ranges) > 1 and solved.whole
    for before, after in zip(solved.ranges, solved.ranges[1:], strict=False):
        assert after.start == pytest.approx(before.end + comparison.grid.step)
        costs = comparison.costs(after.start)
        assert after.service in costs
        assert before.service not in costs or costs[after.service] < costs[before.service]


def test_no_range_is_held_by_a_service_that_a_rule_excludes_there(engine: Engine) -> None:
    ranges = compare(engine, {**API, "typical_duration_s": 0.05}, "memory_mb").solve().ranges
    limit = engine.facts["lambda.memory_max"]
    assert holder(ranges, limit) == ["lambda"] and holder(ranges, limit + 1) != ["lambda"]


def test_a_rule_on_a_derived_descriptor_cuts_at_the_right_value(tmp_path: Path, engine: Engine) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text(NO_LARGE)
    comparison = compare(Engine(rules=pack), API, "invocations_per_month")
    most = 0.25 * 2_628_000 / 0.2
    assert "lightsail" in comparison.possible(most - 1) and "lightsail" not in comparison.possible(most + 1)
    ranges = comparison.solve().ranges
    assert holder(ranges, most - 1) == ["lightsail"] and holder(ranges, most + 1) == ["lambda"]
    assert holder(compare(engine, API, "invocations_per_month").solve().ranges, most + 1) == ["lightsail"]


def test_a_usual_run_is_never_longer_than_the_longest(engine: Engine) -> None:
    solved = compare(engine, {**API, "max_duration_s": 1.0}, "typical_duration_s").solve()
    assert solved.to == 1.0 and solved.ranges[-1].end == 1.0
    assert compare(engine, {**API, "max_duration_s": 0.0}, "typical_duration_s").solve().ranges == ()


def test_services_that_cost_the_same_all_along_are_named(engine: Engine) -> None:
    first = compare(engine, JOB, "invocations_per_month").solve().ranges[0]
    assert {first.service, *first.same} == {"batch", "fargate"}
    costs = compare(engine, JOB, "invocations_per_month").costs(1000)
    assert costs["batch"] == pytest.approx(costs["fargate"])


def test_equals_do_not_hide_a_third_that_is_cheaper_for_a_while(engine: Engine) -> None:
    comparison = compare(engine, {"kind": "batch_job", "typical_duration_s": 700.0}, "invocations_per_month")
    costs = comparison.costs(5500)
    assert costs["lightsail"] < costs["batch"] == pytest.approx(costs["fargate"])
    assert holder(comparison.solve().ranges, 5500) == ["lightsail"]


def test_only_those_asked_for_are_compared(engine: Engine) -> None:
    solved = compare(engine, API, "invocations_per_month").solve(("lambda", "fargate"))
    assert {found.service for found in solved.ranges} == {"lambda", "fargate"}


def test_what_takes_too_long_to_solve_is_solved_as_far_as_it_goes(engine: Engine) -> None:
    """Batch and ECS cost the same but for the data, which the one keeps on EFS and the other on EBS."""
    comparison = compare(engine, {**JOB, "gpus": 1.0, "stored_data_gb": 50.0}, "invocations_per_month")
    solved = comparison.solve()
    assert not solved.whole and JOB["invocations_per_month"] < solved.to < comparison.grid.end
    assert solved.ranges[-1].end == solved.to


@pytest.mark.parametrize(
    ("values", "depends"),
    [({}, [False, False, True]), ({"max_duration_s": 9.0}, [True, False, True]), (API, [True, True, True])],
    ids=["nothing", "a maximum duration", "all"],
)
def test_what_costs_depend_on(engine: Engine, values: dict[str, Any], depends: list[bool]) -> None:
    assert [compare(engine, values, field).depends for field in NEEDS] == depends


def test_the_best_two_are_those_of_the_recommendation(engine: Engine) -> None:
    comparison, recommendation = compare(engine, API, "memory_mb"), engine.recommend(API)
    assert (comparison.recommended, comparison.runner_up) == (recommendation.service, recommendation.runner_up)
    nowhere = compare(engine, {"dedicated_hardware": True, "os": "other", "host_access": "kernel"}, "memory_mb")
    assert nowhere.recommended in (None, *SERVICES)


def test_costs_are_those_of_the_recommendation(engine: Engine) -> None:
    verdicts = engine.recommend(API).verdicts
    told = {v.service: v.monthly_cost_usd.expected for v in verdicts if v.monthly_cost_usd and v.status != "ruled_out"}
    assert compare(engine, API, "memory_mb").costs(512.0) == pytest.approx(told)
