from __future__ import annotations

from whichcompute.knowledge.outside import places
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.presentation.report.charts import WIDTH, Row, bars, histogram


def test_the_longest_bar_fills_the_width_and_parts_stand_side_by_side() -> None:
    chart = bars("t", [Row("a", {"decided": 3, "close": 1}), Row("b", {"decided": 2})])
    long, short = chart.bars
    first, second = long.parts
    assert second.x == first.x + first.width
    assert short.parts[0].width * 2 == round(first.width + second.width)
    assert second.x + second.width < WIDTH
    assert (long.value, first.role, first.says) == ("4", "decided", "a: decided 3")


def test_a_bar_of_nothing_has_no_part_and_a_tiny_one_is_still_seen() -> None:
    chart = bars("t", [Row("a", {"plain": 0}), Row("b", {"plain": 1}), Row("c", {"plain": 1e6}, "much")])
    assert [len(bar.parts) for bar in chart.bars] == [0, 1, 1]
    assert chart.bars[1].parts[0].width == 1
    assert chart.bars[2].value == "much"


def test_columns_rise_from_one_line() -> None:
    chart = histogram("t", [Row("0", {"plain": 1}), Row("", {"plain": 4})])
    low, high = (bar.parts[0] for bar in chart.bars)
    assert low.y + low.height == high.y + high.height
    assert high.height == 4 * low.height


def test_no_rows_make_an_empty_chart() -> None:
    assert bars("t", []).bars == ()
    assert histogram("t", []).bars == ()


def test_no_name_of_an_answer_or_a_place_reaches_into_its_bar() -> None:
    letter = 9.0  # units that a letter takes on average at the size of the labels
    names = [*SERVICE_NAMES.values(), *(place.name for place in places().values())]
    drawn = bars("t", [Row(name, {"decided": 1}) for name in names]).bars
    assert len(drawn) == len(names)
    for bar in drawn:
        assert len(bar.label) * letter <= bar.parts[0].x, bar.label
