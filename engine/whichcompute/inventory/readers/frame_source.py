"""Reads a frame, or a Parquet file, in slices of rows."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.readers import parquet_child
from whichcompute.inventory.readers.batch import ANY, ROWS, Batch, Form, Lines, Points, Types

_READ = 4 * ROWS  # more rows than are scored at once: every slice decodes the whole row groups that it overlaps


class FrameSource:
    """A frame as an inventory; its line numbers are `lines`, or row numbers from 1."""

    form: Form = ""
    nested: tuple[str, ...] = ()

    def __init__(
        self, frame: pl.LazyFrame, name: str, lines: Lines | None = None, points: Points | None = None
    ) -> None:
        self.name = name
        self._lines = lines
        self.notices: list[str] = []
        self._frame = frame
        schema = frame.collect_schema()
        self.columns = tuple(schema.names())
        typed = {at: False for at, dtype in enumerate(schema.dtypes()) if dtype != pl.String}
        self.points = typed if points is None else points

    def frames(self) -> Iterator[pl.DataFrame]:
        """All rows in order, in frames of any size."""
        yield self._frame.collect()

    def pieces(self) -> Iterator[tuple[pl.DataFrame, int]]:
        """Slices of the rows, and how many rows come before each."""
        start = 0
        for frame in self.frames():
            for piece in frame.iter_slices(ROWS):
                yield piece, start
                start += piece.height

    def __getstate__(self) -> dict[str, object]:
        # Pieces may be split in another process: the frame, or the process that reads it, stays where it is.
        return {name: getattr(self, name) for name in ("name", "notices", "columns", "_lines")}

    def split(self, piece: tuple[pl.DataFrame, int], wanted: Sequence[int], types: Types = ANY) -> Batch:
        """The rows of a slice with the wanted columns."""
        frame, start = piece
        end = start + frame.height
        lines = np.arange(start + 1, end + 1) if self._lines is None else self._lines[start:end]
        cells = frame.select(pl.col(self.columns[position]).alias(str(position)) for position in wanted)
        return Batch(cells, lines)

    def own_cells(self, batch: Batch, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """All cells of some rows as text."""
        return [tuple(_text(cell) for cell in batch.cells.row(row)) for row in rows]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str | int | float | date | time | timedelta):
        return str(cell)
    return json.dumps(cell, default=str, ensure_ascii=False)


class ParquetSource(FrameSource):
    """A Parquet file, read by a separate process (see `parquet_child`).

    `check` is called after each read, and raises if the file has changed.
    """

    def __init__(self, path: Path, size: int, check: Callable[[], None]) -> None:
        self._check = check
        # -P: the folder of the script is not a place to import modules from.
        words = [sys.executable, "-P", parquet_child.__file__, os.fspath(path), str(size), str(_READ)]
        environment = {**os.environ, "POLARS_MAX_THREADS": "2"}
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._rows = 0
        try:
            first = self._message(str(path))
        except BaseException:
            self.close()
            raise
        super().__init__((pl.DataFrame() if first is None else first).lazy(), str(path))

    def _message(self, name: str) -> pl.DataFrame | None:
        """The next frame; None at the end. InventoryError when the file, or the process on it, breaks down."""
        assert self._process.stdout is not None
        size = int.from_bytes(length := self._process.stdout.read(8), "little", signed=True)
        content = self._process.stdout.read(abs(size))
        self._check()
        if size > 0 and len(content) == size:
            return pl.read_ipc(io.BytesIO(content))
        if size or len(length) < 8:
            said = shown(content.decode("utf-8", "replace")) if size < 0 else "the file is damaged"
            where = f"ends unexpectedly after row {self._rows:,}" if self._rows else "cannot be read as Parquet"
            raise InventoryError(f"{name}: {where} ({said})")
        return None

    def frames(self) -> Iterator[pl.DataFrame]:
        """All rows in order."""
        while (frame := self._message(self.name)) is not None:
            yield frame
            self._rows += frame.height

    def close(self) -> None:
        """Ends the process that reads the file."""
        self._process.kill()
        self._process.communicate()
