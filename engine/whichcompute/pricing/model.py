"""Cost: what a workload costs a month on each service, with every line and assumption.

Prices are list prices of one Region in USD, without tax; the facts give them. Nothing is estimated from nothing:
a service has no estimate where the workload says too little (see its `needs`) or where no size of it is large enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whichcompute.base.records import Record
from whichcompute.pricing.assumptions import Assumptions, Wording
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.demand import demand_of, scenario_of
from whichcompute.pricing.ops import Quantity, numbers
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.services import pricing_of_services


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
        self._facts = PriceFacts(facts)
        self._pricing = pricing_of_services(self._facts)
        scenarios = [scenario_of(name, assumed) for name, assumed in self._facts.assumed().items()]
        self._low, self._expected, self._high = scenarios
        self._wording = Wording(self._facts, scenarios)

    @property
    def needs(self) -> dict[str, str]:
        """For each service the least that must be known of a workload before its cost can be estimated."""
        return {service: pricing.needs for service, pricing in self._pricing.items()}

    def estimate(self, values: Mapping[str, Any], *, free_tier: bool = False) -> dict[str, MonthlyCost | None]:
        """The monthly cost on each service; None where too little is known or no size is large enough.

        `values` holds the known descriptors in their units. `free_tier` deducts the free tier of Lambda, which belongs
        to an account and not to a workload.
        """
        ops = numbers(values)
        demands = [demand_of(ops, scenario, self._facts) for scenario in (self._low, self._expected, self._high)]
        low, expected, high = demands
        assumed = Assumptions(self._wording, values, demands, free_tier)
        costs: dict[str, MonthlyCost | None] = {}
        for service, pricing in self._pricing.items():
            bill = pricing.bill(ops, self._expected, expected, free_tier)
            if not bill.holds:
                costs[service] = None
                continue
            least = pricing.bill(ops, self._low, low, free_tier)
            most = pricing.bill(ops, self._high, high, free_tier)
            words = (*filter(None, pricing.assumptions(assumed)), self._wording.always)
            costs[service] = _cost(bill, least, most, words)
        return costs

    def expected(self, values: Mapping[str, Any], *, free_tier: bool = False) -> dict[str, float | None]:
        """Only the expected USD a month on each service, several times faster than `estimate`."""
        ops = numbers(values)
        demand = demand_of(ops, self._expected, self._facts)
        bills = {s: pricing.bill(ops, self._expected, demand, free_tier) for s, pricing in self._pricing.items()}
        return {service: bill.total() if bill.holds else None for service, bill in bills.items()}

    def usd_rows(
        self,
        columns: Mapping[str, Quantity],
        height: int,
        service: str,
        which: str = "expected",
        *,
        free_tier: bool = False,
    ) -> Any:
        """USD a month on one service for so many rows, as an array; NaN where `estimate` gives None.

        `columns` holds what `columns.read` gives, or some of its rows. `which` is low, expected or high.
        """
        import numpy as np

        from whichcompute.pricing.columns import ops_of

        if which != "low":
            return self._rows(columns, height, service, which, free_tier)
        # The low scenario chooses its machines by whether the work is interruptible, so these rows go apart.
        spot = np.broadcast_to(ops_of(columns, height).is_in(columns["interruptible"], True), height)
        found = np.full(height, np.nan)
        for rows in (np.flatnonzero(spot), np.flatnonzero(~spot)):
            if rows.size:
                some = {name: column[rows] for name, column in columns.items()}
                found[rows] = self._rows(some, rows.size, service, which, free_tier)
        return found

    def _rows(self, columns: Mapping[str, Quantity], height: int, service: str, which: str, free_tier: bool) -> Any:
        from whichcompute.pricing.columns import ops_of, totals

        scenario = {"low": self._low, "expected": self._expected, "high": self._high}[which]
        ops = ops_of(columns, height)
        demand = demand_of(ops, scenario, self._facts)
        return totals(self._pricing[service].bill(ops, scenario, demand, free_tier), height)


def _cost(bill: Bill, least: Bill, most: Bill, notes: tuple[str, ...]) -> MonthlyCost:
    lines = tuple(
        CostLine(label=label, quantity=float(quantity), unit=unit, unit_price=price, amount=quantity * price)
        for label, quantity, unit, price in bill.parts
        if quantity
    )
    total = sum(line.amount for line in lines)
    # Where the low or the high assumptions fit no size, the expected estimate is the best bound that is known.
    low = min(total, least.total()) if least.holds else total
    high = max(total, most.total()) if most.holds else total
    return MonthlyCost(low=low, expected=total, high=high, lines=lines, assumptions=notes)
