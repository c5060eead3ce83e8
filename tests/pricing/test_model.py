from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import workloads
from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.monthly_cost import MonthlyCost

FACTS = all_facts.load()
MODEL = CostModel(FACTS)
SERVICES = ["lambda", "fargate", "ecs_ec2", "batch", "lightsail"]


def estimate(service: str, model: CostModel = MODEL, free_tier: bool = False, **values: Any) -> MonthlyCost:
    cost = model.estimate(values, free_tier=free_tier)[service]
    assert cost is not None
    return cost


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
    quick = MODEL.priced(values, free_tier=free_tier).expected()
    for service, cost in MODEL.estimate(values, free_tier=free_tier).items():
        assert quick[service] == (pytest.approx(cost.expected) if cost else None)


@pytest.mark.parametrize("field", ["memory_mb", "invocations_per_month", "typical_duration_s", "scratch_gb", "gpus"])
@settings(deadline=None)
@given(workloads(), st.floats(0, 1e5), st.floats(1, 100))
def test_more_of_it_is_never_cheaper(field: str, values: dict[str, Any], amount: float, factor: float) -> None:
    if field == "typical_duration_s":
        # Of a stated number of requests in flight more wait when they take longer, and of long ones fewer are assumed.
        calls = values.get("invocations_per_month")
        values = {**values, "peak_concurrency": None, "invocations_per_month": 1e5 if calls is None else calls}
    less, more = (MODEL.priced({**values, field: amount * by}).expected() for by in (1, factor))
    for service in SERVICES:
        if less[service] is not None and more[service] is not None:
            assert more[service] >= less[service] * (1 - 1e-12)


@settings(deadline=None)
@given(workloads())
def test_the_free_tier_lowers_lambda_and_nothing_else(values: Mapping[str, Any]) -> None:
    without, with_it = MODEL.priced(values).expected(), MODEL.priced(values, free_tier=True).expected()
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
    assert list(MODEL.estimate({})) == SERVICES
    assert all(MODEL.blank(service, {}) for service in SERVICES), "each says what it needs"


def test_facts_without_prices_are_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"fact lambda\.price_request: a number is needed"):
        CostModel({**FACTS, "lambda.price_request": "free"})


def test_one_estimate_needs_neither_polars_nor_numpy() -> None:
    code = "import sys, whichcompute.pricing; print([m for m in ('polars', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
