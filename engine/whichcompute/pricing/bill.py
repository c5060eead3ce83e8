"""Bills: the lines of what a service costs, before they are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.tables import Tier


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

    def total(self) -> Quantity:
        """USD a month."""
        total: Quantity = 0.0
        for _, quantity, _, price in self.parts:
            total = total + quantity * price
        return total


NO_BILL = Bill(False, [])


def tiered(o: Ops, quantity: Quantity, tiers: Sequence[Tier], label: str, unit: str) -> list[Part]:
    """A quantity shared out over price tiers, a line each; no lines where there is none of it anywhere."""
    if o.nowhere(quantity > 0):
        return []
    return [Part(label, o.larger(o.smaller(quantity, tier.upto) - tier.above, 0.0), unit, tier.price) for tier in tiers]
