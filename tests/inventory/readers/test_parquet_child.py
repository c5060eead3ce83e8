from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import polars as pl

from whichcompute.inventory.readers import parquet_child


def messages(path: Path, rows: int) -> list[tuple[int, bytes]]:
    """What the process writes about a file: the length that each message states, and its content."""
    words = [sys.executable, "-P", parquet_child.__file__, str(path), "1000", str(rows)]
    said = io.BytesIO(subprocess.run(words, capture_output=True, timeout=60).stdout)
    found = []
    while length := said.read(8):
        size = int.from_bytes(length, "little", signed=True)
        found.append((size, said.read(abs(size))))
    return found


def test_it_sends_the_schema_then_the_rows_then_the_end(tmp_path: Path) -> None:
    frame = pl.DataFrame({"os": ["linux", None, "windows"], "x": [1, 2, 3]})
    frame.write_parquet(tmp_path / "x.parquet")
    schema, *parts, end = messages(tmp_path / "x.parquet", 2)
    assert pl.read_ipc(io.BytesIO(schema[1])).schema == frame.schema
    assert pl.concat(pl.read_ipc(io.BytesIO(content)) for _, content in parts).equals(frame)
    assert [len(content) == size for size, content in parts] == [True, True] and end == (0, b"")


def test_what_polars_refuses_comes_as_a_text_of_negative_length(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and nothing else")
    ((size, content),) = messages(tmp_path / "x.parquet", 2)
    assert size == -len(content) < 0 and b"parquet" in content.lower()
