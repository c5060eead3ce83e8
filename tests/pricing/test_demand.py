from __future__ import annotations

import math
from typing import Any

import pytest

from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.demand import Demand, demand_of
from whichcompute.pricing.ops import Ops
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

PRICES = PriceFacts(all_facts.load())
SCENARIOS = {name: Scenario(assumed) for name, assumed in PRICES.assumed().items()}
MONTH = {"invocations_per_month": 21_024_000.0, "typical_duration_s": 1.0}
"""Eight units of work in flight on average."""


def need(scenario: str = "expected", **values: Any) -> Demand:
    return demand_of(Ops(values), SCENARIOS[scenario], PRICES)


@pytest.mark.parametrize(
    ("values", "instances"),
    [
        ({}, 1),
        ({"high_availability": True}, 2),
        ({"traffic": "steady"}, 10),
        ({"kind": "web_api", "traffic": "steady", "vcpus": 1.0}, 3),
        ({}, 1),
        ({"traffic": "steady", "peak_concurrency": 9.0}, 9),
        ({"traffic": "steady", "peak_concurrency": 40.0, "autoscaling": False}, 40),
        ({"kind": "server"}, 8),
        ({"kind": "server", "vcpus": 4.0, "peak_concurrency": 900.0}, 1),
        ({"kind": "event_handler", "vcpus": 8.0}, 16),
        ({"kind": "event_handler", "vcpus": 8.0, "traffic": "steady"}, 10),
        ({"kind": "queue_worker", "vcpus": 8.0}, 10),
        ({"kind": "web_api", "gpus": 1.0, "traffic": "steady"}, 10),
        ({"kind": "web_api", "product_class": "ml", "traffic": "steady"}, 10),
        ({"vcpus": 8.0, "traffic": "steady"}, 10),
        ({"protocol": "http", "vcpus": 8.0, "traffic": "steady"}, 1),
        ({"kind": "batch_job"}, 8),
        ({"protocol": "websocket"}, 1),
    ],
    ids=str,
)
def test_instances_carry_the_load(values: dict[str, Any], instances: float) -> None:
    load = {} if values in ({}, {"high_availability": True}) else MONTH
    kind = {} if "vcpus" in values and "traffic" in values else {"kind": "web_api"}
    assert need(**{**kind, **load, **values}).instances == instances


@pytest.mark.parametrize("size", [{}, {"vcpus": 1.0, "memory_mb": 2048.0}, {"vcpus": 16.0}], ids=str)
@pytest.mark.parametrize("protocol", ["websocket", "tcp", "udp"])
def test_open_connections_need_the_same_instances_whatever_serves_them(protocol: str, size: dict[str, float]) -> None:
    """200,000 stay of 500,000 at the peak, 8,000 to a vCPU."""
    crowd = {"protocol": protocol, "peak_concurrency": 500_000.0, **size}
    for kind in ({"kind": "server"}, {"kind": "web_api"}, {}):
        assert need(**crowd, **kind).instances == math.ceil(25 / size.get("vcpus", 0.25))


def test_messages_on_open_connections_take_cpu_like_requests() -> None:
    """A thousand messages a second of 40 ms, twice as many at times, four to a vCPU."""
    chat = {"kind": "web_api", "protocol": "websocket", "peak_concurrency": 5000.0, "vcpus": 1.0}
    busy = need(**chat, invocations_per_month=2_628e6, typical_duration_s=0.04)
    assert need(**chat).instances == 1
    assert busy.instances == math.ceil(2000 / 8000 + 40 * 2 / 4)
    assert busy.busy_vcpus == pytest.approx(2000 / 8000 + 40 / 4)


@pytest.mark.parametrize(
    ("scenario", "values", "instances"),
    [
        ("expected", {}, 10),
        ("expected", {"autoscaling": False}, 25),
        ("expected", MONTH, 4),
        ("expected", {**MONTH, "autoscaling": False}, 16),
        ("low", {**MONTH, "autoscaling": False}, 1),
        ("expected", {**MONTH, "autoscaling": False, "scale_to_zero": True}, 4),
        ("high", {**MONTH, "scale_to_zero": True}, 32),
        ("expected", {**MONTH, "autoscaling": False, "kind": "queue_worker"}, 10),
        ("high", {**MONTH, "autoscaling": False, "kind": "queue_worker"}, 16),
        ("expected", {"autoscaling": False, "kind": "queue_worker"}, 40),
        ("high", MONTH, 100),
        ("high", {**MONTH, "peak_concurrency": 10_000.0}, 512),  # 16 times the load, not a fleet of 10,000
    ],
    ids=str,
)
def test_the_capacity_for_a_peak_depends_on_what_is_known_of_the_load(
    scenario: str, values: dict[str, Any], instances: float
) -> None:
    """A hundred requests at the peak, four to a vCPU (low: 16, high: one), an average of eight; a message takes one."""
    assert (
        need(scenario, **{"kind": "web_api", "peak_concurrency": 100.0, "vcpus": 1.0, **values}).instances == instances
    )


def test_what_of_a_long_request_is_waiting_counts_as_an_open_connection() -> None:
    """Three thousand clients that listen for an hour need a few small instances, not hundreds."""
    listening = {"kind": "web_api", "protocol": "http", "typical_duration_s": 3600.0, "peak_concurrency": 3000.0}
    assert need(**listening).instances == 1
    assert need(**listening, vcpus=0.125).instances == 2
    assert need(**{**listening, "protocol": "websocket"}, vcpus=0.125).instances == 2
    assert need(**{**listening, "typical_duration_s": 1.0}).instances == 1200


@pytest.mark.parametrize(
    ("scenario", "memory", "vcpus"),
    [("expected", 512.0, 0.25), ("expected", 3072.0, 1.5), ("low", 3072.0, 0.375), ("expected", 1e6, 5.0)],
)
def test_a_unit_of_computing_work_has_the_vcpus_of_its_memory(scenario: str, memory: float, vcpus: float) -> None:
    assert need(scenario, kind="event_handler", memory_mb=memory).vcpus == vcpus
    assert need(scenario, kind="website", memory_mb=memory).vcpus == 0.25


@pytest.mark.parametrize(
    ("values", "busy"),
    [
        ({"vcpus": 0.25}, 0),
        ({"vcpus": 1.0}, 1),
        ({"vcpus": 1.5}, 1.5),
        ({"vcpus": 1.0, "traffic": "steady"}, 1),
        ({"vcpus": 2.0, "traffic": "steady"}, 2),
        ({"vcpus": 2.0, "traffic": "daily_cycle"}, 2),
        ({"vcpus": 2.0, "traffic": "spiky"}, 0),
        ({"traffic": "steady"}, 0.25),
        ({"kind": None, "vcpus": 4.0}, 4),
        ({"kind": "queue_worker", "memory_mb": 4096.0}, 2),
        ({"kind": "queue_worker", "vcpus": 0.5}, 0.5),
        ({"kind": "website", "product_class": "ml", "vcpus": 1.0}, 1),
        ({"vcpus": 8.0, "traffic": "rare"}, 0),
        ({"vcpus": 8.0, "environment": "dev_test"}, 0),
        ({"vcpus": 8.0, **MONTH}, 2),
        ({}, 0),
    ],
    ids=str,
)
def test_vcpus_are_busy_unless_the_load_is_measured_low_or_bursty(values: dict[str, Any], busy: float) -> None:
    known = {name: value for name, value in {"kind": "server", **values}.items() if value is not None}
    assert need(**known).busy_vcpus == busy
    assert not need("low", **known).steady


def test_all_vcpus_are_busy_in_the_high_estimate() -> None:
    assert need("high", kind="server", vcpus=0.25).steady and need("high", kind="server").steady
    assert not need(kind="server").steady
    assert not need("high", kind="server", vcpus=8.0, traffic="rare").steady


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
    assert need(vcpus=4.0).memory_mb == 4 * 1024


@pytest.mark.parametrize(
    ("values", "mb"),
    [
        ({"product_class": "game"}, (1024, 2048, 8192)),
        ({"product_class": "game", "language": "java"}, (1024, 2048, 8192)),
        ({"product_class": "game", "kind": "scheduled_task"}, (256, 512, 2048)),
        ({"product_class": "other"}, (512, 1024, 4096)),
        ({"packaging": "packaged_app"}, (512, 1024, 4096)),
        ({"app_stack": "magento"}, (2048, 4096, 8192)),
        ({"language": "java", "kind": "event_handler"}, (512, 1024, 4096)),
        ({"language": "java", "os": "windows"}, (2048, 4096, 8192)),
        ({"language": "go"}, (256, 512, 2048)),
        ({"product_class": "search", "memory_mb": 700.0}, (700, 700, 700)),
    ],
    ids=str,
)
def test_unknown_memory_is_that_of_the_language_the_stack_or_the_product(
    values: dict[str, Any], mb: tuple[float, ...]
) -> None:
    assert tuple(need(which, **{"kind": "server", **values}).memory_mb for which in SCENARIOS) == mb


def test_a_longest_run_replaces_an_unknown_typical_one() -> None:
    assert need(max_duration_s=100.0).run_s == 30
    assert need(max_duration_s=100.0, typical_duration_s=7.0).run_s == 7


@pytest.mark.parametrize(
    ("values", "runs", "seconds"),
    [
        ({"kind": "scheduled_task"}, (30, 150, 730), (5, 60, 600)),
        ({"kind": "scheduled_task", "invocations_per_month": 4.0}, (4, 4, 4), (5, 60, 600)),
        ({"kind": "scheduled_task", "typical_duration_s": 52_560.0}, (30, 50, 50), (52_560,) * 3),
        ({"kind": "scheduled_task", "gpus": 1.0}, (0, 0, 0), (0, 0, 0)),
        ({"kind": "event_handler"}, (0, 0, 0), (0, 0, 0)),
        ({"kind": "event_handler", "invocations_per_month": 20.0}, (20, 20, 20), (0.1, 1, 10)),
        ({"kind": "event_handler", "traffic": "rare"}, (1000, 10_000, 100_000), (0.1, 1, 10)),
        ({"kind": "event_handler", "traffic": "rare", "typical_duration_s": 180.0}, (146, 730, 7300), (180,) * 3),
        ({"kind": "website", "environment": "dev_test"}, (1000, 10_000, 100_000), (0.02, 0.1, 1)),
        ({"kind": "web_api", "environment": "production"}, (0, 0, 0), (0, 0, 0)),
        ({"kind": "web_api", "environment": "hobby", "protocol": "websocket"}, (0, 0, 0), (0, 0, 0)),
        ({"kind": "queue_worker", "traffic": "rare"}, (0, 0, 0), (0, 0, 0)),
    ],
    ids=str,
)
def test_work_is_counted_where_a_bracket_is_safe(
    values: dict[str, Any], runs: tuple[float, ...], seconds: tuple[float, ...]
) -> None:
    demands = [need(which, **values) for which in SCENARIOS]
    assert [demand.runs for demand in demands] == pytest.approx(list(runs))
    assert [demand.run_s for demand in demands] == pytest.approx(list(seconds))
    assert all(demand.counted == (runs[1] > 0) for demand in demands)


@pytest.mark.parametrize(
    ("values", "together"),
    [({}, 1), ({"parallel_tasks": 50.0}, 50), ({"parallel_tasks": 5e7}, 21_024_000), ({"peak_concurrency": 9.0}, 9)],
    ids=str,
)
def test_no_more_runs_go_together_than_there_are(values: dict[str, Any], together: float) -> None:
    assert need(kind="batch_job", **MONTH, **values).parallel == together


def test_windows_is_never_on_arm() -> None:
    assert not need("low", os="windows").arm


@pytest.mark.parametrize("kind", ["website", "web_api", "server"])
def test_many_requests_of_unknown_duration_need_more_instances_than_few(kind: str) -> None:
    few, many = (need(kind=kind, invocations_per_month=runs) for runs in (1e5, 1e9))
    assert few.counted and many.counted and few.instances == 1 and many.instances > 30


@pytest.mark.parametrize(("scenario", "instances"), [("low", 3), ("expected", 80), ("high", 750)])
@pytest.mark.parametrize(("protocol", "vcpus"), [("tcp", 100.0), ("websocket", 100.0), ("http", 1.0)])
def test_a_server_of_a_stated_size_holds_as_many_clients_as_fit_into_its_memory(
    scenario: str, instances: float, protocol: str, vcpus: float
) -> None:
    """Three million at the peak, of whom 10, 40 and 100 % stay: 100,000, 15,000 and 4,000 in a GB of memory."""
    known = {"kind": "server", "protocol": protocol, "memory_mb": 1024.0, "vcpus": vcpus, "high_availability": False}
    assert need(scenario, **known, peak_concurrency=3e6).instances == instances
    assert need(scenario, **known, peak_concurrency=900.0).instances == 1


def test_a_stated_peak_limits_what_is_assumed_of_the_duration() -> None:
    demand = need("high", kind="web_api", invocations_per_month=1e8, peak_concurrency=2.0)
    assert demand.counted and demand.average == pytest.approx(2.0)


@pytest.mark.parametrize(
    "values",
    [{"kind": "queue_worker"}, {"kind": "web_api", "protocol": "websocket"}, {"kind": "web_api", "max_duration_s": 2}],
    ids=str,
)
def test_only_the_duration_of_requests_events_and_schedules_is_assumed(values: dict[str, Any]) -> None:
    demand = need(invocations_per_month=1e6, **values)
    assert demand.counted == demand.timed == ("max_duration_s" in values)


def test_the_longest_connection_is_not_how_long_a_message_takes() -> None:
    hours = {"kind": "web_api", "max_duration_s": 7200.0, "invocations_per_month": 1e5}
    assert need(**hours, protocol="websocket").run_s < 1 < need(**hours, protocol="http").run_s
    assert need(**hours, protocol="websocket", typical_duration_s=3.0).run_s == 3
