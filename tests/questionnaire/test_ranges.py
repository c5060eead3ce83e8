from __future__ import annotations

from collections.abc import Callable

import pytest

from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.intervals import Interval
from whichcompute.questionnaire.ranges import cut, middle, words

TIME, COUNT, BUDGET = DESCRIPTORS["max_duration_s"], DESCRIPTORS["gpus"], DESCRIPTORS["monthly_budget_usd"]


@pytest.mark.parametrize(
    ("cuts", "outcome", "expected"),
    [
        ([900.0], lambda v: v > 900, ["at most 15 min", "above 15 min"]),
        ([900.0], lambda v: v >= 900, ["below 15 min", "at least 15 min"]),
        (
            [60.0, 900.0],
            lambda v: (v > 60) + (v > 900),
            ["at most 1 min", "above 1 min and at most 15 min", "above 15 min"],
        ),
        ([60.0, 900.0], lambda v: v > 900, ["at most 15 min", "above 15 min"]),
        ([60.0], lambda v: (v > 60) + (v >= 60), ["at most 1 min", "above 1 min"]),
        ([], lambda v: 0, ["at least 0 ms"]),
    ],
    ids=["limit", "limit reached", "two", "one that does nothing", "a number alone joins what is below", "none"],
)
def test_ranges_of_a_time(cuts: list[float], outcome: Callable[[float], object], expected: list[str]) -> None:
    assert [words(piece, TIME) for piece in cut(TIME, cuts, outcome)] == expected


def test_thresholds_that_nobody_tells_apart_are_one() -> None:
    memory, vcpus = DESCRIPTORS["memory_mb"], DESCRIPTORS["vcpus"]
    found = cut(memory, [512.0, 513.0, 1025.0, 10240.0, 10241.0], lambda v: (v >= 512) + (v >= 513) + (v >= 1025))
    assert [words(piece, memory) for piece in found] == [
        "at most 512 MB",
        "above 512 MB and at most 1 GB",
        "above 1 GB",
    ]
    found = cut(vcpus, [6.01, 32.0, 32.01], lambda v: (v >= 6.01) + (v > 32) + (v >= 32.01))
    assert [words(piece, vcpus) for piece in found] == [
        "at most 6 vCPU",
        "above 6 vCPU and at most 32 vCPU",
        "above 32 vCPU",
    ]


def test_ranges_of_whole_numbers_begin_and_end_with_one() -> None:
    found = cut(COUNT, [0.0, 8.0], lambda v: (v > 0) + (v > 8))
    assert [words(piece, COUNT) for piece in found] == ["none", "1 to 8", "at least 9"]
    few = cut(COUNT, [1.0, 8.0], lambda v: (v >= 1) + (v > 1) + (v > 8))
    assert [words(piece, COUNT) for piece in few] == ["none", "1", "2 to 8", "at least 9"]


@pytest.mark.parametrize("descriptor", [TIME, COUNT, BUDGET], ids=lambda d: d.name)
def test_ranges_cover_everything_once_and_hold_their_middle(descriptor: object) -> None:
    found = cut(descriptor, [1.0, 3.5, 30.0, 900.0], lambda v: (v > 1) + (v > 3.5) + (v >= 30) + (v < 900))
    for value in (0.0, 1.0, 2.0, 3.0, 4.0, 29.0, 30.0, 31.0, 899.0, 900.0, 901.0, 1024.0):
        assert sum(value in piece for piece in found) == 1
    assert all(middle(piece, descriptor) in piece for piece in found)


def test_the_middle_is_a_plain_number() -> None:
    assert middle(Interval(900.0, TIME.maximum, True), TIME) == 1800
    assert middle(Interval(0.0, 900.0), TIME) == 420
