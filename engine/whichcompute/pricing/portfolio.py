"""What many workloads take together: what they could share, which quotas they break, and what plans could save.

Rows are counted for the service recommended to each, in the expected estimate; quotas with the capacity for a stated
peak. Counts of batches add up, so that memory does not grow with an inventory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any, NamedTuple

import numpy as np

from whichcompute.pricing.bill import Bill
from whichcompute.pricing.columns import ops_of
from whichcompute.pricing.demand import Demand, demand_of
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.ops import Ops, Quantity

_ON_PLAN = {"task ": "fargate", "duration": "lambda", "provisioned": "lambda", "instances": "ec2"}
"""What the labels of lines begin with that a Compute Savings Plan covers, and whose discount holds."""
_BALANCER = ("load balancer", "load balancer, IPv4 addresses")
_PAID = ("fargate", "ecs_ec2")


class Place(NamedTuple):
    """What workloads must have in common to share something."""

    region: str
    environment: str
    others: tuple[bool, ...]


@dataclass(slots=True)
class Shared:
    """Workloads in one place: what they cost apart, and what all their instances take."""

    workloads: int = 0
    usd: float = 0.0
    vcpus: float = 0.0
    memory_mb: float = 0.0
    busy: float = 0.0
    largest: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """vCPUs and memory of the largest instance, and the most machines that one workload needs at the least."""

    def update(self, other: Shared) -> None:
        """Adds further workloads."""
        for name in ("workloads", "usd", "vcpus", "memory_mb", "busy"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.largest = tuple(map(max, self.largest, other.largest))  # type: ignore[assignment]


class Saving(NamedTuple):
    """So many workloads pay `usd` a month apart, and would pay `shared` for `number` things together."""

    workloads: int
    usd: float
    shared: float
    number: int


class Broken(NamedTuple):
    """A quota that a portfolio breaks in a Region: how much is needed, the default, and how to request more."""

    name: str
    region: str
    needed: float
    default: float
    request: str


@dataclass(slots=True)
class Portfolio:
    """Sums over the workloads of an inventory."""

    balancers: dict[Place, Shared] = field(default_factory=dict)
    hosts: dict[Place, Shared] = field(default_factory=dict)
    on_plan: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    needed: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def update(self, other: Portfolio) -> None:
        """Adds the sums of further workloads."""
        for mine, theirs in ((self.balancers, other.balancers), (self.hosts, other.hosts)):
            for place, shared in theirs.items():
                mine.setdefault(place, Shared()).update(shared)
        for service, usd in other.on_plan.items():
            self.on_plan[service] += usd
        for what, needed in other.needed.items():
            self.needed[what] += needed

    def shared_balancers(self, model: CostModel) -> Saving:
        """Application Load Balancers with a target group for each workload in place of one each."""
        most = model.facts.number("ec2.alb_target_groups")
        usd = shared = 0.0
        workloads = number = 0
        for group in self.balancers.values():
            if group.workloads > 1:
                balancers = ceil(group.workloads / most)
                usd, shared = usd + group.usd, shared + group.usd * balancers / group.workloads
                workloads, number = workloads + group.workloads, number + balancers
        return Saving(workloads, usd, shared, number)

    def shared_hosts(self, model: CostModel) -> Saving:
        """ECS instances filled without gaps by the tasks of all workloads in a place."""
        total = Saving(0, 0.0, 0.0, 0)
        for place, group in self.hosts.items():
            priced = model.in_region(place.region)
            if group.workloads > 1 and priced is not None:
                usd, number = _fleet(priced, place, group)
                if usd < group.usd:
                    total = Saving(*map(sum, zip(total, (group.workloads, group.usd, usd, number), strict=True)))  # type: ignore[arg-type]
        return total

    def plans(self, model: CostModel) -> tuple[float, float]:
        """USD a month that a Compute Savings Plan covers, and the most that it takes off."""
        off = (
            usd * model.facts.number(f"{service}.savings_plan_discount_max") / 100
            for service, usd in self.on_plan.items()
        )
        return sum(self.on_plan.values()), sum(off)

    def broken(self, model: CostModel) -> Iterator[Broken]:
        """The quotas of a new account that are too low, with the request to make."""
        for row in model.facts.table("cost.portfolio_quotas", "fact", "name", "request"):
            default = model.facts.number(row["fact"])
            for (fact, region), needed in sorted(self.needed.items()):
                if fact == row["fact"] and needed > default:
                    yield Broken(row["name"], region, needed, default, row["request"])


def _fleet(model: CostModel, place: Place, group: Shared) -> tuple[float, int]:
    """USD a month and number of the cheapest instances for all that a group takes; infinite where none is known."""
    ec2, (windows, arm) = model.facts.part(Ec2), place.others
    vcpus, memory_mb, least = group.largest
    best = (inf, 0)
    for machine in ec2.machines.get((False, windows, arm, False, False), ()):
        usable = machine.memory_mb * (1 - ec2.reserve)
        if vcpus <= machine.vcpu and memory_mb <= usable:
            by_size = max(group.vcpus / machine.vcpu, group.memory_mb / usable, group.busy / machine.sustained_vcpus)
            number = max(int(least), ceil(by_size))
            best = min(best, (number * machine.rate * ec2.hours, number))
    return best


def portfolio_of(
    model: CostModel, columns: Mapping[str, Quantity], services: Sequence[str], recommended: Any, apart: Any
) -> Portfolio:
    """The sums over some rows: `recommended` is the number of a service for each (-1: none), `apart` marks those that
    must not share anything."""
    found = Portfolio()
    for number, service in enumerate(services):
        rows = np.flatnonzero(recommended == number)
        if rows.size:
            some = {name: column[rows] for name, column in columns.items()}
            for priced, within in model.by_region(some):
                each = {name: column[within] for name, column in some.items()}
                _add(found, priced, model, service, each, apart[rows][within])
    return found


def _add(found: Portfolio, priced: CostModel | None, home: CostModel, service: str, columns: Any, apart: Any) -> None:
    height = apart.size
    ops, model = ops_of(columns, height), priced or home
    region = columns["region"]
    names = [region.names[at] if at < len(region.names) else model.facts.region for at in region.numbers[:1]]
    demand = demand_of(ops, home.at_peak, model.facts)
    for fact, needed in _needed(service, ops, home, demand):
        found.needed[fact, names[0]] += float(np.sum(np.broadcast_to(needed, height)))
    if priced is None:
        return
    usual = demand_of(ops, model.usual, model.facts)
    bill = model.bill(service, ops, usual)
    holds = np.broadcast_to(bill.holds, height) & np.isfinite(np.broadcast_to(bill.total(), height))
    for label, plan in _ON_PLAN.items():
        found.on_plan[plan] += float(_usd(bill, (label,), height)[holds].sum())
    if service in _PAID:
        balancer = _usd(bill, _BALANCER, height, whole=True)
        shares = holds & ~apart & (balancer > 0)
        _group(found.balancers, shares, names[0], columns, [usual.private], balancer, usual)
    if service == "ecs_ec2":
        dedicated = np.broadcast_to(ops.is_in(ops.read("dedicated_hardware"), True), height)
        shares = holds & ~apart & ~dedicated & (np.broadcast_to(usual.gpus, height) == 0)
        instances = _usd(bill, ("instances",), height)
        _group(found.hosts, shares, names[0], columns, [usual.windows, usual.arm], instances, usual)


def _needed(service: str, ops: Ops, model: CostModel, demand: Demand) -> Iterator[tuple[str, Quantity]]:
    """What a service takes of the quotas of an account, by the fact with its default."""
    together = ops.where(demand.jobs, demand.parallel, demand.instances)
    if service == "fargate":
        yield "fargate.vcpu_quota_default", together * demand.vcpus
    elif service == "lightsail":
        yield "lightsail.instances_per_account", demand.least
    elif service == "lambda":
        usual = model.usual
        headroom = ops.choose(ops.read("traffic"), usual.headroom, usual["headroom"])
        peak = ops.default(ops.read("peak_concurrency"), demand.average * headroom)
        yield "lambda.concurrency_default", ops.ceil(ops.larger(peak, demand.average))


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
    instances, vcpus, memory_mb = (
        np.broadcast_to(each, height) for each in (demand.instances, demand.vcpus, demand.memory_mb)
    )
    busy, least = np.broadcast_to(demand.busy_vcpus, height), np.broadcast_to(demand.least, height)
    for key in np.unique(keys[rows], axis=0):
        here = rows & (keys == key).all(axis=1)
        place = Place(region, named[int(key[0])], tuple(map(bool, key[1:])))
        groups.setdefault(place, Shared()).update(
            Shared(
                int(here.sum()),
                float(usd[here].sum()),
                float((instances * vcpus)[here].sum()),
                float((instances * memory_mb)[here].sum()),
                float(busy[here].sum()),
                (float(vcpus[here].max()), float(memory_mb[here].max()), float(least[here].max())),
            )
        )
