from __future__ import annotations

from datetime import date

import pytest

from whichcompute.base.entries import EntryError
from whichcompute.knowledge.dated import Dated, in_force, order_problem, read_value

DAY = date(2026, 11, 1)


def dated(value: float, since: date | None = None) -> Dated:
    return Dated(value, "s", DAY, since)


def test_the_newest_value_that_had_begun_is_in_force() -> None:
    values = [dated(2, date(2026, 1, 1)), dated(1, date(2025, 1, 1))]
    found = {day: in_force(values, day) for day in (None, date(2026, 1, 1), date(2025, 12, 31), date(2024, 1, 1))}
    assert [each and each.value for each in found.values()] == [2, 2, 1, None]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([dated(2, DAY), dated(1)], ""),
        ([dated(2), dated(1)], "only the oldest value may lack `since`"),
        ([dated(2, date(2025, 1, 1)), dated(1, DAY)], "values must be newest first"),
    ],
)
def test_values_must_be_a_history(values: list[Dated], problem: str) -> None:
    assert order_problem(values) == problem


@pytest.mark.parametrize(
    "value", [float("nan"), 1e400, -1, [], [1], ["a", {}], None, {}, [{"size": "a", "usd": -1}], [{"usd": 1e400}]]
)
def test_a_value_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(EntryError):
        read_value(value)
