from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from tests.strategies import workloads
from whichcompute import Engine, WorkloadError
from whichcompute.counterfactual.break_even import BreakEven, BreakEvenWords, break_even
from whichcompute.counterfactual.comparison import Range, Solved
from whichcompute.knowledge.services import SERVICE_NAMES, Service

API = {"kind": "web_api", "invocations_per_month": 2e6, "typical_duration_s": 0.2, "memory_mb": 512.0}
JOB = {"kind": "batch_job", "invocations_per_month": 3000.0, "typical_duration_s": 600.0, "memory_mb": 4096.0}
TOP = 1e9


def by_field(engine: Engine, values: dict[str, Any], *, free_tier: bool = False) -> dict[str, BreakEven]:
    return {found.field: found for found in break_even(engine.recommender, values, free_tier=free_tier)}


def ranges(*parts: tuple[Service, float], start: float = 1) -> tuple[Range, ...]:
    found = []
    for service, end in parts:
        found.append(Range(start=start, end=end, service=service))
        start = end + 1
    return tuple(found)


@settings(max_examples=40, deadline=None)
@given(workloads())
def test_what_is_said_holds_for_any_workload(values: dict[str, Any]) -> None:
    recommendation = Engine.default().recommend(values)
    left = {verdict.service for verdict in recommendation.verdicts if verdict.status != "ruled_out"}
    for found in break_even(Engine.default().recommender, values):
        assert found.current == values.get(found.field)
        assert found.text.endswith(".") and SERVICE_NAMES[found.ranges[0].service] in found.text
        assert (found.cheapest is None) <= (found.current is None) or found.current > 0
        assert found.cheapest is None or found.cheapest in left
        assert not set(found.uncompared) & {each.service for each in found.ranges}


def test_the_cheapest_for_the_workload_is_that_of_its_estimates(engine: Engine) -> None:
    costs = {v.service: v.monthly_cost_usd.expected for v in engine.recommend(API).verdicts if v.monthly_cost_usd}
    assert {found.cheapest for found in by_field(engine, API).values()} == {min(costs, key=lambda s: costs[s])}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, ["memory_mb"]),
        ({"kind": "web_api", "typical_duration_s": 0.2}, ["invocations_per_month"]),
        ({"kind": "server", "protocol": "udp", "memory_mb": 2048.0}, ["memory_mb"]),
        (API, ["invocations_per_month", "typical_duration_s", "memory_mb"]),
    ],
    ids=["nothing known but a size", "the recommended has no estimate", "a server all month", "enough known"],
)
def test_only_fields_that_the_descriptor_allows(engine: Engine, values: dict[str, Any], fields: list[str]) -> None:
    assert list(by_field(engine, values)) == fields


def test_an_unknown_number_of_calls_is_what_a_reader_wants_to_know_most(engine: Engine) -> None:
    known, unknown = (
        by_field(engine, values)["invocations_per_month"] for values in (API, {**API, "workload_id": "x"})
    )
    assert known == unknown
    without = {name: value for name, value in API.items() if name != "invocations_per_month"}
    found = by_field(engine, without)["invocations_per_month"]
    assert (found.ranges, found.current, found.cheapest) == (known.ranges, None, None)
    assert "At 2 million requests a month it is" in known.text and "it is" not in found.text


def test_a_cheap_third_does_not_hide_the_two_that_fit_best(engine: Engine) -> None:
    found, recommendation = by_field(engine, API)["invocations_per_month"], engine.recommend(API)
    first, second = recommendation.service, recommendation.runner_up
    assert not {each.service for each in found.ranges} <= {first, second} == {each.service for each in found.leaders}
    assert f"Of {SERVICE_NAMES[first]} and {SERVICE_NAMES[second]}, the two that fit best, " in found.text


def test_services_without_an_estimate_are_named(engine: Engine) -> None:
    found = by_field(engine, {"kind": "website", "memory_mb": 512.0, "packaging": "container"})["memory_mb"]
    assert found.uncompared == ("lambda",)
    assert found.text.endswith("Not compared (no estimate): AWS Lambda.")


def test_the_free_tier_moves_the_crossover_up(engine: Engine) -> None:
    with_it, without = (by_field(engine, API, free_tier=free)["invocations_per_month"] for free in (True, False))
    assert with_it.ranges[0].end > without.ranges[0].end


CALLS = [
    (ranges(("lambda", TOP)), None, "AWS Lambda is cheapest at any number of requests a month."),
    (
        ranges(("lambda", 14_200_000), ("fargate", TOP)),
        3e6,
        "AWS Lambda is cheapest up to 14.2 million requests a month; above, ECS on Fargate. "
        "At 3 million requests a month it is AWS Lambda.",
    ),
    (
        ranges(("lambda", 1), ("batch", 2_553), ("fargate", TOP)),
        None,
        "AWS Lambda is cheapest up to 1 request a month, "
        "AWS Batch up to 2,553 requests a month; above, ECS on Fargate.",
    ),
    (
        ranges(("lambda", 10), ("fargate", 20), ("lambda", 30), ("fargate", TOP)),
        25,
        "AWS Lambda is cheapest up to 10 requests a month, ECS on Fargate from 31 requests a month; in between, "
        "the cheapest alternates between ECS on Fargate and AWS Lambda. "
        "At 25 requests a month it is AWS Lambda, from 21 to 30.",
    ),
    (
        ranges(("lambda", 10), ("fargate", 20), ("batch", 30), ("lambda", TOP)),
        2e9,
        "AWS Lambda is cheapest up to 10 requests a month and again from 31 requests a month; in between, "
        "the cheapest alternates between ECS on Fargate and AWS Batch. "
        "This workload, with 2 billion requests a month, is outside the evaluated range.",
    ),
    (ranges(("batch", 500)), None, "AWS Batch is cheapest up to 500 requests a month."),
    (
        ranges(("lambda", 40), ("batch", 90), start=20),
        None,
        "AWS Lambda is cheapest from 20 up to 40 requests a month; above, AWS Batch up to 90 requests a month.",
    ),
]


@pytest.mark.parametrize(
    ("found", "current", "words"),
    CALLS,
    ids=["one", "two", "three", "taking turns", "again", "none beyond", "none below"],
)
def test_crossovers_in_words(found: tuple[Range, ...], current: float | None, words: str) -> None:
    assert BreakEvenWords("invocations_per_month", current, False).all_of(Solved(found, TOP, True)) == words


def test_what_was_not_worked_out_is_said() -> None:
    words = BreakEvenWords("invocations_per_month", None, True).all_of(Solved(ranges(("batch", 9000)), 9000, False))
    assert words == "AWS Batch is cheapest up to 9,000 jobs a month. Not evaluated beyond that."


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("typical_duration_s", 0.155, "155 ms a run"),
        ("typical_duration_s", 510.0, "8 min 30 s a run"),
        ("memory_mb", 399.0, "399 MB of memory"),
        ("memory_mb", 10240.0, "10 GB of memory"),
        ("memory_mb", 249_857.0, "244 GB of memory"),
        ("invocations_per_month", 2.5e12, "2.5 trillion requests a month"),
    ],
    ids=str,
)
def test_values_carry_their_unit(field: str, value: float, words: str) -> None:
    assert BreakEvenWords(field, None, False).value(value) == words


def test_what_costs_the_same_is_said() -> None:
    same = Range(start=1, end=TOP, service="batch", same=("fargate",))
    words = BreakEvenWords("invocations_per_month", None, True)
    said = words.all_of(Solved((same,), TOP, True))
    assert said == "AWS Batch (or ECS on Fargate, at the same cost) is cheapest at any number of jobs a month."
    pair = words.of_two(("batch", "fargate"), Solved((same,), TOP, True))
    assert pair == "AWS Batch and ECS on Fargate, the two that fit best, cost the same."


def test_the_engine_reads_fields_as_a_recommendation_does(engine: Engine) -> None:
    given = {"kind": "web_api", "invocations_per_month": "2m", "typical_duration_s": "200ms", "memory_mb": "512MB"}
    assert engine.break_even(given) == break_even(engine.recommender, API)
    assert engine.break_even(given, free_tier=True) == break_even(engine.recommender, API, free_tier=True)
    with pytest.raises(WorkloadError, match="memory"):
        engine.break_even({"memory": 1})
