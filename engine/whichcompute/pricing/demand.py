"""Demand: what a workload needs to run, with the assumptions of one scenario for what is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario

JOBS = ("batch_job", "scheduled_task")
"""Kinds that run and end; the others listen or serve all month."""
WEB = ("website", "web_api")
ONE_MACHINE = ("server", "dev_environment")
"""Kinds that are sized by their machine, not by a number of instances."""
QUEUES = ("queue_worker", "stream_processor")
"""Kinds whose work waits until there is capacity."""
SERVED = (*WEB, *ONE_MACHINE, *QUEUES)
HELD = ("websocket", "tcp", "udp")
"""Protocols whose clients stay connected and mostly idle."""
SIZING = ("invocations_per_month", "typical_duration_s", "memory_mb", "peak_concurrency")
"""The descriptors that an estimate depends on most: without them it rests on assumptions."""


@dataclass(slots=True)
class Demand:
    """What has to run. Quantities are never unknown: `timed` and `sized` say whether enough was known for them.
    `timed`: the number of units of work and their duration are stated; `counted`: or the scenario gives one of them.

    Work is of three classes. A unit of computing work (jobs, events, messages, records, GPU work, inference) takes an
    instance while it runs; `clients` are served several at a time, by requests or open connections. `runs` of `run_s`
    seconds happen in a month, `average` of them at a time and `open` of them with a client, `parallel` in Batch;
    `instances` run side by side on any service, with `capacity` for units in flight. They keep `busy_vcpus` busy,
    in bursts where the load is `bursty`, all of their vCPUs where it is `steady`, as nothing measures it.
    `reached` is by clients over HTTP, `raw` over TCP or UDP; a `fleet` has a load balancer in front also where it is a
    single machine. What is `contained` is sized as a container: the memory of the system under it comes on top.
    """

    windows: Condition
    arm: Condition
    priced: Condition
    jobs: Condition
    web: Condition
    socket: Condition
    reached: Condition
    raw: Condition
    fleet: Condition
    clients: Condition
    whole_cpus: Condition
    contained: Condition
    private: Condition
    bursty: Condition
    steady: Condition
    memory_mb: Quantity
    vcpus: Quantity
    gpus: Quantity
    scratch_gb: Quantity
    runs: Quantity
    run_s: Quantity
    timed: Condition
    counted: Condition
    sized: Condition
    least: Quantity
    instances: Quantity = 1.0
    capacity: Quantity = 0.0
    average: Quantity = 0.0
    open: Quantity = 0.0
    busy_vcpus: Quantity = 0.0
    parallel: Quantity = 1.0


def demand_of(ops: Ops, scenario: Scenario, facts: PriceFacts) -> Demand:
    """What the workload (or each row of a frame) needs in this scenario."""
    kind, system, protocol = ops.read("kind"), ops.read("os"), ops.read("protocol")
    memory, vcpus, gpus = ops.read("memory_mb"), ops.read("vcpus"), ops.default(ops.read("gpus"), 0.0)
    windows, jobs = ops.is_in(system, "windows"), ops.is_in(kind, *JOBS)
    served = ops.is_in(kind, *SERVED)
    web = ops.is_in(protocol, "http", "grpc") | (ops.is_in(kind, *WEB) & ops.no(ops.known(protocol)))
    traffic, clients, held = ops.read("traffic"), _clients(ops, kind, protocol, gpus), ops.is_in(protocol, *HELD)
    few = ops.is_in(traffic, "rare") | ops.is_in(ops.read("environment"), "hobby", "dev_test")
    requests, bursty = clients & ops.no(held), few | ops.is_in(traffic, "spiky")
    runs, run_s, timed, counted = _work(ops, scenario, facts, kind, requests, few & ops.no(held))
    reached = web | ops.is_in(protocol, "websocket")
    size = ops.larger(_vcpus(ops, scenario, facts, memory, vcpus, clients), facts.minimum_vcpus)
    demand = Demand(
        windows=windows,
        arm=_arm(ops, scenario, windows),
        priced=ops.no(ops.is_in(system, "other")),
        jobs=jobs,
        web=web,
        socket=ops.is_in(protocol, "websocket"),
        reached=reached,
        raw=ops.is_in(protocol, "tcp", "udp"),
        fleet=ops.is_in(ops.read("autoscaling"), True) | scenario.says("balancer_of_one"),
        clients=clients,
        whole_cpus=ops.known(vcpus) & ops.no(clients),
        contained=jobs | ops.is_in(ops.read("packaging"), "container"),
        private=ops.is_in(ops.read("private_network"), True),
        bursty=bursty,
        steady=_steady(ops, scenario, kind, clients, size, timed | bursty),
        memory_mb=ops.larger(_memory(ops, scenario, memory, vcpus, kind), facts.minimum_memory_mb),
        vcpus=size,
        gpus=gpus,
        scratch_gb=ops.default(ops.read("scratch_gb"), 0.0),
        runs=runs,
        run_s=run_s,
        timed=timed,
        counted=counted,
        sized=ops.known(memory) | ops.known(vcpus) | (gpus > 0) | served | counted,
        least=_least(ops, scenario, kind, jobs),
    )
    _spread(ops, scenario, facts, demand, kind, protocol)
    return demand


def _work(
    ops: Ops, scenario: Scenario, facts: PriceFacts, kind: Quantity, requests: Condition, few: Condition
) -> tuple[Quantity, Quantity, Condition, Condition]:
    """The number of units of work and the seconds of each, whether both are stated, and whether both are counted.

    Where requests and events are `few`, or a schedule starts the work, the scenario says how many there are.
    """
    stated = ops.read("invocations_per_month")
    scheduled, handler = ops.is_in(kind, "scheduled_task"), ops.is_in(kind, "event_handler")
    counted = ops.known(stated) | scheduled | ((ops.is_in(kind, *WEB) | handler) & few)
    run_s = _run_s(ops, scenario, requests & counted)
    short = requests | ((scheduled | handler) & (ops.default(ops.read("gpus"), 0.0) <= 0))
    timed, counted = ops.known(stated) & ops.known(run_s), counted & (ops.known(run_s) | short)
    seconds = ops.default(run_s, ops.where(counted, _unit_s(ops, scenario, facts, kind, stated), 0.0))
    runs = ops.where(counted, _runs(ops, scenario, facts, scheduled, seconds), 0.0)
    return ops.default(stated, runs), seconds, timed, counted


def _steady(
    ops: Ops, scenario: Scenario, kind: Quantity, clients: Condition, vcpus: Quantity, measured: Condition
) -> Condition:
    """Whether vCPUs, stated or assumed, count as busy all the time: where the load is not measured, low or bursty.

    Jobs and events compute, and steady traffic leaves no pauses.
    """
    computes = ops.known(kind) & ops.no(clients)
    steady = ops.is_in(ops.read("traffic"), "steady")
    idle = ops.where(computes | steady, scenario["idle_vcpus_when_steady"], scenario["idle_vcpus"])
    return (vcpus > idle) & ops.no(measured)


def _run_s(ops: Ops, scenario: Scenario, requests: Condition) -> Quantity:
    typical, longest = ops.read("typical_duration_s"), ops.read("max_duration_s")
    if longest is None:
        return typical
    usual = longest * scenario["typical_share_of_max"]
    if not ops.nowhere(requests):  # of many the longest, or their timeout, is far from the usual one
        middle = (longest * scenario["request_s"]) ** 0.5
        usual = ops.where(requests, ops.smaller(usual, middle), usual)
    # The longest of a WebSocket is a connection; what runs is a message on it.
    messages = ops.is_in(ops.read("protocol"), "websocket")
    return ops.default(typical, ops.where(messages, ops.smaller(usual, scenario["request_s"]), usual))


def _unit_s(ops: Ops, scenario: Scenario, facts: PriceFacts, kind: Quantity, runs: Quantity) -> Quantity:
    """How long a unit of work takes whose duration is unknown: no longer than their number and a stated peak allow."""
    usual = {"scheduled_task": scenario["task_s"], "event_handler": scenario["event_s"]}
    peak_s = ops.default(ops.read("peak_concurrency"), inf) * facts.month_s
    seconds = ops.choose(kind, usual, scenario["request_s"])
    return ops.smaller(seconds, peak_s / ops.larger(ops.default(runs, 0.0), 1.0))


def _runs(ops: Ops, scenario: Scenario, facts: PriceFacts, scheduled: Condition, seconds: Quantity) -> Quantity:
    """How many units of work there are whose number is unknown: a schedule waits for its task, rare work for more."""
    usual = ops.where(scheduled, scenario["runs_of_schedule"], scenario["runs_when_rare"])
    busy_s = ops.where(scheduled, 1.0, scenario["busy_when_rare"]) * facts.month_s
    return ops.smaller(usual, busy_s / ops.larger(seconds, 1.0))


def _clients(ops: Ops, kind: Quantity, protocol: Quantity, gpus: Quantity) -> Condition:
    """Whether clients are served several at a time; else each unit of work computes, and takes an instance."""
    serves = ops.is_in(kind, *WEB, *ONE_MACHINE)
    serves = serves | (ops.no(ops.known(kind)) & ops.is_in(protocol, "http", "grpc", *HELD))
    computes = (gpus > 0) | ops.is_in(ops.read("product_class"), "ml")
    return serves & ops.no(computes)


def _memory(ops: Ops, scenario: Scenario, memory: Quantity, vcpus: Quantity, kind: Quantity) -> Quantity:
    """Memory where it is unknown: the most of what vCPUs, system, language, stack and product ask for."""
    if ops.nowhere(ops.no(ops.known(memory))):
        return memory
    product = ops.read("product_class")
    packaged = ops.is_in(ops.read("packaging"), "packaged_app") | ops.is_in(product, "other")
    usual = ops.where(ops.known(ops.read("app_stack")) | packaged, scenario["memory_mb_stack"], scenario["memory_mb"])
    for name in ("os", "language", "app_stack"):
        usual = ops.larger(usual, ops.choose(ops.read(name), scenario.memory, 0.0))
    # A class is that of a product which is a server; the jobs and handlers beside one are as small as others.
    served = ops.no(ops.is_in(kind, *JOBS, *QUEUES, "event_handler", "web_api"))
    usual = ops.larger(usual, ops.where(served, ops.choose(product, scenario.memory, 0.0), 0.0))
    return ops.default(memory, ops.larger(usual, ops.default(vcpus, 0.0) * scenario["memory_mb_per_vcpu"]))


def _vcpus(
    ops: Ops, scenario: Scenario, facts: PriceFacts, memory: Quantity, vcpus: Quantity, clients: Condition
) -> Quantity:
    as_function = ops.smaller(ops.default(memory, 0.0), facts.number("lambda.memory_max"))
    by_memory = ops.where(clients, 0.0, as_function / scenario["mb_per_compute_vcpu"])
    return ops.default(vcpus, ops.larger(scenario["vcpus"], by_memory))


def _arm(ops: Ops, scenario: Scenario, windows: Condition) -> Condition:
    chip = ops.read("cpu_architecture")
    arm = ops.is_in(chip, "arm64")
    if scenario.says("arm"):
        arm = arm | ops.no(ops.known(chip))
    return arm & ops.no(windows)


def _least(ops: Ops, scenario: Scenario, kind: Quantity, jobs: Condition) -> Quantity:
    available = ops.read("high_availability")
    doubled = ops.is_in(available, True)
    if scenario.says("second_zone"):
        doubled = doubled | ops.no(ops.known(available))
    return ops.where(doubled & ops.no(jobs) & ops.no(ops.is_in(kind, "dev_environment")), 2.0, 1.0)


def _spread(
    ops: Ops, scenario: Scenario, facts: PriceFacts, demand: Demand, kind: Quantity, protocol: Quantity
) -> None:
    """Fills in how many instances carry the load, how many vCPUs they keep busy, and how many runs are parallel."""
    demand.average = demand.runs * demand.run_s / facts.month_s
    each = _share_of_instance(ops, scenario, demand, protocol)
    held = ops.is_in(protocol, *HELD) & ops.known(ops.read("peak_concurrency"))
    one_machine = ops.is_in(kind, *ONE_MACHINE) & ops.no(held)
    load, standing, wanted = _load(ops, scenario, demand, kind, protocol)
    demand.capacity = ops.where(ops.is_in(protocol, *HELD), wanted, load)
    # What is sized by its machine, or holds connections, serves as many clients at a time as fit into its memory.
    crowd = ops.where(one_machine | held, load, 0.0) / (scenario["clients_per_gb"] / MB_PER_GB * demand.memory_mb)
    load = ops.where(demand.jobs | one_machine, demand.average, load)
    # Beside open connections the messages on them take the CPU that requests take.
    message = ops.where(held & demand.clients & demand.timed, 1.0 / scenario["requests_per_vcpu"] / demand.vcpus, 0.0)
    demand.instances = ops.larger(demand.least, ops.ceil(ops.larger(load * each + wanted * message, crowd)))
    demand.open = ops.where(demand.clients, standing, 0.0)
    kept = ops.where(held, standing, demand.average)
    demand.busy_vcpus = (kept * each + demand.average * message) * demand.vcpus
    if not ops.nowhere(demand.steady):
        demand.busy_vcpus = ops.where(demand.steady, demand.instances * demand.vcpus, demand.busy_vcpus)
    together = ops.default(ops.read("parallel_tasks"), ops.read("peak_concurrency"))
    together = ops.default(together, demand.runs if scenario.says("jobs_side_by_side") else 1.0)
    demand.parallel = ops.larger(1.0, ops.smaller(together, demand.runs))


def _share_of_instance(ops: Ops, scenario: Scenario, demand: Demand, protocol: Quantity) -> Quantity:
    """How much of an instance a unit of work takes while it is in flight."""
    busy = scenario["request_busy_s"]
    busy_share = ops.where(ops.is_in(protocol, *HELD), 0.0, busy / ops.larger(demand.run_s, busy))
    vcpus = busy_share / scenario["requests_per_vcpu"] + (1.0 - busy_share) / scenario["connections_per_vcpu"]
    return ops.where(demand.clients, vcpus / demand.vcpus, 1.0)


def _load(
    ops: Ops, scenario: Scenario, demand: Demand, kind: Quantity, protocol: Quantity
) -> tuple[Quantity, Quantity, Quantity]:
    """Units of work in flight that there is capacity for, those in flight on average, and the capacity for runs alone.

    All services get the same capacity: for a stated peak where nothing scales, within bounds, else what follows the
    load.
    """
    known_peak = ops.read("peak_concurrency")
    has_peak, peak = ops.known(known_peak), ops.default(known_peak, 0.0)
    usual = ops.choose(ops.read("traffic"), scenario.headroom, scenario["headroom"])
    headroom = ops.where(ops.is_in(kind, *QUEUES), scenario["headroom_queue"], usual)
    wanted, most = demand.average * headroom, ops.larger(peak, demand.average)
    # Of clients that stay connected a peak counts connections, and runs are their messages.
    timed = demand.timed & ops.no(ops.is_in(protocol, *HELD) & has_peak)
    standing = ops.larger(demand.average, ops.where(timed, 0.0, peak * scenario["average_share_of_peak"]))
    follows = ops.where(timed, ops.smaller(wanted, most), standing)
    # A queue evens out the peak, and what must cost nothing while idle cannot stand ready for it.
    even = ops.is_in(kind, *QUEUES) | ops.is_in(ops.read("scale_to_zero"), True)
    fleet = ops.larger(follows, ops.smaller(most, follows * scenario["fixed_fleet"]))
    bought = ops.where(timed, fleet, most) * scenario["capacity_for_peak"]
    follows = ops.larger(follows, ops.where(even, 0.0, bought))
    fixed = ops.is_in(ops.read("autoscaling"), False) & ops.no(even)
    return ops.where(has_peak, ops.where(fixed, fleet, follows), wanted), standing, wanted
