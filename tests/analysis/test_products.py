from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whichcompute.analysis.products import System, round_number
from whichcompute.knowledge.intervals import Interval


def between(low: float, high: float, ends: str = "[]") -> Interval:
    return Interval(F(low), F(high), ends[0] == "(", ends[1] == ")")


@pytest.mark.parametrize(
    ("a", "b", "product", "possible"),
    [
        (between(0, 10), between(0, 10), between(100, 100), True),
        (between(0, 10, "[)"), between(0, 10), between(100, 100), False),
        (between(0, 10), between(0, 10), between(100, 200, "(]"), False),
        (between(2, 3), between(2, 3), between(0, 4, "[)"), False),
        (between(2, 3), between(2, 3), between(0, 4), True),
        (between(0, 0), between(5, 9), between(0, 0), True),
        (between(0, 0), between(5, 9), between(0, 1, "(]"), False),
        (between(0, 9), between(0, 9), between(0, 0), True),
        (between(0, 9, "(]"), between(0, 9, "(]"), between(0, 0), False),
    ],
    ids=lambda value: str(value) if isinstance(value, bool) else f"{value.low}..{value.high}",
)
def test_a_product_of_two_meets_an_interval(a: Interval, b: Interval, product: Interval, possible: bool) -> None:
    solved = System({"a": a, "b": b}, [(("a", "b"), F(1), product)]).solve()
    assert (solved is not None) is possible
    if solved:
        assert solved["a"] in a and solved["b"] in b and solved["a"] * solved["b"] in product


def test_two_products_that_share_factors_are_solved_together() -> None:
    variables = {name: between(1, 100) for name in "abc"}
    pairs = [(("a", "b"), F(1), between(10, 10)), (("a", "b", "c"), F(1, 2), between(50, 60))]
    solved = System(variables, pairs).solve()
    assert solved is not None and solved["a"] * solved["b"] == 10 and 10 <= solved["c"] <= 12
    assert System({**variables, "c": between(13, 100)}, pairs).solve() is None


def test_a_whole_number_must_hit_the_gap() -> None:
    product = [(("n", "t"), F(1), between(25, 29))]
    for whole, possible in ((frozenset(), True), (frozenset({"n"}), False)):
        system = System({"n": between(1, 9), "t": between(10, 12)}, product, whole=whole)
        assert (system.solve() is not None) is possible  # n = 2 gives 20 to 24, n = 3 gives 30 to 36


def test_an_order_binds_two_numbers() -> None:
    variables = {"usual": between(5, 9), "longest": between(0, 5, "[)")}
    assert System(variables).solve() is not None
    assert System(variables, ordered=[("usual", "longest")]).solve() is None
    assert System({**variables, "longest": between(0, 5)}, ordered=[("usual", "longest")]).solve() is not None


numbers = st.integers(0, 12).map(lambda n: F(n, 4))


@settings(max_examples=100, deadline=None)
@given(numbers, numbers, st.booleans(), st.booleans(), st.booleans())
def test_a_round_number_lies_in_its_interval(a: F, b: F, left: bool, right: bool, whole: bool) -> None:
    interval = Interval(min(a, b), max(a, b), left, right)
    if not interval.is_empty(whole):
        number = round_number(interval, whole)
        assert number in interval and (not whole or number.denominator == 1)


@pytest.mark.parametrize(
    ("interval", "number"),
    [
        (between(900, 31536000000, "(]"), 901),
        (between(0, 900, "[)"), 450),
        (between(0, 134217728), 1),
        (between(0.1, 0.2, "()"), 0.15),
    ],
    ids=["above a limit", "below a limit", "anything", "between"],
)
def test_a_round_number_reads_well(interval: Interval, number: float) -> None:
    assert float(round_number(interval)) == number
