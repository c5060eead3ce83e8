from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import estimate
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
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
            "typical_duration_s is unknown: 2.7 s (low: 900 ms, high: 9 s), by max_duration_s",
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
        (
            "lambda",
            {"kind": "scheduled_task"},
            "invocations_per_month is unknown: 150 (low: 30, high: 730), a schedule between daily and hourly; "
            "typical_duration_s is unknown: 1 min (low: 5 s, high: 10 min)",
        ),
        (
            "lambda",
            {"kind": "event_handler", "traffic": "rare"},
            "invocations_per_month is unknown: 10,000 (low: 1,000, high: 100,000), few, by traffic or environment",
        ),
        ("fargate", {**RUNS, "kind": "batch_job"}, "one task per invocation, billed from start to end"),
        (
            "fargate",
            {"kind": "server", "protocol": "tcp"},
            "one Network Load Balancer (low: none)",
        ),
        ("ecs_ec2", {"kind": "website", "interruptible": True}, "Spot Instances at 60% less (low: 90%, high: 0%)"),
        ("ecs_ec2", {"kind": "website"}, "one Application Load Balancer (low: none)"),
        ("batch", {**RUNS, "kind": "batch_job"}, "parallel_tasks is unknown: one job at a time"),
        ("lightsail", {"kind": "dev_environment"}, "small bundles are burstable"),
        ("lightsail", {"kind": "website"}, "clients reach one machine at its own address, with TLS on it and no load"),
        (
            "ecs_ec2",
            {"kind": "server"},
            "traffic is unknown: vCPUs idle most of the time, which a burstable machine serves (high: busy all",
        ),
        (
            "lightsail",
            {"vcpus": 2.0},
            "traffic is unknown: vCPUs busy all the time, which takes a machine that sustains them (low: idle most of",
        ),
        ("ecs_ec2", {"kind": "server", "traffic": "steady"}, "the CPU use is unknown: vCPUs busy all the time"),
        (
            "fargate",
            {"kind": "web_api", "typical_duration_s": 600.0, "peak_concurrency": 3000.0},
            "each busy for 1 s (low: 0.5, high: 30) and then an open connection: a vCPU serves 8,000 open connections",
        ),
        (
            "lightsail",
            {"kind": "web_api", "packaging": "container", "high_availability": True},
            "up to the allowance of the container service",
        ),
        ("fargate", {**RUNS, "kind": "event_handler"}, "each unit of work computes and takes an instance"),
        ("fargate", {**RUNS, "protocol": "tcp"}, "a vCPU serves 8,000 open connections at a time"),
        ("fargate", {**RUNS, "kind": "web_api", "peak_concurrency": 90.0}, "(high: for the peak all month)"),
        ("fargate", {"kind": "website", "private_network": True}, "nothing in the private network calls the internet"),
        ("lambda", {**RUNS, "private_network": True, "static_ip": True}, "a NAT gateway in each Availability Zone of"),
        ("fargate", {"kind": "website"}, "public IPv4 addresses, no NAT gateway (low: none)"),
        ("lambda", {**RUNS, "response_within_s": 0.3}, "provisioned concurrency for the load with its headroom"),
        ("lambda", {**RUNS, "relational_database": True}, "RDS Proxy and a NAT gateway in the high estimate"),
        ("lambda", RUNS, "logs are not counted (high: counted)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_assumed_is_said(service: str, values: dict[str, Any], text: str) -> None:
    assert text in assumed(service, **values)


@pytest.mark.parametrize(
    ("values", "silent"),
    [
        ({"kind": "server", "vcpus": 2.0, "traffic": "steady"}, "burstable"),
        ({"kind": "web_api", "packaging": "container", "high_availability": True}, "bundle"),
        ({"kind": "server", "product_class": "database", "high_availability": True}, "bundle"),
    ],
    ids=["compute-optimised", "container nodes", "database plan"],
)
def test_lightsail_says_only_what_holds_of_what_it_bills(values: dict[str, Any], silent: str) -> None:
    assert silent not in assumed("lightsail", memory_mb=1024.0, **values)


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


SIZED = {"memory_mb": 1024.0, "vcpus": 1.0, "os": "linux", "cpu_architecture": "x86_64"}
API: dict[str, Any] = {"kind": "web_api", "protocol": "http", "invocations_per_month": 5e7, "typical_duration_s": 3.0}
WITNESSES: list[dict[str, Any]] = [
    {"kind": "web_api", "app_stack": "lamp"},
    {"kind": "server", "os": "windows", "gpus": 0},
    {"kind": "server", "vcpus": 2.0},
    {"kind": "queue_worker", "vcpus": 2.0},
    {"kind": "server", "vcpus": 2.0, "traffic": "steady"},
    *({"kind": "server", "product_class": name} for name in DESCRIPTORS["product_class"].choices),
    *({"kind": "server", "language": name} for name in ("java", "dotnet")),
    {"kind": "website", "app_stack": "magento"},
    *({**API, "traffic": traffic, "peak_concurrency": 900.0} for traffic in ("steady", "daily_cycle", "spiky", "rare")),
    {**API, "traffic": "steady"},
    {"kind": "scheduled_task"},
    {"kind": "event_handler", "traffic": "rare"},
    {"kind": "event_handler", "environment": "hobby", "max_duration_s": 600.0},
    {**API, "vcpus": 1.0, "peak_concurrency": 900.0, "autoscaling": False},
    {**API, "protocol": "websocket", "payload_mb": 0.1},
    {**API, "response_within_s": 0.1, "language": "java", "payload_mb": 4.0, "memory_mb": 512.0},
    {**API, "language": "java", "traffic": "rare", "typical_duration_s": 0.2},
    {**API, "language": "java", "typical_duration_s": 0.2, "relational_database": True},
    {**SIZED, "kind": "web_api", "invocations_per_month": 1e9},
    {**SIZED, "kind": "website", "high_availability": False},
    {**SIZED, "kind": "batch_job", "invocations_per_month": 1e4, "max_duration_s": 90.0, "interruptible": True},
    {"kind": "batch_job", "memory_mb": 2048.0, "invocations_per_month": 1e4, "typical_duration_s": 90.0},
    {"memory_mb": 512.0, "invocations_per_month": 1000.0, "typical_duration_s": 10.0},
    {**SIZED, "kind": "queue_worker", "invocations_per_month": 1e8, "typical_duration_s": 1.0},
    {**SIZED, "kind": "server", "protocol": "tcp", "peak_concurrency": 1e6},
    {"kind": "web_api", "protocol": "websocket", "peak_concurrency": 1e6, "environment": "hobby"},
    {**SIZED, "kind": "web_api", "private_network": True, "outbound_gb_per_month": 0.0, "shared_filesystem": True},
    {**SIZED, "kind": "web_api", "private_network": True, "outbound_gb_per_month": 500.0},
    {**SIZED, "kind": "server", "memory_mb": 4000.0, "server_management": "accept"},
    {"static_content": True, "stored_data_gb": 10.0, "outbound_gb_per_month": 40_000.0},
]
ASSUMPTIONS = {row["name"]: row for row in all_facts.load()["cost.assumptions"]}


SPOT_JOB = {**RUNS, "kind": "batch_job", "interruptible": True}


@pytest.mark.parametrize(
    ("service", "values", "kinds"),
    [
        ("batch", SPOT_JOB, ["Spot Instances", "Fargate Spot"]),
        ("batch", {**SPOT_JOB, "cpu_architecture": "arm64"}, ["Spot Instances", "Fargate Spot"]),
        ("batch", {**SPOT_JOB, "vcpus": 48.0}, ["Spot Instances"]),
        ("batch", {**SPOT_JOB, "memory_mb": 300_000.0}, ["Spot Instances"]),
        ("batch", {**SPOT_JOB, "gpus": 1.0}, ["Spot Instances"]),
        ("batch", {**SPOT_JOB, "os": "windows", "memory_mb": 4096.0}, []),
        ("ecs_ec2", {**SPOT_JOB, "os": "windows", "memory_mb": 4096.0}, ["Spot Instances"]),
        ("ecs_ec2", {"kind": "server", "memory_mb": 4096.0, "interruptible": True, "dedicated_hardware": True}, []),
    ],
    ids=str,
)
def test_spot_is_said_of_the_capacity_that_runs_the_workload(
    service: str, values: dict[str, Any], kinds: list[str]
) -> None:
    said = " ".join(estimate(service, **values).assumptions)
    assert [kind for kind in ("Spot Instances", "Fargate Spot") if kind in said] == kinds


def ranges(facts: dict[str, Any]) -> list[object]:
    model = CostModel(facts)
    priced = [model.priced(values) for values in WITNESSES]
    costs = [cost for each in priced for cost in (*each.estimate().values(), *map(each.outside, model.places))]
    return [cost and (cost.low, cost.expected, cost.high) for cost in costs]


@pytest.fixture(scope="module")
def usual() -> list[object]:
    return ranges(dict(all_facts.load()))


@pytest.mark.parametrize("name", ASSUMPTIONS)
def test_every_assumption_moves_an_estimate(name: str, usual: list[object]) -> None:
    row = ASSUMPTIONS[name]
    moved = {**row, "low": row["expected"], "high": row["expected"]}
    rows = [moved if each is row else each for each in ASSUMPTIONS.values()]
    assert ranges({**all_facts.load(), "cost.assumptions": rows}) != usual
