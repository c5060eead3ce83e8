from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counterfactual.paths.small import world
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.counterfactual.paths.landscape import Cell, landscape
from whichcompute.counterfactual.paths.values import outcomes
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.intervals import Interval

LAND = landscape(Engine.default().recommender)


def first(name: str, now: float | None, interval: Interval, **others: Value) -> Value:
    values = {**others, **({} if now is None else {name: now})}
    return next(outcomes(LAND, values, {name: Cell(0, (), interval)}))[name]


@pytest.mark.parametrize(
    ("name", "now", "interval", "value"),
    [
        ("max_duration_s", 3600.0, Interval(0.0, 900.0), 900.0),
        ("max_duration_s", 3600.0, Interval(0.0, 900.0, high_open=True), 840.0),
        ("max_duration_s", 60.0, Interval(900.0, 3600.0, low_open=True), 960.0),
        ("memory_mb", 20000.0, Interval(0.0, 10240.0, high_open=True), 9216.0),
        ("start_within_s", None, Interval(0.0, 5.0, high_open=True), 4.9),
        ("gpus", None, Interval(1.0, 1024.0), 1.0),
        ("memory_mb", None, Interval(10240.0, 30720.0, low_open=True), 30720.0),
        ("monthly_budget_usd", 500.0, Interval(20.0, 25.0), 25.0),
    ],
    ids=["limit", "just below", "just above", "GB", "unknown", "unbounded", "unknown with a limit", "nearest end"],
)
def test_the_nearest_plain_value_stands_for_a_cell(
    name: str, now: float | None, interval: Interval, value: float
) -> None:
    assert first(name, now, interval) == value


@given(workloads(), st.data())
def test_values_lie_in_their_cells_and_nothing_else_changes(
    values: dict[str, float | bool | str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(LAND.fields))
    for cell in LAND.others(name, values.get(name)):
        for after in outcomes(LAND, values, {name: cell}):
            assert after[name] in cell and DESCRIPTORS[name].read(after[name]) == after[name]
            assert {**after, name: None} == {**values, name: None}


def test_both_sides_of_a_product_are_tried() -> None:
    land = landscape(world(features=[("average_concurrency >= 1", "fargate", 1.0)]))
    cell = Cell(0, (), Interval(0.0, 1.0e15))
    calls = {
        after["invocations_per_month"]
        for after in outcomes(land, {"typical_duration_s": 10.0}, {"invocations_per_month": cell})
    }
    assert {n * 10 / 2_628_000 >= 1 for n in calls if isinstance(n, float)} == {True, False}
    assert any(abs(n * 10 / 2_628_000 - 1) < 0.01 for n in calls if isinstance(n, float))


def test_what_would_contradict_itself_is_left_out() -> None:
    usual = Cell(0, (), Interval(600.0, 3600.0))
    found = [
        after["typical_duration_s"]
        for after in outcomes(LAND, {"max_duration_s": 900.0}, {"typical_duration_s": usual})
    ]
    assert found and all(isinstance(value, float) and value <= 900 for value in found)


def test_a_number_next_to_nothing_is_compared_like_any_other() -> None:
    """No step of digits is smaller than the smallest number that a computer tells from nothing."""
    known: dict[str, Value] = {"max_duration_s": 5e-324, "typical_duration_s": 1.0}
    cell = LAND.others("typical_duration_s", 1.0)[0]
    assert [after for after in outcomes(LAND, known, {"typical_duration_s": cell})]
