from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import workloads
from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel, MonthlyCost

FACTS = all_facts.load()
MODEL = CostModel(FACTS)
SERVICES = ["lambda", "fargate", "ecs_ec2", "batch", "lightsail"]


def estimate(service: str, model: CostModel = MODEL, free_tier: bool = False, **values: Any) -> MonthlyCost:
    cost = model.estimate(values, free_tier=free_tier)[service]
    assert cost is not None
    return cost


def cents(cost: MonthlyCost) -> float:
    return round(cost.expected + 1e-9, 2)


def amount(cost: MonthlyCost, label: str) -> float:
    return round(sum(line.amount for line in cost.lines if label in line.label) + 1e-9, 2)


# The worked examples that AWS publishes for us-east-1.

LAMBDA_PAGE = [
    pytest.param(
        {"invocations_per_month": 3e6, "typical_duration_s": 0.12, "memory_mb": 1536}, True, 2.73, id="mobile backend"
    ),
    pytest.param(
        {"invocations_per_month": 7.44e6, "typical_duration_s": 2, "memory_mb": 1024}, False, 249.49, id="telemetry"
    ),
    pytest.param(
        {"invocations_per_month": 6e6, "typical_duration_s": 0.28, "memory_mb": 4096, "scratch_gb": 2},
        True,
        106.41,
        id="support tickets with ephemeral storage",
    ),
]


@pytest.mark.parametrize(("values", "free_tier", "total"), LAMBDA_PAGE)
def test_the_examples_of_the_lambda_pricing_page(values: dict[str, float], free_tier: bool, total: float) -> None:
    cost = estimate("lambda", free_tier=free_tier, cpu_architecture="x86_64", **values)
    assert cents(cost) == total


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ({"invocations_per_month": 3e6, "typical_duration_s": 1, "memory_mb": 512}, 18.74),
        ({"invocations_per_month": 30e6, "typical_duration_s": 0.2, "memory_mb": 128}, 11.63),
    ],
    ids=["512 MB for a second", "128 MB for 200 ms"],
)
def test_the_examples_of_the_older_lambda_page_with_the_facts_of_that_day(
    values: dict[str, float], total: float
) -> None:
    then = CostModel(all_facts.load(date(2019, 1, 1)))
    assert cents(estimate("lambda", then, free_tier=True, **values)) == total


FARGATE_PAGE = [
    pytest.param({"cpu_architecture": "x86_64", "scratch_gb": 30}, [1.01, 0.22, 0.03], 1.26, id="1 Linux on x86"),
    pytest.param({"cpu_architecture": "arm64", "scratch_gb": 30}, [0.81, 0.18, 0.03], 1.02, id="2 Linux on arm"),
]


@pytest.mark.parametrize(("values", "lines", "total"), FARGATE_PAGE)
def test_examples_1_and_2_of_the_fargate_pricing_page(values: dict[str, Any], lines: list[float], total: float) -> None:
    """Five tasks of ten minutes a day for thirty days, 1 vCPU, 2 GB of memory, 30 GB of disk."""
    tasks = {
        "kind": "batch_job",
        "invocations_per_month": 150,
        "typical_duration_s": 600,
        "vcpus": 1,
        "memory_mb": 2048,
    }
    cost = estimate("fargate", **tasks, **values)
    assert [round(line.amount + 1e-9, 2) for line in cost.lines] == lines
    assert cents(cost) == total


def test_example_3_of_the_fargate_pricing_page() -> None:
    """Ten pods for an hour a day for thirty days, a quarter of a vCPU and 1 GB."""
    tasks = {"kind": "batch_job", "invocations_per_month": 300, "typical_duration_s": 3600}
    cost = estimate("fargate", **tasks, vcpus=0.25, memory_mb=1024)
    assert [round(line.amount + 1e-9, 2) for line in cost.lines] == [3.04, 1.33]
    assert cents(cost) == 4.37


def test_example_4_of_the_fargate_pricing_page_with_the_windows_rates_it_quotes() -> None:
    """Ten Windows tasks for an hour a day; the page still quotes the rates before the price fell, by the second."""
    quoted = {"fargate.price_vcpu_hour_windows": 0.0000254167, "fargate.price_gb_hour_windows": 0.0000027778}
    model = CostModel({**FACTS, **{id_: rate * 3600 for id_, rate in quoted.items()}})
    tasks = {"kind": "batch_job", "os": "windows", "invocations_per_month": 300, "typical_duration_s": 3600}
    cost = estimate("fargate", model, **tasks, vcpus=1, memory_mb=2048)
    assert sorted(round(line.amount + 1e-9, 2) for line in cost.lines) == [6.00, 13.80, 27.45]
    assert cents(cost) == 47.25


def test_the_http_api_example_of_the_api_gateway_pricing_page() -> None:
    cost = estimate("lambda", kind="web_api", invocations_per_month=432e6, typical_duration_s=0.1, memory_mb=512)
    assert amount(cost, "HTTP API") == 418.80


# What must hold for any workload.


@settings(deadline=None)
@given(workloads(), st.booleans())
def test_lines_add_up_and_the_bounds_enclose_the_expected(values: Mapping[str, Any], free_tier: bool) -> None:
    for cost in MODEL.estimate(values, free_tier=free_tier).values():
        if cost is not None:
            assert cost.expected == sum(line.amount for line in cost.lines)
            assert 0 <= cost.low <= cost.expected <= cost.high < float("inf")
            assert all(line.amount == line.quantity * line.unit_price for line in cost.lines)
            assert cost.assumptions


@settings(deadline=None)
@given(workloads(), st.booleans())
def test_the_quick_figure_is_the_expected_one(values: Mapping[str, Any], free_tier: bool) -> None:
    quick = MODEL.expected(values, free_tier=free_tier)
    for service, cost in MODEL.estimate(values, free_tier=free_tier).items():
        assert quick[service] == (pytest.approx(cost.expected) if cost else None)


@pytest.mark.parametrize("field", ["memory_mb", "invocations_per_month", "typical_duration_s", "scratch_gb", "gpus"])
@settings(deadline=None)
@given(workloads(), st.floats(0, 1e5), st.floats(1, 100))
def test_more_of_it_is_never_cheaper(field: str, values: dict[str, Any], amount: float, factor: float) -> None:
    if field == "typical_duration_s":  # of a stated number of requests in flight, more wait when they take longer
        values = {**values, "peak_concurrency": None}
    less, more = (MODEL.expected({**values, field: amount * by}) for by in (1, factor))
    for service in SERVICES:
        if less[service] is not None and more[service] is not None:
            assert more[service] >= less[service] * (1 - 1e-12)


@settings(deadline=None)
@given(workloads())
def test_the_free_tier_lowers_lambda_and_nothing_else(values: Mapping[str, Any]) -> None:
    without, with_it = MODEL.expected(values), MODEL.expected(values, free_tier=True)
    for service in SERVICES:
        if service == "lambda" and without[service] is not None:
            assert with_it[service] <= without[service]
        else:
            assert with_it[service] == without[service]


# Nothing is estimated from nothing.


@pytest.mark.parametrize(
    ("values", "estimated"),
    [
        ({}, set()),
        ({"kind": "event_handler"}, set()),
        ({"kind": "batch_job", "typical_duration_s": 60}, set()),
        ({"invocations_per_month": 1000}, set()),
        ({"invocations_per_month": 1000, "typical_duration_s": 1}, set(SERVICES)),
        ({"invocations_per_month": 1000, "max_duration_s": 1}, set(SERVICES)),
        ({"kind": "website"}, {"fargate", "ecs_ec2", "lightsail"}),
        ({"memory_mb": 2048}, {"fargate", "ecs_ec2", "lightsail"}),
        ({"kind": "batch_job", "memory_mb": 2048}, {"ecs_ec2", "lightsail"}),
        ({"kind": "server", "gpus": 1}, {"ecs_ec2"}),
        ({"kind": "server", "os": "windows"}, {"fargate", "ecs_ec2", "lightsail"}),
        ({"kind": "server", "os": "other"}, set()),
        ({"kind": "server", "memory_mb": 1e9}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_service_has_an_estimate_only_where_enough_is_known(values: dict[str, Any], estimated: set[str]) -> None:
    assert {service for service, cost in MODEL.estimate(values).items() if cost} == estimated


def test_every_service_says_what_it_needs() -> None:
    assert list(MODEL.needs) == list(MODEL.estimate({})) == SERVICES
    assert all(MODEL.needs.values())


def test_facts_without_prices_are_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"fact lambda\.price_request: a number is needed"):
        CostModel({**FACTS, "lambda.price_request": "free"})


def test_one_estimate_needs_neither_polars_nor_numpy() -> None:
    code = "import sys, whichcompute.pricing; print([m for m in ('polars', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
