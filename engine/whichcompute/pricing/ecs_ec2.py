"""ECS on EC2: the cheapest instance type for all tasks, packed side by side, on all month."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.units import plain
from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.data import Data
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.network import Network
from whichcompute.pricing.ops import Condition, Ops
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario


class EcsEc2Pricing:
    """What a workload costs on ECS with EC2 instances."""

    needs = "memory_mb, vcpus or gpus, a kind that runs all month, or invocations_per_month and a duration"

    def __init__(self, facts: PriceFacts) -> None:
        self._ec2, self._network, self._data = facts.part(Ec2), facts.part(Network), facts.part(Data)
        self.hours = facts.hours

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether something is known of the size."""
        return demand.priced & demand.sized

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where an instance type is large enough."""
        managed = ops.no(demand.windows) & ops.no(ops.is_in(ops.read("dedicated_hardware"), True))
        if not scenario.says("managed_instances"):
            managed = managed & ops.is_in(ops.read("server_management"), "avoid")
        fee = ops.where(managed, self._ec2.fee, 0.0)
        bill, count = self._ec2.all_month(ops, scenario, demand, fee)
        beside = [
            *self._ec2.scratch(ops, demand.instances * demand.scratch_gb),
            *self._network.load_balancer(ops, scenario, demand, raw=demand.least > 1),
            *self._network.addresses(ops, scenario, demand, count * self.hours),
            *self._network.private(ops, scenario, demand),
            *self._network.outbound(ops, scenario),
            *self._data.stored_volumes(ops, scenario, demand),
            *self._data.image(ops),
            *self._data.logs(ops, scenario, demand),
        ]
        return Bill(bill.holds, [*bill.parts, *beside])

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (*assumed.size, *assumed.platform, assumed.load(), assumed.spare, assumed.load_balancer)
        yield from (self._ec2.spot_words(bool(assumed.values.get("interruptible"))), assumed.network, assumed.logs)
        yield f"{plain(self._ec2.reserve * 100)} % of a machine's memory is reserved where it holds several instances"


PRICING = EcsEc2Pricing
