"""EC2 instances under ECS and Batch: instance types with their prices, their volumes and Spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whichcompute.pricing.bill import Part, nonzero
from whichcompute.pricing.demand import Scenario
from whichcompute.pricing.machines import Groups, Machine, machine, useful
from whichcompute.pricing.ops import Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts


class Ec2:
    """The instance types by (Windows, Arm, GPUs), `machines[True]` at Spot prices, and the lines of their bills."""

    def __init__(self, facts: PriceFacts) -> None:
        self._facts = facts
        self.hours = facts.hours
        self.root_volume_gb = facts.number("cost.root_volume")
        self.gp3 = facts.number("ec2.price_ebs_gp3")
        self.spot_discount = facts.number("ec2.spot_discount_max") / 100
        self.reserved_percent = facts.number("ec2.container_memory_reserve_percent")
        self.machines = {spot: self._machines(1 - self.spot_discount if spot else 1.0) for spot in (False, True)}

    def _machines(self, share: float) -> Groups:
        usable = 1 - self.reserved_percent / 100
        root = self.root_volume_gb * self.gp3 / self.hours
        groups: dict[tuple[bool, ...], list[Machine]] = {}
        for row in self._facts.table("ec2.on_demand_linux_table", "type", "vcpu", "memory_gb", "arch", "usd_per_hour"):
            for windows, usd in self._hourly(row):
                key = (windows, row["arch"] == "arm64", "gpus" in row)
                groups.setdefault(key, []).append(machine(row["type"], row, usd * share, root, usable))
        return {key: useful(machines) for key, machines in groups.items()}

    def _hourly(self, row: Mapping[str, Any]) -> list[tuple[bool, float]]:
        # Windows runs on x86 only, and burstable types have separate Windows prices or none.
        table = self._facts.table("ec2.on_demand_windows_t3_table", "type", "usd_per_hour")
        burstable = {other["type"]: other["usd_per_hour"] for other in table}
        prices = [(False, row["usd_per_hour"])]
        if row["type"] in burstable:
            prices.append((True, burstable[row["type"]]))
        elif row["arch"] == "x86_64" and "baseline_percent" not in row:
            uplift = self._facts.number("ec2.windows_uplift_vcpu_hour")
            prices.append((True, row["usd_per_hour"] + row["vcpu"] * uplift))
        return prices

    @staticmethod
    def spot(ops: Ops, scenario: Scenario) -> bool:
        """Whether the estimate counts Spot prices: the low one of a single workload that may be interrupted."""
        return scenario.low and not ops.nowhere(ops.is_in(ops.read("interruptible"), True))

    def lines(self, rate: Quantity, machine: Machine | None, hours: Quantity, count: Quantity) -> list[Part]:
        """The lines of so many machines for so many hours; where columns name no machine, the cost of all of them."""
        if machine is None:
            return [Part("instances", hours, "hours", rate)]
        volumes = hours * count * self.root_volume_gb / self.hours
        return [
            Part(f"{count:,.0f} x {machine.name}", hours * count, "instance-hours", machine.usd),
            Part("EBS root volumes", volumes, "GB-months", self.gp3),
        ]

    def scratch(self, ops: Ops, gb_months: Quantity) -> list[Part]:
        """The line of the volumes for temporary data."""
        return nonzero(ops, Part("EBS volumes for temporary data", gb_months, "GB-months", self.gp3))

    def spot_words(self, interruptible: bool) -> str:
        """What the low estimate assumes of Spot."""
        return f"low: Spot at its maximum discount, {self.spot_discount:.0%}" if interruptible else ""
