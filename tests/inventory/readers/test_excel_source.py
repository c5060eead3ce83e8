from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from tests.inventory.conftest import Scorer
from tests.inventory.workbooks import book, write
from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers import excel_source
from whichcompute.inventory.readers.excel_source import open_workbook
from whichcompute.inventory.readers.opening import opened

VINFO = [["VM", "Powerstate", "Template", "CPUs", "Memory"], ["web01", "poweredOn", False, 4, 16384.0]]


def test_the_sheet_of_a_known_tool_is_found_among_others(tmp_path: Path) -> None:
    source = open_workbook(write(tmp_path / "rv.xlsx", {"vHost": [["Host", "x"], ["h", 1]], "vInfo": VINFO}))
    assert source.columns == ("VM", "Powerstate", "Template", "CPUs", "Memory")
    assert source.notices == ["sheet 'vInfo' is read, header in row 1; not read: 'vHost' (--sheet 'vHost' reads it)"]
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
    ("rows", "columns"),
    [
        ([["os", "os"], ["a", "b"]], ("os", "os (2)")),
        ([["Application", "Owner", "Platform"], ["Payroll", "Ann", "win", "note", "x"], ["Shop"]], "Application"),
        ([["Inventory", "", "2026"], ["", "", ""], ["name", "owner", "site"], ["a", "b", "c"]], "name"),
    ],
    ids=["two columns of one name", "a row fuller than the header", "titles"],
)
def test_the_header_is_the_first_row_of_titles(tmp_path: Path, rows: list[list[object]], columns: object) -> None:
    found = open_workbook(write(tmp_path / "x.xlsx", {"a": rows})).columns
    assert found == columns if isinstance(columns, tuple) else found[0] == columns


def test_titles_below_those_of_groups_are_the_header(tmp_path: Path) -> None:
    groups, within = ["Site", "Server", "Compute", "", "OS"], ["", "", "vCPU", "RAM (GB)", ""]
    rows: list[list[object]] = [groups, within, ["Wien", "m1", 4, 16, "Windows"], ["", "m2", 2, 8, "RHEL 8"]]
    source = open_workbook(write(tmp_path / "x.xlsx", {"Sheet1": rows}))
    assert source.columns == ("Site", "Server", "vCPU", "RAM (GB)", "OS")
    (piece,) = source.pieces()
    assert source.split(piece, [1]).lines.tolist() == [3, 4]
    rows[1] = ["", "m0", "", "vCPU", ""]  # a machine, of which a cell happens to be a title
    assert open_workbook(write(tmp_path / "y.xlsx", {"Sheet1": rows})).columns[2] == "Compute"


def test_a_sheet_without_rows_is_not_chosen(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"vInfo": VINFO[:1], "vInfo (2)": VINFO})
    assert "sheet 'vInfo (2)' is read" in open_workbook(path).notices[0]


def test_sheets_with_the_same_columns_are_read_together(tmp_path: Path) -> None:
    other = [VINFO[0], ["db01", "poweredOn", False, 8, 32768.0]]
    path = write(tmp_path / "x.xlsx", {"Rome": VINFO, "Notes": [["a"], ["b"]], "Oslo": other})
    source = open_workbook(path)
    assert source.columns == (*VINFO[0], "sheet")
    (piece,) = source.pieces()
    assert source.split(piece, [0, 5]).cells.rows() == [("web01", "Rome"), ("db01", "Oslo")]
    said = "sheets 'Rome' and 'Oslo' have the same columns and are read together; column 'sheet' names them"
    assert source.notices == [f"{said}; not read: 'Notes' (--sheet 'Notes' reads it)"]
    assert open_workbook(path, "Oslo").columns == tuple(VINFO[0])


def test_a_sheet_that_was_duplicated_is_read_once(tmp_path: Path) -> None:
    source = open_workbook(write(tmp_path / "x.xlsx", {"vInfo": VINFO, "vInfo (2)": VINFO}))
    said = "sheet 'vInfo' is read, header in row 1"
    assert source.notices == [f"{said}; not read: 'vInfo (2)' (--sheet 'vInfo (2)' reads it)"]


def test_another_table_of_the_sheet_is_not_read_and_said(tmp_path: Path) -> None:
    rows = [
        ["name", "vcpus", "memory_mb"],
        ["a", 2, 4096],
        ["b", 4, 8192],
        [""],
        ["Host", "Site", "Since"],
        ["h", "Rome", "x"],
    ]
    source = open_workbook(write(tmp_path / "x.xlsx", {"a": rows}))
    (piece,) = source.pieces()
    assert source.split(piece, [0]).cells.rows() == [("a",), ("b",)]
    assert source.notices[1] == "sheet 'a': another table begins in row 5 and is not read; put it on a separate sheet"


@pytest.mark.parametrize(
    "rest", [[["x"]], [["Server", "vCPU", "RAM (GB)", "OS", "Environment"], ["a", 2, 4, "Linux", "Test"]]]
)
def test_a_visible_sheet_is_read_and_a_hidden_one_said(tmp_path: Path, rest: list[list[object]]) -> None:
    path = write(tmp_path / "x.xlsx", {"a": [["Server", "vCPU", "RAM (GB)"], ["c", 4, 8]], "b": rest})
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["xl/workbook.xml"] = files["xl/workbook.xml"].replace(b'name="b"', b'name="b" state="hidden"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    said = "sheet 'a' is read, header in row 1"
    assert open_workbook(path).notices == [f"{said}; not read: 'b' (hidden) (--sheet 'b' reads it)"]


def test_a_sheet_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="sheet 'a' has no header line"):
        open_workbook(write(tmp_path / "x.xlsx", {"a": []}))


def test_a_sheet_is_chosen_by_name_whatever_its_case(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.xlsx", {"vInfo": VINFO, "Other": [["kind", "os"], ["website", "linux"]], "other": [["a"]]}
    )
    assert open_workbook(path, "Other").columns == ("kind", "os")
    assert open_workbook(path, "other").columns == ("a",)
    assert open_workbook(path, " VINFO").columns[0] == "VM"


def test_a_sheet_that_is_not_there_is_refused_with_those_there_are_nearest_first(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"Hosts": [["a"]], "vInfo": VINFO, "vDisk": [["b"]]})
    with pytest.raises(InventoryError, match=r"unknown sheet 'vInf'; allowed: 'vInfo', '.+', '.+'$"):
        open_workbook(path, "vInf")


def test_a_cell_far_beside_the_table_is_one_more_column(tmp_path: Path) -> None:
    rows = '<row><c r="A1" t="str"><v>kind</v></c></row><row><c r="A2" t="str"><v>server</v></c></row>'
    source = open_workbook(book(tmp_path / "x.xlsx", rows + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert source.columns == ("kind", "column 16384")
    (piece,) = source.pieces()
    batch = source.split(piece, range(2))
    assert batch.lines.tolist() == [2, 1048576]
    assert batch.cells.rows() == [("server", ""), ("", "1")]


def test_a_table_larger_than_the_bound_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_source, "CELLS", 50)
    rows = "<row><c><v>1</v></c></row>" * 30 + "<row><c/><c><v>2</v></c></row>"
    with pytest.raises(InventoryError, match="31 rows and 2 columns are more than 50 cells"):
        open_workbook(book(tmp_path / "x.xlsx", rows))


def test_cells_without_a_value_are_unknown_and_said(tmp_path: Path) -> None:
    rows = (
        '<row><c t="str"><v>kind</v></c><c t="str"><v>os</v></c></row>'
        '<row><c t="e"><v>#REF!</v></c><c><f>A1</f></c></row><row><c t="str"><v>server</v></c></row>'
    )
    source = open_workbook(book(tmp_path / "x.xlsx", rows))
    (piece,) = source.pieces()
    assert source.split(piece, range(2)).cells.rows() == [("server", "")]
    assert [notice.split(",")[0] for notice in source.notices[1:]] == [
        "1 cell with an Excel error such as #N/A",
        "1 formula without a stored result",
    ]


def test_a_sheet_name_is_safe_to_print(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"a&#10;\x9b2J": VINFO})
    assert all(notice.isprintable() for notice in open_workbook(path).notices)
    with pytest.raises(InventoryError) as refused:
        open_workbook(path, "b\x1b[31m")
    assert str(refused.value).isprintable()


def read_columns(scorer: Scorer, rows: Sequence[Sequence[object]]) -> tuple[dict[str, list[str]], list[str]]:
    """The memory and disks read from a sheet of names, vCPUs, memory and disks, and what is in doubt."""
    write(scorer.folder / "in.xlsx", {"VMs": [["Name", "vCPU", "RAM (MB)", "Disk (GB)"], *rows]})
    doubts = scorer("in.xlsx", values=True).doubts
    read = pl.read_csv(scorer.folder / "out.csv", infer_schema=False)
    return {name: read[f"read_{name}"].to_list() for name in ("memory_mb", "stored_data_gb")}, list(doubts)


def test_texts_in_a_workbook_have_the_marks_that_they_show(scorer: Scorer) -> None:
    rows = [["a", "4", "65.536", "1.024,0"], ["b", "2", "8.192", "512,5"], ["c", "2", "4096", "100"]]
    read, doubts = read_columns(scorer, rows)
    assert read == {"memory_mb": ["65536.0", "8192.0", "4096.0"], "stored_data_gb": ["1024.0", "512.5", "100.0"]}
    assert not doubts


def test_decimals_of_numbers_say_nothing_about_texts_in_other_columns(scorer: Scorer) -> None:
    rows = [["a", 4, "65.536", 100.5], ["b", 2, 8192, 50.25], ["c", 2, 16384, 512]]
    read, doubts = read_columns(scorer, rows)
    assert read == {"memory_mb": ["65536.0", "8192.0", "16384.0"], "stored_data_gb": ["100.5", "50.25", "512.0"]}
    assert not doubts


def test_numbers_of_three_decimals_are_no_thousands(scorer: Scorer) -> None:
    read, doubts = read_columns(scorer, [["a", 4, 8192, 100.125], ["b", 2, 4096, 50.375]])
    assert read["stored_data_gb"] == ["100.125", "50.375"]
    assert not doubts


def test_texts_that_may_be_thousands_beside_decimals_are_in_doubt(scorer: Scorer) -> None:
    _, (said,) = read_columns(scorer, [["a", 4, 65536, "1.024"], ["b", 2, 8192, 512.5], ["c", 2, 16384, 100]])
    assert said.startswith("'Disk (GB)' may hold thousands: there are texts such as 1.024")
