"""Demand: what a workload needs to have running, with the assumptions of one scenario for what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.tables import Prices

JOBS = ("batch_job", "scheduled_task")
"""Kinds that run and end; the others listen or serve all month."""
WEB = ("website", "web_api")
ONE_MACHINE = ("server", "dev_environment")
"""Kinds that are sized by their machine, not by a number of copies."""
SERVED = (*WEB, *ONE_MACHINE, "queue_worker", "stream_processor")
HELD = ("websocket", "tcp", "udp")
"""Protocols whose clients stay connected and mostly idle."""
CHOICES = ("kind", "protocol", "os", "cpu_architecture", "traffic", "environment")
FIELDS = (
    *CHOICES, "memory_mb", "vcpus", "gpus", "scratch_gb", "invocations_per_month", "typical_duration_s",
    "max_duration_s", "peak_concurrency", "parallel_tasks", "start_within_s", "autoscaling", "high_availability",
    "interruptible",
)  # fmt: skip
"""Every descriptor that a cost depends on, and those of them that are choices."""
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


def scenario(name: str, assumed: Mapping[str, float]) -> Scenario:
    """The scenario of that name."""
    return Scenario(name, assumed, {traffic: assumed[f"headroom_{traffic}"] for traffic in HEADROOM})


@dataclass(slots=True)
class Demand:
    """What has to run. Quantities are never unknown: `timed` and `sized` say whether enough was known for them.

    `copies` run side by side where the fleet follows demand, `fixed_copies` where it cannot, and keep `busy_vcpus` busy
    on average; `runs` of `run_s` seconds happen in a month, `parallel`
    of them at a time.
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
    copies: Quantity
    fixed_copies: Quantity
    busy_vcpus: Quantity
    parallel: Quantity


def demand(o: Ops, s: Scenario, p: Prices) -> Demand:
    """What the workload (or each row of a frame) needs in this scenario."""
    kind, os, protocol = o.read("kind"), o.read("os"), o.read("protocol")
    runs, run_s = o.read("invocations_per_month"), _run_s(o, s)
    memory, vcpus, gpus = o.read("memory_mb"), o.read("vcpus"), o.default(o.read("gpus"), 0.0)
    windows, jobs = o.is_in(os, "windows"), o.is_in(kind, *JOBS)
    timed = o.known(runs) & o.known(run_s)
    served = o.is_in(kind, *SERVED)
    d = Demand(
        windows=windows,
        arm=_arm(o, s, windows),
        priced=o.no(o.is_in(os, "other")),
        jobs=jobs,
        web=o.is_in(protocol, "http", "grpc") | (o.is_in(kind, *WEB) & o.no(o.known(protocol))),
        socket=o.is_in(protocol, "websocket"),
        whole_cpus=o.known(vcpus) & o.no(served),
        memory_mb=o.larger(_memory(o, s, memory, vcpus, windows), p.minimum_memory_mb),
        vcpus=o.larger(o.default(vcpus, s.assumed["vcpus"]), p.minimum_vcpus),
        gpus=gpus,
        scratch_gb=o.default(o.read("scratch_gb"), 0.0),
        runs=o.default(runs, 0.0),
        run_s=o.default(run_s, 0.0),
        timed=timed,
        sized=o.known(memory) | o.known(vcpus) | (gpus > 0) | served | timed,
        least=_least(o, s, kind, jobs),
        copies=1.0,
        fixed_copies=1.0,
        busy_vcpus=0.0,
        parallel=1.0,
    )
    _spread(o, s, p, d, kind, protocol)
    return d


def _run_s(o: Ops, s: Scenario) -> Quantity:
    typical, longest = o.read("typical_duration_s"), o.read("max_duration_s")
    if longest is None:
        return typical
    return o.default(typical, longest * s.assumed["typical_share_of_max"])


def _memory(o: Ops, s: Scenario, memory: Quantity, vcpus: Quantity, windows: Condition) -> Quantity:
    usual = o.where(windows, s.assumed["memory_mb_windows"], s.assumed["memory_mb"])
    return o.default(memory, o.larger(usual, o.default(vcpus, 0.0) * s.assumed["memory_mb_per_vcpu"]))


def _arm(o: Ops, s: Scenario, windows: Condition) -> Condition:
    chip = o.read("cpu_architecture")
    arm = o.is_in(chip, "arm64")
    if s.low:
        arm = arm | o.no(o.known(chip))
    return arm & o.no(windows)


def _least(o: Ops, s: Scenario, kind: Quantity, jobs: Condition) -> Quantity:
    available = o.read("high_availability")
    doubled = o.is_in(available, True)
    if s.high:
        doubled = doubled | o.no(o.known(available))
    return o.where(doubled & o.no(jobs) & o.no(o.is_in(kind, "dev_environment")), 2.0, 1.0)


def _spread(o: Ops, s: Scenario, p: Prices, d: Demand, kind: Quantity, protocol: Quantity) -> None:
    """Fills in how many copies carry the load, how many vCPUs they keep busy, and how many runs go at a time."""
    average = d.runs * d.run_s / p.month_s
    held = o.is_in(protocol, *HELD)
    per_vcpu = o.where(held, s.assumed["connections_per_vcpu"], s.assumed["requests_per_vcpu"])
    one_machine = o.is_in(kind, *ONE_MACHINE)
    following, fixed = _loads(o, s, d, average)
    per_copy = per_vcpu * d.vcpus

    def copies(load: Quantity) -> Quantity:
        serving = o.where(one_machine, 0.0, o.ceil(load / per_copy))
        return o.larger(d.least, o.where(d.jobs, o.ceil(average), serving))

    d.copies, d.fixed_copies = copies(following), copies(fixed)
    busy = o.where(one_machine, 0.0, average / per_vcpu)
    d.busy_vcpus = o.where(d.jobs, average * d.vcpus, busy)
    together = o.default(o.read("parallel_tasks"), o.read("peak_concurrency"))
    together = o.default(together, d.runs if s.low else 1.0)
    d.parallel = o.larger(1.0, o.smaller(together, d.runs))


def _loads(o: Ops, s: Scenario, d: Demand, average: Quantity) -> tuple[Quantity, Quantity]:
    """Units of work in flight that a fleet is ready for on average: one that follows demand, and one that does not."""
    known_peak = o.read("peak_concurrency")
    has_peak, peak = o.known(known_peak), o.default(known_peak, 0.0)
    wanted = average * o.choose(o.read("traffic"), s.headroom, s.assumed["headroom"])
    fixed = o.where(has_peak, o.larger(peak, average), wanted)
    by_peak = peak * s.assumed["average_share_of_peak"]
    following = o.where(has_peak, o.where(d.timed, o.smaller(wanted, fixed), by_peak), wanted)
    return o.where(o.is_in(o.read("autoscaling"), False), fixed, following), fixed
