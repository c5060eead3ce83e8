"""Demand: what a workload needs to run, with the assumptions of one scenario for what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts

JOBS = ("batch_job", "scheduled_task")
"""Kinds that run and end; the others listen or serve all month."""
WEB = ("website", "web_api")
ONE_MACHINE = ("server", "dev_environment")
"""Kinds that are sized by their machine, not by a number of instances."""
SERVED = (*WEB, *ONE_MACHINE, "queue_worker", "stream_processor")
HELD = ("websocket", "tcp", "udp")
"""Protocols whose clients stay connected and mostly idle."""
CHOICES = ("kind", "protocol", "os", "cpu_architecture", "traffic", "environment", "region")
FIELDS = (
    *CHOICES, "memory_mb", "vcpus", "gpus", "scratch_gb", "invocations_per_month", "typical_duration_s",
    "max_duration_s", "peak_concurrency", "parallel_tasks", "start_within_s", "autoscaling", "high_availability",
    "interruptible",
)  # fmt: skip
"""Every descriptor that a cost depends on, and those of them that are choices."""
SIZING = ("invocations_per_month", "typical_duration_s", "memory_mb", "peak_concurrency")
"""The descriptors that an estimate depends on most: without them it stands on assumptions."""
HEADROOM = ("steady", "daily_cycle", "spiky", "rare")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What one of the three estimates assumes: the numbers of the assumption table, and its name."""

    name: str
    assumed: Mapping[str, float]
    headroom: Mapping[str, float]

    @property
    def low(self) -> bool:
        """Whether this is the low estimate, which takes what may be saved."""
        return self.name == "low"

    @property
    def high(self) -> bool:
        """Whether this is the high estimate, which adds what is often needed."""
        return self.name == "high"


def scenario_of(name: str, assumed: Mapping[str, float]) -> Scenario:
    """The scenario of that name."""
    return Scenario(name, assumed, {traffic: assumed[f"headroom_{traffic}"] for traffic in HEADROOM})


@dataclass(slots=True)
class Demand:
    """What has to run. Quantities are never unknown: `timed` and `sized` say whether enough was known for them.

    `instances` run side by side with auto scaling, `fixed_instances` without, and keep `busy_vcpus` busy on average;
    `runs` of `run_s` seconds happen in a month, `parallel` of them at a time.
    """

    windows: Condition
    arm: Condition
    priced: Condition
    jobs: Condition
    web: Condition
    socket: Condition
    whole_cpus: Condition
    memory_mb: Quantity
    vcpus: Quantity
    gpus: Quantity
    scratch_gb: Quantity
    runs: Quantity
    run_s: Quantity
    timed: Condition
    sized: Condition
    least: Quantity
    instances: Quantity
    fixed_instances: Quantity
    busy_vcpus: Quantity
    parallel: Quantity


def demand_of(ops: Ops, scenario: Scenario, facts: PriceFacts) -> Demand:
    """What the workload (or each row of a frame) needs in this scenario."""
    kind, system, protocol = ops.read("kind"), ops.read("os"), ops.read("protocol")
    runs, run_s = ops.read("invocations_per_month"), _run_s(ops, scenario)
    memory, vcpus, gpus = ops.read("memory_mb"), ops.read("vcpus"), ops.default(ops.read("gpus"), 0.0)
    windows, jobs = ops.is_in(system, "windows"), ops.is_in(kind, *JOBS)
    timed = ops.known(runs) & ops.known(run_s)
    served = ops.is_in(kind, *SERVED)
    demand = Demand(
        windows=windows,
        arm=_arm(ops, scenario, windows),
        priced=ops.no(ops.is_in(system, "other")),
        jobs=jobs,
        web=ops.is_in(protocol, "http", "grpc") | (ops.is_in(kind, *WEB) & ops.no(ops.known(protocol))),
        socket=ops.is_in(protocol, "websocket"),
        whole_cpus=ops.known(vcpus) & ops.no(served),
        memory_mb=ops.larger(_memory(ops, scenario, memory, vcpus, windows), facts.minimum_memory_mb),
        vcpus=ops.larger(ops.default(vcpus, scenario.assumed["vcpus"]), facts.minimum_vcpus),
        gpus=gpus,
        scratch_gb=ops.default(ops.read("scratch_gb"), 0.0),
        runs=ops.default(runs, 0.0),
        run_s=ops.default(run_s, 0.0),
        timed=timed,
        sized=ops.known(memory) | ops.known(vcpus) | (gpus > 0) | served | timed,
        least=_least(ops, scenario, kind, jobs),
        instances=1.0,
        fixed_instances=1.0,
        busy_vcpus=0.0,
        parallel=1.0,
    )
    _spread(ops, scenario, facts, demand, kind, protocol)
    return demand


def _run_s(ops: Ops, scenario: Scenario) -> Quantity:
    typical, longest = ops.read("typical_duration_s"), ops.read("max_duration_s")
    if longest is None:
        return typical
    return ops.default(typical, longest * scenario.assumed["typical_share_of_max"])


def _memory(ops: Ops, scenario: Scenario, memory: Quantity, vcpus: Quantity, windows: Condition) -> Quantity:
    usual = ops.where(windows, scenario.assumed["memory_mb_windows"], scenario.assumed["memory_mb"])
    return ops.default(memory, ops.larger(usual, ops.default(vcpus, 0.0) * scenario.assumed["memory_mb_per_vcpu"]))


def _arm(ops: Ops, scenario: Scenario, windows: Condition) -> Condition:
    chip = ops.read("cpu_architecture")
    arm = ops.is_in(chip, "arm64")
    if scenario.low:
        arm = arm | ops.no(ops.known(chip))
    return arm & ops.no(windows)


def _least(ops: Ops, scenario: Scenario, kind: Quantity, jobs: Condition) -> Quantity:
    available = ops.read("high_availability")
    doubled = ops.is_in(available, True)
    if scenario.high:
        doubled = doubled | ops.no(ops.known(available))
    return ops.where(doubled & ops.no(jobs) & ops.no(ops.is_in(kind, "dev_environment")), 2.0, 1.0)


def _spread(
    ops: Ops, scenario: Scenario, facts: PriceFacts, demand: Demand, kind: Quantity, protocol: Quantity
) -> None:
    """Fills in how many instances carry the load, how many vCPUs they keep busy, and how many runs are parallel."""
    average = demand.runs * demand.run_s / facts.month_s
    held = ops.is_in(protocol, *HELD)
    per_vcpu = ops.where(held, scenario.assumed["connections_per_vcpu"], scenario.assumed["requests_per_vcpu"])
    one_machine = ops.is_in(kind, *ONE_MACHINE)
    scaled, fixed = _loads(ops, scenario, demand, average)
    per_instance = per_vcpu * demand.vcpus

    def instances(load: Quantity) -> Quantity:
        serving = ops.where(one_machine, 0.0, ops.ceil(load / per_instance))
        return ops.larger(demand.least, ops.where(demand.jobs, ops.ceil(average), serving))

    demand.instances, demand.fixed_instances = instances(scaled), instances(fixed)
    busy = ops.where(one_machine, 0.0, average / per_vcpu)
    demand.busy_vcpus = ops.where(demand.jobs, average * demand.vcpus, busy)
    together = ops.default(ops.read("parallel_tasks"), ops.read("peak_concurrency"))
    together = ops.default(together, demand.runs if scenario.low else 1.0)
    demand.parallel = ops.larger(1.0, ops.smaller(together, demand.runs))


def _loads(ops: Ops, scenario: Scenario, demand: Demand, average: Quantity) -> tuple[Quantity, Quantity]:
    """Requests in flight that there is capacity for on average: with auto scaling, and without."""
    known_peak = ops.read("peak_concurrency")
    has_peak, peak = ops.known(known_peak), ops.default(known_peak, 0.0)
    wanted = average * ops.choose(ops.read("traffic"), scenario.headroom, scenario.assumed["headroom"])
    fixed = ops.where(has_peak, ops.larger(peak, average), wanted)
    by_peak = peak * scenario.assumed["average_share_of_peak"]
    scaled = ops.where(has_peak, ops.where(demand.timed, ops.smaller(wanted, fixed), by_peak), wanted)
    return ops.where(ops.is_in(ops.read("autoscaling"), False), fixed, scaled), fixed
