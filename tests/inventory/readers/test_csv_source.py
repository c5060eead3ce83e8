from __future__ import annotations

import io
from contextlib import suppress

import pytest

from tests.inventory.csv_oracle import csv_read
from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers.csv_source import CsvSource, cut_of


@pytest.mark.parametrize(
    ("data", "separator", "columns"),
    [
        (b"a,b\n1,2\n", ",", ("a", "b")),
        (b"a;b;c\n1;2;3\n", ";", ("a", "b", "c")),
        (b"a\tb\n", "\t", ("a", "b")),
        (b"one\n1\n", ",", ("one",)),
        (b'"os; version",kind\n1,2\n', ",", ("os; version", "kind")),
        (b'\xef\xbb\xbf"a",b\n', ",", ("a", "b")),
        (b'"two\nlines",b\n1,2\n', ",", ("two\nlines", "b")),
        (b"\n\n a ,b\n", ",", (" a ", "b")),
        (b"a,b", ",", ("a", "b")),
        (b"a,b\r1,2\r", ",", ("a", "b")),
    ],
    ids=["commas", "semicolons", "tabs", "one column", "a separator within quotes", "a byte order mark"]
    + ["a line break in a name", "blank lines before", "nothing else", "old Macintosh lines"],
)
def test_separator_and_header_are_found(data: bytes, separator: str, columns: tuple[str, ...]) -> None:
    source = CsvSource(io.BytesIO(data), "x.csv")
    assert (source.separator, source.columns) == (separator, columns)
    assert source.form == ("csv" if separator == "," else "")


@pytest.mark.parametrize(
    ("data", "rows", "notice"),
    [
        ("a,b\nä,€\n".encode(), [(2, ("ä", "€"))], ""),
        ("a,b\nä,€\n".encode("cp1252"), [(2, ("ä", "€"))], "Windows-1252"),
        ("a,b\nä,€\n".encode("utf-16"), [(2, ("ä", "€"))], "UTF-16"),
        ("a,b\nä,€\n".encode("utf-8-sig"), [(2, ("ä", "€"))], ""),
        (b"a,b\r1,2\r3,4\r", [(2, ("1", "2")), (3, ("3", "4"))], "written as LF"),
    ],
    ids=["utf-8", "windows-1252", "utf-16", "with a byte order mark", "old Macintosh lines"],
)
def test_encodings_are_told_apart(data: bytes, rows: list[tuple[int, tuple[str, ...]]], notice: str) -> None:
    source, found, rejects = csv_read(data, 1 << 20)
    assert (found, rejects) == (rows, [])
    assert [notice in said for said in source.notices] == ([True] if notice else [])


def test_bytes_that_are_no_text_after_text_that_is_cost_their_row_only() -> None:
    data = "a,b\nä,1\n".encode() + b"\xff,2\nx,3\n"
    _, found, rejects = csv_read(data, 8)
    assert [cells for _, cells in found] == [("ä", "1"), ("x", "3")]
    assert [(reject.line, reject.troubles[0].column) for reject in rejects] == [(3, "a")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "empty"),
        (bytes(range(256)), "not CSV; supported: CSV, JSON Lines, Parquet and Excel"),
        (b'"a,b\n1,2\n', "header cannot be read"),
        (b"a,\xf7,\xef\xbf\xbd,\xc3\xa9\xc3\xa9\n1,2,3,4\n", "header cannot be read"),
        (b"\xff\xfea", "is not UTF-16 text"),
    ],
    ids=["empty", "blank", "binary", "an open quote in the header", "a stray byte in the header", "half UTF-16"],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(InventoryError, match=r"^x\.csv: .*" + said):
        list(CsvSource(io.BytesIO(data), "x.csv").pieces())


def test_a_row_without_end_is_refused_and_not_held_in_memory() -> None:
    source = CsvSource(io.BytesIO(b"a,b\n" + b"x" * (20 << 20)), "x.csv")
    with pytest.raises(InventoryError, match="line 2: longer than 1,048,576 bytes"):
        list(source.pieces())


def test_a_quote_that_is_never_closed_costs_one_line_of_a_long_file() -> None:
    data = b"a,b\n1,2\n" + b'"open,3\n' + b"4,5\n" * 400_000
    _, found, rejects = csv_read(data, 1 << 20)
    assert len(found) == 400_001
    assert [reject.line for reject in rejects] == [3]


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        (b"1,2\n3,4", 4),
        (b'1,"2\n3",4\n5', 10),
        (b'1,2\n"3\n4', 4),
        (b'1,2\n"a\nb","c\nd', 4),
        (b'"a""b",1\n', 9),
        (b'5" disk,1\n', None),
        (b'"a"b,1\n', None),
        (b"no end", 0),
    ],
    ids=["plain", "a break within quotes", "an open cell", "an open cell behind a closed one", "a doubled quote"]
    + ["a stray quote", "text behind a quote", "no row ends"],
)
def test_pieces_end_with_a_row(data: bytes, cut: int | None) -> None:
    assert cut_of(data, ",") == cut


@pytest.mark.parametrize(
    ("data", "columns", "line"),
    [
        (b"sep=;\nname;vcpus;os\na;4;x\n", ("name", "vcpus", "os"), 3),
        (b'#TYPE Selected.VM\n"name","vcpus"\n"a","4"\n', ("name", "vcpus"), 3),
        (b"Inventory of servers,,\nas of November,,\nname,vcpus,os\na,4,x\n", ("name", "vcpus", "os"), 4),
        (b"Inventory\nname,owner,os\na,4,x\n", ("name", "owner", "os"), 3),
    ],
    ids=["a separator", "a type", "padded titles", "a title"],
)
def test_lines_above_the_header_are_skipped(data: bytes, columns: tuple[str, ...], line: int) -> None:
    source = CsvSource(io.BytesIO(data), "x.csv")
    assert source.columns == columns
    (piece,) = source.pieces()
    assert source.split(piece, [0]).lines.tolist() == [line]


def test_a_stray_byte_rejects_its_row_and_leaves_the_other_rows_as_they_are() -> None:
    source = CsvSource(io.BytesIO("kind,a\nwebsite,é\nserver,".encode() + b"\xe9\n"), "x.csv")
    (batch,) = [source.split(piece, (0, 1)) for piece in source.pieces()]
    assert not source.notices and batch.cells.rows() == [("website", "é")]
    assert [reject.code for reject in batch.rejects] == ["not-decodable"]


def test_a_byte_that_windows_does_not_define_is_no_question_mark() -> None:
    source = CsvSource(io.BytesIO(b"kind,a\nwebsite,\x81 caf\xe9 pr\xe8s o\xf9\n"), "x.csv")
    (batch,) = [source.split(piece, (1,)) for piece in source.pieces()]
    assert batch.cells.rows() == [("\x81 café près où",)]


# As the square of their number it would take a quarter of an hour.
@pytest.mark.parametrize("data", [b'"' + b"\n" * 400_000, b"kind,a\n" + b'x","\n' * 200_000], ids=["header", "rows"])
def test_time_does_not_grow_as_the_square_of_open_quotes(data: bytes) -> None:
    with suppress(InventoryError):
        source = CsvSource(io.BytesIO(data), "x.csv")
        assert sum(len(source.split(piece, (0,)).rejects) for piece in source.pieces()) == 200_000


@pytest.mark.parametrize(
    ("text", "columns", "line"),
    [
        ("Report of machines,,\nas of,November,\nname,vcpus,memory_mb\na,2,4096\n", ("name", "vcpus", "memory_mb"), 3),
        (
            "vCenter:,vc01,,\nOwner:,Ann,IT,\nServer name,CPUs,RAM,OS\na,2,4,x\n",
            ("Server name", "CPUs", "RAM", "OS"),
            3,
        ),
        ("name,vcpus\na,2\nhostname,vcpus\n", ("name", "vcpus"), 1),
        ("colour,shape\nred,cube\n", ("colour", "shape"), 1),
    ],
)
def test_the_header_is_found_below_other_lines(text: str, columns: tuple[str, ...], line: int) -> None:
    source = CsvSource(io.BytesIO(text.encode()), "x.csv")
    assert source.columns == columns
    said = f"line {line} is read as the header, not the lines above it"
    assert source.notices == ([said] if line > 1 else [])


def test_rows_of_another_table_are_rejected_each_by_itself() -> None:
    text = "name,vcpus,memory_mb\na,2,4096\nb,4,8192\n,,\nHost,Site,Since\nh1,Rome,2020\n"
    source = CsvSource(io.BytesIO(text.encode()), "x.csv")
    batches = [source.split(piece, [0]) for piece in source.pieces()]
    assert [cell for batch in batches for cell in batch.cells["0"]] == ["a", "b", None]
    rejects = [reject for batch in batches for reject in batch.rejects]
    assert [(reject.line, reject.code) for reject in rejects] == [(5, "another-table"), (6, "another-table")]
    assert source.notices == ["another table begins in line 5; its rows are rejected"]


@pytest.mark.parametrize("row", ["c,8,16384", "Total,6,12288", "name,vcpus,memory_mb", "d,n/a,-"])
def test_rows_after_a_gap_are_rows(row: str) -> None:
    source = CsvSource(io.BytesIO(f"name,vcpus,memory_mb\na,2,4096\nb,4,8192\n\n{row}\ne,1,2048\n".encode()), "x.csv")
    batches = [source.split(piece, [0]) for piece in source.pieces()]
    assert sum(batch.cells.height for batch in batches) == 4
    assert not source.notices
