"""The bill of a workload on each service: the one place where quantities meet prices.

Each formula says for which workloads it holds, and lists its lines. It runs on one workload and on a frame alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from whichcompute.pricing.bill import NO_BILL, Bill, Part, tiered
from whichcompute.pricing.demand import HELD, ONE_MACHINE, WEB, Demand, Scenario
from whichcompute.pricing.ops import Condition, Needs, Ops, Quantity
from whichcompute.pricing.tables import INFINITE, MB_PER_GB, SECONDS_PER_HOUR, Machine, Prices, Size, TaskRates

Formula = Callable[[Ops, Scenario, Prices, Demand, bool], Bill]


def function(o: Ops, s: Scenario, p: Prices, d: Demand, free_tier: bool) -> Bill:
    """AWS Lambda: requests, run time by memory, temporary disk beyond the free part, and the way in for HTTP."""
    possible = d.timed & d.priced & o.no(d.windows) & (d.gpus <= 0)
    if o.nowhere(possible):
        return NO_BILL
    memory = o.larger(o.ceil(d.memory_mb), p.function_memory_min)
    memory = o.where(d.whole_cpus, o.larger(memory, o.ceil(d.vcpus * p.function_mb_per_vcpu)), memory)
    seconds = d.runs * o.ceil(d.run_s / p.function_step) * p.function_step
    gb_seconds = seconds * memory / MB_PER_GB
    disk_mb = d.scratch_gb * MB_PER_GB
    extra_gb = o.larger(disk_mb - p.function_disk, 0.0) / MB_PER_GB
    billed = d.runs
    if free_tier:
        gb_seconds = o.larger(gb_seconds - p.free_gb_seconds, 0.0)
        billed = o.larger(billed - p.free_requests, 0.0)
    parts = [
        Part("requests", billed / 1e6, "million requests", p.request),
        *tiered(o, o.where(d.arm, 0.0, gb_seconds), p.lambda_tiers[False], "run time on x86", "GB-seconds"),
        *tiered(o, o.where(d.arm, gb_seconds, 0.0), p.lambda_tiers[True], "run time on arm", "GB-seconds"),
        *_some(o, Part("temporary disk", seconds * extra_gb, "GB-seconds", p.tmp)),
        *_way_in(o, s, p, d),
    ]
    fits = (memory <= p.function_memory_max) & (disk_mb <= p.function_disk_max)
    return Bill(possible & fits, parts)


def _some(o: Ops, *parts: Part) -> list[Part]:
    """The lines that cost anything anywhere."""
    return [part for part in parts if not o.nowhere(part.quantity > 0)]


def _way_in(o: Ops, s: Scenario, p: Prices, d: Demand) -> list[Part]:
    million = d.runs / 1e6
    sent = o.where(d.socket, million, 0.0)
    messages = _some(o, Part("API Gateway, WebSocket messages", sent, "million messages", p.message))
    if s.low:  # a function URL costs nothing
        return messages
    label, tiers = ("API Gateway, REST API", p.rest_tiers) if s.high else ("API Gateway, HTTP API", p.http_tiers)
    return [*messages, *tiered(o, o.where(d.web, million, 0.0), tiers, label, "million calls")]


def task(o: Ops, s: Scenario, p: Prices, d: Demand, free_tier: bool) -> Bill:
    """ECS on Fargate: jobs by the run, everything else all month; an event handler whichever is cheaper."""
    possible = o.where(d.jobs, d.timed, d.sized)
    if o.nowhere(possible):
        return NO_BILL
    kind = o.read("kind")
    by_run = o.is_in(kind, "event_handler")
    if s.low:
        by_run = by_run | o.no(o.known(kind))
    patient = o.default(o.read("start_within_s"), p.task_start) >= p.task_start
    run_hours, all_month = _run_hours(o, p, d), d.copies * p.hours
    hours = o.where(d.timed & by_run & patient, o.smaller(run_hours, all_month), all_month)
    hours = o.where(d.jobs, run_hours, hours)
    bill = _task_bill(o, s, p, d, hours)
    parts = [*bill.parts, *_balancer(o, s, p, d)]
    if s.high:
        parts.append(Part("public IPv4 addresses", hours, "address-hours", p.address))
    return Bill(bill.holds & possible, parts)


def _run_hours(o: Ops, p: Prices, d: Demand) -> Quantity:
    least = o.where(d.windows, p.task_minimum_windows, p.task_minimum)
    return d.runs * o.larger(o.ceil(d.run_s), least) / SECONDS_PER_HOUR


def _task_bill(o: Ops, s: Scenario, p: Prices, d: Demand, hours: Quantity) -> Bill:
    possible = d.priced & (d.gpus <= 0)
    if o.nowhere(possible):
        return NO_BILL
    needs = (d.vcpus, d.memory_mb / MB_PER_GB)
    found, vcpus, gb = o.first(p.sizes, (d.windows,), partial(_size, o), needs, lambda size: size.vcpu)
    spot = s.low & o.is_in(o.read("interruptible"), True) & o.no(d.windows)
    billed = hours * o.where(spot, p.task_spot, 1.0)
    extra_disk = o.larger(d.scratch_gb - p.task_disk, 0.0)
    parts = [
        Part("vCPUs of tasks", vcpus * billed, "vCPU-hours", _rate(o, d, p.task_vcpu)),
        Part("memory of tasks", gb * billed, "GB-hours", _rate(o, d, p.task_gb)),
        *_some(
            o,
            Part("Windows licence", o.where(d.windows, vcpus * hours, 0.0), "vCPU-hours", p.task_licence),
            Part("temporary disk", extra_disk * hours, "GB-hours", p.task_tmp),
        ),
    ]
    return Bill(possible & found & (d.scratch_gb <= o.where(d.windows, p.task_disk, p.task_disk_max)), parts)


def _size(o: Ops, size: Size, needs: Needs) -> tuple[Condition, Quantity]:
    """Whether a task fits into the sizes of a row, and the memory of the smallest that holds it, in GB."""
    vcpus, gb = needs
    steps = o.ceil(o.larger(gb - size.memory_min_gb, 0.0) / size.memory_step_gb)
    return (vcpus <= size.vcpu) & (gb <= size.memory_max_gb), size.memory_min_gb + steps * size.memory_step_gb


def _rate(o: Ops, d: Demand, rates: TaskRates) -> Quantity:
    return o.where(d.windows, rates.windows, o.where(d.arm, rates.arm, rates.x86))


def _balancer(o: Ops, s: Scenario, p: Prices, d: Demand) -> list[Part]:
    needed = (d.web | d.socket) & o.no(d.jobs)
    if s.low:  # outside production clients may reach the copy itself
        needed = needed & o.is_in(o.read("environment"), "production")
    if o.nowhere(needed):
        return []
    hours = o.where(needed, p.hours, 0.0)
    units = d.runs / p.month_s / p.connections_per_unit
    parts = [
        Part("load balancer", hours, "hours", p.balancer),
        Part("load balancer, capacity", hours * units, "LCU-hours", p.balancer_unit),
    ]
    if s.high:
        parts.append(Part("load balancer, IPv4 addresses", hours * p.balancer_addresses, "address-hours", p.address))
    return parts


def fleet(o: Ops, s: Scenario, p: Prices, d: Demand, free_tier: bool) -> Bill:
    """ECS on EC2: the cheapest instance type for all copies, packed side by side, on all month."""
    possible = d.priced & d.sized
    if o.nowhere(possible):
        return NO_BILL
    instances = p.instances[s.low and bool(o.is_in(o.read("interruptible"), True))]
    key = (d.windows, d.arm, d.gpus > 0)
    found, rate, machine, count = o.cheapest(instances, key, partial(_all_month, o), _all_month_needs(d, d.copies))
    parts = [
        *_machine_hours(p, rate, machine, p.hours, count),
        *_some(o, Part("scratch disk", d.copies * d.scratch_gb, "GB-months", p.gp3)),
        *_balancer(o, s, p, d),
    ]
    if s.high:
        parts.append(Part("public IPv4 addresses", count * p.hours, "address-hours", p.address))
    return Bill(possible & found, parts)


def _all_month_needs(d: Demand, copies: Quantity) -> Needs:
    return *_one_copy(d), d.least, d.busy_vcpus, copies


def _one_copy(d: Demand) -> Needs:
    # First what one copy takes; what comes last is always the number of copies.
    return d.vcpus, d.memory_mb, d.gpus, d.scratch_gb


def _all_month(o: Ops, machine: Machine, needs: Needs) -> tuple[Condition, Quantity]:
    """Whether a copy fits on the machine, and how many machines hold all copies and the CPU they use on average."""
    *_, least, busy_vcpus, copies = needs
    side_by_side = _side_by_side(o, machine, needs)
    for_copies = o.ceil(copies / o.larger(side_by_side, 1.0))
    for_cpu = o.ceil(busy_vcpus / machine.sustained_vcpus)
    return side_by_side >= 1, o.larger(least, o.larger(for_copies, for_cpu))


def _side_by_side(o: Ops, machine: Machine, needs: Needs) -> Quantity:
    vcpus, memory_mb, gpus, scratch_gb, *_ = needs
    number = o.floor(o.smaller(machine.vcpu / vcpus, machine.memory_mb / memory_mb))
    if machine.gpus:
        number = o.smaller(number, o.floor(machine.gpus / o.larger(gpus, 1.0)))
    if machine.disk_gb < INFINITE:
        number = o.smaller(number, o.floor(machine.disk_gb / o.larger(scratch_gb, 1.0)))
    return number


def _machine_hours(p: Prices, rate: Quantity, machine: Machine | None, hours: Quantity, count: Quantity) -> list[Part]:
    if machine is None:
        return [Part("instances", hours, "hours", rate)]
    disk = hours * count * p.root_volume_gb / p.hours
    return [
        Part(f"{count:,.0f} x {machine.name}", hours * count, "instance-hours", machine.usd),
        Part("root disk", disk, "GB-months", p.gp3),
    ]


def job(o: Ops, s: Scenario, p: Prices, d: Demand, free_tier: bool) -> Bill:
    """AWS Batch: only while jobs run, on EC2 instances or on Fargate, whichever is cheaper."""
    served = o.is_in(o.read("kind"), *WEB, *ONE_MACHINE, "stream_processor")
    possible = d.timed & o.no(served | o.is_in(o.read("protocol"), *HELD))
    if o.nowhere(possible):
        return NO_BILL
    on_ec2 = _job_on_instances(o, s, p, d)
    on_fargate = _task_bill(o, s, p, d, _run_hours(o, p, d))
    cheaper = o.where(on_ec2.holds, on_ec2.total(), INFINITE) < o.where(on_fargate.holds, on_fargate.total(), INFINITE)
    parts = [*_where(o, cheaper, on_ec2.parts), *_where(o, o.no(cheaper), on_fargate.parts)]
    return Bill(possible & (on_fargate.holds | on_ec2.holds), parts)


def _where(o: Ops, condition: Condition, parts: list[Part]) -> list[Part]:
    """The lines where the condition holds, and nothing elsewhere."""
    if o.nowhere(condition):
        return []
    return [Part(label, o.where(condition, number, 0.0), unit, price) for label, number, unit, price in parts]


def _job_on_instances(o: Ops, s: Scenario, p: Prices, d: Demand) -> Bill:
    possible = d.priced & o.no(d.windows)
    if o.nowhere(possible):
        return NO_BILL
    instances = p.job_instances[s.low and bool(o.is_in(o.read("interruptible"), True))]
    needs = (*_one_copy(d), d.parallel)
    found, rate, machine, count = o.cheapest(instances, (d.arm, d.gpus > 0), partial(_at_a_time, o), needs)
    seconds = o.larger(o.ceil(d.run_s), p.instance_minimum) + s.assumed["instance_start_s"]
    hours = d.runs / d.parallel * seconds / SECONDS_PER_HOUR
    disk = d.runs * d.scratch_gb * seconds / p.month_s
    parts = [*_machine_hours(p, rate, machine, hours, count), *_some(o, Part("scratch disk", disk, "GB-months", p.gp3))]
    return Bill(possible & found, parts)


def _at_a_time(o: Ops, machine: Machine, needs: Needs) -> tuple[Condition, Quantity]:
    """Whether a job fits on the machine, and how many machines hold all jobs that run at a time."""
    side_by_side = _side_by_side(o, machine, needs)
    return side_by_side >= 1, o.ceil(needs[-1] / o.larger(side_by_side, 1.0))


def bundle(o: Ops, s: Scenario, p: Prices, d: Demand, free_tier: bool) -> Bill:
    """Amazon Lightsail: the cheapest bundle for all copies, all month; several of them need a load balancer."""
    possible = d.priced & d.sized & (d.gpus <= 0)
    if o.nowhere(possible):
        return NO_BILL
    balancer, fits = p.bundle_balancer, partial(_all_month, o)
    found, usd, machine, count = o.cheapest(
        p.bundles, (d.windows,), fits, _all_month_needs(d, d.fixed_copies), balancer
    )
    if machine is None:
        parts = [Part("bundles", 1.0, "month", usd)]
    else:
        parts = [Part(f"bundle {machine.name}", count, "months", machine.usd)]
        parts.append(Part("load balancer", 1.0 if count > 1 else 0.0, "months", balancer))
    return Bill(possible & found, parts)


FORMULAS: dict[str, Formula] = {
    "lambda": function,
    "fargate": task,
    "ecs_ec2": fleet,
    "batch": job,
    "lightsail": bundle,
}
