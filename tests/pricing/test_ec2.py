from __future__ import annotations

import pytest

from tests.pricing.estimates import JOBS, estimate, lines
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

FACTS = PriceFacts(all_facts.load())
EC2 = FACTS.part(Ec2)
SCENARIOS = {name: Scenario(assumed) for name, assumed in FACTS.assumed().items()}
MACHINES = EC2.machines(SCENARIOS["low"])


@pytest.mark.parametrize("service", ["fargate", "ecs_ec2", "batch"])
def test_work_that_may_be_interrupted_runs_on_spot_and_at_worst_on_demand(service: str) -> None:
    jobs = {**JOBS, "invocations_per_month": 1000, "typical_duration_s": 3600, "vcpus": 2, "memory_mb": 4096}
    jobs["parallel_tasks"] = 1
    firm, spot = (estimate(service, interruptible=may, **jobs) for may in (False, True))
    assert 0.3 * firm.expected < spot.expected < 0.45 * firm.expected
    assert spot.high == firm.high and spot.low <= 0.35 * firm.low
    for line in spot.lines:
        if line.label.endswith(" on Spot"):
            assert line.unit_price < 0.5 * next(o.unit_price for o in firm.lines if line.label.startswith(o.label))
    assert any(line.label.endswith(" on Spot") for line in spot.lines)
    assert sum(line.quantity for line in spot.lines) == pytest.approx(sum(line.quantity for line in firm.lines))


@pytest.mark.parametrize("service", ["ec2", "fargate"])
def test_the_low_estimate_has_the_discount_that_aws_names_at_most(service: str) -> None:
    discounts = [SCENARIOS[name][f"spot_discount_{service}"] for name in ("low", "expected", "high")]
    assert discounts[0] * 100 == FACTS.number(f"{service}.spot_discount_max")
    assert discounts == sorted(discounts, reverse=True) and discounts[-1] == 0


@pytest.mark.parametrize(
    ("name", "usd"),
    [("m7i.4xlarge", 1.5424), ("c7i.xlarge", 0.3625), ("m7i.large", 0.1928), ("t3.large", 0.1108)],
)
def test_windows_instances_cost_what_the_price_list_says(name: str, usd: float) -> None:
    (machine,) = [machine for machine in MACHINES[(False, True, False, False, False)] if machine.name == name]
    assert machine.usd == pytest.approx(usd)


def test_a_dedicated_host_costs_a_tenth_more_than_the_size_that_fills_it() -> None:
    hosts = {machine.name: machine for machine in MACHINES[(False, False, False, False, True)]}
    assert hosts["r7i Dedicated Host"].usd * 730 == pytest.approx(10_199, abs=1)
    assert hosts["m5 Dedicated Host"].usd == pytest.approx(5.069, abs=1e-3)


@pytest.mark.parametrize(
    ("vcpus", "memory_gb", "family"),
    [(8, 64, "c5"), (48, 192, "m5"), (96, 500, "r5"), (100, 256, "c7i"), (16, 1000, "r7i")],
)
def test_the_family_of_a_host_follows_from_what_it_must_hold(vcpus: float, memory_gb: float, family: str) -> None:
    server = {"kind": "server", "vcpus": vcpus, "memory_mb": memory_gb * 1024, "dedicated_hardware": True}
    cost = estimate("ecs_ec2", high_availability=True, **server)
    assert f"2 x {family} Dedicated Host" in lines(cost)


def test_the_size_that_fills_an_older_host_is_no_choice_of_its_own() -> None:
    shared = {machine.name for key, machines in MACHINES.items() if not key[-1] for machine in machines}
    assert shared and not any(name.startswith(("c5.", "m5.", "r5.")) for name in shared)


def test_bursts_above_the_baseline_are_paid_as_surplus_credits() -> None:
    """A load of 1.6 vCPUs: a t3.xlarge sustains it, two t3.medium may exceed their baseline of 0.4 each."""
    load = {"kind": "event_handler", "invocations_per_month": 2_628_000.0, "typical_duration_s": 0.8}
    size = {"vcpus": 2.0, "memory_mb": 1024.0, "cpu_architecture": "x86_64"}
    bursts, steady = (estimate("ecs_ec2", **load, **size, traffic=traffic) for traffic in ("spiky", "steady"))
    assert lines(bursts)["surplus CPU credits"] > 0
    assert not [label for label in lines(steady) if "t3" in label or "credits" in label]


def test_spot_is_cheaper_by_the_discount_but_not_its_disk() -> None:
    key = (False, False, False, False)
    on_demand, spot = (MACHINES[(spot, *key)] for spot in (False, True))
    assert spot[0].usd == pytest.approx(on_demand[0].usd * 0.1)
    assert spot[0].rate - spot[0].usd == pytest.approx(on_demand[0].rate - on_demand[0].usd)
