"""Bills: the lines of what a service costs, as quantities and prices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from whichcompute.pricing.ops import Condition, Ops, Quantity


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
        return nan_where(quantity > 0)
    if isinstance(price, int | float) or not (price != price).any():  # NaN differs from itself
        return quantity * price
    return quantity * price ** (quantity > 0)  # of nothing, a price that is not known costs nothing


def is_unknown(price: Quantity) -> bool:
    """Whether this is a price that is not known in a Region."""
    return isinstance(price, float) and math.isnan(price)


def nan_where(condition: Condition) -> Quantity:
    """NaN where the condition holds, else 0."""
    return math.nan**condition - 1.0  # whatever it is raised to the power of 0 is 1, for NaN and in columns too


@dataclass(frozen=True, slots=True)
class Tier:
    """A price for the quantity between two thresholds."""

    above: float
    upto: float
    price: float


def tiers(thresholds: Sequence[float], prices: Sequence[float]) -> list[Tier]:
    """The tiers between these thresholds, one more than there are thresholds, with their prices."""
    bounds = pairwise([0.0, *thresholds, math.inf])
    return [Tier(above, upto, price) for (above, upto), price in zip(bounds, prices, strict=True)]


def tiered(ops: Ops, quantity: Quantity, prices: Sequence[Tier], label: str, unit: str) -> list[Part]:
    """A quantity divided over price tiers, a line each; no lines where the quantity is zero everywhere."""
    if ops.nowhere(quantity > 0):
        return []
    return [
        Part(label, ops.larger(ops.smaller(quantity, tier.upto) - tier.above, 0.0), unit, tier.price)
        for tier in prices
        if not ops.nowhere(quantity > tier.above)
    ]


def nonzero(ops: Ops, *parts: Part) -> list[Part]:
    """The lines that cost anything for any workload."""
    return [part for part in parts if not ops.nowhere(part.quantity > 0)]


def cheaper(ops: Ops, one: Bill, other: Bill) -> Bill:
    """The lines of the cheaper of two bills for each workload, of the one that holds where the other does not."""
    if ops.nowhere(one.holds) or ops.nowhere(other.holds):
        return other if ops.nowhere(one.holds) else one
    first = _or_infinite(ops, one) < _or_infinite(ops, other)
    return Bill(one.holds | other.holds, [*where(ops, first, one.parts), *where(ops, ops.no(first), other.parts)])


def _or_infinite(ops: Ops, bill: Bill) -> Quantity:
    total = bill.total()
    return ops.where(bill.holds & (total == total), total, math.inf)  # NaN differs from itself


def where(ops: Ops, condition: Condition, parts: list[Part]) -> list[Part]:
    """The lines where the condition holds, and zero elsewhere."""
    if ops.nowhere(condition):
        return []
    return [Part(label, ops.where(condition, number, 0.0), unit, price) for label, number, unit, price in parts]
