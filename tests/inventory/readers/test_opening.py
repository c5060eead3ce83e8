from __future__ import annotations

import gzip
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from whichcompute.base.errors import InventoryError, WhichcomputeError
from whichcompute.inventory.readers import csv_source, json_source
from whichcompute.inventory.readers.opening import opened

CSV = b"kind,os\nwebsite,linux\n"


def spreadsheet() -> bytes:
    """An OpenDocument spreadsheet: an archive that begins with its own type."""
    with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>", zipfile.ZIP_DEFLATED)
    return content.getvalue()


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


LIST = """
- {workload_id: a, kind: website, memory_mb: 2GiB, note: "x: y"}
-
  workload_id: b
  fixed_price: no   # as a bool
  kind: ~
"""


@pytest.mark.parametrize("name", ["x.yaml", "x.yml.gz"])
def test_a_list_in_yaml_is_an_inventory_whose_cells_are_read_as_they_are_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(LIST.encode()) if name.endswith(".gz") else LIST.encode())
    with opened(str(path)) as inventory:
        source = inventory.source
        (piece,) = source.pieces()
        rows = source.split(piece, range(len(source.columns))).cells.rows()
    assert source.columns == ("workload_id", "kind", "memory_mb", "note", "fixed_price")
    assert rows == [("a", "website", "2GiB", "x: y", None), ("b", None, None, None, "no")]
    assert source.notices == ["a list in YAML: written out as one object per line"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- &a {kind: website}\n- *a\n", "line 2: YAML aliases are not allowed"),
        ("- {kind: website, kind: web_api}\n", "line 1: field 'kind' is duplicated"),
        ("- kind: website\n- website\n", "line 2: a mapping of names to values is needed"),
        ("- kind: [website]\n", "line 1: a descriptor name and one plain value are needed"),
        ("- kind: website\n" * 20_000, "more than 200,000 characters"),
        ("- kind: é\n" * 90_000, "more than 200,000 characters"),
        ("- " * 100, "nested deeper than"),
        ("[]", "the first rows hold no JSON object"),
    ],
    ids=lambda value: value[:30],
)
def test_a_list_in_yaml_is_held_to_the_limits_of_one_workload(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(WhichcomputeError, match=said) as refused, opened(str(tmp_path / "x.yaml")):
        pass
    assert "x.yaml" in str(refused.value)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(CSV))))
    assert columns(Path("-")) == ("kind", "os")


def test_the_share_read_grows_to_one(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(CSV)
    with opened(str(tmp_path / "x.csv")) as inventory:
        list(inventory.source.pieces())
        assert inventory.share() == 1.0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "no such file"),
        ("x.zip", b"PK\x03\x04rest", "a zip archive"),
        ("x.ods", spreadsheet(), r"an OpenDocument file \(.ods\); save it as .xlsx or as CSV"),
        ("x.xlsx", b"PK\x03\x04rest", "Excel workbook"),
        ("x.parquet", CSV, "not a Parquet file"),
        ("x.yaml", b"kind: website\n", "not a format of an inventory"),
        ("x.yaml", b"", "not a format of an inventory"),
        ("x.yaml", b"- \xff", "byte 2 is not UTF-8 text"),
        ("cut.csv.gz", gzip.compress(CSV * 100_000)[:5000], "damaged gzip"),
        ("bad.csv.gz", gzip.compress(CSV)[:-8] + b"\0" * 8, "damaged gzip"),
    ],
    ids=[
        *(
            "missing",
            "an archive",
            "a spreadsheet",
            "no workbook",
            "no parquet",
            "one workload",
            "an empty list",
            "no text",
        ),
        *("cut off", "a wrong checksum"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InventoryError, match=f"{name}: .*{said}"), opened(str(tmp_path / name)) as inventory:
        list(inventory.source.pieces())


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="is a directory"):
        columns(tmp_path)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"website,linux\n")


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(1, 1))


def replaced(path: Path) -> None:
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole)


@pytest.mark.parametrize("change", [grown, cut_short, rewritten, replaced, Path.unlink], ids=lambda c: c.__name__)
@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.jsonl", "x.parquet"])
def test_an_inventory_that_changes_while_it_is_read_is_refused(
    name: str, change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_source, "BLOCK", 1 << 18)
    monkeypatch.setattr(json_source, "BLOCK", 1 << 18)
    frame = pl.DataFrame({"note": [os.urandom(30).hex() for _ in range(60_000)]})
    path = tmp_path / name
    if name == "x.parquet":
        frame.write_parquet(path)
    else:
        content = frame.write_ndjson().encode() if name == "x.jsonl" else frame.write_csv().encode()
        path.write_bytes(gzip.compress(content, 1) if name.endswith(".gz") else content)
    changed = pytest.raises(InventoryError, match=rf"{name}: changed while it was read; score a copy")
    with changed, opened(str(path)) as inventory:
        change(path)
        list(inventory.source.pieces())


@pytest.mark.parametrize("name", ["x.xlsx", "x.xls", "x"])
def test_a_workbook_with_a_password_is_told_from_other_bytes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096)
    with pytest.raises(InventoryError, match="an encrypted workbook or one in the old .xls format"):
        columns(tmp_path / name)


def test_a_sheet_goes_with_a_workbook_only(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(CSV)
    with pytest.raises(InventoryError, match="--sheet applies to Excel workbooks only"), opened(str(path), "vInfo"):
        pass
