from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from engine.errors import InventoryError
from engine.inventory.excel_source import open_workbook
from engine.inventory.opening import opened

pytest.importorskip("python_calamine")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(value: object) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value != "" else "<c/>"


def write(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook with these sheets, as small as one can be."""
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w") as book:
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for n in numbers
        )
        book.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/'
            f'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{kinds}</Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        named = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, sheets, strict=True)
        )
        book.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
        )
        targets = "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_RELATIONS}">{targets}</Relationships>')
        for n, rows in zip(numbers, sheets.values(), strict=True):
            lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            book.writestr(
                f"xl/worksheets/sheet{n}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
            )
    return path


VINFO = [["VM", "Powerstate", "Template", "CPUs", "Memory"], ["web01", "poweredOn", False, 4, 16384.0]]


def test_the_sheet_of_a_known_tool_is_found_among_others(tmp_path: Path) -> None:
    source = open_workbook(write(tmp_path / "rv.xlsx", {"vHost": [["Host", "x"], ["h", 1]], "vInfo": VINFO}))
    assert source.columns == ("VM", "Powerstate", "Template", "CPUs", "Memory")
    assert source.notices == ["sheet 'vInfo' is read (of 2)"]
    (piece,) = source.pieces()
    assert source.split(piece, range(5)).cells.rows() == [("web01", "poweredOn", "false", "4", "16384")]


def test_titles_above_the_header_are_passed_over_and_lines_are_the_sheets_own(tmp_path: Path) -> None:
    rows = [["Our machines"], [""], ["name", "memory_mb", "os"], ["a", 512, "linux"], [""], ["b", 0.5, "windows"]]
    source = open_workbook(write(tmp_path / "x.xlsx", {"Sheet1": rows}))
    (piece,) = source.pieces()
    batch = source.split(piece, [0, 1, 2])
    assert batch.lines.tolist() == [4, 6]
    assert batch.cells.rows() == [("a", "512", "linux"), ("b", "0.5", "windows")]


def test_a_workbook_is_opened_by_what_it_is(tmp_path: Path) -> None:
    with opened(str(write(tmp_path / "x.xlsx", {"a": VINFO}))) as inventory:
        assert inventory.source.columns[0] == "VM"


@pytest.mark.parametrize(
    ("rows", "said"),
    [([], "no sheet holds a header"), ([["os", "os"], ["a", "b"]], "column 'os' stands twice")],
    ids=["empty", "two columns of one name"],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, rows: list[list[object]], said: str) -> None:
    with pytest.raises(InventoryError, match=said):
        open_workbook(write(tmp_path / "x.xlsx", {"a": rows}))
