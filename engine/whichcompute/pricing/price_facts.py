"""Facts as numbers and tables for cost formulas; DataError names a fact that is missing or has another form.

A price that is not known in a Region is NaN, and a table of prices is empty: what needs it has no estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan
from typing import Any, TypeVar, cast

from whichcompute.base.errors import DataError
from whichcompute.knowledge.price_lists import HOME

SCENARIOS = ("low", "expected", "high")
ASSUMED = {
    "memory_mb", "memory_mb_windows", "memory_mb_stack", "memory_mb_per_vcpu", "vcpus", "mb_per_compute_vcpu",
    "typical_share_of_max", "requests_per_vcpu", "connections_per_vcpu", "request_busy_s", "request_s",
    "average_share_of_peak",
    "capacity_for_peak", "headroom_steady", "headroom_daily_cycle", "headroom_spiky", "headroom_rare", "headroom",
    "headroom_queue", "instance_start_s", "jobs_side_by_side", "tasks_by_run", "arm", "second_zone", "spot",
    "memory_reserve", "burstable", "load_balancer", "public_addresses", "addresses_of_jobs", "nat_gateways",
    "nat_gb", "interface_endpoints", "nat_for_database", "database_proxy", "log_kb", "logs_outside_production",
    "cold_start_share", "cold_start_share_rare", "provisioned_concurrency", "api_in_front", "rest_api",
    "full_payload", "shared_gb", "managed_instances", "free_egress",
}  # fmt: skip
"""Names in the table of assumptions that the formulas rely on."""
SECONDS_PER_HOUR = 3600.0
MB_PER_GB = 1024.0

Part = TypeVar("Part")


class PriceFacts:
    """Reads fact values by id, as they are in `region`. `hours` and `month_s` are the length of a month.

    `unknown` are the ids, among those read so far, of the prices that are not known in the Region.
    """

    def __init__(self, facts: Mapping[str, Any], region: str = HOME) -> None:
        self._facts = facts
        self.region = region
        self.unknown: set[str] = set()
        self._parts: dict[object, object] = {}
        self.hours = self.number("cost.hours_per_month")
        self.month_s = self.hours * SECONDS_PER_HOUR
        self.minimum_vcpus = self.number("cost.minimum_copy_vcpus")
        self.minimum_memory_mb = self.number("cost.minimum_copy_memory")

    def part(self, read: Callable[[PriceFacts], Part]) -> Part:
        """What `read` makes of the facts, made once: prices that several services share."""
        if read not in self._parts:
            self._parts[read] = read(self)
        return cast(Part, self._parts[read])

    def number(self, id_: str) -> float:
        """The value in force of a fact that is a number."""
        value = self._facts.get(id_)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError(f"fact {id_}: a number is needed for costs, found {value!r}")
        if isnan(value):
            self.unknown.add(id_)
        return float(value)

    def table(self, id_: str, *columns: str) -> list[dict[str, Any]]:
        """The value in force of a fact that is a table; each row has these columns."""
        value = self._facts.get(id_)
        if value == [] and self.region != HOME:
            self.unknown.add(id_)
            return []
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
