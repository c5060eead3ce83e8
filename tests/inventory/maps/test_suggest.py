from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from whichcompute.inventory.maps.presets import read_map
from whichcompute.inventory.maps.settle import Sample
from whichcompute.inventory.maps.suggest import draft


def drafted(header: list[str], *rows: list[str]) -> str:
    cells = pl.DataFrame(list(rows), schema={str(at): pl.String for at in range(len(header))}, orient="row")
    return draft("x.csv", Sample(cells, tuple(header), points=False))


@pytest.mark.parametrize(
    ("column", "entry"),
    [
        ("Memory (GB)", "memory_mb: {from: 'Memory (GB)', unit: gb}"),
        ("memory_mb", "memory_mb: {from: 'memory_mb'}"),
        ("Operating System", "os: {from: 'Operating System', table: os}"),
        ("vCPUs", "vcpus: {from: 'vCPUs'}"),
        ("max duration [s]", "max_duration_s: {from: 'max duration [s]', unit: s}"),
    ],
)
def test_columns_that_look_like_a_descriptor_are_drafted(column: str, entry: str) -> None:
    assert f"  {entry}" in drafted(["Owner", column])


def test_the_draft_is_a_map_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(drafted(["Host", "Memory (GB)", "CPUs", "It's an 'odd' name", "OS"]))
    assert {column.descriptor for column in read_map(file).columns} == {"memory_mb", "vcpus", "os"}


def test_every_column_is_used_once_and_the_others_are_named() -> None:
    text = drafted(["Memory", "memry", "Colour"])
    assert text.count("memory_mb: {from") == 1
    assert "# Columns not used: 'memry', 'Colour'" in text


def test_a_header_without_likenesses_gets_an_example() -> None:
    assert "# memory_mb: {from: RAM, unit: GB}" in drafted(["Colour"])


def test_values_decide_about_units_ids_and_rows_to_skip() -> None:
    text = drafted(
        ["HOST_NAME", "Power State", "Memory", "CPU_COUNT"], ["h1", "On", "16", "4"], ["h2", "Off", "32", "8"]
    )
    assert "ids: ['HOST_NAME']" in text
    assert "memory_mb: {from: 'Memory', unit: gb}" in text
    assert "- {column: 'Power State', values: ['@off'], because: not running}" in text
    assert "# Check: column 'Memory' names no unit; read in GB, as its values suggest" in text
