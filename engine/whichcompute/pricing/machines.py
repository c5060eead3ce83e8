"""Machines: instance types and bundles, and how many of one hold the instances of a workload."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, ge
from typing import Any, NamedTuple

from whichcompute.pricing.bill import Bill, Part
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Condition, Key, Needs, Ops, Quantity, Search
from whichcompute.pricing.price_facts import MB_PER_GB
from whichcompute.pricing.scenario import Scenario

Groups = Mapping[tuple[bool, ...], Sequence["Machine"]]
"""Machines by what a workload asks for (Spot, Windows, Arm, GPUs, Dedicated Host), each group sorted by rate."""

_MORE = 1.000001  # than a machine has: beyond the tolerance of rounding


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance type, a bundle or a node: `usd` an hour or a month, and `rate` with the root volume."""

    name: str
    vcpu: float
    memory_mb: float
    rate: float
    usd: float
    sustained_vcpus: float
    gpus: float = 0.0
    disk_gb: float = math.inf
    transfer_gb: float = 0.0

    def at_least(self, needs: Sequence[float]) -> float:
        """A lower bound on how many are needed, as if instances could be divided."""
        if needs[0] > self.vcpu * _MORE or needs[1] > self.memory_mb * _MORE:
            return math.inf  # not even one instance fits
        by_cpu, by_memory = needs[0] / self.vcpu, needs[1] / self.memory_mb
        return needs[-1] * (by_cpu if by_cpu > by_memory else by_memory)

    @property
    def worth(self) -> tuple[float, ...]:
        """What it holds, and its prices negated: a machine with at least as much of everything replaces it."""
        holds = self.vcpu, self.memory_mb, self.sustained_vcpus, self.gpus, self.disk_gb, self.transfer_gb
        return *holds, -self.rate, -self.usd


def machine(name: str, row: Mapping[str, Any], usd: float, root: float = 0.0) -> Machine:
    """The machine in a row of a fact; `root` is what its root volume costs."""
    return Machine(
        name=name,
        vcpu=float(row["vcpu"]),
        memory_mb=row["memory_gb"] * MB_PER_GB,
        rate=usd + root,
        usd=usd,
        sustained_vcpus=row["vcpu"] * row.get("baseline_percent", 100) / 100,
        gpus=float(row.get("gpus", 0)),
        disk_gb=float(row.get("disk_gb", math.inf)),
        transfer_gb=row.get("transfer_tb", 0) * MB_PER_GB,
    )


def useful(machines: Iterable[Machine]) -> list[Machine]:
    """The machines by rate, without those that another replaces at no higher price: the tables halve."""
    kept: dict[tuple[float, ...], Machine] = {}
    for candidate in sorted(machines, key=lambda machine: (machine.rate, -machine.memory_mb, -machine.vcpu)):
        worth = candidate.worth
        if not any(all(map(ge, other, worth)) for other in kept):
            kept[worth] = candidate
    return list(kept.values())


def one_each(machine: Machine, needs: Needs) -> tuple[Condition, Quantity]:
    """Whether an instance fits on a node (by vCPUs, memory, stored GB), and as many nodes as instances (the last)."""
    vcpus, memory_mb, stored, instances = needs
    return (vcpus <= machine.vcpu) & (memory_mb <= machine.memory_mb) & (stored <= machine.disk_gb), instances


def one_line(
    ops: Ops, groups: Groups, key: Key, needs: Needs, label: str, hours: float = 1.0, unit: str = "months"
) -> Bill:
    """As many of the cheapest node as there are instances, one on each; columns name no node in the label."""
    found, rate, node, count = ops.cheapest(Search(groups, key, one_each, needs))
    if node is None:
        return Bill(found, [Part(label, hours, unit, rate)])
    return Bill(found, [Part(label.format(node=node.name, count=count), count * hours, unit, node.rate)])


class Load(NamedTuple):
    """What has to run on machines, as a row of needs: the fields of a demand, and what else costs something.

    `fee` is the share of a machine's price for its management, `credit` the price of surplus CPU credits, `address`
    that of a machine's public address, at most `addresses` for all, `balancer` that of what several have in front, and
    `direct` that of the address where clients reach a single one; `sent` and `stored` are GB; `number` is how many
    instances there are.
    """

    vcpus: Quantity
    memory_mb: Quantity
    gpus: Quantity
    scratch_gb: Quantity
    bursty: Condition
    steady: Condition
    reached: Condition
    fleet: Condition
    contained: Condition
    least: Quantity
    busy_vcpus: Quantity
    fee: Quantity
    credit: Quantity
    address: Quantity
    addresses: Quantity
    balancer: Quantity
    direct: Quantity
    sent: Quantity
    stored: Quantity
    number: Quantity

    def front(self, ops: Ops, count: Quantity) -> Quantity:
        """What the public addresses of so many machines and their load balancer cost."""
        before = ops.where((count > 1) | self.fleet, self.balancer, self.direct)
        return ops.smaller(count * self.address, self.addresses) + before


_OF_DEMAND = attrgetter(*Load._fields[: Load._fields.index("fee")])


def load_of(
    demand: Demand,
    *,
    fee: Quantity = 0.0,
    credit: Quantity = 0.0,
    front: Sequence[Quantity] = (0.0,) * 4,
    sent: Quantity = 0.0,
    stored: Quantity = 0.0,
) -> Load:
    """The load of all instances, on all month; `front` is what `Network.front` gives."""
    return Load._make((*_OF_DEMAND(demand), fee, credit, *front, sent, stored, demand.instances))


class Packing:
    """How many machines hold the instances of a workload: one policy for EC2 and Lightsail.

    Where a machine holds several instances or a container it keeps some memory for the system; where one that is sized
    like a server fills it, the scenario says.
    """

    def __init__(self, reserve: float, scenario: Scenario) -> None:
        self._usable = 1.0 - reserve
        self._alone = self._usable if scenario.says("memory_reserve") else 1.0

    def all_month(self, ops: Ops, machine: Machine, load: Load, vcpus: Quantity) -> tuple[Condition, Quantity]:
        """Whether an instance fits on the machine, and how many machines hold all instances and their CPU use.

        Each machine may be kept busy up to so many `vcpus`.
        """
        fits, number = self.at_a_time(ops, machine, load)
        return fits, ops.larger(load.least, ops.larger(number, ops.ceil(load.busy_vcpus / vcpus)))

    def at_a_time(self, ops: Ops, machine: Machine, load: Load) -> tuple[Condition, Quantity]:
        """Whether an instance or job fits on the machine, and how many machines hold all that run at a time."""
        each = self.side_by_side(ops, machine, load)
        return each >= 1, ops.ceil(load.number / ops.larger(each, 1.0))

    def side_by_side(self, ops: Ops, machine: Machine, load: Load) -> Quantity:
        """How many instances fit on one machine."""
        share = ops.where(load.contained, self._usable, self._alone)
        alone = ops.where(load.memory_mb <= machine.memory_mb * share, 1.0, 0.0)
        by_memory = ops.larger(alone, ops.floor(machine.memory_mb * self._usable / load.memory_mb))
        vcpus = ops.where(load.steady, machine.sustained_vcpus, machine.vcpu)
        number = ops.smaller(ops.floor(vcpus / load.vcpus), by_memory)
        if not ops.nowhere(machine.gpus > 0):
            number = ops.smaller(number, ops.floor(machine.gpus / ops.larger(load.gpus, 1.0)))
        if not ops.nowhere(machine.disk_gb < math.inf):
            number = ops.smaller(number, ops.floor(machine.disk_gb / ops.larger(load.scratch_gb, 1.0)))
        return number
