"""Drivers: which assumptions make the range of an estimate wide, and which answer would narrow it most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whichcompute.base.records import Record
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.demand import ASSUMED
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

MOST = 2
_WIDTH = 0.1  # of the expected estimate: a smaller change is not worth a word


@dataclass(frozen=True)
class CostDriver(Record):
    """One thing that is assumed: USD a month when it alone is as in the low and as in the high estimate.

    `field` is the descriptor whose answer replaces the assumption, and `question` asks for it; empty where none does.
    """

    title: str
    low: float
    high: float
    field: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Assumptions (by `names`) that one answer replaces, or that belong together."""

    title: str
    field: str
    names: tuple[str, ...]
    in_demand: bool
    others: tuple[Scenario, ...]
    """The expected scenario with these assumptions as in the low and in the high one, where they differ."""


class Drivers:
    """Finds the assumptions behind a range."""

    def __init__(self, facts: PriceFacts, scenarios: Sequence[Scenario]) -> None:
        rows = facts.table("cost.assumptions", "name", "field")
        groups: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            field = row["field"]
            key = (DESCRIPTORS[field].title if field else row["title"], field)
            groups.setdefault(key, []).append(row["name"])
        low, expected, high = scenarios
        self._groups = [
            Group(
                title,
                field,
                tuple(names),
                bool(ASSUMED.intersection(names)),
                tuple(
                    expected.but(other, tuple(names))
                    for other in (low, high)
                    if any(other[name] != expected[name] for name in names)
                ),
            )
            for (title, field), names in groups.items()
        ]

    def open(self, values: Mapping[str, Any]) -> list[Group]:
        """The assumptions that no answer replaces yet."""
        return [group for group in self._groups if values.get(group.field) is None]

    def widest(
        self, values: Mapping[str, Any], expected: float, bill: Callable[[Scenario, bool], Bill]
    ) -> tuple[CostDriver, ...]:
        """The assumptions that move an estimate most, the widest first.

        `bill` prices the workload in a scenario, given whether the demand differs from the expected one.
        """
        found = []
        for group in self.open(values):
            ends = sorted([expected, *(_total(bill(each, group.in_demand), expected) for each in group.others)])
            if ends[-1] - ends[0] > _WIDTH * expected:
                question = DESCRIPTORS[group.field].question if group.field else ""
                found.append(CostDriver(group.title, ends[0], ends[-1], group.field, question))
        return tuple(sorted(found, key=lambda driver: driver.low - driver.high)[:MOST])


def _total(bill: Bill, otherwise: float) -> float:
    # An assumption under which no size fits says nothing of the cost.
    total: float = bill.total() if bill.holds else otherwise
    return total if total == total else otherwise
