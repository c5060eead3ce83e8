"""EC2 instances, on all month: the cheapest type for all tasks or servers, packed side by side, under ECS or plain."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from whichcompute.base.units import plain
from whichcompute.base.words import about
from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import Bill, Part, cheaper
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ec2 import DEDICATED_HOST, Ec2
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import SECONDS_PER_HOUR, PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.surroundings import Surroundings


class Instances:
    """What a workload costs on ECS with EC2 instances (`ecs`), on plain ones, or on Dedicated Hosts (`on_host`)."""

    needs = (
        "Linux or Windows, and memory_mb, vcpus or gpus, a kind that runs all month, or invocations_per_month and a "
        "duration"
    )

    def __init__(self, facts: PriceFacts, *, ecs: bool = False, on_host: bool = False) -> None:
        self._ec2, self._around = facts.part(Ec2), facts.part(Surroundings)
        self._ecs, self._on_host = ecs, on_host

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether something is known of the size."""
        return demand.priced & demand.sized

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where an instance type is large enough."""
        fee = self._fee(ops, scenario, demand) if self._ecs else 0.0
        front = self._around.network.front(ops, scenario, demand, by_number=not self._ecs)
        bill, count = self._ec2.all_month(ops, scenario, demand, fee, self._on_host, front)
        hours = count * self._ec2.hours
        jobs = demand.jobs & demand.counted & ops.no(ops.is_in(ops.read("dedicated_hardware"), True))
        if self._ecs and not ops.nowhere(jobs):  # a capacity provider starts instances for tasks, and stops them
            by_run = self._ec2.by_run(ops, scenario, demand, fee)
            bill = cheaper(ops, bill, Bill(jobs & by_run.holds, by_run.parts))
            hours = ops.where(jobs, ops.smaller(hours, demand.runs * demand.run_s / SECONDS_PER_HOUR), hours)
        balanced = None if self._ecs else (count > 1) | demand.fleet
        beside = self._around.of_services(
            ops, scenario, demand, hours, balanced, on="instances" if self._ecs else "machines"
        )
        return Bill(bill.holds, [*bill.parts, *beside])

    def _fee(self, ops: Ops, scenario: Scenario, demand: Demand) -> Quantity:
        """The fee of ECS Managed Instances, as a share of the price of an instance."""
        managed = ops.no(demand.windows) & ops.no(ops.is_in(ops.read("dedicated_hardware"), True))
        if not scenario.says("managed_instances"):
            managed = managed & ops.is_in(ops.read("server_management"), "avoid")
        return ops.where(managed, self._ec2.fee, 0.0)

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (*assumed.size, assumed.busy, *assumed.platform, assumed.spare)
        yield assumed.load_balancer(tasks=self._ecs)
        if self._ecs and assumed.demand.jobs and assumed.demand.counted:
            yield "instances run while jobs do, or all month where that is cheaper"
            yield assumed.parallel
        else:
            yield assumed.load()
        instances = assumed.bill.parts[0]
        on_host = instances.label.endswith(DEDICATED_HOST)  # which is not sold as Spot
        spot = "" if on_host else assumed.spot("ec2")
        yield from (spot, assumed.network, assumed.logs)
        if self._ecs:
            reserved = plain(self._ec2.reserve * 100)
            yield f"{reserved} % of a machine's memory is reserved where it holds several tasks or a container"
        if not assumed.demand.jobs and not spot:
            brought = bool(assumed.demand.windows) and on_host
            if brought:
                yield "Windows on a Dedicated Host runs on licences that are brought along; they are not counted"
            yield self._plans(instances, licensed=bool(assumed.demand.windows) and not brought)

    def _plans(self, instances: Part, *, licensed: bool) -> str:
        """What the instances cost with a plan; whoever pays for Spot, or for some hours, needs none."""
        usd = instances.quantity * instances.price
        if licensed:  # no plan takes anything off the licence, which is part of the price
            return f"on demand: {about(usd)} of it for instances; Savings Plans discount all but their Windows licence"
        one, three = (about(usd * (1 - discount)) for discount in self._ec2.plans)
        return (
            f"on demand: with a Compute Savings Plan of one year the instances cost about {one} a month, of three "
            f"years about {three}, in place of {about(usd)}"
        )


PRICING = partial(Instances, ecs=True)
