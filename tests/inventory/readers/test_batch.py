from __future__ import annotations

import io

import polars as pl
import pytest

from whichcompute.inventory.readers.batch import ROWS, Source
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.inventory.readers.frame_source import FrameSource
from whichcompute.inventory.readers.json_source import JsonSource

SOURCES: list[Source] = [
    CsvSource(io.BytesIO(b"kind,note\nwebsite,x\nserver,y\n"), "a"),
    CsvSource(io.BytesIO(b"kind;note\nwebsite;x\nserver;y\n"), "b"),
    JsonSource(io.BytesIO(b'{"kind":"website","note":"x"}\n{"kind":"server","note":"y"}\n'), "c"),
    FrameSource(pl.DataFrame({"kind": ["website", "server"], "note": ["x", "y"]}).lazy(), "d"),
]


@pytest.mark.parametrize("source", SOURCES, ids=["csv", "semicolons", "json", "frame"])
def test_every_kind_of_inventory_is_read_as_the_same_batch(source: Source) -> None:
    (piece,) = source.pieces()
    batch = source.split(piece, [0, 1])
    assert source.columns == ("kind", "note")
    assert batch.cells.to_dict(as_series=False) == {"0": ["website", "server"], "1": ["x", "y"]}
    assert len(batch.lines) == 2
    assert source.own_cells(batch, [1]) == [("server", "y")]
    assert (batch.raw is not None) == (source.form != "")


@pytest.mark.parametrize("end", [b"\n", b""], ids=["a line end at the end", "none"])
@pytest.mark.parametrize("row", [b"website", b'{"kind":"website"}'], ids=["csv", "json"])
def test_narrow_rows_come_in_pieces_that_are_scored_soon(row: bytes, end: bytes) -> None:
    rows = 3 * ROWS + 7
    narrow = io.BytesIO(b"\n".join([row] * rows) + end)
    source = JsonSource(narrow, "a") if row.startswith(b"{") else CsvSource(io.BytesIO(b"kind\n" + narrow.read()), "a")
    batches = [source.split(piece, [0]) for piece in source.pieces()]
    assert max(batch.cells.height for batch in batches) <= 1.1 * ROWS and len(batches) <= 5
    lines = [line for batch in batches for line in batch.lines.tolist()]
    first = 1 if row.startswith(b"{") else 2
    assert lines == list(range(first, first + rows))
