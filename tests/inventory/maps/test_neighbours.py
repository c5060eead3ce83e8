from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.neighbours import Neighbours


@pytest.mark.parametrize(
    ("cell", "vcpus", "meant"),
    [
        ("16", None, "16gb"),
        ("64", None, "64gb"),  # larger than all others, but not by much
        ("1024", None, "1024mb"),  # 1 TB is none of them
        ("256", None, "256 without a unit"),  # 256 MB or 256 GB
        ("300", 1, "300mb"),  # 300 GB are too much for one vCPU
        ("1024", 64, "1024 without a unit"),  # 1 TB is none of them, 1 GB too little for 64 vCPUs
        ("4194304", 2, "4194304kb"),
        ("0", None, "0gb"),
    ],
)
def test_a_number_has_the_unit_that_fits_its_neighbours(cell: str, vcpus: float | None, meant: str) -> None:
    beside = Neighbours(512, 64 * 1024, "MB", "gb", by_vcpus=True)
    frame = pl.DataFrame({"cell": [cell], "vcpus": [vcpus]}, schema={"cell": pl.String, "vcpus": pl.Float64})
    assert frame.select(beside.named(pl.col("cell"), pl.col("vcpus"))).item() == meant


def test_a_small_number_keeps_the_unit_of_its_column() -> None:
    beside = Neighbours(500, 2_000, "GB", "gb")
    frame = pl.DataFrame({"cell": ["20", "1"]})
    read = frame.select(beside.named(pl.col("cell"), pl.lit(None, pl.Float64))).to_series()
    assert read.to_list() == ["20gb", "1tb"]
