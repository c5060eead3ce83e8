"""Bills: the lines of what a service costs, as quantities and prices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from whichcompute.base.errors import DataError
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts


class Part(NamedTuple):
    """One line of a bill before it is added up."""

    label: str
    quantity: Quantity
    unit: str
    price: Quantity


class Bill(NamedTuple):
    """The lines of a bill, and for which workloads there is one."""

    holds: Condition
    parts: list[Part]

    def unpriced(self, ops: Ops) -> Iterator[tuple[str, Condition]]:
        """The lines whose price is not known, and for which workloads they count."""
        for label, quantity, _, price in self.parts:
            unknown = quantity > 0 if is_unknown(price) else (quantity > 0) & (price != price)
            if not ops.nowhere(unknown):
                yield label, unknown

    def total(self) -> Quantity:
        """USD a month; NaN where a price counts that is not known."""
        total: Quantity = 0.0
        for _, quantity, _, price in self.parts:
            known = type(price) is float and price == price  # the usual case, without a call; NaN differs from itself
            total = total + (quantity * price if known else _amount(quantity, price))
        return total


NO_BILL = Bill(False, [])


def _amount(quantity: Quantity, price: Quantity) -> Quantity:
    if is_unknown(price):
        return math.nan ** (quantity > 0) - 1.0  # NaN where it counts, else 0: whatever ** 0 is 1, in columns too
    if isinstance(price, int | float) or not (price != price).any():  # NaN differs from itself
        return quantity * price
    return quantity * price ** (quantity > 0)  # of nothing, a price that is not known costs nothing


def is_unknown(price: Quantity) -> bool:
    """Whether this is a price that is not known in a Region."""
    return isinstance(price, float) and math.isnan(price)


@dataclass(frozen=True, slots=True)
class Tier:
    """A price for the quantity between two thresholds."""

    above: float
    upto: float
    price: float


def tiered(ops: Ops, quantity: Quantity, prices: Sequence[Tier], label: str, unit: str) -> list[Part]:
    """A quantity divided over price tiers, a line for each that it reaches."""
    return [
        Part(label, ops.larger(ops.smaller(quantity, tier.upto) - tier.above, 0.0), unit, tier.price)
        for tier in prices
        if not ops.nowhere(quantity > tier.above)
    ]


class Lines:
    """The lines that bills may have, with their units and prices; formulas say how much of which."""

    def __init__(self, facts: PriceFacts) -> None:
        rows = facts.table("cost.lines", "line", "unit", "prices")
        self._lines = {row["line"]: (row.get("label", row["line"]), row["unit"], _tiers(facts, row)) for row in rows}

    def __call__(self, ops: Ops, quantities: Mapping[str, Quantity]) -> list[Part]:
        """So much of each line, by price tiers where it has them; lines that cost nothing anywhere are left out."""
        parts: list[Part] = []
        for line, quantity in quantities.items():
            if not ops.nowhere(quantity > 0):
                label, unit, prices = self._line(line)
                if len(prices) == 1:
                    parts.append(Part(label, quantity, unit, prices[0].price))
                else:
                    parts += tiered(ops, quantity, prices, label, unit)
        return parts

    def price(self, line: str) -> float:
        """USD for a unit of a line, in its first tier."""
        return self._line(line)[2][0].price

    def _line(self, line: str) -> tuple[str, str, list[Tier]]:
        try:
            return self._lines[line]
        except KeyError:
            raise DataError(f"fact cost.lines: no row for '{line}'") from None


def _tiers(facts: PriceFacts, row: Mapping[str, Any]) -> list[Tier]:
    """The price tiers of a line; their thresholds are facts in its unit, or in parts of it (`per`)."""
    prices, starts = row["prices"], row.get("starts", ())
    if len(prices) != len(starts) + 1:
        raise DataError(f"fact cost.lines: '{row['line']}' has {len(prices)} prices and {len(starts)} starts of tiers")
    bounds = pairwise([0.0, *(facts.number(id_) / row.get("per", 1) for id_ in starts), math.inf])
    return [Tier(*between, facts.number(id_)) for between, id_ in zip(bounds, prices, strict=True)]


def cheaper(ops: Ops, one: Bill, other: Bill) -> Bill:
    """The lines of the cheaper of two bills for each workload, of the one that holds where the other does not."""
    if ops.nowhere(one.holds) or ops.nowhere(other.holds):
        return other if ops.nowhere(one.holds) else one
    first = (_or_infinite(ops, one) < _or_infinite(ops, other)) | ops.no(other.holds)
    return Bill(one.holds | other.holds, [*where(ops, first, one.parts), *where(ops, ops.no(first), other.parts)])


def _or_infinite(ops: Ops, bill: Bill) -> Quantity:
    total = bill.total()
    return ops.where(bill.holds & (total == total), total, math.inf)  # NaN differs from itself


def where(ops: Ops, condition: Condition, parts: list[Part]) -> list[Part]:
    """The lines where the condition holds, and zero elsewhere."""
    if ops.nowhere(condition):
        return []
    return [Part(label, ops.where(condition, number, 0.0), unit, price) for label, number, unit, price in parts]
