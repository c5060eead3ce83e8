"""The cost of a month as it is given to readers: three estimates with lines, assumptions and what makes them differ."""

from __future__ import annotations

from dataclasses import dataclass

from whichcompute.base.records import Record
from whichcompute.pricing.drivers import CostDriver


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
    """USD a month at the prices of `region`: low <= expected <= high; the amounts of `lines` add up to `expected`.

    `assumptions` says in words what was assumed for what is unknown, and what is not counted; `drivers` which of it
    makes the range widest, for the leading answer of a recommendation.
    """

    low: float
    expected: float
    high: float
    lines: tuple[CostLine, ...]
    assumptions: tuple[str, ...]
    region: str
    drivers: tuple[CostDriver, ...] = ()
