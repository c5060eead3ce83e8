"""ECS on Fargate: tasks by vCPU, memory and second; jobs and events while they run, everything else all month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, Lines, Part
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Condition, Needs, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, SECONDS_PER_HOUR, PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Size:
    """Task sizes with the same CPU: memory from the smallest to the largest in steps, in GB."""

    vcpu: float
    memory_min_gb: float
    memory_max_gb: float
    memory_step_gb: float
    windows: bool


class Tasks:
    """Prices and sizes of Fargate tasks, which ECS and Batch share."""

    def __init__(self, facts: PriceFacts) -> None:
        self.hours, self._lines = facts.hours, facts.part(Lines)
        self.storage_free = facts.number("fargate.ephemeral_storage_default")
        self.storage_max = facts.number("fargate.ephemeral_storage_max")
        self.minimum_s = facts.number("fargate.minimum_billed")
        self.minimum_s_windows = facts.number("fargate.minimum_billed_windows")
        self.volume_max = facts.number("fargate.ebs_volume_max")
        self.sizes = {(windows,): _sizes(facts, windows) for windows in (False, True)}

    def run_hours(self, ops: Ops, demand: Demand) -> Quantity:
        """Billed hours of tasks that run once per invocation."""
        least = ops.where(demand.windows, self.minimum_s_windows, self.minimum_s)
        return demand.runs * ops.larger(ops.ceil(demand.run_s), least) / SECONDS_PER_HOUR

    def smallest(self, ops: Ops, demand: Demand) -> tuple[Condition, Quantity, Quantity]:
        """Whether a task holds an instance, and the vCPUs and GB of the smallest that does."""
        needs = (demand.vcpus, demand.memory_mb / MB_PER_GB)
        found, vcpus, gb = ops.first(self.sizes, (demand.windows,), partial(_size, ops), needs)
        return found & demand.priced & (demand.gpus <= 0), vcpus, gb

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, hours: Quantity, *, volumes: bool = True) -> Bill:
        """Tasks of the smallest size that holds an instance, for so many hours, with EBS volumes or without."""
        fits, vcpus, gb = self.smallest(ops, demand)
        if ops.nowhere(fits):
            return NO_BILL
        lines: dict[str, Quantity] = {}
        on_x86 = ops.no(demand.windows | demand.arm)
        for platform, here in (("Windows", demand.windows), ("Arm", demand.arm), ("x86", on_x86)):
            if not ops.nowhere(here):
                lines[f"task vCPUs on {platform}"] = ops.where(here, vcpus * hours, 0.0)
                lines[f"task memory on {platform}"] = ops.where(here, gb * hours, 0.0)
        tasks, lines = self._lines(ops, lines), {}
        spot = ops.is_in(ops.read("interruptible"), True) & ops.no(demand.windows)
        discount = scenario["spot_discount_fargate"]
        if discount and not ops.nowhere(spot):
            share, name = ops.where(spot, 1.0 - discount, 1.0), " on Spot" if spot is True else ""
            tasks = [Part(part.label + name, part.quantity, part.unit, part.price * share) for part in tasks]
        lines["Windows licence"] = ops.where(demand.windows, vcpus * hours, 0.0)
        if not ops.nowhere(demand.scratch_gb > self.storage_free):
            on_volume = demand.scratch_gb > self.storage_max
            beyond_free = ops.larger(demand.scratch_gb - self.storage_free, 0.0)
            lines["ephemeral storage of tasks"] = ops.where(on_volume, 0.0, beyond_free) * hours
            lines["EBS volumes for temporary data"] = ops.where(on_volume, demand.scratch_gb, 0.0) * hours / self.hours
            most = ops.where(demand.windows, self.storage_free, self.volume_max if volumes else self.storage_max)
            fits = fits & (demand.scratch_gb <= most)
        return Bill(fits, [*tasks, *self._lines(ops, lines)])


def _sizes(facts: PriceFacts, windows: bool) -> list[Size]:
    columns = [field.name for field in fields(Size)]
    rows = [Size(*(row[name] for name in columns)) for row in facts.table("fargate.size_table", *columns)]
    return sorted((row for row in rows if row.windows or not windows), key=lambda row: (row.vcpu, row.memory_max_gb))


def _size(ops: Ops, size: Size, needs: Needs) -> tuple[Condition, Quantity]:
    """Whether a task fits into the sizes of a row, and the memory of the smallest that holds it, in GB."""
    vcpus, gb = needs
    steps = ops.ceil(ops.larger(gb - size.memory_min_gb, 0.0) / size.memory_step_gb)
    return (vcpus <= size.vcpu) & (gb <= size.memory_max_gb), size.memory_min_gb + steps * size.memory_step_gb


class FargatePricing:
    """What a workload costs on Fargate: all month; jobs and events by the run where that is cheaper."""

    needs = "memory_mb or vcpus or a kind that runs all month; for jobs invocations_per_month and a duration"

    def __init__(self, facts: PriceFacts) -> None:
        self._tasks, self._around = facts.part(Tasks), facts.part(Surroundings)
        self.start_s = facts.number("fargate.startup_time")
        self.hours = facts.hours

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether something is known of the size, and for jobs the duration."""
        return ops.where(demand.jobs, demand.counted, demand.sized)

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Where a task is large enough."""
        hours = self._hours(ops, scenario, demand)
        bill = self._tasks.bill(ops, scenario, demand, hours)
        return Bill(bill.holds, [*bill.parts, *self._around.of_services(ops, scenario, demand, hours, on="tasks")])

    def _hours(self, ops: Ops, scenario: Scenario, demand: Demand) -> Quantity:
        kind = ops.read("kind")
        by_run = ops.is_in(kind, "event_handler")
        if scenario.says("tasks_by_run"):
            by_run = by_run | ops.no(ops.known(kind))
        patient = ops.default(ops.read("start_within_s"), self.start_s) >= self.start_s
        run_hours, all_month = self._tasks.run_hours(ops, demand), demand.instances * self.hours
        # Runs that follow each other all the time are not started one by one: a worker takes them in turn.
        by_run = demand.jobs | (by_run & patient & demand.counted)
        return ops.where(by_run, ops.smaller(run_hours, all_month), all_month)

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        demand, values = assumed.demand, assumed.values
        yield from (*assumed.size, *assumed.platform)
        if demand.jobs or (demand.counted and values.get("kind") == "event_handler"):
            yield (
                "one task per invocation, billed from start to end, or a service that runs all month where that is "
                "cheaper; the image pull is not counted"
            )
        yield from ("" if demand.jobs else assumed.load(), assumed.spare, assumed.load_balancer(tasks=True))
        yield from (assumed.spot("fargate"), assumed.routed(balanced=True), assumed.logs)


PRICING = FargatePricing
