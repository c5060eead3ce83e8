"""ECS on EC2: the cheapest instance type for all tasks, packed side by side, on all month."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from whichcompute.base.units import plain
from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill
from whichcompute.pricing.demand import Demand, Scenario
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.machines import all_month, needs_all_month
from whichcompute.pricing.network import Network
from whichcompute.pricing.ops import Ops
from whichcompute.pricing.price_facts import PriceFacts


class EcsEc2Pricing:
    """What a workload costs on ECS with EC2 instances."""

    needs = "memory_mb, vcpus or gpus, a kind that runs all month, or invocations_per_month and a duration"

    def __init__(self, facts: PriceFacts) -> None:
        self._ec2, self._network = facts.part(Ec2), facts.part(Network)
        self.hours = facts.hours

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Where something is known of the size, and an instance type is large enough."""
        possible = demand.priced & demand.sized
        if ops.nowhere(possible):
            return NO_BILL
        machines = self._ec2.machines[self._ec2.spot(ops, scenario)]
        key, needs = (demand.windows, demand.arm, demand.gpus > 0), needs_all_month(demand, demand.instances)
        found, rate, machine, count = ops.cheapest(machines, key, partial(all_month, ops), needs)
        parts = [
            *self._ec2.lines(rate, machine, self.hours, count),
            *self._ec2.scratch(ops, demand.instances * demand.scratch_gb),
            *self._network.load_balancer(ops, scenario, demand),
            *self._network.addresses(scenario, count * self.hours),
        ]
        return Bill(possible & found, parts)

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (*assumed.size, *assumed.platform, assumed.load(assumed.demand.instances), assumed.spare)
        yield from (assumed.load_balancer, self._ec2.spot_words(bool(assumed.values.get("interruptible"))))
        reserved = plain(self._ec2.reserved_percent)
        yield f"public IPv4 addresses in the high estimate only; {reserved} % of an instance's memory is reserved"


PRICING = EcsEc2Pricing
