from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta

import polars as pl

from whichcompute.inventory.maps.mapping import Column
from whichcompute.inventory.maps.numerals import Marks
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.titles import general_map

HEADER = ("Name", "RAM")


def sample(*rows: tuple[str | None, ...], points: Mapping[int, bool] | None = None) -> Sample:
    return Sample(pl.DataFrame(list(rows), schema={"0": pl.String, "1": pl.String}, orient="row"), HEADER, points or {})


def test_empty_rows_and_repeated_headers_are_left_out() -> None:
    assert sample(("a", "1"), ("", None), ("Name", "RAM"), (" ", ""), ("b", "2")).cells.rows() == [
        ("a", "1"),
        ("b", "2"),
    ]
    assert sample(("a", "GB"), ("b", "2")).below(1).cells.rows() == [("b", "2")]


def test_cells_with_a_unit_are_not_bare() -> None:
    bound = general_map(HEADER).bind(HEADER)
    assert sample(("a", "16 GB"), ("b", "8")).bare(bound, "RAM")
    assert not sample(("a", "16 GB"), ("b", "n/a")).bare(bound, "RAM")


def test_the_share_of_readable_cells_counts_filled_ones_only() -> None:
    bound = general_map(HEADER).bind(HEADER)
    column = Column("memory_mb", ("RAM",))
    assert sample(("a", "16"), ("b", "lots"), ("c", "")).readable(bound, column) == 0.5
    assert sample(("a", ""), ("b", None)).readable(bound, column) == 0
    assert sample().readable(bound, column) == 1


def test_numbers_have_a_decimal_point_and_texts_beside_them_their_own() -> None:
    assert sample(("a", "65.536")).marks({1}) == {1: Marks(".", ",")}
    assert sample(("a", "65.536"), points={1: False}).marks({1}) == {}
    assert sample(("a", "1.500 GB"), ("b", "1,2 TB"), points={1: False}).marks({1}) == {1: Marks(".", ",")}  # texts


def test_the_first_rows_are_a_sample_too() -> None:
    assert sample(("a", "1"), ("b", "2")).first(1).cells.rows() == [("a", "1")]


def test_columns_of_other_types_than_text_are_read_as_text() -> None:
    columns = {
        "0": pl.Series([timedelta(seconds=90), None]),
        "1": pl.Series([b"\xff", b"x"]),
        "2": pl.Series([time(1), None]),
        "3": pl.Series([[1], [2]]),
        "4": pl.Series([{"a": 1}, None]),
    }
    found = Sample(pl.DataFrame(columns), ("max_duration_s", "b", "t", "l", "memory_mb"), points={1: False})
    assert found.cells.rows() == [("90.0s", "/w==", "01:00:00", "[1]", '{"a": 1}'), (None, "eA==", None, "[2]", None)]
    bound = general_map(found.header).bind(found.header)
    values, unreadable = found.typed(bound, Column("max_duration_s", ("max_duration_s",)))
    assert (values.to_list(), unreadable) == ([90.0, None], 0)
    values, unreadable = found.typed(bound, Column("memory_mb", ("memory_mb",)))
    assert (values.to_list(), unreadable) == ([None, None], 1)


def test_of_a_table_with_very_many_columns_rows_are_told_by_all_of_them() -> None:
    header = tuple(f"c{at}" for at in range(100))
    rows = [("",) * 99 + ("x",), ("",) * 100, header, header[:99] + ("x",)]
    found = Sample(pl.DataFrame(rows, schema=[str(at) for at in range(100)], orient="row"), header, points={})
    assert found.cells.rows() == [rows[0], rows[3]]
