"""Workbooks read as what they are, held against another reader, and workbooks that are out to do harm."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inventory.workbooks import (
    DAY,
    MOMENT,
    NAMED_DAY,
    RUNNING,
    SHARE,
    TIME,
    book,
    related,
    shared,
    write,
)
from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers import excel_book
from whichcompute.inventory.readers.excel_book import Book, column_number, unescaped

_ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(300_000))


def read(path: Path, sheet: str = "a") -> list[list[str]]:
    with Book(path) as opened:
        return opened.sheet(sheet).rows


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>4</v></c>", "4"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="b"><v>0</v></c>', "false"),
        ('<c t="s"><v>0</v></c>', "x"),
        ('<c t="str"><f>A1&amp;"b"</f><v>ab</v></c>', "ab"),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><t> b </t></r></is></c>', "a b"),
        ('<c t="inlineStr"><is><t>東</t><rPh><t>ヒガシ</t></rPh></is></c>', "東"),
        ('<c t="d"><v>2026-01-02T03:04:05</v></c>', "2026-01-02T03:04:05"),
        (f'<c s="{DAY}"><v>45000</v></c>', "2023-03-15"),
        (f'<c s="{MOMENT}"><v>45000.75</v></c>', "2023-03-15T18:00:00"),
        (f'<c s="{TIME}"><v>0.25</v></c>', "06:00:00"),
        (f'<c s="{SHARE}"><v>0.35</v></c>', "0.35"),
        (f'<c s="{RUNNING}"><v>0.0625</v></c>', "5400s"),
        (f'<c s="{NAMED_DAY}"><v>45000</v></c>', "2023-03-15"),
    ],
)
def test_a_cell_as_text(cell: str, text: str, tmp_path: Path) -> None:
    assert read(book(tmp_path / "x.xlsx", f"<row>{cell}</row>")) == [[text]]


def test_blank_cells_and_rows_keep_their_places(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="C2"><v>1</v></c><c r="D2" s="1"/></row><row r="5"/><row r="9"><c><v>2</v></c></row>'
    with Book(book(tmp_path / "x.xlsx", rows)) as opened:
        sheet = opened.sheet("a")
    assert (sheet.lines, sheet.rows) == ([2, 9], [["", "", "1"], ["2"]])


def test_comments_and_marked_texts_open_no_elements(tmp_path: Path) -> None:
    cells = "<!-- c --><c t='inlineStr'><is><t><![CDATA[a<b]]></t></is></c>"
    assert read(book(tmp_path / "x.xlsx", f"<row>{cells}</row>" * 6_000))[-1] == ["a<b"]


def test_it_reads_what_another_reader_reads(tmp_path: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    rng = random.Random(1)
    values: list[object] = ["web", "a b", "", 4, 16384.0, 0.25, 1e-7, -3, True, False, "é<&>"]
    for number in range(20):
        rows = [[rng.choice(values) for _ in range(rng.randrange(1, 7))] for _ in range(8)]
        path = write(tmp_path / f"{number}.xlsx", {"a": rows})
        theirs = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name("a").to_python(skip_empty_area=False)
        texts = [[_text(cell) for cell in row] for row in theirs]
        assert [_cut(row) for row in read(path)] == [cut for row in texts if (cut := _cut(row))]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _cut(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def test_the_first_rows_alone(tmp_path: Path) -> None:
    with Book(write(tmp_path / "x.xlsx", {"a": [[n] for n in range(1, 50)]})) as opened:
        assert opened.sheet("a", first=3).rows == [["1"], ["2"], ["3"]]


def test_charts_are_no_sheets(tmp_path: Path) -> None:
    lists = {"xl/_rels/workbook.xml.rels": related(chartsheet="chartsheets/sheet1.xml")}
    with Book(book(tmp_path / "x.xlsx", "", lists)) as opened:
        assert opened.sheets == {}


def test_names_of_columns() -> None:
    assert [column_number(name) for name in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16383]


@pytest.mark.parametrize("name", ["", "XFE", "ZZZZZZ", "a", "-", "É"])
def test_no_names_of_columns(name: str) -> None:
    with pytest.raises(ValueError, match="invalid column"):
        column_number(name)


def test_characters_that_xml_cannot_hold() -> None:
    assert unescaped(" a_x000D_b_xD800_ ") == "a\rb_xD800_"


BILLION = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><sst>&i;</sst>"
)
HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "broken XML": (lambda path: book(path, "<row><c>"), "cannot be read as an Excel workbook"),
    "a cell beyond the last column": (
        lambda path: book(path, '<row><c r="ZZZZZ1"><v>1</v></c></row>'),
        "invalid column",
    ),
    "a row that is no number": (lambda path: book(path, '<row r="x"><c><v>1</v></c></row>'), "invalid literal"),
    "a row of a thousand digits": (lambda path: book(path, f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'), "integer"),
    "a shared text that is not there": (lambda path: book(path, '<row><c t="s"><v>7</v></c></row>'), "out of range"),
    "a shared text before the first": (lambda path: book(path, '<row><c t="s"><v>-1</v></c></row>'), "shared text -1"),
    "a billion laughs": (lambda path: book(path, "", {"xl/sharedStrings.xml": BILLION}), "declares a document type"),
    "a part outside": (
        lambda path: book(path, "", {"xl/_rels/workbook.xml.rels": related(worksheet="../../../etc/passwd")}),
        "There is no item named 'etc/passwd'",
    ),
    "zeros without an end": (lambda path: book(path, b"\0" * 5_000_000), "cannot be read as an Excel workbook"),
    "an archive of something else": (lambda path: _archive(path, {"a.txt": b"x"}), "There is no item named"),
    "a directory that lies": (lambda path: _lying(book(path, "<row><c><v>1</v></c></row>" * 999)), "cannot be read"),
    "a row that no sheet has": (
        lambda path: book(path, f'<row r="{2**70}"><c><v>1</v></c></row>'),
        "row 1180591620717",
    ),
    "a compression that workbooks do not use": (lambda path: _packed_anew(path, zipfile.ZIP_LZMA), "nor deflated"),
    "a tag of many attributes": (lambda path: book(path, f"<row {_ATTRIBUTES}/>"), "a tag of more than 1 MB"),
    "tags within tags": (lambda path: book(path, "<c>" * 200_000 + "</c>" * 200_000), "10,000 within one another"),
    "no archive": (lambda path: _bytes(path, b"PK\x03\x04rest"), "not a zip file"),
    "half an archive": (lambda path: _bytes(path, book(path, "").read_bytes()[:-30]), "not a zip file"),
}


def _archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _packed_anew(path: Path, compression: int) -> Path:
    with zipfile.ZipFile(book(path, "<row><c><v>1</v></c></row>")) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _lying(path: Path) -> Path:
    """The directory says that the sheet unpacks to ten bytes."""
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", data, entry + 24, 10)
    return _bytes(path, bytes(data))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused(name: str, tmp_path: Path) -> None:
    made, said = HOSTILE[name]
    path = made(tmp_path / "x.xlsx")
    with pytest.raises(InventoryError, match=said) as refused, Book(path) as opened:
        for sheet in opened.sheets:
            opened.sheet(sheet)
    assert str(refused.value).startswith(f"{path}: ")


def _bomb(path: Path) -> Path:
    """A workbook of a few kilobytes whose sheet unpacks to 64 MB of blanks."""
    book(path, "")
    buffer = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(buffer) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if "sheet1" not in name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            file.write(b"<worksheet>")
            for _ in range(64):
                file.write(b" " * (1 << 20))
    return path


def test_a_bomb_is_refused_once_it_is_larger_than_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_book, "LARGEST", 8 << 20)
    path = _bomb(tmp_path / "x.xlsx")
    with (
        Book(path) as opened,
        pytest.raises(InventoryError, match="more than 8 MB .* save the sheet as CSV"),
    ):
        opened.sheet("a")


@pytest.mark.parametrize(
    ("bound", "rows", "said"),
    [
        ("TAGS", "<c/>" * 2000, "tags"),
        ("CELLS", "<row><c><v>1</v></c><c><v>1</v></c></row>" * 600, "sheet 'a' holds more than 1,000 cells"),
        ("CELLS", '<row><c r="XFD1"><v>1</v></c></row>', "more than 1,000 cells"),
        ("TEXT", '<row><c t="s"><v>0</v></c></row>' * 20, "more than 1,000 characters"),
    ],
    ids=["tags", "cells", "a stray cell", "one text in many cells"],
)
def test_the_bounds(bound: str, rows: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "x.xlsx", rows, {"xl/sharedStrings.xml": shared("y" * 100)})
    monkeypatch.setattr(excel_book, bound, 1_000)
    with pytest.raises(InventoryError, match=said), Book(path) as opened:
        opened.sheet("a")


def test_one_part_that_is_listed_as_many_sheets_counts_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "x.xlsx", "<row><c><v>1</v></c></row>" * 100)
    monkeypatch.setattr(excel_book, "TAGS", 2_000)
    with pytest.raises(InventoryError, match="tags"), Book(path) as opened:
        for _ in range(10):
            opened.sheet("a")
