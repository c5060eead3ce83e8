from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import MODEL, estimate, lines
from whichcompute.pricing.demand import demand_of
from whichcompute.pricing.lightsail import LightsailPricing
from whichcompute.pricing.machines import load_of
from whichcompute.pricing.ops import Ops


@pytest.mark.parametrize(
    ("values", "label", "usd"),
    [
        ({"memory_mb": 512}, "bundle nano (general)", 5),
        ({"memory_mb": 513}, "bundle micro (general)", 7),
        ({"memory_mb": 4096, "os": "windows"}, "bundle medium (general)", 44),
        ({"memory_mb": 512, "scratch_gb": 61}, "bundle medium (general)", 24),
        ({"memory_mb": 3000, "vcpus": 5, "traffic": "rare"}, "bundle 2xlarge (general)", 164),
        ({"memory_mb": 3000, "vcpus": 5, "traffic": "steady"}, "bundle 2xlarge (compute-optimized)", 168),
        ({"memory_mb": 120 * 1024, "vcpus": 8}, "bundle 4xlarge (memory-optimized)", 584),
    ],
    ids=["smallest", "next", "windows", "by disk", "by CPU", "steady CPU", "by memory"],
)
def test_the_smallest_bundle_that_holds_it(values: dict[str, Any], label: str, usd: float) -> None:
    cost = estimate("lightsail", kind="server", **values)
    assert (cost.expected, lines(cost)[label]) == (usd, 1)


def test_a_container_service_costs_by_node_where_that_is_cheaper() -> None:
    site = {"kind": "website", "os": "linux", "memory_mb": 1024.0, "high_availability": True}
    contained = estimate("lightsail", packaging="container", **site)
    assert (contained.expected, lines(contained)) == (20, {"container node micro": 2})
    assert estimate("lightsail", packaging="container", stored_data_gb=1.0, **site).expected == 2 * 12 + 18


def test_transfer_and_disk_are_included_and_beyond_that_paid() -> None:
    server = {"kind": "server", "memory_mb": 512.0}
    assert estimate("lightsail", outbound_gb_per_month=1024.0, stored_data_gb=20.0, **server).expected == 5
    sending = estimate("lightsail", outbound_gb_per_month=10 * 1024.0, **server)
    # Not idle bundles for their allowance, which the terms of service rule out: what is beyond that of one is paid.
    assert lines(sending) == {"bundle 2xlarge (general)": 1, "data transfer out": 3 * 1024}
    assert sending.expected == pytest.approx(164 + 3 * 1024 * 0.09)
    storing = estimate("lightsail", stored_data_gb=120.0, **server)
    assert (lines(storing)["bundle nano (general)"], lines(storing)["attached disks"]) == (1, 100)


@pytest.mark.parametrize(
    ("region", "sent", "usd"), [("us-east-1", 1024, 5), ("ap-south-1", 1024, 7), ("ap-south-1", 512, 5)]
)
def test_some_regions_include_half_the_transfer(region: str, sent: float, usd: float) -> None:
    cost = estimate("lightsail", kind="website", memory_mb=512.0, region=region, outbound_gb_per_month=float(sent))
    assert cost.expected == usd


@pytest.mark.parametrize(
    ("number", "allowed_tb", "sent_gb", "beyond_gb"), [(1, 1, 1124, 100), (2, 2, 3072, 1024), (2, 2, 1600, 0)]
)
def test_transfer_beyond_the_allowance_as_the_user_guide_counts_it(
    number: int, allowed_tb: float, sent_gb: float, beyond_gb: float
) -> None:
    """Examples 1 to 3 of "Data transfer in Lightsail": the allowances of plans of one size add up."""
    pricing = MODEL._pricing["lightsail"]
    assert isinstance(pricing, LightsailPricing)
    (nano,) = [bundle for bundle in pricing.bundles[(False,)] if bundle.name == "nano (general)"]
    assert nano.transfer_gb * number == allowed_tb * 1024
    ops = Ops({"kind": "server", "memory_mb": 512.0, "high_availability": number == 2})
    demand = demand_of(ops, MODEL.usual, MODEL.facts)
    beside = pricing._beside(ops, nano, load_of(demand, sent=sent_gb), number)
    assert [(part.quantity, part.price) for part in beside] == ([(beyond_gb, 0.09)] if beyond_gb else [])


@pytest.mark.parametrize(
    ("values", "usd"),
    [({}, 120), ({"stored_data_gb": 200.0}, 230), ({"high_availability": False}, 24), ({"memory_mb": 16384.0}, 148)],
    ids=["by memory", "by disk", "one zone", "larger than the plans"],
)
def test_a_database_that_survives_the_loss_of_a_zone_takes_a_plan_with_a_standby(
    values: dict[str, Any], usd: float
) -> None:
    database = {"kind": "server", "product_class": "database", "memory_mb": 4096.0, "high_availability": True}
    assert estimate("lightsail", **{**database, **values}).expected == usd


def test_two_bundles_and_a_load_balancer_survive_the_loss_of_an_availability_zone() -> None:
    cost = estimate("lightsail", kind="website", memory_mb=1024, high_availability=True)
    assert cost.expected == 2 * 7 + 18


def test_only_what_clients_reach_by_http_has_a_load_balancer() -> None:
    work = {"invocations_per_month": 1e6, "typical_duration_s": 10.0, "memory_mb": 2048.0, "os": "linux"}
    assert "load balancer" not in lines(estimate("lightsail", kind="queue_worker", **work))
    assert "load balancer" in lines(estimate("lightsail", kind="web_api", high_availability=True, **work))
