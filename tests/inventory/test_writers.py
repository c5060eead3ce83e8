from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from tests.inventory.conftest import Scorer
from whichcompute.base.errors import InventoryError


@pytest.mark.parametrize("name", ["out.csv.gz", "out.jsonl.gz"])
def test_gzipped_outputs_are_one_gzip_file(scorer: Scorer, name: str) -> None:
    scorer(b"kind\nwebsite\nserver\n", name)
    assert len(gzip.decompress(scorer.read(name)).splitlines()) == (3 if "csv" in name else 2)


def test_a_full_disk_is_said_for_parquet_too(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(InventoryError, match=r"out\.parquet: cannot be written .*No space left.*unchanged"):
        scorer(b"kind\nwebsite\n", "out.parquet")
    assert [path.name for path in Path(scorer.folder).iterdir()] == ["in.csv"]


def test_parquet_parts_become_one_file_and_leave_none(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    from whichcompute.inventory.readers import csv_source

    monkeypatch.setattr(csv_source, "BLOCK", 64)
    scorer(b"kind,note\n" + b"website,x\n" * 40, "out.parquet")
    assert pl.read_parquet(scorer.folder / "out.parquet").height == 40
    left = sorted(path.name for path in Path(scorer.folder).iterdir())
    assert left == ["in.csv", "out.parquet", "out.parquet.scoring.json"]


def test_a_workbook_that_cannot_be_begun_leaves_nothing(scorer: Scorer) -> None:
    with pytest.raises(InventoryError, match="40,000 characters") as raised:
        scorer(b"kind," + b"9" * 40_000 + b"\nwebsite,1\n", "out.xlsx")
    assert raised.tb and [path.name for path in Path(scorer.folder).iterdir()] == ["in.csv"]
