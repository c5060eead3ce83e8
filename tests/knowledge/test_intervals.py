from __future__ import annotations

import doctest
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichcompute.knowledge import intervals
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.intervals import Interval, cut_at, whole_numbers


def between(low: float, high: float, ends: str = "[]") -> Interval[F]:
    return Interval(F(low), F(high), ends[0] == "(", ends[1] == ")")


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(intervals).failed == 0


@pytest.mark.parametrize(
    ("interval", "whole", "empty"),
    [
        (between(1, 1), False, False),
        (between(1, 1, "[)"), False, True),
        (between(0, 1, "()"), False, False),
        (between(0, 1, "()"), True, True),
        (between(0, 1, "(]"), True, False),
        (between(0.5, 0.9), True, True),
        (between(2, 1), False, True),
    ],
    ids=str,
)
def test_an_interval_knows_when_it_is_empty(interval: Interval[F], whole: bool, empty: bool) -> None:
    assert interval.is_empty(whole) is empty


@pytest.mark.parametrize(
    ("interval", "name", "words"),
    [
        (Interval(0, 900), "max_duration_s", "at most 15 min"),
        (Interval(0, 5, high_open=True), "start_within_s", "below 5 s"),
        (Interval(10240, 134217728, low_open=True), "memory_mb", "above 10 GB"),
        (Interval(1, 1024), "gpus", "at least 1"),
        (Interval(1, 8), "gpus", "at least 1 and at most 8"),
        (Interval(900, 3600, low_open=True, high_open=True), "max_duration_s", "above 15 min and below 1 h"),
        (Interval(900, 900), "max_duration_s", "15 min"),
        (Interval(0, 1024), "gpus", "at least 0"),
        (Interval(0, 900, low_open=True), "max_duration_s", "above 0 ms and at most 15 min"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_interval_has_the_words_of_conditions(interval: Interval[float], name: str, words: str) -> None:
    assert interval.words(DESCRIPTORS[name].unit, DESCRIPTORS[name].maximum) == words


numbers = st.integers(0, 6).map(float) | st.sampled_from([0.5, 2.25])
some = st.builds(Interval, numbers, numbers, st.booleans(), st.booleans())


@given(some, some, numbers)
def test_what_lies_in_both_lies_in_their_meeting(one: Interval[float], other: Interval[float], number: float) -> None:
    assert (number in one.meet(other)) == (number in one and number in other)


@given(some)
def test_the_whole_numbers_are_those_inside(interval: Interval[float]) -> None:
    inside = [float(number) for number in range(8) if number in interval]
    assert [float(number) for number in range(8) if number in whole_numbers(interval)] == inside
    assert interval.is_empty(whole=True) is (not inside)


@given(
    cuts=st.lists(st.integers(-3, 12)),
    ends=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    numbers=st.lists(st.fractions(-1, 12, max_denominator=4)),
)
def test_pieces_between_cuts_hold_each_number_once_and_in_order(
    cuts: list[int], ends: tuple[int, int], numbers: list[F]
) -> None:
    low, high = F(ends[0]), F(ends[0] + ends[1])
    pieces = list(cut_at([F(cut) for cut in cuts], low, high))
    for number in [*numbers, low, high]:
        assert sum(number in piece for piece in pieces) == (low <= number <= high)
    assert not any(piece.is_empty() for piece in pieces)
    assert all(one.high == other.low for one, other in zip(pieces, pieces[1:], strict=False))
    points = {piece.low for piece in pieces if piece.low == piece.high}
    assert points == ({F(cut) for cut in cuts if low <= cut <= high} if low < high else {low})
