from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import MODEL, estimate, lines
from whichcompute.pricing.monthly_cost import MonthlyCost

HOURS = 730.0


@pytest.mark.parametrize(
    ("service", "values", "label"),
    [
        ("fargate", {"kind": "web_api"}, "load balancer"),
        ("ecs_ec2", {"kind": "web_api"}, "load balancer"),
        ("fargate", {"kind": "server", "protocol": "tcp"}, "network load balancer"),
        ("ecs_ec2", {"kind": "server", "protocol": "tcp", "high_availability": True}, "network load balancer"),
        ("ecs_ec2", {"kind": "server", "protocol": "tcp"}, "network load balancer"),
        (
            "ecs_ec2",
            {"kind": "server", "protocol": "tcp", "memory_mb": 1024.0, "peak_concurrency": 1e6},
            "network load balancer",
        ),
        ("fargate", {"kind": "queue_worker"}, None),
    ],
    ids=str,
)
def test_services_that_clients_reach_have_a_load_balancer(
    service: str, values: dict[str, Any], label: str | None
) -> None:
    found = [name for name in lines(estimate(service, **values)) if name.endswith("load balancer")]
    assert found == ([label] if label else [])


SITE = {"kind": "website", "vcpus": 1.0, "memory_mb": 2048.0}
BALANCER = 16.425 + 2 * 3.65


def on(place: str, **values: Any) -> MonthlyCost:
    cost = MODEL.priced(values).outside(place) or estimate(place, **values)
    assert cost is not None
    return cost


@pytest.mark.parametrize("place", ["ec2", "beanstalk", "lightsail"])
@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({}, 0),
        ({"environment": "production"}, 0),
        ({"high_availability": False, "autoscaling": False}, 0),
        ({"autoscaling": True}, 1),
        ({"high_availability": True}, 1),
        ({"invocations_per_month": 50_000_000.0, "typical_duration_s": 1.0, "traffic": "steady"}, 1),
    ],
    ids=str,
)
def test_a_single_machine_is_reached_directly_and_several_through_a_load_balancer_everywhere(
    place: str, values: dict[str, Any], number: int
) -> None:
    cost = on(place, **SITE, **values)
    assert ("load balancer" in lines(cost)) == number
    assert any(text.startswith("clients reach one machine") for text in cost.assumptions) == (not number)


@pytest.mark.parametrize(("place", "usd"), [("ec2", 15.184 + 2.4 + 3.65), ("lightsail", 12.0)])
def test_a_single_machine_has_its_address_in_every_estimate_and_a_load_balancer_in_the_high_one(
    place: str, usd: float
) -> None:
    """The idle site needs a t3.small (low: a t4g.small of 0.0168 USD an hour), and no second one in any estimate."""
    cost = on(place, **SITE, high_availability=False, traffic="rare", cpu_architecture="x86_64", private_network=False)
    assert [cost.low, cost.expected] == pytest.approx([usd, usd])
    assert cost.high >= usd + (18 if place == "lightsail" else BALANCER)
    private = on(place, **SITE, high_availability=False, private_network=True, outbound_gb_per_month=0.0)
    assert not [label for label in lines(private) if "IPv4" in label]


@pytest.mark.parametrize("service", ["fargate", "ecs_ec2"])
def test_a_single_task_has_a_load_balancer_as_its_address_changes(service: str) -> None:
    """Outside production the low estimate finds a task without."""
    one, production = (
        estimate(service, **SITE, high_availability=False, autoscaling=False, **more)
        for more in ({}, {"environment": "production"})
    )
    assert "load balancer" in lines(one) and "load balancer" in lines(production)
    assert production.low - one.low == pytest.approx(16.425)


def test_of_two_ways_to_hold_a_load_the_load_balancer_of_several_machines_counts() -> None:
    """Two t3.micro hold two instances of 1 GB for less than one t3.medium does, but for their balancer."""
    calls = {"invocations_per_month": 2_600_000.0, "typical_duration_s": 1.0, "traffic": "daily_cycle"}
    cost = on("ec2", kind="web_api", memory_mb=1024.0, cpu_architecture="x86_64", **calls)
    assert cost.expected == pytest.approx(0.0416 * 730 + 2.4 + 3.65)


def test_the_dimension_that_is_used_most_sets_the_capacity_units() -> None:
    """Five requests come on one connection; the messages of a WebSocket open none."""
    api = {"kind": "web_api", "protocol": "http"}
    calls = estimate("fargate", **api, invocations_per_month=2_628_000 * 250.0, typical_duration_s=0.01)
    held = estimate(
        "fargate", **{**api, "protocol": "websocket"}, peak_concurrency=15_000.0, invocations_per_month=1e11
    )
    sent = estimate("fargate", **api, outbound_gb_per_month=7300.0)
    assert [lines(cost)["load balancer, capacity"] / HOURS for cost in (calls, held, sent)] == pytest.approx([2, 2, 10])
    raw = estimate("fargate", kind="server", protocol="tcp", memory_mb=1024.0, peak_concurrency=1e6)
    assert lines(raw)["network load balancer, capacity"] / HOURS == pytest.approx(4)


def test_a_private_network_has_nat_gateways_in_place_of_public_addresses() -> None:
    site = {"kind": "website", "memory_mb": 512.0}
    open_, private = (lines(estimate("fargate", private_network=it, **site)) for it in (False, True))
    assert open_["public IPv4 addresses"] == HOURS and open_["load balancer, IPv4 addresses"] == 2 * HOURS
    assert private["interface endpoints"] == 3 * HOURS
    assert not [label for label in private if "IPv4" in label or "NAT" in label]
    calling = lines(estimate("fargate", private_network=True, static_ip=True, **site))
    assert calling["NAT gateway"] == HOURS and calling["NAT gateway, data"] == 10


NAT = {"NAT gateway": HOURS, "NAT gateway, IPv4 addresses": HOURS}
RUNS = {"invocations_per_month": 1e5, "typical_duration_s": 1.0, "memory_mb": 512.0, "private_network": True}


@pytest.mark.parametrize(
    ("service", "values", "quantities"),
    [
        ("lambda", {}, {}),
        ("lambda", {"outbound_gb_per_month": 0.0}, {}),
        ("lambda", {"outbound_gb_per_month": 5.0}, {**NAT, "NAT gateway, data": 15}),
        ("lambda", {"kind": "web_api", "outbound_gb_per_month": 5.0}, {}),
        ("lambda", {"static_ip": True}, {**NAT, "NAT gateway, data": 10}),
        ("batch", {"kind": "batch_job"}, {"interface endpoints": 3 * HOURS}),
        ("ecs_ec2", {}, {**NAT, "NAT gateway, data": 10}),
        ("ecs_ec2", {"outbound_gb_per_month": 0.0}, {"interface endpoints": 6 * HOURS}),
    ],
    ids=str,
)
def test_a_private_network_has_what_each_service_needs_to_start_to_log_and_to_call(
    service: str, values: dict[str, Any], quantities: dict[str, float]
) -> None:
    """Answers to clients leave through the load balancer or API; instances under ECS need six endpoints or NAT."""
    found = lines(estimate(service, **{"kind": "event_handler", **RUNS, **values}))
    assert {name: number for name, number in found.items() if "NAT" in name or "endpoint" in name} == quantities


@pytest.mark.parametrize("place", ["ec2", "ec2_dedicated"])
def test_a_plain_instance_in_a_private_network_pulls_no_image_and_has_no_agent(place: str) -> None:
    server = {"kind": "server", "vcpus": 1.0, "memory_mb": 2048.0, "private_network": True}
    cost = MODEL.priced(server).outside(place)
    assert cost is not None and not [name for name in lines(cost) if "NAT" in name or "endpoint" in name]
    sending = MODEL.priced({**server, "outbound_gb_per_month": 5.0}).outside(place)
    assert sending is not None and lines(sending)["NAT gateway"] == HOURS


def test_that_functions_call_the_internet_is_for_the_high_estimate() -> None:
    cost = estimate("lambda", kind="event_handler", **RUNS)
    assert cost.high - cost.expected > 32.85 > 2 > cost.expected


def test_many_public_addresses_cost_no_more_than_nat_gateways() -> None:
    many = estimate("fargate", kind="event_handler", invocations_per_month=2_628_000 * 100.0, typical_duration_s=1.0)
    assert lines(many)["public IPv4 addresses"] == 10 * HOURS


@pytest.mark.parametrize(
    ("service", "protocol", "behind_gateway"),
    [("lambda", "http", True), ("fargate", "none", True), ("fargate", "tcp", False), ("ecs_ec2", "http", False)],
)
def test_a_fixed_address_is_that_of_a_nat_gateway_where_none_stays(
    service: str, protocol: str, behind_gateway: bool
) -> None:
    """An instance keeps an Elastic IP address, which costs what each public address does, in the low estimate too.

    Where clients reach tasks, a Network Load Balancer in place of the other costs the same.
    """
    values = {**RUNS, "private_network": None, "kind": "queue_worker", "protocol": protocol, "static_ip": True}
    cost = estimate(service, **values)
    found = lines(cost)
    assert (found.get("NAT gateway") == found.get("NAT gateway, IPv4 addresses") == HOURS) is behind_gateway
    assert ("public IPv4 addresses" in found) is not behind_gateway
    if service == "ecs_ec2":
        assert cost.low > estimate(service, **{**values, "static_ip": False}).low + 3


@pytest.mark.parametrize("service", ["lambda", "fargate", "ecs_ec2", "batch"])
def test_traffic_to_the_internet_costs_the_same_everywhere_and_less_with_volume(service: str) -> None:
    job = {"kind": "batch_job", "invocations_per_month": 10.0, "typical_duration_s": 60.0, "memory_mb": 512.0}
    without, sending = (estimate(service, **job, outbound_gb_per_month=gb) for gb in (0.0, 60 * 1024.0))
    usd = 10_240 * 0.09 + 40_960 * 0.085 + 10_240 * 0.07
    assert sending.expected - without.expected == pytest.approx(usd)
    assert sending.low - without.low == pytest.approx(usd - 100 * 0.07, abs=3)
