from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.bill import NO_BILL, Bill, Lines, Part, Tier, cheaper, tiered
from whichcompute.pricing.columns import ops_of
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.ops import Ops
from whichcompute.pricing.price_facts import PriceFacts

FACTS = all_facts.load()
ROWS = FACTS["cost.lines"]
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


def test_the_cheaper_of_two_bills_is_the_one_that_holds_where_the_other_does_not() -> None:
    one, other = (Bill(True, [Part(name, 1.0, "h", price)]) for name, price in (("a", 3.0), ("b", 2.0)))
    ops = Ops({})
    assert cheaper(ops, one, NO_BILL) == cheaper(ops, NO_BILL, one) == one
    assert cheaper(ops, one, other).total() == cheaper(ops, other, one).total() == 2.0


def test_of_nothing_a_price_that_is_not_known_costs_nothing() -> None:
    quantity, price = np.array([0.0, 2.0, 2.0]), np.array([math.nan, math.nan, 3.0])
    for known in (Bill(True, [Part("a", quantity, "h", price)]), Bill(True, [Part("a", quantity, "h", math.nan)])):
        total = known.total()
        assert total[0] == 0 and math.isnan(total[1])
    assert Bill(True, [Part("a", quantity, "h", price)]).total()[2] == 6
    assert Bill(True, [Part("a", 0.0, "h", math.nan)]).total() == 0


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["line"])
def test_a_line_has_a_price_for_each_tier_and_later_tiers_cost_less(row: dict[str, Any]) -> None:
    parts = Lines(PriceFacts(FACTS))(Ops({}), {row["line"]: 1e15})
    assert sum(part.quantity for part in parts) == pytest.approx(1e15)
    assert [part.price for part in parts] == [FACTS[price] for price in row["prices"]]
    assert [part.price for part in parts] == sorted((part.price for part in parts), reverse=True)
    assert {(part.label, part.unit) for part in parts} == {(row.get("label", row["line"]), row["unit"])}
    starts = [FACTS[start] / row.get("per", 1) for start in row.get("starts", ())]
    assert np.cumsum([part.quantity for part in parts[:-1]]).tolist() == pytest.approx(starts)


def test_lines_that_cost_nothing_are_left_out_in_columns_only_where_no_row_has_them() -> None:
    price = Lines(PriceFacts(FACTS))
    assert price(Ops({}), {"NAT gateway": 0.0, "EFS storage": 2.0}) == [Part("EFS storage", 2.0, "GB-months", 0.3)]
    ops = ops_of({}, 2)
    assert [part.label for part in price(ops, {"NAT gateway": np.zeros(2), "EFS storage": np.array([0.0, 2.0])})] == [
        "EFS storage"
    ]


def test_a_line_that_is_missing_or_lacks_a_price_is_named() -> None:
    without = [row for row in ROWS if row["line"] != "requests"]
    with pytest.raises(DataError, match="fact cost.lines: no row for 'requests'"):
        runs = {"kind": "event_handler", "invocations_per_month": 10.0, "typical_duration_s": 1.0}
        CostModel({**FACTS, "cost.lines": without}).priced(runs).expected()
    with pytest.raises(DataError, match="fact cost.lines: 'requests' has 2 prices and 0 starts of tiers"):
        twice = {**next(row for row in ROWS if row["line"] == "requests"), "prices": ["lambda.price_request"] * 2}
        CostModel({**FACTS, "cost.lines": [*without, twice]})
