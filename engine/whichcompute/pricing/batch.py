"""AWS Batch: capacity only while jobs run, EC2 instances or Fargate, whichever is cheaper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, cheaper
from whichcompute.pricing.demand import HELD, ONE_MACHINE, WEB, Demand
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.fargate import Tasks
from whichcompute.pricing.machines import Groups, Packing, load_of
from whichcompute.pricing.ops import Condition, Ops
from whichcompute.pricing.price_facts import SECONDS_PER_HOUR, PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.surroundings import Surroundings


class BatchPricing:
    """What a workload costs as jobs of Batch."""

    needs = "work that comes as jobs, with invocations_per_month and a duration (typical_duration_s or max_duration_s)"

    def __init__(self, facts: PriceFacts) -> None:
        self._ec2, self._tasks = facts.part(Ec2), facts.part(Tasks)
        self._around = facts.part(Surroundings)
        self.minimum_s = facts.number("ec2.minimum_billed")
        self.month_s = facts.month_s
        self.machines = _sustained(self._ec2.machines)

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether the duration is known, and the workload neither serves clients nor holds connections."""
        served = ops.is_in(ops.read("kind"), *WEB, *ONE_MACHINE, "stream_processor")
        return demand.timed & ops.no(served | ops.is_in(ops.read("protocol"), *HELD))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where an instance type or a task is large enough."""
        on_fargate = self._tasks.bill(ops, scenario, demand, self._tasks.run_hours(ops, demand), volumes=False)
        bill = cheaper(ops, self._on_instances(ops, scenario, demand), on_fargate)
        return Bill(
            bill.holds,
            [*bill.parts, *self._around.of_runs(ops, scenario, demand), *self._around.kept_files(ops, demand)],
        )

    def _on_instances(self, ops: Ops, scenario: Scenario, demand: Demand) -> Bill:
        possible = demand.priced & ops.no(demand.windows)
        if ops.nowhere(possible):
            return NO_BILL
        seconds = ops.larger(ops.ceil(demand.run_s), self.minimum_s) + scenario["instance_start_s"]
        if not self.machines:
            return self._ec2.unpriced(demand.runs * seconds / SECONDS_PER_HOUR)
        key = (self._ec2.spot(ops, scenario), demand.arm, demand.gpus > 0)
        load = load_of(demand)._replace(number=demand.parallel)
        packing = Packing(self._ec2.reserve, scenario)
        found, rate, machine, count = ops.cheapest(self.machines, key, partial(packing.at_a_time, ops), load)
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
