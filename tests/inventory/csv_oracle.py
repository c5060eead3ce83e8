"""Reads whole inventories from bytes, for tests."""

from __future__ import annotations

import csv
import io

from whichcompute.inventory.readers import csv_source
from whichcompute.inventory.readers.batch import Reject
from whichcompute.inventory.readers.csv_source import CsvSource

Read = list[tuple[int, tuple[str, ...]]]


def csv_read(data: bytes, block: int) -> tuple[CsvSource, Read, list[Reject]]:
    """Rows with line numbers and rejects, read in blocks of so many bytes; raw rows are held against the cells."""
    before, csv_source.BLOCK = csv_source.BLOCK, block
    try:
        source = CsvSource(io.BytesIO(data), "test.csv")
        rows: Read = []
        rejects: list[Reject] = []
        for piece in source.pieces():
            batch = source.split(piece, range(len(source.columns)))
            cells = [tuple(cell or "" for cell in row) for row in batch.cells.rows()]
            rows += zip(batch.lines.tolist(), cells, strict=True)
            rejects += batch.rejects
            if batch.raw is not None:
                assert [tuple(next(csv.reader(io.StringIO(raw, newline="")))) for raw in batch.raw] == cells
        return source, rows, rejects
    finally:
        csv_source.BLOCK = before


def csv_expected(data: bytes) -> Read:
    """Rows behind the header with line numbers, by Python's csv module."""
    reader = csv.reader(io.StringIO(data.decode(), newline=""))
    rows, line = [], 1
    for cells in reader:
        if cells:
            rows.append((line, tuple(cells)))
        line = reader.line_num + 1
    return rows[1:]
