"""Cost: what a workload costs a month on each of the five services, with every line and assumption.

Prices are list prices of one Region in USD, without tax; the facts give them. Nothing is estimated from nothing:
a service has no estimate where the workload says too little (see `NEEDS`) or where no size of it holds the workload.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whichcompute.base.records import Record
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.crossover import GRIDS, Stretch, stretches
from whichcompute.pricing.demand import demand, scenario
from whichcompute.pricing.formulas import FORMULAS
from whichcompute.pricing.notes import Notes
from whichcompute.pricing.ops import Ops, Quantity, numbers
from whichcompute.pricing.tables import INFINITE, Prices

if TYPE_CHECKING:
    import polars as pl

NEEDS: dict[str, str] = {
    "lambda": "invocations_per_month and a duration (typical_duration_s or max_duration_s)",
    "fargate": "memory_mb or vcpus or a kind that runs all month; for jobs invocations_per_month and a duration",
    "ecs_ec2": "memory_mb, vcpus or gpus, a kind that runs all month, or invocations_per_month and a duration",
    "batch": "invocations_per_month and a duration (typical_duration_s or max_duration_s)",
    "lightsail": "memory_mb or vcpus, a kind that runs all month, or invocations_per_month and a duration",
}
"""For each service the least that must be known of a workload before its cost can be estimated."""


@dataclass(frozen=True)
class CostLine(Record):
    """One line of an estimate: `quantity` (in `unit`) times `unit_price` USD is `amount` USD a month."""

    label: str
    quantity: float
    unit: str
    unit_price: float
    amount: float


@dataclass(frozen=True)
class MonthlyCost(Record):
    """USD a month in the region of the prices: low <= expected <= high; the amounts of `lines` add up to `expected`.

    `assumptions` says in words what was assumed for what is unknown, and what is not counted.
    """

    low: float
    expected: float
    high: float
    lines: tuple[CostLine, ...]
    assumptions: tuple[str, ...]


class CostModel:
    """Estimates by the prices in `facts` (fact values by id). Immutable: share it between threads."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._prices = Prices(facts)
        scenarios = [scenario(name, assumed) for name, assumed in self._prices.assumed().items()]
        self._low, self._expected, self._high = scenarios
        self._notes = Notes(self._prices, scenarios)

    def estimate(self, values: Mapping[str, Any], *, free_tier: bool = False) -> dict[str, MonthlyCost | None]:
        """The monthly cost on each service; None where too little is known or no size holds the workload.

        `values` holds the known descriptors in their units. `free_tier` takes off the free tier of Lambda, which
        belongs to an account and not to a workload.
        """
        o, p = numbers(values), self._prices
        demands = [demand(o, s, p) for s in (self._low, self._expected, self._high)]
        low, expected, high = demands
        notes = self._notes.tell(values, demands, free_tier)
        costs: dict[str, MonthlyCost | None] = {}
        for service, formula in FORMULAS.items():
            bill = formula(o, self._expected, p, expected, free_tier)
            if not bill.holds:
                costs[service] = None
                continue
            least, most = formula(o, self._low, p, low, free_tier), formula(o, self._high, p, high, free_tier)
            costs[service] = _cost(bill, least, most, notes[service])
        return costs

    def expected(self, values: Mapping[str, Any], *, free_tier: bool = False) -> dict[str, float | None]:
        """Only the expected USD a month on each service, several times faster than `estimate`."""
        bills = self._bills(FORMULAS, free_tier, numbers(values))
        return {service: bill.total() if bill.holds else None for service, bill in bills.items()}

    def crossovers(
        self, values: Mapping[str, Any], field: str, services: Iterable[str] = FORMULAS, *, free_tier: bool = False
    ) -> tuple[Stretch, ...]:
        """Which of the services is the cheapest over all values of `field` (of `crossover.GRIDS`), the rest as given.

        Empty where none of them has an estimate. KeyError for a field whose crossovers cannot be solved.
        """
        grid, among = GRIDS[field], tuple(services)

        def costs_at(value: float) -> dict[str, float]:
            bills = self._bills(among, free_tier, numbers({**values, field: value}))
            return {service: bill.total() if bill.holds else INFINITE for service, bill in bills.items()}

        return stretches(costs_at, grid)

    def expected_frame(self, frame: pl.DataFrame, *, free_tier: bool = False) -> pl.DataFrame:
        """The expected USD a month on each service (columns) for each row; null where `estimate` gives None.

        `frame` has a column for each descriptor of `demand.FIELDS`: numbers, choices as String or Enum, Booleans; null
        means unknown.
        """
        import polars as pl

        from whichcompute.pricing.columns import read

        columns = read(frame)
        found = {s: self.expected_rows(columns, frame.height, s, free_tier=free_tier) for s in FORMULAS}
        return pl.DataFrame(found, nan_to_null=True)

    def expected_rows(
        self, columns: Mapping[str, Quantity], height: int, service: str, *, free_tier: bool = False
    ) -> Any:
        """The expected USD a month on one service for so many rows, as an array; NaN where `estimate` gives None.

        `columns` holds what `columns.read` gives, or some of its rows.
        """
        from whichcompute.pricing.columns import ops, totals

        return totals(self._bills([service], free_tier, ops(columns, height))[service], height)

    def _bills(self, services: Iterable[str], free_tier: bool, o: Ops) -> dict[str, Bill]:
        d = demand(o, self._expected, self._prices)
        return {service: FORMULAS[service](o, self._expected, self._prices, d, free_tier) for service in services}


def _cost(bill: Bill, least: Bill, most: Bill, notes: tuple[str, ...]) -> MonthlyCost:
    lines = tuple(
        CostLine.build(label=label, quantity=float(quantity), unit=unit, unit_price=price, amount=quantity * price)
        for label, quantity, unit, price in bill.parts
        if quantity
    )
    total = sum(line.amount for line in lines)
    # Where the low or the high assumptions fit no size, the expected estimate is the best bound that is known.
    low = min(total, least.total()) if least.holds else total
    high = max(total, most.total()) if most.holds else total
    return MonthlyCost.build(low=low, expected=total, high=high, lines=lines, assumptions=notes)
