from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whichcompute.pricing.crossover import Grid, Stretch, stretches

GRID = Grid(1, 400, 1)


def line(fixed: float, slope: float) -> Callable[[float], float]:
    return lambda x: fixed + slope * x


def steps(width: float, price: float) -> Callable[[float], float]:
    return lambda x: price * math.ceil(x / width)


def until(limit: float, cost: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: cost(x) if x <= limit else math.inf


COSTS = st.one_of(
    st.builds(line, st.integers(0, 50), st.integers(0, 5)),
    st.builds(steps, st.integers(1, 90), st.integers(1, 90)),
    st.builds(until, st.integers(0, 400), st.builds(line, st.integers(0, 50), st.integers(0, 5))),
)
UNEVEN = (0.0, 0.137, 0.0731)
"""Added to the costs, so that no two services ever cost the same."""


@settings(deadline=None)
@given(st.lists(COSTS, min_size=1, max_size=3))
def test_stretches_are_what_trying_every_value_gives(costs: list[Callable[[float], float]]) -> None:
    uneven = zip("abc", costs, UNEVEN, strict=False)
    by_name = {name: (lambda x, cost=cost, more=more: cost(x) + more) for name, cost, more in uneven}
    found = stretches(lambda x: {name: cost(x) for name, cost in by_name.items()}, GRID)
    for x in range(1, 401):
        holders = [stretch.service for stretch in found if stretch.start <= x <= stretch.end]
        least = min(cost(x) for cost in by_name.values())
        assert len(holders) == (0 if math.isinf(least) else 1)
        assert all(by_name[holder](x) == pytest.approx(least) for holder in holders)
    assert all(left.service != right.service for left, right in zip(found, found[1:], strict=False))


def test_a_line_and_a_flat_price_cross_where_algebra_says() -> None:
    grid = Grid(1, 1e9, 1)
    costs = {"a": line(0, 1e-6), "b": line(14.2, 0)}
    found = stretches(lambda x: {name: cost(x) for name, cost in costs.items()}, grid)
    assert found == (Stretch(1, 14_200_000, "a"), Stretch(14_200_001, 1e9, "b"))


def test_twins_do_not_take_a_step_for_every_value() -> None:
    calls = []

    def costs(x: float) -> dict[str, float]:
        calls.append(x)
        return {"a": x, "b": x, "c": 3 * x}

    assert stretches(costs, Grid(1, 1e9, 1)) == (Stretch(1, 1e9, "a"),)
    assert len(calls) < 400
