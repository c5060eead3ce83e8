"""AWS Lambda: requests, duration by memory with cold starts, provisioned concurrency, and API Gateway for HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.units import plain
from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import Bill, Lines, Part
from whichcompute.pricing.cold_starts import ColdStarts
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.front import Front
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.surroundings import Surroundings


class LambdaPricing:
    """What a workload costs on Lambda; `free_tier` takes off the free requests and GB-seconds of an account."""

    needs = "invocations_per_month and a duration (typical_duration_s or max_duration_s)"

    def __init__(self, facts: PriceFacts) -> None:
        self.free_requests = facts.number("lambda.free_requests")
        self.free_gb_seconds = facts.number("lambda.free_gb_seconds")
        self.billing_step = facts.number("lambda.billing_step")
        self.memory_min = facts.number("lambda.memory_min")
        self.memory_max = facts.number("lambda.memory_max")
        self.mb_per_vcpu = facts.number("lambda.memory_per_vcpu")
        self.vcpus_max = facts.number("lambda.vcpu_max")
        self.storage_free = facts.number("lambda.ephemeral_storage_default")
        self.storage_max = facts.number("lambda.ephemeral_storage_max")
        self.front, self.cold = facts.part(Front), facts.part(ColdStarts)
        self._around, self._lines = facts.part(Surroundings), facts.part(Lines)

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether number and duration are known or assumed, and the workload runs on Linux without GPUs."""
        return demand.counted & demand.priced & ops.no(demand.windows) & (demand.gpus <= 0)

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where a function is large enough."""
        memory = ops.larger(ops.ceil(demand.memory_mb), self.memory_min)
        # Memory that is only guessed from vCPUs rules no function out that has as many.
        guessed = ops.no(ops.known(ops.read("memory_mb"))) & (demand.vcpus <= self.vcpus_max)
        memory = ops.where(guessed, ops.smaller(memory, self.memory_max), memory)
        for_vcpus = ops.ceil(demand.vcpus * self.mb_per_vcpu)
        # The last vCPU comes with the largest size, although that is a little less than so many times the others.
        for_vcpus = ops.where(demand.vcpus <= self.vcpus_max, ops.smaller(for_vcpus, self.memory_max), for_vcpus)
        memory = ops.where(demand.whole_cpus, ops.larger(memory, for_vcpus), memory)
        storage_mb = demand.scratch_gb * MB_PER_GB
        attached = ops.is_in(ops.read("relational_database"), True) & scenario.says("calls_internet")  # to a VPC
        attached = attached & ops.no(ops.known(ops.read("private_network")))
        billed = demand.runs
        if free_tier:
            billed = ops.larger(billed - self.free_requests, 0.0)
        parts = [
            *self._lines(ops, {"requests": billed / 1e6}),
            *self._compute(ops, scenario, demand, memory / MB_PER_GB, free_tier),
            *self.front.lines(ops, scenario, demand),
            *self.front.database_proxy(ops, scenario),
            *self._around.of_runs(ops, scenario, demand, attached, on="functions"),
            *self._around.kept_files(ops, demand),
        ]
        fits = (memory <= self.memory_max) & (storage_mb <= self.storage_max)
        return Bill(fits, parts)

    def _compute(self, ops: Ops, scenario: Scenario, demand: Demand, gb: Quantity, free_tier: bool) -> list[Part]:
        seconds = demand.runs * ops.ceil(demand.run_s / self.billing_step) * self.billing_step
        gb_seconds = seconds * gb
        if free_tier:
            gb_seconds = ops.larger(gb_seconds - self.free_gb_seconds, 0.0)
        warm = self.cold.warm(ops, scenario)
        warm_lines = {
            "provisioned concurrency": self.cold.kept(ops, demand) * gb,
            "duration with provisioned concurrency": gb_seconds,
        }
        cold_lines = {"duration": gb_seconds, "INIT phase": self.cold.seconds(ops, scenario, demand) * gb}
        lines: dict[str, Quantity] = {}
        for chip, here in (("x86", ops.no(demand.arm)), ("Arm", demand.arm)):
            for holds, some in ((here & warm, warm_lines), (here & ops.no(warm), cold_lines)):
                if not ops.nowhere(holds):
                    lines |= {f"{line} on {chip}": ops.where(holds, some[line], 0.0) for line in some}
        extra_gb = ops.larger(demand.scratch_gb * MB_PER_GB - self.storage_free, 0.0) / MB_PER_GB
        return self._lines(ops, {**lines, "ephemeral storage of functions": seconds * extra_gb})

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (assumed.memory, assumed.duration, *assumed.platform)
        if assumed.values.get("vcpus") is not None and assumed.demand.whole_cpus:
            yield f"memory is set to at least {plain(self.mb_per_vcpu)} MB for each vCPU needed"
        yield from (self.front.words(assumed.demand), self.cold.words(assumed.values))
        attached = assumed.values.get("private_network") or assumed.values.get("static_ip")
        yield from (
            assumed.routed(balanced=False) if attached else assumed.traffic,
            assumed.logs,
        )  # no public address of their own
        if assumed.values.get("relational_database"):
            yield "RDS Proxy and a NAT gateway in the high estimate, RDS Proxy also from a stated peak of 100"
        if assumed.values.get("stored_data_gb"):
            yield "the data that functions keep is priced as files on EFS"
        yield f"the free tier of the account is {'deducted' if assumed.free_tier else 'not counted'}"


PRICING = LambdaPricing
