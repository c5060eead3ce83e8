from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.cells import normalise, read_fields


def test_only_rules_for_the_descriptor_mend_its_cells() -> None:
    cells = pl.DataFrame({"value": ["16,384", "Windows 10"]})
    assert normalise("memory_mb", cells).to_list() == ["16384", "Windows 10"]
    assert normalise("os", cells).to_list() == ["16,384", "windows"]
    assert normalise("kind", cells).to_list() == ["16,384", "Windows 10"]


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("vcpus", "8 cores", 8.0),
        ("vcpus", "4 vCPU", 4.0),
        ("vcpus", "2 Kerne", 2.0),
        ("vcpus", "2.5 GHz", None),
        ("vcpus", "Intel Xeon 8 cores", None),
        ("vcpus", "8-16", None),
        ("gpus", "1 GPU", 1.0),
        ("memory_mb", "16 GB DDR4 ECC", 16384.0),
        ("memory_mb", "2 x 8 GB", 16384.0),
        ("memory_mb", "16 Go", 16384.0),
        ("memory_mb", "1,024 MB RAM", 1024.0),
        ("memory_mb", "64%", None),
        ("stored_data_gb", "2x 1 TB (HDD SATA)", 2048.0),
        ("stored_data_gb", "500 GB (SSD)", 500.0),
        ("stored_data_gb", "1 TB + 2 TB", None),
        ("high_availability", "oui", True),
        ("high_availability", "Nein", False),
        ("high_availability", "sí", True),
        ("autoscaling", "não", False),
    ],
)
def test_cells_are_read_as_people_write_them(field: str, cell: str, value: object) -> None:
    typed, _ = read_fields(pl.DataFrame({field: [cell]}))
    assert typed.frame[field].item() == value
    assert typed.problems.height == (value is None)


def test_words_for_nothing_are_unknown_in_any_language() -> None:
    cells = ["k.A.", "Inconnu", "not available", "#REF!", "unbekannt"]
    typed, normalised = read_fields(pl.DataFrame({"os": cells, "vcpus": cells}))
    assert typed.frame["os"].null_count() == typed.frame["vcpus"].null_count() == len(cells)
    assert normalised.total() == 2 * len(cells)
