"""Scored rows as the sheet of an Excel workbook: numbers as numbers, everything else as text that Excel never runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.readers.excel_values import plain

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ROWS, COLUMNS, CHARACTERS = 1_048_576, 16_384, 32_767
"""What a sheet of Excel can hold at most: rows, the header included, columns, and characters of a cell."""

_INSTEAD = "write .csv or .parquet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NARROW, _WIDE = 8, 60
_DIGITS = 15  # of a number that Excel keeps


class Sheet:
    """A workbook with one sheet, which is written row by row; `file` must be seekable, `folder` is for parts."""

    def __init__(self, file: BinaryIO, folder: str, name: str, columns: Sequence[str]) -> None:
        import xlsxwriter  # imported here: few runs write a workbook

        self._name = name
        self._columns = columns
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Workbook = xlsxwriter.Workbook(file, options)
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._sheet: Worksheet = self._book.add_worksheet("scored")
        self._next = 0
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            width = _WIDE if column in ("reasons", "notes") else min(max(len(column) + 2, _NARROW), _WIDE)
            self._sheet.set_column(at, at, width)
        bold = self._book.add_format({"bold": True})
        for at, column in enumerate(columns):
            self._sheet.write_string(0, at, self._fitting(column, column), bold)

    def write(self, rows: pl.DataFrame) -> None:
        """Appends rows, their cells in the order of the columns; InventoryError if they exceed a sheet."""
        for row in rows.iter_rows():
            self._next += 1
            if self._next >= ROWS:
                raise InventoryError(f"{self._name}: a sheet holds {ROWS - 1:,} rows below its header; {_INSTEAD}")
            for at, cell in enumerate(row):
                if cell is not None and cell != "":
                    self._put(at, cell)

    def close(self) -> None:
        """Completes the file."""
        self._sheet.autofilter(0, 0, self._next, len(self._columns) - 1)
        self._book.close()

    def discard(self) -> None:
        """Closes the temporary file of the rows; safe after `close`."""
        rows = self._sheet.row_data_fh
        if rows is not None:
            rows.close()

    def _put(self, at: int, cell: Any) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._next, at, cell)
        elif (number := _number(cell)) is not None:
            self._sheet.write_number(self._next, at, number)
        else:
            text = self._fitting(_text(cell), self._columns[at])
            self._sheet.write_string(self._next, at, text, self._quoted if text.startswith(_FORMULA) else None)

    def _fitting(self, text: str, column: str) -> str:
        if len(text) > CHARACTERS:
            place = f"row {self._next}, column '{shown(column)}'"
            most = f"a cell of a workbook holds {CHARACTERS:,}"
            raise InventoryError(f"{self._name}: {place}: {len(text):,} characters; {most}; {_INSTEAD}")
        return text


def check_width(columns: Sequence[str], name: str) -> None:
    """InventoryError if a sheet cannot hold that many columns."""
    if len(columns) > COLUMNS:
        raise InventoryError(f"{name}: {len(columns):,} columns; a sheet holds {COLUMNS:,}; {_INSTEAD}")


def _number(cell: object) -> float | None:
    """The number that a cell is, if Excel shows it as it is written: not 007, 1e5 or an id of 20 digits.

    >>> _number("16384"), _number("2.5"), _number("007"), _number("-5"), _number("=1+1")
    (16384.0, 2.5, None, -5.0, None)
    """
    if isinstance(cell, int | float):
        return float(cell) if isfinite(cell) else None
    if not isinstance(cell, str) or len(cell) > _DIGITS or not cell[-1].isdigit():
        return None
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) and plain(value) == cell else None


def _text(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)
