"""What many workloads take together: what they could share, which quotas they break, and what plans could save.

Rows are counted for the service or the place outside that is recommended to each, in the expected estimate; quotas
with the capacity for a stated peak. Counts of batches add up, so that memory does not grow with an inventory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any, NamedTuple

import numpy as np

from whichcompute.base.records import Record
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.columns import SomeRows, ops_of
from whichcompute.pricing.demand import Demand, demand_of
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.ops import Ops, Quantity

_ON_PLAN = {"task ": "fargate", "duration": "lambda", "provisioned": "lambda", "instances": "ec2"}
"""What the labels of lines begin with that a Compute Savings Plan covers, and whose discount holds."""
_BALANCER = ("load balancer", "load balancer, IPv4 addresses")
_INSTANCES = ("instances", "EBS root volumes")
_ON_TASKS = ("fargate", "batch")
_PAID = ("fargate", "ecs_ec2")


class Place(NamedTuple):
    """What workloads must have in common to share something."""

    region: str
    environment: str
    others: tuple[bool, ...]


@dataclass(slots=True)
class Shared:
    """Workloads in one place. `sums`: their number, USD apart, and vCPUs, MB and busy vCPUs of all their instances;
    `largest`: vCPUs and MB of the largest instance, and the most machines that one workload needs at the least."""

    sums: Any
    largest: Any

    def update(self, other: Shared) -> None:
        """Adds further workloads."""
        self.sums, self.largest = self.sums + other.sums, np.maximum(self.largest, other.largest)


@dataclass(frozen=True)
class Sharing(Record):
    """So many workloads pay `usd` a month apart, and would pay `shared_usd` for `number` things together."""

    workloads: int
    usd: float
    shared_usd: float
    number: int


@dataclass(frozen=True)
class SavingsPlan(Record):
    """What of the expected sum a Compute Savings Plan covers, and the most that it takes off, in USD a month."""

    covered_usd: float
    saves_usd: float


@dataclass(frozen=True)
class BrokenQuota(Record):
    """A quota that a portfolio breaks in a Region: how much is needed, the default, and how to request more."""

    name: str
    region: str
    needed: float
    default: float
    request: str


@dataclass(frozen=True)
class Portfolio(Record):
    """What many workloads cost together in USD a month: low <= expected <= high, over the `priced` ones of them.

    `rests_on` divides the expected sum by decision, `by_service` by recommended service. What could be shared is None
    where nothing can; `quotas` are those that a new account breaks.
    """

    workloads: int
    priced: int
    low: float
    expected: float
    high: float
    rests_on: Mapping[str, float]
    by_service: Mapping[str, float]
    load_balancers: Sharing | None
    ecs_hosts: Sharing | None
    savings_plan: SavingsPlan | None
    quotas: tuple[BrokenQuota, ...]


@dataclass(slots=True)
class Together:
    """Sums over the workloads of an inventory that what they share, break and save follows from."""

    balancers: dict[Place, Shared] = field(default_factory=dict)
    hosts: dict[Place, Shared] = field(default_factory=dict)
    on_plan: Counter[str] = field(default_factory=Counter)
    needed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def update(self, other: Together) -> None:
        """Adds the sums of further workloads."""
        for mine, theirs in ((self.balancers, other.balancers), (self.hosts, other.hosts)):
            for place, shared in theirs.items():
                _add_shared(mine, place, shared)
        self.on_plan.update(other.on_plan)
        self.needed.update(other.needed)

    def shared_balancers(self, model: CostModel) -> Sharing | None:
        """Application Load Balancers with a target group for each workload in place of one each."""
        most = model.facts.number("ec2.alb_target_groups")
        found = []
        for group in self.balancers.values():
            workloads, usd, *_ = group.sums.tolist()
            number = ceil(workloads / most)
            found.append(Sharing(int(workloads), usd, usd * number / workloads, number))
        return _sum(found)

    def shared_hosts(self, model: CostModel) -> Sharing | None:
        """ECS instances filled without gaps by the tasks of all workloads in a place."""
        found = []
        for place, group in self.hosts.items():
            if (priced := model.in_region(place.region)) is not None:
                workloads, usd, *_ = group.sums.tolist()
                found.append(Sharing(int(workloads), usd, *_fleet(priced, place, group)))
        return _sum(found)

    def savings_plan(self, model: CostModel) -> SavingsPlan | None:
        """What a Compute Savings Plan covers and takes off at its highest discounts."""
        discounts = {name: model.facts.number(f"{name}.savings_plan_discount_max") / 100 for name in self.on_plan}
        saves = sum(usd * discounts[name] for name, usd in self.on_plan.items())
        return SavingsPlan(self.on_plan.total(), saves) if saves else None

    def broken(self, model: CostModel) -> Iterator[BrokenQuota]:
        """The quotas of a new account that are too low, with the request to make."""
        for row in model.facts.table("cost.portfolio_quotas", "fact", "name", "request"):
            default = model.facts.number(row["fact"])
            for (fact, region), needed in sorted(self.needed.items()):
                if fact == row["fact"] and needed > default:
                    yield BrokenQuota(row["name"], region, needed, default, row["request"])


def _sum(found: list[Sharing]) -> Sharing | None:
    """All that several workloads can share at a lower cost."""
    saved = [each for each in found if each.workloads > 1 and each.shared_usd < each.usd]
    totals = [sum(getattr(each, name) for each in saved) for name in ("workloads", "usd", "shared_usd", "number")]
    return Sharing(*totals) if saved else None


def _fleet(model: CostModel, place: Place, group: Shared) -> tuple[float, int]:
    """USD a month and number of the cheapest instances for all that a group takes; infinite where none is known."""
    ec2, (windows, arm) = model.facts.part(Ec2), place.others
    (_, _, all_vcpus, all_mb, busy), (vcpus, memory_mb, least) = group.sums.tolist(), group.largest.tolist()
    best = (inf, 0)
    for machine in ec2.machines(model.usual).get((False, windows, arm, False, False), ()):
        usable = machine.memory_mb * (1 - ec2.reserve)
        if vcpus <= machine.vcpu and memory_mb <= usable:
            by_size = max(all_vcpus / machine.vcpu, all_mb / usable, busy / machine.sustained_vcpus)
            number = max(int(least), ceil(by_size))
            best = min(best, (number * machine.rate * ec2.hours, number))
    return best


def together(
    model: CostModel, columns: Mapping[str, Quantity], services: Sequence[str], recommended: Any, apart: Any
) -> Together:
    """The sums over some rows: `recommended` is the number of a service, or of a place outside, for each (-1: none),
    `apart` marks those that must not share anything."""
    found = Together()
    for number, service in enumerate(services):
        rows = np.flatnonzero(recommended == number)
        if rows.size:
            some = SomeRows(columns, rows)
            for priced, within in model.by_region(some):
                _add(found, priced, model, service, SomeRows(some, within), apart[rows][within])
    return found


def _add(found: Together, priced: CostModel | None, home: CostModel, service: str, columns: Any, apart: Any) -> None:
    height = apart.size
    ops, model = ops_of(columns, height), priced or home
    region = columns["region"]
    names = [region.names[at] if at < len(region.names) else model.facts.region for at in region.numbers[:1]]
    demand = demand_of(ops, home.at_peak, model.facts)
    for fact, needed in _needed(service, ops, demand, model.bill(service, ops, demand)):
        found.needed[fact, names[0]] += _total(needed, height)
    if priced is None:
        return
    usual = demand_of(ops, model.usual, model.facts)
    bill = model.bill(service, ops, usual)
    holds = np.broadcast_to(bill.holds, height) & np.isfinite(np.broadcast_to(bill.total(), height))
    firm = holds & ops.no(_on_spot(ops))  # no plan covers Spot
    for label, plan in _ON_PLAN.items():
        # Of instances of Windows half the price is the licence, which no plan lowers; its tasks never run on Spot.
        covered = firm & ops.no(usual.windows) if plan == "ec2" else firm | (holds & usual.windows)
        found.on_plan[plan] += _total(_usd(bill, (label,), height)[covered], int(covered.sum()))
    if service in _PAID:
        balancer = _usd(bill, _BALANCER, height, whole=True)
        shares = holds & ~apart & (balancer > 0)
        _group(found.balancers, shares, names[0], columns, [usual.private], balancer, usual)
    if service == "ecs_ec2":
        dedicated = np.broadcast_to(ops.is_in(ops.read("dedicated_hardware"), True), height)
        shares = holds & ~apart & ~dedicated & (np.broadcast_to(usual.gpus, height) == 0)
        instances = _usd(bill, _INSTANCES, height)
        _group(found.hosts, shares, names[0], columns, [usual.windows, usual.arm], instances, usual)


def _on_spot(ops: Ops) -> Quantity:
    """What runs on Spot: not Dedicated Hosts, and of tasks not those of Windows."""
    return ops.is_in(ops.read("interruptible"), True) & ops.no(ops.is_in(ops.read("dedicated_hardware"), True))


def _total(quantity: Quantity, height: int) -> Any:
    return np.broadcast_to(quantity, height).sum().item()  # a plain number, for JSON


def _needed(service: str, ops: Ops, demand: Demand, bill: Bill) -> Iterator[tuple[str, Quantity]]:
    """What a service takes of the quotas of an account by its `bill` at the peak, by the fact with its default."""
    if service in _ON_TASKS:  # tasks on Spot have a quota of their own
        together = ops.where(demand.jobs, demand.parallel, demand.instances)
        tasks = sum(number for label, number, *_ in bill.parts if label.startswith("task vCPUs"))
        firm = (tasks > 0) & (ops.no(_on_spot(ops)) | demand.windows)
        yield "fargate.vcpu_quota_default", ops.where(firm, together * demand.vcpus, 0.0)
    elif service == "lightsail":
        bundles = sum(number for label, number, *_ in bill.parts if label == "bundles")
        yield "lightsail.instances_per_account", ops.where(bill.holds, bundles, 0.0)
    elif service == "lambda":
        peak = ops.where(demand.socket, 0.0, ops.default(ops.read("peak_concurrency"), 0.0))
        yield "lambda.concurrency_default", ops.ceil(ops.larger(demand.capacity, peak))


def _usd(bill: Bill, labels: Sequence[str], height: int, *, whole: bool = False) -> Any:
    """USD of the lines whose labels begin with one of these, or are one of them."""
    total = np.zeros(height)
    for label, quantity, _, price in bill.parts:
        if label in labels if whole else label.startswith(tuple(labels)):
            total = total + np.broadcast_to(quantity * price, height)
    return total


def _group(
    groups: dict[Place, Shared],
    rows: Any,
    region: str,
    columns: Any,
    others: Sequence[Quantity],
    usd: Any,
    demand: Demand,
) -> None:
    """Adds the rows that may share to the group of their place."""
    environments, height = columns["environment"], rows.size
    named = [*environments.names, "unknown"]
    keys = np.stack([environments.numbers, *(np.broadcast_to(other, height) for other in others)], axis=1)
    vcpus, memory_mb, number = demand.vcpus, demand.memory_mb, demand.instances
    added = (1, usd, number * vcpus, number * memory_mb, demand.busy_vcpus)
    sums, largest = (
        np.stack([np.broadcast_to(each, height) for each in part]) for part in (added, (vcpus, memory_mb, demand.least))
    )
    for key in np.unique(keys[rows], axis=0):
        here = rows & (keys == key).all(axis=1)
        place = Place(region, named[int(key[0])], tuple(map(bool, key[1:])))
        _add_shared(groups, place, Shared(sums[:, here].sum(axis=1), largest[:, here].max(axis=1)))


def _add_shared(groups: dict[Place, Shared], place: Place, shared: Shared) -> None:
    if place in groups:
        groups[place].update(shared)
    else:
        groups[place] = Shared(shared.sums, shared.largest)
