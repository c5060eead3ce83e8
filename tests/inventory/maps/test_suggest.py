from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.inventory.maps.presets import read_map
from whichcompute.inventory.maps.suggest import draft


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
    assert f"  {entry}" in draft("x.csv", ["Owner", column])


def test_the_draft_is_a_map_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(draft("x.csv", ["Host", "Memory (GB)", "CPUs", "It's an 'odd' name", "OS"]))
    assert {column.descriptor for column in read_map(file).columns} == {"memory_mb", "vcpus", "os"}


def test_every_column_is_used_once_and_the_others_are_named() -> None:
    text = draft("x.csv", ["Memory", "memry", "Colour"])
    assert text.count("memory_mb: {from") == 1
    assert "# Columns not used: 'memry', 'Colour'" in text


def test_a_header_without_likenesses_gets_an_example() -> None:
    assert "# memory_mb: {from: RAM, unit: GB}" in draft("x.csv", ["Colour"])
