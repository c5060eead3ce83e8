from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from engine.errors import InventoryError
from engine.inventory.opening import opened

CSV = b"kind,os\nwebsite,linux\n"


def columns(path: Path) -> tuple[str, ...]:
    with opened(str(path)) as inventory:
        return inventory.source.columns


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.txt", "x", "x.parquet", "x.jsonl"])
def test_an_inventory_is_opened_by_what_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "x.parquet":
        pl.DataFrame({"kind": ["website"], "os": ["linux"]}).write_parquet(path)
    elif name == "x.jsonl":
        path.write_text('{"kind": "website", "os": "linux"}\n')
    else:
        path.write_bytes(gzip.compress(CSV) if name.endswith(".gz") else CSV)
    assert columns(path) == ("kind", "os")


def test_gzip_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(gzip.compress(CSV))
    assert columns(tmp_path / "x.csv") == ("kind", "os")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(CSV))))  # type: ignore[arg-type]
    assert columns(Path("-")) == ("kind", "os")


def test_the_share_read_grows_to_one(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(CSV)
    with opened(str(tmp_path / "x.csv")) as inventory:
        list(inventory.source.pieces())
        assert inventory.share() == 1.0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "No such file"),
        ("x.zip", b"PK\x03\x04rest", "a zip archive"),
        ("x.xlsx", b"PK\x03\x04rest", "Excel workbook"),
        ("x.parquet", CSV, "not a Parquet file"),
        ("cut.csv.gz", gzip.compress(CSV * 100_000)[:5000], "damaged gzip"),
        ("bad.csv.gz", gzip.compress(CSV)[:-8] + b"\0" * 8, "damaged gzip"),
    ],
    ids=["missing", "an archive", "no workbook", "no parquet", "cut off", "a wrong checksum"],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InventoryError, match=f"{name}: .*{said}"), opened(str(tmp_path / name)) as inventory:
        list(inventory.source.pieces())


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="is a folder"):
        columns(tmp_path)
