from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.workbooks import write
from whichcompute.inventory.readers.excel_source import open_workbook

INFO = [
    ["VM", "Powerstate", "DNS Name", "VM ID", "VI SDK Server"],
    ["app", "poweredOn", "app.x", "vm-1", "vc1"],
    ["app", "poweredOn", "app.y", "vm-1", "vc2"],
    ["new", "poweredOn", "new.y", "vm-9", "vc2"],
]
CPU = [
    ["VM", "Powerstate", "Template", "CPUs", "VM ID", "VI SDK Server"],
    ["app", "on", "no", 4, "vm-1", "vc1"],
    ["app", "on", "no", 8, "vm-1", "vc2"],
]
MEMORY = [
    ["VM", "Powerstate", "Size MiB", "VM ID", "VI SDK Server"],
    ["app", "on", 16384, "vm-1", "vc1"],
    ["app", "on", 32768, "vm-1", "vc2"],
]
DISK = [
    ["VM", "Disk", "Capacity MiB", "VM ID", "VI SDK Server"],
    ["app", "1", 1024, "vm-1", "vc1"],
    ["app", "2", 2048, "vm-1", "vc1"],
    ["app", "1", 512, "vm-1", "vc2"],
]


def joined(folder: Path, **sheets: list[list[object]]) -> tuple[dict[str, list[str]], list[str]]:
    """The columns that are read of a workbook, and what is said of joins."""
    source = open_workbook(write(folder / "x.xlsx", sheets))
    (frame,) = source.frames()
    return frame.to_dict(as_series=False), [said for said in source.notices if "joined" in said]


def test_sizes_are_joined_by_the_id_and_the_server_that_gave_it(tmp_path: Path) -> None:
    columns, said = joined(tmp_path, vCPU=CPU, vInfo=INFO, vMemory=MEMORY, vDisk=DISK)
    assert columns["CPUs"] == ["4", "8", ""]
    assert columns["Size MiB"] == ["16384", "32768", ""]
    assert columns["Total disk capacity MiB"] == ["3072", "512", ""]
    assert said[0] == "column 'CPUs' is joined from sheet 'vCPU' by 'VM ID' and 'VI SDK Server': 2 of 3 rows found"


def test_memory_is_joined_where_the_list_of_machines_is_that_of_cpus(tmp_path: Path) -> None:
    columns, _ = joined(tmp_path, vCPU=CPU, vMemory=MEMORY)
    assert (columns["CPUs"], columns["Size MiB"]) == (["4", "8"], ["16384", "32768"])


def test_nothing_is_joined_that_the_sheet_has_itself(tmp_path: Path) -> None:
    info = [[*row, extra] for row, extra in zip(INFO, ["Provisioned MiB", 1, 2, 3], strict=True)]
    columns, _ = joined(tmp_path, vInfo=info, vDisk=DISK)
    assert "Total disk capacity MiB" not in columns


@pytest.mark.parametrize(
    ("sheet", "rows", "title", "cells"),
    [
        ("vCPU", [["VM", "CPUs"], ["app", 4], ["app", 8], ["new", 2]], "CPUs", ["", "", "2"]),
        ("vCPU", [["VM", "CPUs"], ["app", 4], ["app", 4]], "CPUs", ["4", "4", ""]),
        (
            "vDisk",
            [["VM", "Capacity MiB"], ["new", 1024], ["new", "?"], ["app", 512]],
            "Total disk capacity MiB",
            ["512", "512", ""],
        ),
        ("tabvCPU", [["VM", "CPUs"], ["new", 2]], "CPUs", ["", "", "2"]),
        ("vCPU", [["VM", "CPUs", "CPUs"], ["new"], ["app", 4, 8]], "CPUs", ["4", "4", ""]),
    ],
    ids=["two values for one name", "one value twice", "a disk without a size", "a longer name", "a short row"],
)
def test_what_is_not_certain_is_left_empty(
    tmp_path: Path, sheet: str, rows: list[list[object]], title: str, cells: list[str]
) -> None:
    assert joined(tmp_path, vInfo=INFO, **{sheet: rows})[0][title] == cells


def test_a_sheet_without_a_key_or_of_no_known_tool_is_not_joined(tmp_path: Path) -> None:
    assert "CPUs" not in joined(tmp_path, vInfo=INFO, vCPU=[])[0]
    assert "CPUs" not in joined(tmp_path, vInfo=INFO, vCPU=[["Name", "CPUs"], ["app", 4]])[0]
    assert (
        "CPUs" not in joined(tmp_path, Machines=[["Name", "OS"], ["app", "x"]], vCPU=[["Name", "Cores"], ["app", 4]])[0]
    )
