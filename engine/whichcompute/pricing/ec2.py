"""EC2 instances: instance types and Dedicated Hosts with their prices, their volumes, credits, fees and Spot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from whichcompute.pricing.bill import Bill, Lines, Part
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.machines import Groups, Load, Machine, Packing, load_of, machine, useful
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario


class Ec2:
    """The machines by (Spot prices, Windows, Arm, GPUs, Dedicated Host), and their bills."""

    def __init__(self, facts: PriceFacts) -> None:
        self._facts = facts
        self.hours = facts.hours
        self.root_volume_gb = facts.number("cost.root_volume")
        self._lines = facts.part(Lines)
        self.spot_discount = facts.number("ec2.spot_discount_max") / 100
        self.reserve = facts.number("ec2.container_memory_reserve_percent") / 100
        self.fee = facts.number("ecs_ec2.mi_fee_percent") / 100
        self.credits = tuple(facts.number(f"ec2.price_surplus_credits_{os}") for os in ("linux", "windows"))
        self.plan_discount = facts.number("ec2.savings_plan_discount_max") / 100
        self._host = facts.number("ec2.dedicated_host_factor")
        self.machines: Groups = {
            (spot, *key): machines
            for spot, share in ((False, 1.0), (True, 1 - self.spot_discount))
            for key, machines in self._machines(share).items()
        }

    def _machines(self, share: float) -> Groups:
        root = self.root_volume_gb * self._lines.price("EBS root volumes") / self.hours
        rows = self._facts.table("ec2.on_demand_linux_table", "type", "vcpu", "memory_gb", "arch", "usd_per_hour")
        groups: dict[tuple[bool, ...], list[Machine]] = {}
        for row in rows:
            if row.get("host_only"):
                continue
            for windows, usd in self._hourly(row):
                key = (windows, row["arch"] == "arm64", "gpus" in row, False)
                groups.setdefault(key, []).append(machine(row["type"], row, usd * share, root))
        for row in _largest_of_family(rows):
            host = machine(f"{row['type'].split('.')[0]} Dedicated Host", row, row["usd_per_hour"] * self._host, root)
            for windows in (False, True):  # on a host, Windows runs on the customer's own licences
                key = (windows, row["arch"] == "arm64", "gpus" in row, True)
                groups.setdefault(key, []).append(host)
        return {key: useful(machines) for key, machines in groups.items() if not (key[0] and key[1])}

    def _hourly(self, row: Mapping[str, Any]) -> list[tuple[bool, float]]:
        # Windows runs on x86 only, and on burstable types that have a separate charge for it.
        table = self._facts.table("ec2.windows_uplift_t3_table", "type", "usd_per_hour")
        uplift = {other["type"]: other["usd_per_hour"] for other in table}.get(row["type"])
        if uplift is None and row["arch"] == "x86_64" and "baseline_percent" not in row:
            uplift = row["vcpu"] * self._facts.number("ec2.windows_uplift_vcpu_hour")
        linux = row["usd_per_hour"]
        return [(False, linux), *([] if uplift is None else [(True, linux + uplift)])]

    @staticmethod
    def spot(ops: Ops, scenario: Scenario) -> Condition:
        """Whether the estimate counts Spot prices: for work that may be interrupted."""
        return scenario.says("spot") & ops.is_in(ops.read("interruptible"), True)

    def all_month(
        self,
        ops: Ops,
        scenario: Scenario,
        demand: Demand,
        fee: Quantity = 0.0,
        on_host: Condition = False,
        addresses: tuple[Quantity, Quantity] = (0.0, 0.0),
    ) -> tuple[Bill, Quantity]:
        """The cheapest machines for all instances, on all month, and how many there are.

        `fee` is the share of their price that is paid for management besides; `on_host` asks for Dedicated Hosts, as
        the workload may. Of two choices the one with fewer `addresses` may cost less; their line is not in the bill.
        """
        if not self.machines:
            return self.unpriced(demand.instances * self.hours), demand.instances
        dedicated = ops.is_in(ops.read("dedicated_hardware"), True) | on_host
        key = (self.spot(ops, scenario), demand.windows, demand.arm, demand.gpus > 0, dedicated)
        credit = ops.where(demand.windows, self.credits[1], self.credits[0])
        packing = Packing(self.reserve, scenario)

        def fits(machine: Machine, load: Load) -> tuple[Condition, Quantity]:
            above = ops.where(load.bursty, machine.vcpu, machine.sustained_vcpus)  # bursts run on surplus credits
            return packing.all_month(ops, machine, load, above)

        def extra(machine: Machine, load: Load, count: Quantity) -> Quantity:
            beside = count * machine.usd * load.fee + _surplus(ops, machine, load, count) * load.credit
            return beside + ops.smaller(count * load.address, load.addresses)

        load = load_of(demand, fee=fee, credit=credit, addresses=addresses)
        found, rate, chosen, count = ops.cheapest(self.machines, key, fits, load, extra)
        rate = rate - ops.smaller(count * addresses[0], addresses[1])
        parts = self.lines(rate, chosen, self.hours, count)
        if chosen is not None:
            surplus = _surplus(ops, chosen, load, count) * self.hours
            parts.append(Part("ECS Managed Instances fee", count * self.hours * fee, "instance-hours", chosen.usd))
            parts.append(Part("surplus CPU credits", surplus, "vCPU-hours", credit))
        return Bill(found, parts), count

    @staticmethod
    def unpriced(hours: Quantity) -> Bill:
        """A bill for instances where no price of any is known."""
        return Bill(True, [Part("EC2 instances", hours, "instance-hours", math.nan)])

    def lines(self, rate: Quantity, machine: Machine | None, hours: Quantity, count: Quantity) -> list[Part]:
        """The lines of so many machines for so many hours; where columns name no machine, the cost of all of them."""
        if machine is None:
            return [Part("instances", hours, "hours", rate)]
        volumes = hours * count * self.root_volume_gb / self.hours
        return [
            Part(f"{count:,.0f} x {machine.name}", hours * count, "instance-hours", machine.usd),
            Part("EBS root volumes", volumes, "GB-months", self._lines.price("EBS root volumes")),
        ]

    def scratch(self, ops: Ops, gb_months: Quantity) -> list[Part]:
        """The line of the volumes for temporary data."""
        return self._lines(ops, {"EBS volumes for temporary data": gb_months})

    def spot_words(self, interruptible: bool) -> str:
        """What the low estimate assumes of Spot."""
        return f"low: Spot at its maximum discount, {self.spot_discount:.0%}" if interruptible else ""


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
