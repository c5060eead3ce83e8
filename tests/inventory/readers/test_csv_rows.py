from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.inventory.csv_oracle import csv_expected, csv_read
from whichcompute.inventory.readers.csv_rows import Layout, parsed, split_exactly, split_rows, written

CELL = st.text(alphabet='ab",;\n\r é\x1f', max_size=5)
Lines = list[tuple[int, tuple[str, ...]]]


def evened(rows: Lines) -> Lines:
    """The rows with two cells; what is missing at the end is empty, and so is what is surplus."""
    return [(line, (*cells, "")[:2]) for line, cells in rows if not "".join(cells[2:]).strip()]


LAYOUT = Layout(",", ("a", "b"), (0, 1))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(CELL, min_size=1, max_size=3), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(3, 40),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_well_formed_rows_are_those_of_the_csv_module(
    rows: list[list[str]], end: str, block: int, quoting: int
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([["h1", "h2"], *rows])
    data = text.getvalue().encode()
    _, found, rejects = csv_read(data, block)
    expected = csv_expected(data)
    assert found == evened(expected)
    assert [reject.line for reject in rejects] == [line for line, cells in expected if "".join(cells[2:]).strip()]


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet='ab",\n\r;é ', max_size=40), st.integers(3, 40))
@example(';;;;;;;;;;;;;"\r\n,', 3)
@example('5" disk,x\n"6"" disk",y\n', 7)
def test_messy_rows_are_those_of_the_csv_module_too(text: str, block: int) -> None:
    data = ("h1,h2\n" + text).encode()
    _, found, rejects = csv_read(data, block)
    if any("quote" in trouble.reason for reject in rejects for trouble in reject.troubles):
        return  # the csv module takes the rest of the file into one cell, we only that line
    expected = csv_expected(data)
    assert found == evened(expected)
    surplus = [line for line, cells in expected if "".join(cells[2:]).strip()]
    assert sorted(reject.line for reject in rejects) == surplus


THREE = Layout(",", ("note", "number", "end"), (0, 1, 2))


@pytest.mark.parametrize(
    ("data", "rejected"),
    [
        (b"a,1,x\nb, c,2,\nd,3,y\n", [11]),
        (b"a,1,x,\nb,2,y,\nd,3,z,\n", []),  # each row ends in a separator
        (b"a,1,x\nb,n/a,y,\nd,3,z\n", []),
        (b"a,one,x\nb, c,2,\n", []),  # no column of numbers
        (b"a,1,x,\nb, c,2,,\nd,3,z,\n", [11]),
    ],
)
def test_a_row_that_an_unquoted_separator_may_have_shifted_is_rejected(data: bytes, rejected: list[int]) -> None:
    batch = split_rows(data, 10, THREE)
    assert [reject.line for reject in batch.rejects] == rejected
    assert all(reject.troubles[0].reason.endswith("may have shifted them") for reject in batch.rejects)


@pytest.mark.parametrize(
    ("data", "lines", "troubles"),
    [
        (b"1,2\n1\n1,2,3\n1,2\n", [10, 11, 13], [(12, "3", "surplus-cells")]),
        (b'1,2\n"x,y\n3,4\n', [10, 12], [(11, "", "unterminated-quote")]),
        (b"1,\xff\n3,4\n", [11], [(10, "\\xff", "not-decodable")]),
        (b"1,a\0b\n3,4\n", [11], [(10, "a\\0b", "nul-character")]),
        (b"\n1,2\n\n3,4\n\n", [11, 13], []),
        (b'"a\nb",2\n3,4\n', [10, 12], []),
    ],
    ids=["ragged", "an open quote", "bytes that are no text", "a NUL", "blank lines", "a line break in a cell"],
)
def test_rows_and_rejects_account_for_every_line(
    data: bytes, lines: list[int], troubles: list[tuple[int, str, str]]
) -> None:
    batch = split_rows(data, 10, LAYOUT)
    assert batch.lines.tolist() == lines
    assert batch.cells.height == len(lines)
    assert [(reject.line, reject.troubles[0].value, reject.code) for reject in batch.rejects] == troubles


def test_a_cell_beyond_the_limit_rejects_its_line_only() -> None:
    rows, _, _ = split_exactly(b'1,2\n"' + b"x" * 200_000 + b'",2\n3,4\n', 10, ",")
    assert [(row.line, row.code) for row in rows] == [(10, None), (11, "cell-too-long"), (12, None)]
    assert rows[1].cells == ['"' + "x" * 200_000 + '",2']


def test_a_reject_carries_its_own_cells() -> None:
    (reject,) = split_rows(b"1,2\n5,6,seven,eight\n", 2, LAYOUT).rejects
    assert (reject.line, reject.cells) == (3, ("5", "6"))
    assert reject.troubles[0].value == "seven, eight"


def test_only_wanted_columns_are_split_and_the_row_stays_whole() -> None:
    batch = split_rows(b'1,2,"x, y"\n', 2, Layout(",", ("a", "b", "c"), (1,)))
    assert batch.cells.to_dicts() == [{"1": "2"}]
    assert batch.raw is not None
    assert batch.raw.to_list() == ['1,2,"x, y"']


def test_another_separator_leaves_no_row_to_copy() -> None:
    batch = split_rows(b"1;2\n", 2, Layout(";", ("a", "b"), (0, 1)))
    assert batch.raw is None
    assert batch.cells.rows() == [("1", "2")]


@pytest.mark.parametrize(("text", "left"), [(b'"%s",2\n"a\nb",4\n', [3]), (b"%s,2\na,4\n", [3]), (b"a,4\nb,%s\n", [2])])
def test_a_cell_longer_than_the_csv_module_reads_costs_its_line(text: bytes, left: list[int]) -> None:
    batch = split_rows(text % (b"x" * 200_000), 2, LAYOUT)
    assert batch.lines.tolist() == left
    assert "longer than" in batch.rejects[0].troubles[0].reason


def test_an_unfinished_row_is_left_for_later() -> None:
    records, used, lines = split_exactly(b'1,2\n3,"4\n', 5, ",", final=False)
    assert [(record.line, record.cells) for record in records] == [(5, ["1", "2"])]
    assert (used, lines) == (4, 1)


@given(st.lists(CELL, min_size=2, max_size=4))
def test_a_written_row_reads_back(cells: list[str]) -> None:
    assert parsed(written([cells])[0]) == tuple(cells)


TYPES = {0: pl.Enum(["linux", "windows"])}


@pytest.mark.parametrize(
    ("data", "dtype"),
    [(b"linux,1\n,2\n", TYPES[0]), (b"linux,1\nLinux,2\n", pl.String()), (b'linux,1\n"",2\n', pl.String())],
    ids=["plain words", "another case", "quoted nothing"],
)
def test_columns_are_read_as_a_type_only_where_every_cell_fits(data: bytes, dtype: pl.DataType) -> None:
    batch = split_rows(data, 2, Layout(",", ("os", "x"), (0, 1), TYPES))
    assert batch.cells.dtypes == [dtype, pl.String()]
    assert batch.cells.height == len(batch.lines) == 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""], ids=["LF", "CRLF", "no end"])
def test_the_mark_behind_rows_never_shows(end: bytes) -> None:
    batch = split_rows(b'1,"x,\x02y"' + end, 2, LAYOUT)
    assert batch.cells.rows() == [("1", "x,\x02y")]
    batch = split_rows(b"1,2\n3,\x02" + end, 2, LAYOUT)
    assert batch.cells.rows() == [("1", "2"), ("3", "\x02")]


@pytest.mark.parametrize("data", [b"1,2,3\n1,2\n", b"1,2,\x03\n1,2\n", b"1,2,3,4\n1,2\n"])
def test_short_and_long_rows_are_told_though_few_columns_are_wanted(data: bytes) -> None:
    batch = split_rows(data, 2, Layout(",", ("a", "b"), (0,)))
    assert (batch.lines.tolist(), [reject.line for reject in batch.rejects]) == ([3], [2])


def test_a_blank_line_is_no_row_of_a_single_column() -> None:
    batch = split_rows(b"1\n\n2\n", 2, Layout(",", ("a",), (0,)))
    assert (batch.lines.tolist(), batch.cells.rows()) == ([2, 4], [("1",), ("2",)])


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", b"\xef\xbb\xbfa,b\n"], ids=["alone", "before a row"])
def test_a_byte_order_mark_amid_an_inventory_belongs_to_its_row(data: bytes) -> None:
    batch = split_rows(data, 2, LAYOUT)
    rows = [*batch.cells.rows(), *(reject.cells for reject in batch.rejects)]
    assert [row[0][0] for row in rows] == ["\ufeff"]


def test_a_ragged_row_below_thousands_of_columns_is_rejected() -> None:
    layout = Layout(",", tuple(f"c{number}" for number in range(5_001)), (0,))
    batch = split_rows(b",".join([b"1"] * 5_001) + b"\nwebsite,1" + b",2" * 6_000 + b"\n", 1, layout)
    assert len(batch.lines) == 1 and [reject.code for reject in batch.rejects] == ["surplus-cells"]
