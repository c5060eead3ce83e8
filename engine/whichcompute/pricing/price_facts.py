"""Facts as numbers and tables for cost formulas; DataError names a fact that is missing or has another form.

A price that is not known in a Region is NaN, and a table of prices is empty: what needs it has no estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from whichcompute.base.errors import DataError
from whichcompute.knowledge.price_lists import HOME

SCENARIOS = ("low", "expected", "high")
SECONDS_PER_HOUR = 3600.0
MB_PER_GB = 1024.0

Part = TypeVar("Part")


class PriceFacts:
    """Reads fact values by id, as they are in `region`. `hours` and `month_s` are the length of a month."""

    def __init__(self, facts: Mapping[str, Any], region: str = HOME) -> None:
        self._facts = facts
        self.region = region
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
        return float(value)

    def table(self, id_: str, *columns: str) -> list[dict[str, Any]]:
        """The value in force of a fact that is a table; each row has these columns."""
        value = self._facts.get(id_)
        if value == [] and self.region != HOME:
            return []
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            raise DataError(f"fact {id_}: a list of tables is needed for costs, found {type(value).__name__}")
        for number, row in enumerate(value, 1):
            if missing := [column for column in columns if column not in row]:
                raise DataError(f"fact {id_}: row {number} lacks {', '.join(missing)}")
        return value

    def named_in(self, id_: str) -> bool:
        """Whether a fact that lists Regions lists this one; none where there is no such fact."""
        return self.region in self._facts.get(id_, ())

    def assumed(self) -> dict[str, dict[str, float]]:
        """For low, expected and high: the value assumed for each thing that may be unknown."""
        rows = self.table("cost.assumptions", "name", *SCENARIOS)
        return {scenario: {row["name"]: float(row[scenario]) for row in rows} for scenario in SCENARIOS}
