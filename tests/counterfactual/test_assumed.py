"""The break-even of functions and tasks over what is assumed."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from whichcompute.counterfactual.assumed import PAIR, break_even_range
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel

MODEL = CostModel(all_facts.load())
API: dict[str, Any] = {"kind": "web_api", "protocol": "http", "typical_duration_s": 0.2, "memory_mb": 512.0}
KNOWN: dict[str, Any] = {
    **API, "vcpus": 0.25, "traffic": "steady", "environment": "production", "cpu_architecture": "x86_64", "os": "linux",
    "high_availability": True, "private_network": False, "autoscaling": True, "outbound_gb_per_month": 0.0,
    "response_within_s": 10.0, "payload_mb": 0.1, "language": "python",
}  # fmt: skip


def test_at_the_break_even_both_cost_about_the_same_and_a_little_below_functions_cost_less() -> None:
    found = break_even_range(MODEL, API)
    assert found is not None and found.expected is not None
    below = MODEL.priced({**API, "invocations_per_month": found.expected * 0.95}).expected()
    above = MODEL.priced({**API, "invocations_per_month": found.expected * 1.01}).expected()
    (by_call, by_hour), (more, beyond) = ([each[service] for service in PAIR] for each in (below, above))
    assert by_call is not None and by_hour is not None and by_call <= by_hour
    assert more is not None and beyond is not None and more > beyond


def test_the_range_holds_each_mover_and_names_the_widest_first() -> None:
    found = break_even_range(MODEL, API)
    assert found is not None and found.expected is not None and found.low is not None
    assert found.low <= found.expected
    for mover in found.movers:
        assert mover.low is not None and mover.low >= found.low
        assert (mover.high or inf) <= (found.high or inf)
    assert found.movers[0].title == "how many requests a vCPU serves at a time"
    assert found.movers[0].title in found.text and "over what is assumed" in found.text


def test_answers_narrow_it_and_settle_what_they_name() -> None:
    wide, narrow = break_even_range(MODEL, API), break_even_range(MODEL, KNOWN)
    assert wide is not None and narrow is not None
    assert len(narrow.movers) < len(wide.movers)
    assert {mover.field for mover in narrow.movers} <= {"", "peak_concurrency"}


@pytest.mark.parametrize(
    ("values", "calls"),
    [
        # https://fortem.dev/blog/fargate-vs-lambda/, read 2026-11-28: with API Gateway, and for a job in the background
        pytest.param(API, 7e6, id="200 ms API: 6 to 8 million"),
        pytest.param({"kind": "queue_worker", "typical_duration_s": 2.0}, 1e6, id="job of 2 s: 1 million"),
    ],
)
def test_published_figures_that_differ_by_their_assumptions_lie_within(values: dict[str, Any], calls: float) -> None:
    found = break_even_range(MODEL, values)
    assert found is not None and found.low is not None
    assert found.low <= calls <= (found.high or inf)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"kind": "batch_job", "typical_duration_s": 2.0, "memory_mb": 1024.0}, "jobs a month"),
        ({**API, "os": "windows"}, None),
        ({**API, "region": "nowhere-1"}, None),
    ],
)
def test_there_is_none_where_one_cannot_be_priced(values: dict[str, Any], text: str | None) -> None:
    found = break_even_range(MODEL, values)
    assert (found is None) == (text is None)
    assert found is None or text is None or text in found.text
