"""Estimates that were worked out by hand from list prices of us-east-1, and the physical minimum of stated work."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.physical_minimum import below
from tests.pricing.estimates import MODEL, estimate, lines

X86 = {"cpu_architecture": "x86_64", "os": "linux"}
EVENTS = {"kind": "event_handler", **X86}
API = {"kind": "web_api", "protocol": "http", **X86}
SERVER = {"kind": "server", **X86}
WORDPRESS = {
    "kind": "website", "app_stack": "wordpress", "memory_mb": 2048.0, "vcpus": 1.0, "environment": "production",
}  # fmt: skip
QUEUE = {
    "kind": "queue_worker", "invocations_per_month": 50_000.0, "typical_duration_s": 90.0, "memory_mb": 3072.0,
    "vcpus": 2.0, **X86,
}  # fmt: skip
CHAT = {"protocol": "websocket", "peak_concurrency": 20_000.0}
SERVED = {"invocations_per_month": 21_024_000.0, "typical_duration_s": 1.0, "vcpus": 1.0, "memory_mb": 2048.0}
TRANSCODING = {"invocations_per_month": 2000.0, "typical_duration_s": 1800.0, "vcpus": 8.0, "memory_mb": 16384.0, **X86}

BY_HAND: list[Any] = [
    pytest.param(
        "lambda",
        {**EVENTS, "invocations_per_month": 6e5, "typical_duration_s": 1.5, "memory_mb": 1024.0},
        15.12,
        id="900,000 GB-seconds and 600,000 requests",
    ),
    pytest.param(
        "lambda",
        {**EVENTS, "kind": "scheduled_task", "invocations_per_month": 720, "typical_duration_s": 60, "memory_mb": 1024},
        0.72,
        id="43,200 GB-seconds",
    ),
    pytest.param(
        "lambda",
        {**API, "invocations_per_month": 4e5, "typical_duration_s": 0.2, "memory_mb": 512.0},
        1.15,
        id="a small HTTP API: 0.67 + 0.08 + 0.40",
    ),
    pytest.param(
        "lambda",
        {**EVENTS, "invocations_per_month": 2e6, "typical_duration_s": 3.0, "memory_mb": 3072.0},
        300.40,
        id="18 million GB-seconds",
    ),
    pytest.param(
        "lambda",
        {
            **EVENTS,
            "kind": "stream_processor",
            "invocations_per_month": 130e9,
            "typical_duration_s": 0.01,
            "memory_mb": 512.0,
        },
        36_833.36,
        id="130 billion records: 26,000 + 10,833",
    ),
    pytest.param(
        "lambda",
        {**API, "invocations_per_month": 120_000, "typical_duration_s": 4, "memory_mb": 2048.0, "payload_mb": 4.0},
        16.00 + 0.024 + 0.96,
        id="bodies of 4 MB are eight units of 512 KB",
    ),
    pytest.param(
        "fargate",
        {
            **X86,
            "kind": "scheduled_task",
            "invocations_per_month": 300,
            "typical_duration_s": 3600,
            "vcpus": 1.0,
            "memory_mb": 4096.0,
        },
        17.48,
        id="300 vCPU-hours and 1,200 GB-hours",
    ),
    pytest.param(
        "fargate",
        {**API, "vcpus": 1.0, "memory_mb": 2048.0, "high_availability": True},
        2 * 36.04 + 16.43 + 4 * 3.65,
        id="two tasks, a load balancer and four public addresses",
    ),
    pytest.param(
        "fargate",
        {**API, "vcpus": 1.0, "memory_mb": 2048.0, "high_availability": True, "private_network": True},
        2 * 36.04 + 16.43 + 2 * 3 * 7.30,
        id="the same in a private network: three interface endpoints in each of two zones",
    ),
    pytest.param(
        "fargate",
        {
            **API,
            "vcpus": 1.0,
            "memory_mb": 2048.0,
            "high_availability": True,
            "private_network": True,
            "static_ip": True,
        },
        2 * 36.04 + 16.43 + 2 * (32.85 + 3.65) + 10 * 0.045,
        id="the same with a fixed address: two NAT gateways and 10 GB",
    ),
    pytest.param("lambda", {"kind": "scheduled_task", "language": "python"}, 0.075, id="150 minutes with 512 MB"),
    pytest.param(
        "fargate",
        {**X86, "kind": "scheduled_task", "memory_mb": 1024.0, "vcpus": 0.5},
        2.5 * (0.5 * 0.04048 + 0.004445),
        id="150 minutes of half a vCPU",
    ),
    pytest.param(
        "lambda",
        {**X86, "kind": "scheduled_task", "max_duration_s": 180.0, "memory_mb": 2048.0},
        150 * 54 * 2 * 0.0000166667,
        id="150 runs of 54 seconds with 2 GB",
    ),
    pytest.param(
        "batch",
        {**X86, "kind": "scheduled_task", "max_duration_s": 86_400.0, "vcpus": 2.0, "memory_mb": 3800.0},
        2_628_000 / 25_920 * 7.2 * (0.08925 + 2.4 / 730),
        id="a task of 7.2 hours runs 101 times, as it does not overlap itself",
    ),
    pytest.param(
        "lambda",
        {**EVENTS, "invocations_per_month": 20_000},
        20_000 * (0.5 * 0.0000166667 + 0.2e-6),
        id="20,000 events of a second with 512 MB",
    ),
    pytest.param(
        "lambda",
        {**API, "environment": "hobby"},
        10_000 * (0.1 * 0.5 * 0.0000166667 + 0.2e-6 + 1e-6),
        id="an API of a hobby: 10,000 requests of 100 ms",
    ),
    pytest.param(
        "lambda",
        {**API, "private_network": True, "invocations_per_month": 4e5, "typical_duration_s": 0.2, "memory_mb": 512.0},
        1.15,
        id="a function in a private network needs no NAT gateway",
    ),
    pytest.param(
        "fargate",
        {**QUEUE, "peak_concurrency": 50.0, "autoscaling": False},
        3 * (2 * 0.04048 + 4 * 0.004445) * 730 + 3 * 3.65,
        id="a queue evens out its peak: 1.7 messages at a time take three tasks",
    ),
    pytest.param(
        "fargate",
        {**API, **SERVED, "peak_concurrency": 100.0, "autoscaling": False},
        16 * 36.04 + 16.43 + 8 / 5 / 25 * 5.84 + 2 * 3.65 + 10 * 3.65,
        id="eight requests at a time: a fleet of sixteen, four times the four that follow the load",
    ),
    pytest.param(
        "fargate",
        {**API, **SERVED, "peak_concurrency": 100.0, "autoscaling": False, "scale_to_zero": True},
        4 * 36.04 + 16.43 + 8 / 5 / 25 * 5.84 + 2 * 3.65 + 4 * 3.65,
        id="which is not bought where idle time must cost nothing",
    ),
    pytest.param(
        "fargate",
        {
            "kind": "batch_job",
            "os": "windows",
            "invocations_per_month": 30,
            "typical_duration_s": 3600,
            "vcpus": 1.0,
            "memory_mb": 6144.0,
        },
        30 * (0.046552 + 6 * 0.00511175 + 0.046),
        id="Windows tasks with their licence",
    ),
    pytest.param(
        "ecs_ec2",
        {**API, "gpus": 1.0, "vcpus": 8.0, "memory_mb": 32768.0, "environment": "production"},
        548.96 + 2.40 + 16.43 + 3 * 3.65,
        id="a GPU instance behind a load balancer",
    ),
    pytest.param(
        "ecs_ec2",
        {**SERVER, "traffic": "steady", "vcpus": 8.0, "memory_mb": 32768.0, "high_availability": True},
        2 * 294.34 + 2 * 2.40 + 2 * 3.65,
        id="a steady pair is not burstable: two m7i.2xlarge",
    ),
    pytest.param("lightsail", {**SERVER, "memory_mb": 1024.0}, 7.00, id="a bundle"),
    pytest.param(
        "lightsail", {**SERVER, "memory_mb": 1024.0, "vcpus": 1.0, "traffic": "rare"}, 7.00, id="which has two vCPUs"
    ),
    pytest.param(
        "ecs_ec2",
        {**SERVER, "memory_mb": 1024.0, "vcpus": 1.0, "traffic": "rare"},
        0.0104 * 730 + 2.40 + 3.65,
        id="a t3.micro has two vCPUs too",
    ),
    pytest.param(
        "ecs_ec2",
        {**SERVER, "memory_mb": 1024.0, "vcpus": 1.0, "traffic": "steady"},
        0.08925 * 730 + 2.40 + 3.65,
        id="a steady load leaves no pauses for credits: no burstable type sustains a vCPU for less than a c7i.large",
    ),
    pytest.param(
        "ecs_ec2",
        {**SERVER, "memory_mb": 1024.0, "vcpus": 1.0},
        0.08925 * 730 + 2.40 + 3.65,
        id="nor does one of a load of which nothing is said",
    ),
    pytest.param(
        "ecs_ec2",
        {**SERVER, "memory_mb": 1024.0, "vcpus": 2.0},
        0.08925 * 730 + 2.40 + 3.65,
        id="nor two",
    ),
    pytest.param(
        "lightsail",
        {**WORDPRESS, "traffic": "rare"},
        12.00,
        id="WordPress on a virtual machine with a vCPU",
    ),
    pytest.param("lightsail", WORDPRESS, 42.00, id="a vCPU of whose load nothing is said: one that is sustained"),
    pytest.param(
        "lightsail", {**WORDPRESS, "vcpus": 2.0}, 42.00, id="two vCPUs of whose load nothing is said: full ones"
    ),
    pytest.param(
        "ecs_ec2",
        {**X86, "kind": "queue_worker", "memory_mb": 2048.0},
        0.08925 * 730 + 2.40 + 3.65,
        id="work that computes takes a vCPU for two gigabytes, stated or not",
    ),
    pytest.param(
        "lightsail", {"kind": "server", "product_class": "game"}, 12.00, id="a game server takes two gigabytes"
    ),
    pytest.param("lightsail", {"kind": "server", "language": "java"}, 7.00, id="a Java server takes a gigabyte"),
    pytest.param(
        "lambda",
        {**API, **CHAT, "invocations_per_month": 5e7, "typical_duration_s": 0.05, "memory_mb": 256.0},
        50 + 8000 * 43_800 / 1e6 * 0.25 + 10 + 625_000 * 0.0000166667,
        id="50 million messages and 8,000 open connections",
    ),
    pytest.param(
        "fargate",
        {**API, **CHAT},
        4 * (0.25 * 0.04048 + 0.5 * 0.004445) * 730 + 16.43 + 8000 / 3000 * 5.84 + 6 * 3.65,
        id="the same connections on four tasks of a quarter vCPU",
    ),
    pytest.param(
        "fargate",
        {
            **API,
            "typical_duration_s": 120.0,
            "invocations_per_month": 5e5,
            "memory_mb": 1024.0,
            "traffic": "daily_cycle",
        },
        (0.25 * 0.04048 + 0.004445) * 730 + 16.43 + 6e7 / 2_628_000 / 3000 * 5.84 + 3 * 3.65,
        id="46 event streams of two minutes wait most of the time: one task",
    ),
    pytest.param(
        "lambda",
        {
            **API,
            "typical_duration_s": 120.0,
            "invocations_per_month": 5e5,
            "memory_mb": 1024.0,
            "traffic": "daily_cycle",
        },
        0.10 + 6e7 * 0.0000166667 + 0.50,
        id="which a function pays whole",
    ),
    pytest.param(
        "batch",
        {
            "kind": "batch_job",
            "invocations_per_month": 200,
            "typical_duration_s": 7200.0,
            "vcpus": 4.0,
            "memory_mb": 16384.0,
            "interruptible": True,
            **X86,
        },
        400 * (4 * 0.04048 + 16 * 0.004445) * 0.34,
        id="400 hours on Fargate Spot cost less than on Spot Instances",
    ),  # fmt: skip
    pytest.param(
        "lambda",
        {
            **API,
            "response_within_s": 0.1,
            "language": "java",
            "invocations_per_month": 3e6,
            "typical_duration_s": 0.1,
            "memory_mb": 1024.0,
            "traffic": "steady",
        },
        2_628_000 * 0.0000041667 + 300_000 * 0.0000097222 + 0.60 + 3.00,
        id="one environment is kept warm",
    ),  # fmt: skip
    pytest.param(
        "fargate",
        {**API, "peak_concurrency": 400, "vcpus": 2.0, "memory_mb": 4096.0, "autoscaling": True},
        20 * (2 * 0.04048 + 4 * 0.004445) * 730 + 16.43 + 160 / 3000 * 5.84 + 12 * 3.65,
        id="160 of 400 requests at a time on average: twenty tasks behind NAT gateways",
    ),
    pytest.param(
        "ecs_ec2",
        {
            **API,
            "vcpus": 2.0,
            "memory_mb": 4096.0,
            "high_availability": True,
            "traffic": "steady",
            "server_management": "avoid",
        },
        2 * 0.08925 * 730 * 1.12 + 2 * 2.40 + 16.43 + 4 * 3.65,
        id="two managed c7i.large under a steady load",
    ),  # fmt: skip
    pytest.param(
        "lightsail",
        {"kind": "website", "app_stack": "wordpress", "environment": "hobby"},
        7.00,
        id="WordPress with its database takes a gigabyte",
    ),
]


@pytest.mark.parametrize(("service", "values", "usd"), BY_HAND)
def test_an_estimate_is_what_it_is_by_hand(service: str, values: dict[str, Any], usd: float) -> None:
    assert estimate(service, **values).expected == pytest.approx(usd, abs=0.012)


@pytest.mark.parametrize(
    ("service", "values", "least", "most"),
    [
        ("fargate", {**TRANSCODING, "kind": "queue_worker", "scratch_gb": 80.0}, 401.6, 650),
        ("batch", {**TRANSCODING, "kind": "batch_job", "scratch_gb": 80.0}, 357, 402),
        ("fargate", {**API, "peak_concurrency": 3000.0, "max_duration_s": 3600.0}, 38, 120),
        ("fargate", {**API, "protocol": "websocket", "peak_concurrency": 3000.0}, 38, 120),
        ("ecs_ec2", {**SERVER, "dedicated_hardware": True, "high_availability": True, "vcpus": 16.0}, 4_900, 7_500),
        ("ecs_ec2", {**SERVER, "memory_mb": 16384.0, "vcpus": 4.0}, 149, 155),
        ("ecs_ec2", {**SERVER, "memory_mb": 16384.0, "vcpus": 4.0, "traffic": "steady"}, 149, 155),
        ("ecs_ec2", {**SERVER, "memory_mb": 32768.0, "vcpus": 8.0}, 296, 301),
        ("ecs_ec2", {**SERVER, "memory_mb": 16384.0, "vcpus": 4.0, "traffic": "rare"}, 123, 130),
        ("lightsail", {**SERVER, "memory_mb": 16384.0, "vcpus": 4.0, "traffic": "rare"}, 84, 84),
        ("fargate", {**EVENTS, "invocations_per_month": 2e6, "typical_duration_s": 3.0, "memory_mb": 3072.0}, 139, 380),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_estimate_lies_in_the_range_that_is_plausible(
    service: str, values: dict[str, Any], least: float, most: float
) -> None:
    assert least <= estimate(service, **values).expected <= most


H, ADDRESS, BALANCER, ROOT = 730, 3.65, 0.0225 * 730, 2.40
TASK = 0.04048 + 2 * 0.004445
PAIR = {**API, "vcpus": 1.0, "memory_mb": 2048.0, "high_availability": True}
REHOST = {**SERVER, "packaging": "machine_image", "traffic": "steady"}
DATABASE = {"kind": "server", "relational_database": True, "product_class": "database", "os": "linux"}
OF_MANY_KINDS: list[Any] = [
    ("lambda", {**EVENTS, "kind": "stream_processor", "cpu_architecture": "arm64", "invocations_per_month": 1e10,
                "typical_duration_s": 0.005, "memory_mb": 256.0}, 12.5e6 * 1.33334e-5 + 2000),
    ("lambda", {**API, "invocations_per_month": 1e7, "typical_duration_s": 0.2, "memory_mb": 1024.0,
                "region": "ap-northeast-1"}, 2e6 * 1.66667e-5 + 2 + 12.90),
    ("lambda", {**API, "language": "java", "response_within_s": 0.2, "invocations_per_month": 1e7,
                "typical_duration_s": 0.1, "memory_mb": 1024.0}, 2.628e6 * 4.1667e-6 + 1e6 * 9.7222e-6 + 2 + 10),
    ("lambda", {**API, "relational_database": True, "peak_concurrency": 200.0, "invocations_per_month": 5e6,
                "typical_duration_s": 0.1, "memory_mb": 512.0}, 250e3 * 1.66667e-5 + 1 + 5 + 21.90),
    ("fargate", {**EVENTS, "kind": "queue_worker", "cpu_architecture": "arm64", "vcpus": 1.0, "memory_mb": 2048.0,
                 "invocations_per_month": 5e6, "typical_duration_s": 0.3}, (0.03238 + 2 * 0.003556) * H + ADDRESS),
    ("fargate", {**PAIR, "region": "eu-central-1"}, 2 * (0.04656 + 2 * 0.00511) * H + 0.027 * H + 4 * ADDRESS),
    ("fargate", {**PAIR, "outbound_gb_per_month": 61_440.0},
     2 * TASK * H + BALANCER + 4 * ADDRESS + 61_440 * 0.008 + 921.60 + 3_481.60 + 716.80),
    ("fargate", {**PAIR, "shared_filesystem": True, "stored_data_gb": 1024.0},
     2 * TASK * H + BALANCER + 4 * ADDRESS + 307.20),
    ("fargate", {**SERVER, "protocol": "tcp", "packaging": "container", "vcpus": 1.0, "memory_mb": 2048.0},
     TASK * H + BALANCER + 3 * ADDRESS),
    ("fargate", {**EVENTS, "kind": "scheduled_task", "interruptible": True, "invocations_per_month": 60.0,
                 "typical_duration_s": 7200.0, "vcpus": 4.0, "memory_mb": 16384.0},
     0.34 * 120 * (4 * 0.04048 + 16 * 0.004445)),
    ("batch", {**EVENTS, "kind": "batch_job", "gpus": 1.0, "vcpus": 8.0, "memory_mb": 28_672.0,
               "invocations_per_month": 200.0, "typical_duration_s": 10_800.0}, 600 * (0.752 + ROOT / H)),
    ("ec2", {**REHOST, "vcpus": 8.0, "memory_mb": 32_768.0, "stored_data_gb": 500.0}, 0.4032 * H + ROOT + 40 + ADDRESS),
    ("ec2", {**REHOST, "os": "windows", "vcpus": 4.0, "memory_mb": 16_384.0}, 0.3856 * H + ROOT + ADDRESS),
    ("ec2", {**REHOST, "vcpus": 4.0, "memory_mb": 16_384.0, "stored_data_gb": 20_480.0},
     0.2016 * H + ROOT + 1_638.40 + ADDRESS),
    ("ec2_dedicated", {**REHOST, "os": "windows", "dedicated_hardware": True, "vcpus": 4.0, "memory_mb": 16_384.0},
     3.06 * 1.1 * H + ROOT + ADDRESS),
    ("managed_database", {**DATABASE, "vcpus": 8.0, "memory_mb": 32_768.0, "stored_data_gb": 500.0, "traffic": "steady",
                          "high_availability": True}, 2 * 0.674 * H + 500 * 0.23),
    ("managed_cache", {**SERVER, "product_class": "cache", "memory_mb": 9216.0, "high_availability": True},
     2 * 0.219 * H),
    ("static_hosting", {"kind": "website", "static_content": True, "stored_data_gb": 20.0, "invocations_per_month": 5e6,
                        "outbound_gb_per_month": 3000.0}, 20 * 0.023 + 15),
    ("lightsail", {**SERVER, "os": "windows", "memory_mb": 8192.0}, 74.00),
    ("lightsail", {"kind": "website", "protocol": "http", "os": "linux", "memory_mb": 4096.0,
                   "high_availability": True}, 2 * 24 + 18),
]  # fmt: skip


@pytest.mark.parametrize(("place", "values", "usd"), OF_MANY_KINDS, ids=lambda v: v if isinstance(v, str) else "")
def test_workloads_of_many_kinds_cost_what_was_worked_out_before(
    place: str, values: dict[str, Any], usd: float
) -> None:
    """Written down from list prices before the first run, as a spreadsheet would: within 1 %."""
    cost = MODEL.priced(values).outside(place) or estimate(place, **values)
    assert cost.expected == pytest.approx(usd, rel=0.01)


def test_rivals_have_the_same_capacity_for_a_peak() -> None:
    """Three thousand requests at the peak, a few on average: everywhere two small instances, or all for the peak."""
    load = {"invocations_per_month": 2e7, "typical_duration_s": 0.2, "peak_concurrency": 3000.0, "vcpus": 0.25}
    api = {**API, **load, "memory_mb": 512.0}
    assert lines(estimate("fargate", **api))["task vCPUs"] == 0.25 * 4 * 730
    for scaled in (None, False):
        usd = [estimate(service, autoscaling=scaled, **api).expected for service in ("fargate", "lightsail")]
        assert usd[1] / usd[0] > 0.15


def test_no_estimate_is_below_the_physical_minimum_of_stated_work() -> None:
    """The short form of benchmarks/physical_minimum.py."""
    assert not list(below(2_000, seed=15))
