from __future__ import annotations

from collections.abc import Callable

import pytest

from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.questionnaire.ranges import Range, cut

TIME, COUNT, BUDGET = DESCRIPTORS["max_duration_s"], DESCRIPTORS["gpus"], DESCRIPTORS["monthly_budget_usd"]


@pytest.mark.parametrize(
    ("cuts", "outcome", "words"),
    [
        ([900.0], lambda v: v > 900, ["up to 15 min", "more than 15 min"]),
        ([900.0], lambda v: v >= 900, ["less than 15 min", "15 min or more"]),
        (
            [60.0, 900.0],
            lambda v: (v > 60) + (v > 900),
            ["up to 1 min", "more than 1 min, up to 15 min", "more than 15 min"],
        ),
        ([60.0, 900.0], lambda v: v > 900, ["up to 15 min", "more than 15 min"]),
        ([60.0], lambda v: (v > 60) + (v >= 60), ["up to 1 min", "more than 1 min"]),
        ([], lambda v: 0, ["0 ms or more"]),
    ],
    ids=["limit", "limit reached", "two", "one that does nothing", "a number alone joins what is below", "none"],
)
def test_ranges_of_a_time(cuts: list[float], outcome: Callable[[float], object], words: list[str]) -> None:
    assert [piece.words(TIME) for piece in cut(TIME, cuts, outcome)] == words  # type: ignore[arg-type]


def test_ranges_of_whole_numbers_begin_and_end_with_one() -> None:
    found = cut(COUNT, [0.0, 8.0], lambda v: (v > 0) + (v > 8))
    assert [piece.words(COUNT) for piece in found] == ["none", "1 to 8", "9 or more"]


@pytest.mark.parametrize("descriptor", [TIME, COUNT, BUDGET], ids=lambda d: d.name)
def test_ranges_cover_everything_once_and_hold_their_middle(descriptor: object) -> None:
    found = cut(descriptor, [1.0, 3.5, 30.0, 900.0], lambda v: (v > 1) + (v > 3.5) + (v >= 30) + (v < 900))  # type: ignore[arg-type]
    for value in (0.0, 1.0, 2.0, 3.0, 4.0, 29.0, 30.0, 31.0, 899.0, 900.0, 901.0, 1024.0):
        assert sum(piece.holds(value) for piece in found) == 1
    assert all(piece.holds(piece.middle(descriptor)) for piece in found)  # type: ignore[arg-type]


def test_the_middle_is_a_plain_number() -> None:
    assert Range(900.0, TIME.maximum, False).middle(TIME) == 1800
    assert Range(0.0, 900.0).middle(TIME) == 420
