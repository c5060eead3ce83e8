from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pricing.estimates import MODEL, estimate
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.pricing.drivers import MOST, CostDriver
from whichcompute.pricing.price_facts import PriceFacts

FACTS = PriceFacts(all_facts.load())
CODE = "".join(file.read_text() for file in (Path(__file__).parents[2] / "engine/whichcompute/pricing").glob("*.py"))
ROWS = FACTS.table("cost.assumptions")


def drivers(service: str, **values: Any) -> tuple[CostDriver, ...]:
    return MODEL.explained(estimate(service, **values), values, service).drivers


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_assumption_is_used_and_says_what_it_changes(row: dict[str, Any]) -> None:
    assert (
        f'["{row["name"]}"]' in CODE
        or f'says("{row["name"]}")' in CODE
        or row["name"].startswith(("headroom_", "memory_mb_"))
    )
    assert row["field"] in DESCRIPTORS or row["title"]
    assert row["effect"] and row["because"]


def test_the_two_widest_come_first_with_the_question_that_settles_them() -> None:
    runs = {"kind": "event_handler", "invocations_per_month": 1e6, "max_duration_s": 10.0}
    memory, duration = drivers("lambda", **runs)
    assert (memory.field, duration.field) == ("memory_mb", "typical_duration_s")
    assert memory.question == DESCRIPTORS["memory_mb"].question
    assert memory.high - memory.low >= duration.high - duration.low > 0
    assert memory.high == pytest.approx(0.2 + 1e6 * 3 * 2 * 0.0000166667, abs=0.01)


def test_where_no_answer_settles_the_two_widest_the_one_that_narrows_the_range_most_follows() -> None:
    api = {
        "kind": "web_api", "protocol": "http", "invocations_per_month": 8e8, "typical_duration_s": 7000.0, "vcpus": 0.5,
        "traffic": "daily_cycle", "peak_concurrency": 10.0,
    }  # fmt: skip
    *widest, asked = drivers("fargate", **api)
    assert [driver.field for driver in widest] == [""] * MOST and asked.question == DESCRIPTORS["memory_mb"].question
    whole = estimate("fargate", **api)
    assert asked.left_high - asked.left_low < 0.9 * (whole.high - whole.low)
    stuck = {"kind": "web_api", "protocol": "http", "peak_concurrency": 3000.0, "typical_duration_s": 600.0}
    assert len(drivers("fargate", **stuck, vcpus=0.5, memory_mb=1024.0)) == MOST, "no answer narrows this by much"


def test_an_answer_takes_its_assumption_off_the_list() -> None:
    runs = {"kind": "event_handler", "invocations_per_month": 1e6, "max_duration_s": 10.0, "memory_mb": 512.0}
    assert "memory_mb" not in {driver.field for driver in drivers("lambda", **runs)}


def test_where_all_is_known_nothing_is_left_to_ask() -> None:
    known = {
        "kind": "batch_job", "os": "linux", "cpu_architecture": "x86_64", "invocations_per_month": 300.0,
        "typical_duration_s": 3600.0, "vcpus": 1.0, "memory_mb": 4096.0, "private_network": False,
        "environment": "production",
    }  # fmt: skip
    assert len(drivers("fargate", **known)) <= MOST
    assert drivers("fargate", **known) == ()


def test_an_answer_that_narrows_an_assumption_leaves_the_rest_of_it_named_without_a_question() -> None:
    sockets: dict[str, Any] = {"kind": "web_api", "protocol": "websocket", "peak_concurrency": 50_000.0}
    spikes: dict[str, Any] = {
        "kind": "web_api", "protocol": "http", "traffic": "spiky", "peak_concurrency": 1e4, "memory_mb": 512.0,
        "vcpus": 0.25, "invocations_per_month": 1e9, "typical_duration_s": 0.2, "autoscaling": True,
    }  # fmt: skip
    for values, title in ((sockets, "open on average"), (spikes, "spare capacity")):
        known = {**values, "invocations_per_month": 1e9}
        group = next(group for group in MODEL.open_assumptions(known) if title in group.title)
        assert (group.field, MODEL.open_assumptions({}).count(group)) == ("", 0)
    machine = {"kind": "server", "os": "linux", "vcpus": 2.0, "memory_mb": 8192.0, "traffic": "daily_cycle"}
    assert "how busy the vCPUs are" in {driver.title for driver in drivers("lightsail", **machine)}
    widest = [driver for driver in drivers("fargate", **sockets, invocations_per_month=1e7)]
    assert any("open on average" in driver.title and not driver.question for driver in widest), widest
