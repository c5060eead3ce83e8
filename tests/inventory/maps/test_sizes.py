from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.cells import read_fields
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled, settle
from whichcompute.inventory.maps.sizes import row_of_units
from whichcompute.inventory.maps.titles import general_map


def settled(header: str, *rows: str) -> Settled:
    names = tuple(header.split("|"))
    cells = pl.DataFrame([row.split("|") for row in rows], schema=[str(at) for at in range(len(names))], orient="row")
    return settle(general_map(names).bind(names), Sample(cells, names, points={}))


def units(found: Settled) -> dict[str, str]:
    return {column.descriptor: column.unit for column in found.map.columns}


@pytest.mark.parametrize(
    ("header", "rows", "unit"),
    [
        ("CPUs|RAM", ["4|16", "2|8"], "gb"),
        ("CPUs|RAM", ["4|16384", "2|8192"], "mb"),
        ("CPUs|RAM", ["4|16777216", "2|8388608"], "kb"),
        ("CPUs|RAM", ["4|17179869184"], "b"),
        ("CPUs|RAM", ["128|4096"], "gb"),  # 4 TB: 32 GB a vCPU
        ("CPUs|RAM (MB)", ["4|16"], "mb"),
        ("CPUs|RAM", ["4|16 GB"], ""),
        ("CPUs|RAM", ["|GB", "4|16384"], "gb"),
        ("CPUs|RAM", ["2|8 GB", "4|16 GB", "8|32"], "gb"),  # as the others, and not by the magnitude of all
        ("CPUs|RAM", ["2|8 GB", "4|16384", "8|32 GB"], "mb"),  # 16,384 GB are none
    ],
)
def test_the_unit_of_memory(header: str, rows: list[str], unit: str) -> None:
    assert units(settled(header, *rows))["memory_mb"] == unit


@pytest.mark.parametrize(("cell", "unit"), [("200", "gb"), ("204800", "mb"), ("214748364800", "b"), ("2", None)])
def test_the_unit_of_disks(cell: str, unit: str | None) -> None:
    assert units(settled("Disk", cell)).get("stored_data_gb") == unit


def test_a_disk_without_a_unit_beside_others_with_one() -> None:
    found = settled("VM|Disk", "a|100 GB", "b|1.2 TB", "c|500 GB", "d|80")
    assert units(found)["stored_data_gb"] == "gb"
    assert found.notices == ("numbers of column 'Disk' without a unit are read in GB, as its others name it",)


def test_a_title_that_names_the_unit_settles_it_whatever_cells_beside_say() -> None:
    found = settled("VM|RAM (GB)", "a|8", "b|512MB", "c|148")
    assert units(found)["memory_mb"] == "gb"
    assert (found.notices, dict(found.map.beside)) == ((), {})


def test_a_disk_that_is_not_added_is_said() -> None:
    found = settled("VM|Disk (GB)|Data disk (GB)", "a|80|10")
    (column,) = (column for column in found.map.columns if column.descriptor == "stored_data_gb")
    assert column.names == ("Disk (GB)",)
    assert found.notices == (
        "column 'Data disk (GB)' is not added to 'Disk (GB)', which is read as all disks; --map can add it",
    )


def test_a_row_of_units_names_them_by_column() -> None:
    names = ("VM", "RAM", "Disk")
    cells = pl.DataFrame([["", "(GB)", "TB"]], schema=["0", "1", "2"], orient="row")
    bound = general_map(names).bind(names)
    assert row_of_units(bound, Sample(cells, names, points={})) == {"memory_mb": "gb", "stored_data_gb": "tb"}


@pytest.mark.parametrize(
    ("header", "row", "doubt"),
    [
        ("CPUs|RAM", "1|64", "'RAM' may have another unit: half of its values are 64 GB or more for each vCPU"),
        ("RAM (MB)", "16", "'RAM (MB)' may have another unit: half of its values are at most 16 MB"),
        ("RAM (GB)", "16384", "'RAM (GB)' may have another unit: half of its values are at most 16 TB"),
        ("vCPU", "2400", "'vCPU' may not be vCPUs: there are values up to 2,400"),
        ("Disk (GB)", "188930", "'Disk (GB)' may have another unit: half of its values are at most 184.5 TB"),
        ("Memory (GB)", "64", None),
        ("CPU|Speicher", "4|500 GB", "'Speicher' may be disks, not memory: no other column names any"),
        ("CPU|Speicher (GB)", "4|100", "'Speicher (GB)' may be disks, not memory: no other column names any"),
        ("Speicher", "100 GB", "'Speicher' may be disks, not memory: no other column names any"),
        ("CPU|Speicher", "4|16 GB", None),
        ("CPU|Speicher|Festplatte (GB)", "4|100 GB|500", None),
        ("Memory", "62914560", "'Memory' may be in bytes or KB: no number of vCPUs shows which"),
        ("Memory", "6.29e+07", "'Memory' may be in bytes or KB: no number of vCPUs shows which"),
    ],
)
def test_implausible_columns_are_in_doubt(header: str, row: str, doubt: str | None) -> None:
    assert list(settled(header, row).doubts.values()) == ([doubt] if doubt else [])


@pytest.mark.parametrize(
    ("rows", "doubtful"),
    [
        (["45|60", "92|70", "92|85", "92|85", "61|62"], True),
        (["12.5|60", "45.2|71.5"], True),
        (["16|64", "24|96", "11|48", "32|72", "2|8"], False),
    ],
)
def test_usages_in_percent_are_told_from_sizes(rows: list[str], doubtful: bool) -> None:
    doubts = settled("cpu|memory", *rows).doubts
    assert {*doubts} == ({"vcpus", "memory_mb"} if doubtful else set())
    assert all("percent" in doubt for doubt in doubts.values())


def test_a_number_that_only_another_unit_fits() -> None:
    rows = ["2|2 GB", "2|512 MB", "4|16 GB", "2|8", "2|1024", "64|1024"]
    found = settled("CPUs|RAM", *rows)
    cells = pl.DataFrame([row.split("|") for row in rows], schema=["0", "1"], orient="row")
    read, _ = read_fields(found.map.fields(cells).select("memory_mb"))
    assert read.frame["memory_mb"].to_list() == [2048, 512, 16384, 8192, 1024, None]
    assert found.notices[1:] == (
        "column 'RAM': numbers such as 1024 are read in MB, as only that fits them and their neighbours",
        "column 'RAM': numbers such as 1024 are unknown: no unit fits them and their neighbours",
    )
