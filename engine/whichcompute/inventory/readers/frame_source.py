"""Reads a Parquet file, or any frame, in slices of rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.readers.batch import ANY, Batch, Form, Lines, Types

ROWS = 50_000
_READ = 4 * ROWS  # more rows than are scored at once: every slice decodes the whole row groups that it overlaps


class FrameSource:
    """A frame as an inventory; its line numbers are `lines`, or row numbers from 1.

    `check` is called before and after each read, and raises if the file has changed.
    """

    form: Form = ""

    def __init__(
        self, frame: pl.LazyFrame, name: str, lines: Lines | None = None, check: Callable[[], None] | None = None
    ) -> None:
        self.name = name
        self._check = check
        self._lines = lines
        self.notices: list[str] = []
        self._frame = frame
        try:
            self._names = frame.collect_schema().names()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise InventoryError(f"{name}: cannot be read as Parquet ({shown(str(error))})") from None
        self.columns = tuple(self._names)

    def pieces(self) -> Iterator[tuple[pl.DataFrame, int]]:
        """Slices of the frame, and how many rows come before each."""
        start = 0
        while True:
            self._ensure_unchanged()  # polars panics if a file is truncated meanwhile
            try:
                read = self._frame.slice(start, _READ).collect()
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
                self._ensure_unchanged()
                raise InventoryError(
                    f"{self.name}: ends unexpectedly after row {start:,} ({shown(str(error))})"
                ) from None
            self._ensure_unchanged()
            for piece in read.iter_slices(ROWS):
                yield piece, start
                start += piece.height
            if read.height < _READ:
                return

    def _ensure_unchanged(self) -> None:
        if self._check is not None:
            self._check()

    def split(self, piece: tuple[pl.DataFrame, int], wanted: Sequence[int], types: Types = ANY) -> Batch:
        """The rows of a slice with the wanted columns."""
        frame, start = piece
        end = start + frame.height
        lines = np.arange(start + 1, end + 1) if self._lines is None else self._lines[start:end]
        cells = frame.select(pl.col(self._names[position]).alias(str(position)) for position in wanted)
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


def open_parquet(path: Path, check: Callable[[], None] | None = None) -> FrameSource:
    """The rows of a Parquet file; `check` raises if the file has changed."""
    return FrameSource(pl.scan_parquet(path, glob=False), str(path), None, check)
