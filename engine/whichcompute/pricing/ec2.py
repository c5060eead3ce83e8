"""EC2 instances: instance types and Dedicated Hosts with their prices, their volumes, credits, fees and Spot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from whichcompute.pricing.bill import Bill, Lines, Part
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.machines import Groups, Load, Machine, Packing, load_of, machine, useful
from whichcompute.pricing.ops import Condition, Key, Ops, Quantity, Search
from whichcompute.pricing.price_facts import SECONDS_PER_HOUR, PriceFacts
from whichcompute.pricing.scenario import Scenario

_SCRATCH = "EBS volumes for temporary data"
DEDICATED_HOST = "Dedicated Host"
"""What ends the names of Dedicated Hosts among the machines."""


class Ec2:
    """Instance types and Dedicated Hosts, and their bills."""

    def __init__(self, facts: PriceFacts) -> None:
        self._facts = facts
        self.hours = facts.hours
        self.root_volume_gb = facts.number("cost.root_volume")
        self._lines = facts.part(Lines)
        self.reserve = facts.number("ec2.container_memory_reserve_percent") / 100
        self.fee = facts.number("ecs_ec2.mi_fee_percent") / 100
        self.credits = tuple(facts.number(f"ec2.price_surplus_credits_{os}") for os in ("linux", "windows"))
        self.plans = [facts.number(f"ec2.savings_plan_discount_{term}") / 100 for term in ("1y", "3y")]
        self._host = facts.number("ec2.dedicated_host_factor")
        self._root = self._lines.price("EBS root volumes")
        self._minimum_s = facts.number("ec2.minimum_billed")
        self._groups: dict[tuple[float, bool], Groups] = {}
        self._by_share: dict[float, Groups] = {}

    def machines(self, scenario: Scenario, *, sustained: bool = False) -> Groups:
        """The machines by (Spot prices, Windows, Arm, GPUs, Dedicated Host); `sustained`: without burstable types."""
        key = scenario["spot_discount_ec2"], sustained
        if key not in self._groups:
            self._groups[key] = {
                (spot, *kind): [each for each in found if not sustained or each.sustained_vcpus == each.vcpu]
                for spot, share in ((False, 1.0), (True, 1.0 - key[0]))
                for kind, found in self._priced(share).items()
            }
        return self._groups[key]

    def _priced(self, share: float) -> Groups:
        """All machines by kind, at this share of the On-Demand price."""
        if share not in self._by_share:
            self._by_share[share] = self._made(share)
        return self._by_share[share]

    def _made(self, share: float) -> Groups:
        root = self.root_volume_gb * self._root / self.hours
        rows = self._facts.table("ec2.on_demand_linux_table", "type", "vcpu", "memory_gb", "arch", "usd_per_hour")
        table = self._facts.table("ec2.windows_uplift_t3_table", "type", "usd_per_hour")
        uplifts = {row["type"]: row["usd_per_hour"] for row in table}
        groups: dict[tuple[bool, ...], list[Machine]] = {}
        for row in rows:
            if row.get("host_only"):
                continue
            for windows, usd in self._hourly(row, uplifts):
                key = (windows, row["arch"] == "arm64", "gpus" in row, False)
                name = row["type"] if share == 1 else f"{row['type']} on Spot"
                groups.setdefault(key, []).append(machine(name, row, usd * share, root))
        for row in _largest_of_family(rows):
            host = machine(f"{row['type'].split('.')[0]} {DEDICATED_HOST}", row, row["usd_per_hour"] * self._host, root)
            for windows in (False, True):  # on a host, Windows runs on the customer's own licences
                key = (windows, row["arch"] == "arm64", "gpus" in row, True)
                groups.setdefault(key, []).append(host)
        return {key: useful(machines) for key, machines in groups.items() if not (key[0] and key[1])}

    def _hourly(self, row: Mapping[str, Any], uplifts: Mapping[str, float]) -> list[tuple[bool, float]]:
        # Windows runs on x86 only, and on burstable types that have a separate charge for it.
        uplift = uplifts.get(row["type"])
        if uplift is None and row["arch"] == "x86_64" and "baseline_percent" not in row:
            uplift = row["vcpu"] * self._facts.number("ec2.windows_uplift_vcpu_hour")
        linux = row["usd_per_hour"]
        return [(False, linux), *([] if uplift is None else [(True, linux + uplift)])]

    def all_month(
        self,
        ops: Ops,
        scenario: Scenario,
        demand: Demand,
        fee: Quantity = 0.0,
        on_host: Condition = False,
        front: Sequence[Quantity] = (0.0,) * 4,
    ) -> tuple[Bill, Quantity]:
        """The cheapest machines for all instances, on all month, and how many there are.

        `fee` is the share of their price that is paid for management besides; `on_host` asks for Dedicated Hosts, as
        the workload may. Of two choices the one with less in `front` may cost less; its lines are not in the bill.
        """
        if not (machines := self.machines(scenario)):
            return _unpriced(demand.instances * self.hours), demand.instances
        dedicated = ops.is_in(ops.read("dedicated_hardware"), True) | on_host
        key = _key(ops, demand, dedicated)
        credit = ops.where(demand.windows, self.credits[1], self.credits[0])
        packing = Packing(self.reserve, scenario)

        def fits(machine: Machine, load: Load) -> tuple[Condition, Quantity]:
            above = ops.where(load.bursty, machine.vcpu, machine.sustained_vcpus)  # bursts run on surplus credits
            return packing.all_month(ops, machine, load, above)

        def extra(machine: Machine, load: Load, count: Quantity) -> Quantity:
            beside = count * machine.usd * load.fee + _surplus(ops, machine, load, count) * load.credit
            return beside + load.front(ops, count)

        load = load_of(demand, fee=fee, credit=credit, front=front)
        found, rate, chosen, count = ops.cheapest(Search(machines, key, fits, load, extra))
        rate = rate - load.front(ops, count)
        parts = self._parts(rate, chosen, self.hours, count, fee)
        if chosen is not None:
            surplus = _surplus(ops, chosen, load, count) * self.hours
            parts.append(Part("surplus CPU credits", surplus, "vCPU-hours", credit))
        return Bill(found, [*parts, *self._lines(ops, {_SCRATCH: demand.instances * demand.scratch_gb})]), count

    def by_run(self, ops: Ops, scenario: Scenario, demand: Demand, fee: Quantity | None = None) -> Bill:
        """The cheapest machines while jobs run, which use the CPU throughout; `fee` as in `all_month`, if any."""
        seconds = ops.larger(ops.ceil(demand.run_s), self._minimum_s) + scenario["instance_start_s"]
        if not (machines := self.machines(scenario, sustained=True)):
            return _unpriced(demand.runs * seconds / SECONDS_PER_HOUR)
        packing = Packing(self.reserve, scenario)
        load = load_of(demand, fee=0.0 if fee is None else fee)._replace(number=demand.parallel)

        def extra(machine: Machine, load: Load, count: Quantity) -> Quantity:
            return count * machine.usd * load.fee

        key, fits = _key(ops, demand, False), partial(packing.at_a_time, ops)
        search = Search(machines, key, fits, load, None if fee is None else extra)
        found, rate, chosen, count = ops.cheapest(search)
        hours = demand.runs / demand.parallel * seconds / SECONDS_PER_HOUR
        months = demand.runs * seconds / SECONDS_PER_HOUR / self.hours
        scratch = self._lines(ops, {_SCRATCH: demand.scratch_gb * months})
        return Bill(found, [*self._parts(rate, chosen, hours, count, 0.0 if fee is None else fee), *scratch])

    def _parts(
        self, rate: Quantity, machine: Machine | None, hours: Quantity, count: Quantity, fee: Quantity
    ) -> list[Part]:
        """The lines of so many machines for so many hours; where columns name no machine, the cost of all of them."""
        gb = self.root_volume_gb / self.hours
        volumes = Part("EBS root volumes", hours * count * gb, "GB-months", self._root)
        if machine is None:
            return [Part("instances", hours, "hours", rate - count * gb * self._root), volumes]
        hours = hours * count
        return [
            Part(f"{count:,.0f} x {machine.name}", hours, "instance-hours", machine.usd),
            Part("ECS Managed Instances fee", hours * fee, "instance-hours", machine.usd),
            volumes,
        ]


def _unpriced(hours: Quantity) -> Bill:
    return Bill(True, [Part("EC2 instances", hours, "instance-hours", math.nan)])


def _key(ops: Ops, demand: Demand, dedicated: Condition) -> Key:
    """The group of machines for each workload; those that may be interrupted run on Spot."""
    spot = ops.is_in(ops.read("interruptible"), True)
    return spot, demand.windows, demand.arm, demand.gpus > 0, dedicated


def _largest_of_family(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    largest: dict[str, dict[str, Any]] = {}
    for row in rows:
        family = row["type"].split(".")[0]
        if "baseline_percent" not in row and row["vcpu"] >= largest.get(family, row)["vcpu"]:
            largest[family] = row
    return list(largest.values())


def _surplus(ops: Ops, machine: Machine, load: Load, count: Quantity) -> Quantity:
    """vCPUs above the baseline of so many burstable machines."""
    burstable = machine.sustained_vcpus < machine.vcpu
    if ops.nowhere(burstable):
        return 0.0
    return ops.where(burstable, ops.larger(load.busy_vcpus - machine.sustained_vcpus * count, 0.0), 0.0)
