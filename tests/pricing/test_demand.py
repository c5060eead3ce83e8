from __future__ import annotations

from typing import Any

import pytest

from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.pricing.demand import FIELDS, Demand, demand_of, scenario_of
from whichcompute.pricing.ops import numbers
from whichcompute.pricing.price_facts import PriceFacts

PRICES = PriceFacts(all_facts.load())
SCENARIOS = {name: scenario_of(name, assumed) for name, assumed in PRICES.assumed().items()}
MONTH = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 8.0}
"""Eight requests in flight on average."""


def need(scenario: str = "expected", **values: Any) -> Demand:
    return demand_of(numbers(values), SCENARIOS[scenario], PRICES)


def test_every_field_it_reads_is_a_descriptor() -> None:
    assert set(FIELDS) <= set(DESCRIPTORS)


@pytest.mark.parametrize(
    ("values", "instances"),
    [
        ({}, 1),
        ({"high_availability": True}, 2),
        ({"traffic": "steady"}, 10),
        ({"traffic": "steady", "vcpus": 1.0}, 3),
        ({}, 1),
        ({"traffic": "steady", "peak_concurrency": 9.0}, 9),
        ({"traffic": "steady", "peak_concurrency": 40.0, "autoscaling": False}, 40),
        ({"kind": "server"}, 1),
        ({"kind": "batch_job"}, 8),
        ({"protocol": "websocket"}, 1),
    ],
    ids=str,
)
def test_instances_carry_the_load(values: dict[str, Any], instances: float) -> None:
    load = {} if values in ({}, {"high_availability": True}) else MONTH
    assert need(kind=values.pop("kind", "web_api"), **load, **values).instances == instances


def test_where_only_the_peak_is_known_a_fleet_that_follows_demand_is_smaller() -> None:
    demand = need(kind="web_api", peak_concurrency=100.0, vcpus=1.0)
    assert (demand.instances, demand.fixed_instances) == (10, 25)
    demand = need(kind="web_api", peak_concurrency=100.0, vcpus=1.0, autoscaling=False)
    assert (demand.instances, demand.fixed_instances) == (25, 25)


@pytest.mark.parametrize(
    ("scenario", "memory", "vcpus", "arm", "least"),
    [("low", 256, 0.25, True, 1), ("expected", 512, 0.25, False, 1), ("high", 2048, 1, False, 2)],
)
def test_what_is_unknown_is_assumed_by_scenario(
    scenario: str, memory: float, vcpus: float, arm: bool, least: float
) -> None:
    demand = need(scenario, kind="website")
    assert (demand.memory_mb, demand.vcpus, demand.arm, demand.least) == (memory, vcpus, arm, least)


@pytest.mark.parametrize("scenario", ["low", "expected", "high"])
def test_what_is_known_is_assumed_by_none(scenario: str) -> None:
    known = {"memory_mb": 3000.0, "vcpus": 2.0, "cpu_architecture": "x86_64", "high_availability": False}
    demand = need(scenario, kind="website", **known)
    assert (demand.memory_mb, demand.vcpus, demand.arm, demand.least) == (3000, 2, False, 1)


def test_memory_follows_known_vcpus() -> None:
    assert need(vcpus=4.0).memory_mb == 4 * 2048


def test_a_longest_run_replaces_an_unknown_typical_one() -> None:
    assert need(max_duration_s=100.0).run_s == 30
    assert need(max_duration_s=100.0, typical_duration_s=7.0).run_s == 7


@pytest.mark.parametrize(
    ("values", "together"),
    [({}, 1), ({"parallel_tasks": 50.0}, 50), ({"parallel_tasks": 5e6}, 2_628_000), ({"peak_concurrency": 9.0}, 9)],
    ids=str,
)
def test_no_more_runs_go_together_than_there_are(values: dict[str, Any], together: float) -> None:
    assert need(kind="batch_job", **MONTH, **values).parallel == together


def test_windows_is_never_on_arm() -> None:
    assert not need("low", os="windows").arm
