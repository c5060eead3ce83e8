"""AWS Batch: capacity only while jobs run, EC2 instances or Fargate, whichever is cheaper."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, cheaper
from whichcompute.pricing.demand import HELD, ONE_MACHINE, WEB, Demand
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.fargate import Tasks
from whichcompute.pricing.ops import Condition, Ops
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.surroundings import Surroundings


class BatchPricing:
    """What a workload costs as jobs of Batch."""

    needs = "work that comes as jobs, with invocations_per_month and a duration (typical_duration_s or max_duration_s)"

    def __init__(self, facts: PriceFacts) -> None:
        self._ec2, self._tasks, self._around = facts.part(Ec2), facts.part(Tasks), facts.part(Surroundings)

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether the duration is known, and the workload neither serves clients nor holds connections."""
        served = ops.is_in(ops.read("kind"), *WEB, *ONE_MACHINE, "stream_processor")
        return demand.counted & ops.no(served | ops.is_in(ops.read("protocol"), *HELD))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where an instance type or a task is large enough."""
        on_fargate = self._tasks.bill(ops, scenario, demand, self._tasks.run_hours(ops, demand), volumes=False)
        on_instances = demand.priced & ops.no(demand.windows)  # Windows jobs run on Fargate only
        by_run = NO_BILL if ops.nowhere(on_instances) else self._ec2.by_run(ops, scenario, demand)
        bill = cheaper(ops, Bill(on_instances & by_run.holds, by_run.parts), on_fargate)
        return Bill(
            bill.holds,
            [
                *bill.parts,
                *self._around.of_runs(ops, scenario, demand, on="tasks"),
                *self._around.kept_files(ops, demand),
            ],
        )

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (assumed.memory, assumed.vcpus, assumed.duration, *assumed.platform, assumed.parallel)
        fits, *_ = self._tasks.smallest(Ops(assumed.values), assumed.demand)
        yield "" if assumed.demand.windows else assumed.spot("ec2")
        yield from (assumed.spot("fargate") if fits else "", assumed.routed(balanced=True))
        yield "EC2 or Fargate capacity, whichever is cheaper; the start-up of instances in the high estimate only"


PRICING = BatchPricing
