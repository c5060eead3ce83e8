from __future__ import annotations

import os
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers import frame_source
from whichcompute.inventory.readers.frame_source import FrameSource, ParquetSource

DAMAGED = Path(__file__).parent / "damaged"


def parquet(path: Path) -> list[tuple[str, ...]]:
    """The columns of each piece of a file, which is read to its end."""
    with closing(ParquetSource(path, path.stat().st_size, lambda: None)) as source:
        return [tuple(frame.columns) for frame, _ in source.pieces()]


def test_slices_hold_all_rows_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_source, "ROWS", 3)
    source = FrameSource(pl.DataFrame({"gpus": range(13), "x": range(13)}).lazy(), "frame")
    batches = [source.split(piece, [0]) for piece in source.pieces()]
    assert [cell for batch in batches for cell in batch.cells["0"]] == list(range(13))
    assert [line for batch in batches for line in batch.lines] == list(range(1, 14))
    assert all(batch.cells.columns == ["0"] for batch in batches)


def test_own_cells_are_text() -> None:
    frame = pl.DataFrame({"a": [None], "b": [True], "c": [1.5], "d": [date(2026, 1, 2)], "e": [[1, 2]]})
    source = FrameSource(frame.lazy(), "frame")
    (piece,) = source.pieces()
    assert source.own_cells(source.split(piece, range(5)), [0]) == [("", "true", "1.5", "2026-01-02", "[1, 2]")]


def test_a_file_that_is_no_parquet_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(InventoryError, match=r"x\.parquet: cannot be read as Parquet"):
        parquet(tmp_path / "x.parquet")


def test_a_parquet_file_is_read_by_its_own_name_even_with_wildcards_in_it(tmp_path: Path) -> None:
    pl.DataFrame({"os": ["linux"]}).write_parquet(tmp_path / "a[1].parquet")
    assert parquet(tmp_path / "a[1].parquet") == [("os",)]


def test_a_parquet_file_with_damaged_data_is_refused_with_the_row_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_source, "ROWS", 1_000)
    monkeypatch.setattr(frame_source, "_READ", 1_000)
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame({"note": [f"{number:050}" for number in range(10_000)]})
    frame.write_parquet(path, compression="zstd", row_group_size=1_000, statistics=False)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 2_000] = b"\xff" * 2_000
    path.write_bytes(content)
    with pytest.raises(InventoryError, match=r"x\.parquet: ends unexpectedly after row [1-9],000 \("):
        parquet(path)


@pytest.mark.parametrize("name", ["abort.parquet", "panic.parquet"])
def test_a_file_that_breaks_the_decoder_breaks_only_the_process_that_reads_it(name: str) -> None:
    with pytest.raises(InventoryError, match=rf"{name}: cannot be read as Parquet"):
        parquet(DAMAGED / name)


def test_a_file_whose_name_is_not_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.parquet")
    pl.DataFrame({"os": ["linux"]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").rename(path)
    assert parquet(path) == [("os",)]
