from __future__ import annotations

import math

import numpy as np
import pytest

from whichcompute.pricing.bill import NO_BILL, Bill, Part, Tier, tiered
from whichcompute.pricing.ops import Ops

TIERS = [Tier(0, 10, 3.0), Tier(10, 30, 2.0), Tier(30, math.inf, 1.0)]


@pytest.mark.parametrize(
    ("quantity", "shares", "total"),
    [(0, [], 0), (10, [10], 30), (11, [10, 1], 32), (50, [10, 20, 20], 90)],
)
def test_a_quantity_fills_one_tier_after_the_other(quantity: float, shares: list[float], total: float) -> None:
    parts = tiered(Ops({}), quantity, TIERS, "calls", "million")
    assert [part.quantity for part in parts] == shares
    assert Bill(True, parts).total() == total


def test_a_bill_adds_up_its_parts() -> None:
    assert Bill(True, [Part("a", 2, "h", 3.0), Part("b", 1, "h", 0.5)]).total() == 6.5
    assert (NO_BILL.holds, NO_BILL.total()) == (False, 0.0)


def test_of_nothing_a_price_that_is_not_known_costs_nothing() -> None:
    quantity, price = np.array([0.0, 2.0, 2.0]), np.array([math.nan, math.nan, 3.0])
    for known in (Bill(True, [Part("a", quantity, "h", price)]), Bill(True, [Part("a", quantity, "h", math.nan)])):
        total = known.total()
        assert total[0] == 0 and math.isnan(total[1])
    assert Bill(True, [Part("a", quantity, "h", price)]).total()[2] == 6
    assert Bill(True, [Part("a", 0.0, "h", math.nan)]).total() == 0
