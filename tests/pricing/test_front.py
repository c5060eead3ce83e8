from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import estimate, lines

CALLS = {"invocations_per_month": 1e6, "typical_duration_s": 0.1, "memory_mb": 512.0}
API = {"kind": "web_api", "protocol": "http", **CALLS}
SOCKETS = {"kind": "web_api", "protocol": "websocket", **CALLS}


@pytest.mark.parametrize(("payload_mb", "units"), [(0.1, 1), (0.5, 1), (0.6, 2), (4.0, 8), (50.0, 20)])
def test_http_requests_are_metered_by_512_kb_up_to_the_largest_body(payload_mb: float, units: float) -> None:
    assert lines(estimate("lambda", payload_mb=payload_mb, **API))["API Gateway, HTTP API"] == units


@pytest.mark.parametrize(("payload_mb", "units"), [(0.03, 1), (0.0625, 2), (9.0, 4)])
def test_messages_are_metered_by_32_kb(payload_mb: float, units: float) -> None:
    assert lines(estimate("lambda", payload_mb=payload_mb, **SOCKETS))["API Gateway, WebSocket messages"] == units


def test_messages_beyond_a_billion_cost_less_and_open_connections_cost_by_the_minute() -> None:
    cost = estimate("lambda", **{**SOCKETS, "invocations_per_month": 3e9})
    assert [line.unit_price for line in cost.lines if "messages" in line.label] == [1.0, 0.8]
    open_ = estimate("lambda", kind="web_api", protocol="websocket", peak_concurrency=1000.0, **CALLS)
    assert lines(open_)["API Gateway, WebSocket connections"] == pytest.approx(400 * 43_800 / 1e6)


def test_rest_requests_have_four_tiers_in_the_high_estimate() -> None:
    """21 billion calls: 1,165.50 + 1,867.60 + 45,220 + 1,510 USD in the list of tiers."""
    rest = estimate("lambda", **{**API, "invocations_per_month": 21e9, "environment": "production", "language": "php"})
    other = estimate("lambda", **{**API, "kind": "event_handler", "protocol": "none", "invocations_per_month": 21e9})
    assert rest.high - other.high == pytest.approx(1165.5 + 1867.6 + 45_220 + 1510, rel=0.3)


@pytest.mark.parametrize(
    ("values", "expected", "high"),
    [({}, False, True), ({"peak_concurrency": 100.0}, True, True), ({"relational_database": False}, False, False)],
    ids=str,
)
def test_functions_with_a_database_use_rds_proxy_when_they_are_many(
    values: dict[str, Any], expected: bool, high: bool
) -> None:
    cost = estimate("lambda", **{**API, "relational_database": True, **values})
    assert ("RDS Proxy" in lines(cost)) == expected
    assert (cost.high > cost.expected + 20) == (high and not expected or expected)
