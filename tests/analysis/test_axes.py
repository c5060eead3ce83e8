from __future__ import annotations

import pytest

from tests.analysis.oracle import FACTS
from whichcompute.analysis.axes import UNKNOWN, Axis, greatest
from whichcompute.knowledge.conditions import Condition, parse


def axis_of(*lines: str) -> tuple[Axis, list[Condition]]:
    conditions = [parse(line, FACTS) for line in lines]
    return Axis(conditions[0].field, conditions), conditions


def test_thresholds_cut_a_number_into_points_and_open_intervals() -> None:
    axis, _ = axis_of("max_duration_s > 60", "max_duration_s <= 900")
    assert [(float(c.low), float(c.high), c.low_open) for c in axis.cells][:5] == [
        (0, 0, False),
        (0, 60, True),
        (60, 60, False),
        (60, 900, True),
        (900, 900, False),
    ]


def test_cells_that_no_value_can_reach_do_not_exist() -> None:
    axis, (above, below) = axis_of("gpus > 1", "gpus < 2")
    assert axis.mask(above) & axis.mask(below) == 0
    axis, (out,) = axis_of("gpus > 99999")
    assert axis.mask(out) == 0


@pytest.mark.parametrize(
    ("line", "words", "value"),
    [
        ("max_duration_s > 15m", "maximum duration is above 15 min", 901),
        ("max_duration_s >= 15m", "maximum duration is at least 15 min", 900),
        ("max_duration_s < 15m", "maximum duration is below 15 min", 450),
        ("max_duration_s == 15m", "maximum duration is 15 min", 900),
        ("max_duration_s != 15m", "maximum duration is below 15 min or above 15 min", 450),
        ("gpus > 0", "number of GPUs per instance is above 0", 1),
        ("os in ['linux', 'any']", "operating system is one of Linux, any", "linux"),
        ("os == 'windows'", "operating system is Windows", "windows"),
        ("autoscaling == true", "auto scaling: yes", True),
        ("known os", "operating system is known", "linux"),
        ("unknown os", "operating system is unknown", None),
        ("average_concurrency >= 2", "average concurrency is at least 2", 2),
    ],
)
def test_a_set_of_cells_has_words_and_a_value(line: str, words: str, value: object) -> None:
    axis, (condition,) = axis_of(line)
    mask = axis.mask(condition)
    assert axis.words(mask) == words
    assert axis.value(mask) == value
    assert axis.holds(mask, axis.value(mask))


def test_what_is_left_of_a_descriptor_may_be_unknown() -> None:
    axis, (condition,) = axis_of("os == 'windows'")
    left = axis.words(axis.full & ~axis.mask(condition))
    assert left == "operating system is one of Linux, any, neither Linux nor Windows or is unknown"
    assert axis.holds(UNKNOWN, None) and not axis.holds(UNKNOWN, "linux")


def test_a_product_is_at_most_the_product_of_the_maxima() -> None:
    assert greatest("gpus") == 1024
    assert greatest("average_concurrency") == pytest.approx(1e15 * 31536000000 / 2628000)
