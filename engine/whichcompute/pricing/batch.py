"""AWS Batch: capacity only while jobs run, EC2 instances or Fargate, whichever is cheaper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, or_infinite, where
from whichcompute.pricing.data import Data
from whichcompute.pricing.demand import HELD, ONE_MACHINE, WEB, Demand
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.fargate import Tasks
from whichcompute.pricing.machines import Groups, Packing, needs_of_one
from whichcompute.pricing.network import Network
from whichcompute.pricing.ops import Condition, Ops
from whichcompute.pricing.price_facts import SECONDS_PER_HOUR, PriceFacts
from whichcompute.pricing.scenario import Scenario


class BatchPricing:
    """What a workload costs as jobs of Batch."""

    needs = "invocations_per_month and a duration (typical_duration_s or max_duration_s)"

    def __init__(self, facts: PriceFacts) -> None:
        self._ec2, self._tasks = facts.part(Ec2), facts.part(Tasks)
        self._network, self._data = facts.part(Network), facts.part(Data)
        self.minimum_s = facts.number("ec2.minimum_billed")
        self.month_s = facts.month_s
        self.machines = _sustained(self._ec2.machines)

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether the duration is known, and the workload neither serves clients nor holds connections."""
        served = ops.is_in(ops.read("kind"), *WEB, *ONE_MACHINE, "stream_processor")
        return demand.timed & ops.no(served | ops.is_in(ops.read("protocol"), *HELD))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where an instance type or a task is large enough."""
        on_ec2 = self._on_instances(ops, scenario, demand)
        on_fargate = self._tasks.bill(ops, scenario, demand, self._tasks.run_hours(ops, demand), volumes=False)
        cheaper = or_infinite(ops, on_ec2) < or_infinite(ops, on_fargate)
        parts = [*where(ops, cheaper, on_ec2.parts), *where(ops, ops.no(cheaper), on_fargate.parts)]
        beside = [
            *self._network.private(ops, scenario, demand),
            *self._network.outbound(ops, scenario),
            *self._data.shared_files(ops, scenario, demand),
            *self._data.image(ops),
            *self._data.logs(ops, scenario, demand),
        ]
        return Bill(on_fargate.holds | on_ec2.holds, [*parts, *beside])

    def _on_instances(self, ops: Ops, scenario: Scenario, demand: Demand) -> Bill:
        possible = demand.priced & ops.no(demand.windows)
        if ops.nowhere(possible):
            return NO_BILL
        key = (self._ec2.spot(ops, scenario), demand.arm, demand.gpus > 0)
        needs = (*needs_of_one(demand), demand.parallel)
        packing = Packing(self._ec2.reserve, scenario)
        found, rate, machine, count = ops.cheapest(self.machines, key, partial(packing.at_a_time, ops), needs)
        seconds = ops.larger(ops.ceil(demand.run_s), self.minimum_s) + scenario["instance_start_s"]
        hours = demand.runs / demand.parallel * seconds / SECONDS_PER_HOUR
        scratch = self._ec2.scratch(ops, demand.runs * demand.scratch_gb * seconds / self.month_s)
        return Bill(possible & found, [*self._ec2.lines(rate, machine, hours, count), *scratch])

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        values = assumed.values
        yield from (assumed.memory, assumed.vcpus, assumed.duration, *assumed.platform)
        if values.get("parallel_tasks") is None and values.get("peak_concurrency") is None:
            yield "parallel_tasks is unknown: one job at a time (low: instances always full)"
        yield self._ec2.spot_words(bool(values.get("interruptible")))
        yield "EC2 or Fargate capacity, whichever is cheaper; the start-up of instances in the high estimate only"


def _sustained(groups: Groups) -> Groups:
    # Jobs use the CPU throughout, and Windows jobs run on Fargate only.
    return {
        (spot, arm, gpus): [machine for machine in machines if machine.sustained_vcpus == machine.vcpu]
        for (spot, windows, arm, gpus, host), machines in groups.items()
        if not windows and not host
    }


PRICING = BatchPricing
