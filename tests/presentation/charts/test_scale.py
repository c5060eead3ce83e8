from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichcompute.presentation.charts.scale import Axis, Mark, apart, labels_above

AXIS = Axis(1, 10_000, 100, 500)


@pytest.mark.parametrize(
    ("value", "pixel"), [(1, 100), (10, 200), (10_000, 500), (0, 100), (1e9, 500)], ids=lambda v: f"{v:g}"
)
def test_a_power_of_ten_is_a_step_and_nothing_leaves_the_axis(value: float, pixel: float) -> None:
    assert AXIS.at(value) == pixel


def test_an_axis_may_run_upward() -> None:
    assert Axis(0.01, 1, 320, 0).at(0.1) == 160


@given(st.lists(st.floats(1, 1e15), min_size=1, max_size=5))
def test_an_axis_around_values_leaves_room_on_both_sides(values: list[float]) -> None:
    axis = Axis.around(values, 0, 600)
    assert axis.low >= 1 and axis.high >= 1000 * axis.low
    assert axis.high >= 10 * max(values) * (1 - 1e-9)
    assert axis.low <= max(1.0, min(values) / 10 * (1 + 1e-9))


@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=5))
def test_an_axis_that_holds_values_has_whole_decades(values: list[float]) -> None:
    axis = Axis.holding(values, 320, 0)
    assert axis.low <= min(values) * (1 + 1e-9) and max(values) <= axis.high
    assert 2 <= len(axis.decades) <= 13


def test_many_decades_are_not_all_named() -> None:
    assert Axis(1, 1e4, 0, 1).decades == [1, 10, 100, 1000, 10_000]
    assert Axis(1, 1e12, 0, 1).decades == [1, 1e2, 1e4, 1e6, 1e8, 1e10, 1e12]


def test_samples_are_whole_and_reach_both_ends() -> None:
    samples = AXIS.samples(50)
    assert (samples[0], samples[-1]) == (1, 10_000)
    assert samples == sorted(set(samples)) and all(value == int(value) for value in samples)


@given(st.lists(st.tuples(st.floats(1, 10_000), st.text("ab ", max_size=30)), max_size=12))
def test_labels_in_one_row_do_not_touch(given_marks: list[tuple[float, str]]) -> None:
    marks = [Mark(value, text) for value, text in given_marks]
    placed = labels_above(marks, AXIS)
    assert [label.mark for label in placed] == [mark for mark in marks if mark.text]
    for row in {label.row for label in placed}:
        boxes = []
        for mark, _, anchor in (label for label in placed if label.row == row):
            wide = len(mark.text) * 6.9
            left = AXIS.at(mark.value) - (0 if anchor == "start" else wide / 2)
            assert left >= 0
            boxes.append((left, left + wide))
        assert all(end < start for (_, end), (start, _) in pairwise(sorted(boxes)))


@given(st.lists(st.floats(-50, 400), max_size=8).map(sorted))
def test_names_keep_apart_and_within_bounds(wanted: list[float]) -> None:
    places = apart(wanted, 30, 0, 320)
    assert all(after - before >= 29.9 for before, after in pairwise(places))
    assert all(0 <= place <= 320 for place in places)


def test_names_that_have_room_stay_where_they_are() -> None:
    assert apart([10, 100, 300], 30, 0, 320) == [10, 100, 300]
