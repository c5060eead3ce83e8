from __future__ import annotations

import pytest

from tests.pricing.estimates import MODEL, estimate, lines
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.lightsail import LightsailPricing
from whichcompute.pricing.machines import Machine, useful
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

FACTS = PriceFacts(all_facts.load())
INSTANCES = FACTS.part(Ec2).machines(Scenario(FACTS.assumed()["low"]))
BUNDLES = LightsailPricing(FACTS).bundles


def test_instances_are_sorted_by_price_and_none_is_replaced_by_another() -> None:
    for machines in INSTANCES.values():
        assert [machine.rate for machine in machines] == sorted(machine.rate for machine in machines)
        assert not [a for a in machines for b in machines if a is not b and _replaces(b, a)]


def test_a_larger_family_never_costs_less_than_a_smaller_one() -> None:
    for machines in (*INSTANCES.values(), *BUNDLES.values()):
        by_name = {machine.name: machine for machine in machines}
        for name, machine in by_name.items():
            twice = by_name.get(name.replace(".large", ".xlarge"))
            assert twice is None or twice.rate >= machine.rate


def test_a_better_machine_at_the_same_price_replaces_another() -> None:
    small, large = Machine("a", 2, 1024, 1.0, 1.0, 2), Machine("b", 4, 1024, 1.0, 1.0, 4)
    more_memory = Machine("c", 2, 2048, 1.5, 1.5, 2)
    assert useful([small, large, more_memory]) == [large, more_memory]


def _replaces(machine: Machine, other: Machine) -> bool:
    return all(mine >= theirs for mine, theirs in zip(machine.worth, other.worth, strict=True))


def test_an_instance_that_is_busy_all_the_time_is_not_divided_over_burstable_machines() -> None:
    """Three t3.xlarge sustain 4.8 vCPUs, but one instance with four runs on one machine."""
    busy = {"kind": "server", "vcpus": 4.0, "memory_mb": 8192.0, "os": "linux", "traffic": "steady"}
    cost = estimate("ecs_ec2", protocol="tcp", **busy)
    (name,) = (label for label in lines(cost) if " x " in label)
    assert name == "1 x c7i.xlarge"
    bundle = estimate("lightsail", protocol="udp", **busy)
    assert lines(bundle) == {"bundle xlarge (compute-optimized)": 1}


@pytest.mark.parametrize("place", ["ecs_ec2", "batch", "ec2", "lightsail"])
def test_a_container_leaves_memory_for_the_system_and_a_server_has_its_own(place: str) -> None:
    """16 GB fit a machine of 16 GB as a server, not as a container: one policy for all answers, GPUs or not."""

    def usd(memory_gb: float, **values: object) -> float:
        sized = {"vcpus": 2.0, "memory_mb": memory_gb * 1024, "os": "linux", "cpu_architecture": "x86_64", **values}
        cost = MODEL.priced(sized).outside(place) if place == "ec2" else MODEL.estimate(sized)[place]
        assert cost is not None
        return cost.expected

    if place == "batch":
        job = {"kind": "batch_job", "invocations_per_month": 100.0, "typical_duration_s": 36_000.0, "gpus": 1.0}
        assert usd(16, **job) > usd(15.2, **job)
    else:
        held = {"kind": "server", "packaging": "container"}
        assert usd(16, **held) > usd(15.2, **held)
        assert usd(16, kind="server") == usd(15.2, kind="server")
