from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.settle import Sample, Settled, settle
from whichcompute.inventory.maps.titles import general_map
from whichcompute.recommender.columns.typed import type_columns


def settled(header: str, *rows: str) -> tuple[Settled, dict[str, object]]:
    """The map of a small table, cells between `|`, and what it reads of the first row."""
    names = tuple(header.split("|"))
    cells = pl.DataFrame([row.split("|") for row in rows], schema=[str(at) for at in range(len(names))], orient="row")
    found = settle(general_map(names).bind(names), Sample(cells, names, points=False))
    typed = type_columns(found.map.fields(cells).drop(cells.columns)).frame.row(0, named=True)
    return found, {name: value for name, value in typed.items() if value is not None}


@pytest.mark.parametrize(
    ("header", "rows", "read"),
    [
        ("CPUs|Memory", ["4|16", "8|32"], {"vcpus": 4.0, "memory_mb": 16384.0}),
        ("CPUs|Memory", ["4|16384", "8|32768"], {"vcpus": 4.0, "memory_mb": 16384.0}),
        ("CPUs|Memory", ["4|17179869184"], {"vcpus": 4.0, "memory_mb": 16384.0}),
        ("CPUs|Memory (GB)", ["4|65.536"], {"vcpus": 4.0, "memory_mb": 65536.0 * 1024}),
        ("Prozessoren|Arbeitsspeicher in MB", ["4|65.536"], {"vcpus": 4.0, "memory_mb": 65536.0}),
        ("vCPU|Disk (GB)", ["2|100"], {"vcpus": 2.0, "stored_data_gb": 100.0}),
        ("vCPU|Disk", ["2|100"], {"vcpus": 2.0}),
        ("CPU|RAM GiB", ["Intel Xeon|8"], {"memory_mb": 8192.0}),
        (
            "vcpus|Betriebssystem|Umgebung",
            ["2|Windows Server 2019|Produktion"],
            {"vcpus": 2.0, "os": "windows", "environment": "production"},
        ),
    ],
)
def test_values_decide_with_the_title(header: str, rows: list[str], read: dict[str, object]) -> None:
    assert settled(header, *rows)[1] == read


def test_a_column_of_another_meaning_is_not_read_and_sets_rows_aside() -> None:
    found, read = settled("id|state|vcpus", "a|running|2", "b|stopped|2")
    assert read == {"vcpus": 2.0}
    assert [skip.column for skip in found.map.skips] == ["state"]
    assert any("'state' is not read" in notice for notice in found.notices)


def test_a_column_of_ones_own_is_read_though_some_cells_are_not() -> None:
    assert settled("kind", "website", "websit")[1] == {"kind": "website"}


def test_rows_are_named_by_a_column_whose_cells_differ() -> None:
    assert settled("Scope|Node Name|vcpus", "p|a|1", "p|b|1")[0].map.id == 1


@pytest.mark.parametrize(("header", "row"), [("memory_mb", "4"), ("vcpus", "2400")])
def test_implausible_columns_are_said(header: str, row: str) -> None:
    found, _ = settled(header, row)
    assert list(found.doubts) == [header]
