"""Prices: the facts that cost formulas need, read once into numbers and sorted tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from whichcompute.base.errors import DataError

SCENARIOS = ("low", "expected", "high")
ASSUMED = {
    "memory_mb", "memory_mb_windows", "memory_mb_per_vcpu", "vcpus", "typical_share_of_max", "requests_per_vcpu",
    "connections_per_vcpu", "average_share_of_peak", "headroom", "headroom_steady", "headroom_daily_cycle",
    "headroom_spiky", "headroom_rare", "instance_start_s",
}  # fmt: skip
"""Names in the table of assumptions that the formulas rely on."""
SECONDS_PER_HOUR = 3600.0
MB_PER_GB = 1024.0
INFINITE = math.inf
Groups = Mapping[tuple[bool, ...], Sequence["Machine"]]


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance type or a bundle: `usd` an hour or a month, and `rate` with the root volume."""

    name: str
    vcpu: float
    memory_mb: float
    rate: float
    usd: float
    sustained_vcpus: float
    gpus: float = 0.0
    disk_gb: float = math.inf

    def at_least(self, needs: Sequence[float]) -> float:
        """How many it takes at the very least, if copies could be cut: `needs` as in formulas."""
        by_cpu, by_memory = needs[0] / self.vcpu, needs[1] / self.memory_mb
        return needs[-1] * (by_cpu if by_cpu > by_memory else by_memory)

    def dominates(self, other: Machine) -> bool:
        """Whether it holds whatever the other holds and costs no more."""
        own = (self.vcpu, self.memory_mb, self.sustained_vcpus, self.gpus, self.disk_gb, -self.rate)
        others = (other.vcpu, other.memory_mb, other.sustained_vcpus, other.gpus, other.disk_gb, -other.rate)
        return all(mine >= theirs for mine, theirs in zip(own, others, strict=True))


@dataclass(frozen=True, slots=True)
class Size:
    """Fargate sizes with the same CPU: memory from the smallest to the largest in steps, in GB."""

    vcpu: float
    memory_min_gb: float
    memory_max_gb: float
    memory_step_gb: float
    windows: bool


@dataclass(frozen=True, slots=True)
class TaskRates:
    """What a vCPU or a GB of a Fargate task costs an hour."""

    windows: float
    arm: float
    x86: float


@dataclass(frozen=True, slots=True)
class Tier:
    """A price for the quantity between two marks."""

    above: float
    upto: float
    price: float


_BUNDLE = ("name", "vcpu", "memory_gb", "disk_gb", "usd_linux", "usd_windows")


class Prices:
    """Every number a cost formula uses, by name; DataError names a fact that is missing or not of the form needed."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self.hours = self.number("cost.hours_per_month")
        self.month_s = self.hours * SECONDS_PER_HOUR
        self.minimum_vcpus = self.number("cost.minimum_copy_vcpus")
        self.minimum_memory_mb = self.number("cost.minimum_copy_memory")
        self._read_functions()
        self._read_tasks()
        self._read_instances()
        self.sizes = {(windows,): self._sizes(windows) for windows in (False, True)}
        self.instances = {spot: self._instances(spot) for spot in (False, True)}
        self.job_instances = {spot: _fixed(self.instances[spot]) for spot in (False, True)}
        self.bundles = self._bundles()

    def _read_functions(self) -> None:
        self.request = self.number("lambda.price_request")
        self.tmp = self.number("lambda.price_ephemeral_storage")
        self.free_requests = self.number("lambda.free_requests")
        self.free_gb_seconds = self.number("lambda.free_gb_seconds")
        self.function_step = self.number("lambda.billing_step")
        self.function_memory_min = self.number("lambda.memory_min")
        self.function_memory_max = self.number("lambda.memory_max")
        self.function_mb_per_vcpu = self.number("lambda.memory_per_vcpu")
        self.function_disk = self.number("lambda.ephemeral_storage_default")
        self.function_disk_max = self.number("lambda.ephemeral_storage_max")
        self.message = self.number("api_gateway.price_websocket_message")
        self.lambda_tiers = {arm: self._lambda_tiers(arm) for arm in (False, True)}
        self.http_tiers = self._call_tiers("http", ("", "_tier2"))
        self.rest_tiers = self._call_tiers("rest", ("", "_tier2", "_tier3"))

    def _read_tasks(self) -> None:
        self.task_vcpu, self.task_gb = self._task_rates("vcpu"), self._task_rates("gb")
        self.task_licence = self.number("fargate.price_licence_vcpu_hour_windows")
        self.task_tmp = self.number("fargate.price_ephemeral_gb_hour")
        self.task_minimum = self.number("fargate.minimum_billed")
        self.task_minimum_windows = self.number("fargate.minimum_billed_windows")
        self.task_spot = 1 - self.number("fargate.spot_discount_max") / 100
        self.task_start = self.number("fargate.startup_time")
        self.task_disk = self.number("fargate.ephemeral_storage_default")
        self.task_disk_max = self.number("fargate.ephemeral_storage_max")

    def _read_instances(self) -> None:
        self.root_volume_gb = self.number("cost.root_volume")
        self.gp3 = self.number("ec2.price_ebs_gp3")
        self.spot_discount = self.number("ec2.spot_discount_max") / 100
        self.instance_minimum = self.number("ec2.minimum_billed")
        self.address = self.number("ec2.price_public_ipv4_hour")
        self.balancer = self.number("ec2.price_alb_hour")
        self.balancer_unit = self.number("ec2.price_alb_lcu_hour")
        self.balancer_addresses = self.number("cost.balancer_addresses")
        self.connections_per_unit = self.number("ec2.alb_lcu_connections_per_second")
        self.bundle_balancer = self.number("lightsail.load_balancer_price")

    def number(self, id_: str) -> float:
        """The value in force of a fact that is a number."""
        value = self._facts.get(id_)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError(f"fact {id_}: a number is needed for costs, found {value!r}")
        return float(value)

    def table(self, id_: str, *columns: str) -> list[dict[str, Any]]:
        """The value in force of a fact that is a table; each row has these columns."""
        value = self._facts.get(id_)
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            raise DataError(f"fact {id_}: a list of tables is needed for costs, found {type(value).__name__}")
        for number, row in enumerate(value, 1):
            if missing := [column for column in columns if column not in row]:
                raise DataError(f"fact {id_}: row {number} lacks {', '.join(missing)}")
        return value

    def assumed(self) -> dict[str, dict[str, float]]:
        """For low, expected and high: the value assumed for each thing that may be unknown."""
        rows = self.table("cost.assumptions", "name", *SCENARIOS)
        if missing := ASSUMED - {row["name"] for row in rows}:
            raise DataError(f"fact cost.assumptions: no row for {', '.join(sorted(missing))}")
        return {scenario: {row["name"]: float(row[scenario]) for row in rows} for scenario in SCENARIOS}

    def _lambda_tiers(self, arm: bool) -> list[Tier]:
        chip = "arm" if arm else "x86"
        prices = [self.number(f"lambda.price_duration_{chip}{tier}") for tier in ("", "_tier2", "_tier3")]
        return _tiers([self.number(f"lambda.{tier}_from_{chip}") for tier in ("tier2", "tier3")], prices)

    def _task_rates(self, what: str) -> TaskRates:
        kinds = ("windows", "linux_arm", "linux_x86")
        return TaskRates(*(self.number(f"fargate.price_{what}_hour_{kind}") for kind in kinds))

    def _call_tiers(self, api: str, tiers: Sequence[str]) -> list[Tier]:
        marks = [self.number(f"api_gateway.{api}{tier}_from") / 1e6 for tier in tiers[1:]]
        return _tiers(marks, [self.number(f"api_gateway.price_{api}{tier}") for tier in tiers])

    def _sizes(self, windows: bool) -> list[Size]:
        columns = [field.name for field in fields(Size)]
        rows = [Size(*(row[name] for name in columns)) for row in self.table("fargate.size_table", *columns)]
        return sorted(
            (row for row in rows if row.windows or not windows), key=lambda row: (row.vcpu, row.memory_max_gb)
        )

    def _instances(self, spot: bool) -> Groups:
        share = 1 - self.spot_discount if spot else 1.0
        usable = 1 - self.number("ec2.container_memory_reserve_percent") / 100
        root = self.root_volume_gb * self.gp3 / self.hours
        groups: dict[tuple[bool, ...], list[Machine]] = {}
        for row in self.table("ec2.on_demand_linux_table", "type", "vcpu", "memory_gb", "arch", "usd_per_hour"):
            for windows, usd in self._hourly(row):
                key = (windows, row["arch"] == "arm64", "gpus" in row)
                machine = _machine(row["type"], row, usd * share, root, usable)
                groups.setdefault(key, []).append(machine)
        return {key: _useful(machines) for key, machines in groups.items()}

    def _hourly(self, row: Mapping[str, Any]) -> list[tuple[bool, float]]:
        # Windows runs on x86 only, and burstable types have Windows prices of their own or none.
        table = self.table("ec2.on_demand_windows_t3_table", "type", "usd_per_hour")
        burstable = {other["type"]: other["usd_per_hour"] for other in table}
        prices = [(False, row["usd_per_hour"])]
        if row["type"] in burstable:
            prices.append((True, burstable[row["type"]]))
        elif row["arch"] == "x86_64" and "baseline_percent" not in row:
            prices.append((True, row["usd_per_hour"] + row["vcpu"] * self.number("ec2.windows_uplift_vcpu_hour")))
        return prices

    def _bundles(self) -> Groups:
        rows = [
            (f"{row['name']} ({family.replace('_', '-')})", row)
            for family in ("general", "memory_optimized", "compute_optimized")
            for row in self.table(f"lightsail.bundles_{family}", *_BUNDLE)
        ]
        return {
            (windows,): _useful(
                _machine(name, row, row["usd_windows" if windows else "usd_linux"], 0.0, 1.0) for name, row in rows
            )
            for windows in (False, True)
        }


def _machine(name: str, row: Mapping[str, Any], usd: float, root: float, usable: float) -> Machine:
    return Machine(
        name=name,
        vcpu=float(row["vcpu"]),
        memory_mb=row["memory_gb"] * MB_PER_GB * usable,
        rate=usd + root,
        usd=usd,
        sustained_vcpus=row["vcpu"] * row.get("baseline_percent", 100) / 100,
        gpus=float(row.get("gpus", 0)),
        disk_gb=float(row.get("disk_gb", math.inf)),
    )


def _useful(machines: Iterable[Machine]) -> list[Machine]:
    # A machine that another replaces at no higher price can never be the cheapest: the tables halve.
    kept: list[Machine] = []
    for machine in sorted(machines, key=lambda machine: (machine.rate, -machine.memory_mb, -machine.vcpu)):
        if not any(other.dominates(machine) for other in kept):
            kept.append(machine)
    return kept


def _fixed(groups: Groups) -> Groups:
    # Jobs use the CPU throughout, and Windows jobs run on Fargate only.
    return {
        key[1:]: [machine for machine in machines if machine.sustained_vcpus == machine.vcpu]
        for key, machines in groups.items()
        if not key[0]
    }


def _tiers(marks: Sequence[float], prices: Sequence[float]) -> list[Tier]:
    return [
        Tier(above, upto, price) for (above, upto), price in zip(pairwise([0.0, *marks, math.inf]), prices, strict=True)
    ]
