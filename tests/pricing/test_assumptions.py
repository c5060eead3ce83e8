from __future__ import annotations

from typing import Any

import pytest

from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel

MODEL = CostModel(all_facts.load())
RUNS = {"invocations_per_month": 1e6, "typical_duration_s": 1.0}


def assumed(service: str, free_tier: bool = False, **values: Any) -> str:
    cost = MODEL.estimate(values, free_tier=free_tier)[service]
    assert cost is not None
    return "; ".join(cost.assumptions)


@pytest.mark.parametrize(
    ("service", "values", "text"),
    [
        ("lambda", RUNS, "memory_mb is unknown: 512 MB (low: 256 MB, high: 2 GB)"),
        (
            "lambda",
            {"invocations_per_month": 1.0, "max_duration_s": 9.0},
            "30% of max_duration_s (low: 10%, high: 100%)",
        ),
        ("lambda", {**RUNS, "kind": "web_api"}, "an HTTP API (low: a function URL, high: a REST API)"),
        ("lambda", {**RUNS, "protocol": "websocket"}, "connections are counted where the peak is known"),
        ("lambda", RUNS, "the free tier of the account is not counted"),
        ("fargate", {"memory_mb": 512.0}, "kind is unknown: a service that runs all month"),
        (
            "fargate",
            {"kind": "website"},
            "or a duration is unknown: one instance for the whole load",
        ),
        ("fargate", {**RUNS, "kind": "web_api"}, "a vCPU serves 4 requests at a time (low: 16, high: 1)"),
        (
            "lambda",
            {"kind": "web_api", "invocations_per_month": 1e6},
            "typical_duration_s is unknown: 100 ms (low: 20 ms, high: 1 s)",
        ),
        ("fargate", {**RUNS, "kind": "batch_job"}, "one task per invocation, billed from start to end"),
        (
            "fargate",
            {"kind": "server", "protocol": "tcp"},
            "one Network Load Balancer where tasks or several instances are reached",
        ),
        ("ecs_ec2", {"kind": "website", "interruptible": True}, "low: Spot at its maximum discount, 90%"),
        ("ecs_ec2", {"kind": "website"}, "one Application Load Balancer (low: none)"),
        ("batch", {**RUNS, "kind": "batch_job"}, "parallel_tasks is unknown: one job at a time"),
        ("lightsail", {"kind": "dev_environment"}, "small bundles are burstable"),
        ("fargate", {**RUNS, "kind": "event_handler"}, "each unit of work computes and takes an instance"),
        ("fargate", {**RUNS, "protocol": "tcp"}, "a vCPU serves 1,000 open connections at a time"),
        ("fargate", {**RUNS, "kind": "web_api", "peak_concurrency": 90.0}, "(high: for the peak all month)"),
        ("fargate", {"kind": "website", "private_network": True}, "a NAT gateway in each Availability Zone"),
        ("fargate", {"kind": "website"}, "public IPv4 addresses, no NAT gateway (low: none)"),
        ("lambda", {**RUNS, "response_within_s": 0.3}, "provisioned concurrency for the load with its headroom"),
        ("lambda", {**RUNS, "relational_database": True}, "RDS Proxy and a NAT gateway in the high estimate"),
        ("lambda", RUNS, "logs are not counted (high: counted)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_assumed_is_said(service: str, values: dict[str, Any], text: str) -> None:
    assert text in assumed(service, **values)


@pytest.mark.parametrize("service", ["lambda", "fargate", "ecs_ec2", "batch", "lightsail"])
def test_what_is_known_is_not_assumed(service: str) -> None:
    known = {
        **RUNS,
        "kind": "queue_worker",
        "memory_mb": 512.0,
        "vcpus": 0.25,
        "os": "linux",
        "cpu_architecture": "arm64",
        "high_availability": False,
        "parallel_tasks": 1.0,
        "region": "us-east-1",
    }
    text = assumed(service, **known)
    assert "unknown" not in text
    assert "list prices of us-east-1 without tax" in text


def test_the_region_of_the_prices_is_said_where_the_workload_names_none() -> None:
    assert "list prices of us-east-1 (region is unknown) without tax" in assumed("lambda", **RUNS)


def test_a_deducted_free_tier_is_said() -> None:
    assert "the free tier of the account is deducted" in assumed("lambda", free_tier=True, **RUNS)
