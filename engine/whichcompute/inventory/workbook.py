"""Scored rows as the sheet of an Excel workbook: numbers as numbers, everything else as text that Excel never runs.

xlsxwriter makes the workbook with its header. The rows below are written as XML by whole columns: cells one by one
take several times as long.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from whichcompute.base.errors import InventoryError, shown

ROWS, COLUMNS, CHARACTERS = 1_048_576, 16_384, 32_767
"""What a sheet of Excel can hold at most: rows, the header included, columns, and characters of a cell."""

_INSTEAD = "write .csv or .parquet"
_NARROW, _WIDE = 8, 60
_DIGITS = 15  # of a number that Excel keeps
_NUMBER = r"^(?:0|-?(?:[1-9][0-9]*(?:\.[0-9]*[1-9])?|0\.0{0,3}[1-9](?:[0-9]*[1-9])?))$"
"""Text that Excel shows as it is written when it is a number: not 007, 1.50, 1e5 or -0."""
_FORMULA = r"^[=+\-@\t\r]"
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {
    chr(code): f"_x{code:04X}_" for code in (*range(9), *range(11, 32), 0xFFFE, 0xFFFF)
}
_SHEET = "xl/worksheets/sheet1.xml"
_PLACE = re.compile(rb'<row [^>]*><c r="A[0-9]+" s="([0-9]+)"/></row>(?=</sheetData>)')


class Sheet:
    """A workbook with one sheet, which is written row by row; `folder` has room for the rows until then."""

    def __init__(self, file: BinaryIO, folder: Path, name: str, columns: Sequence[str]) -> None:
        from xlsxwriter.utility import xl_col_to_name  # imported here: few runs write a workbook

        self._file, self._name, self._columns = file, name, columns
        self._letters = [xl_col_to_name(at) for at in range(len(columns))]
        for column in columns:
            self._check(pl.Series([column]), column, 0)
        self._count = 0
        self._rows = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by `discard`; without a name
        _, self._quoted, _ = _around(_workbook(columns, 1))

    def write(self, rows: pl.DataFrame) -> None:
        """Appends rows, their cells in the order of the columns; InventoryError if they exceed a sheet."""
        if self._count + rows.height >= ROWS:
            raise InventoryError(f"{self._name}: a sheet holds {ROWS - 1:,} rows below its header; {_INSTEAD}")
        first = self._count + 1
        columns = [_readable(column) for column in rows.iter_columns()]
        for name, column in zip(self._columns, columns, strict=True):
            if column.dtype == pl.String:
                self._check(column, name, first)
        numbers = pl.int_range(first + 1, first + 1 + rows.height, eager=True).cast(pl.String).alias("row")
        frame = pl.DataFrame([numbers, *(column.alias(str(at)) for at, column in enumerate(columns))])
        cells = [self._cell(at, column.dtype) for at, column in enumerate(rows.iter_columns())]
        start, end = pl.concat_str(pl.lit('<row r="'), "row", pl.lit('">')), pl.lit("</row>")
        written = frame.select(pl.concat_str(start, *cells, end, ignore_nulls=True).alias("row")).to_series()
        self._rows.write("".join(written).encode())
        self._count += rows.height

    def close(self) -> None:
        """Completes the file."""
        made = _workbook(self._columns, max(self._count, 1))
        before, _, after = _around(made)
        self._rows.seek(0)
        with zipfile.ZipFile(made) as whole, zipfile.ZipFile(self._file, "w") as archive:
            for part in whole.infolist():
                if part.filename != _SHEET:
                    archive.writestr(part, whole.read(part))
                    continue
                with archive.open(part, "w", force_zip64=True) as sheet:
                    sheet.write(before)
                    shutil.copyfileobj(self._rows, sheet, 1 << 20)
                    sheet.write(after)

    def discard(self) -> None:
        """Closes the temporary file of the rows; safe after `close`."""
        self._rows.close()

    def _check(self, column: pl.Series, name: str, first: int) -> None:
        lengths = column.str.len_chars()
        if at := (lengths > CHARACTERS).arg_true().to_list()[:1]:
            place = f"row {first + at[0]}, column '{shown(name)}'"
            most = f"a cell of a workbook holds {CHARACTERS:,}"
            raise InventoryError(f"{self._name}: {place}: {lengths[at[0]]:,} characters; {most}; {_INSTEAD}")

    def _cell(self, at: int, given: pl.DataType) -> pl.Expr:
        """The cells of a column of this type as XML, null where there is none."""
        cell, start = pl.col(str(at)), pl.concat_str(pl.lit(f'<c r="{self._letters[at]}'), "row")
        number = pl.concat_str(start, pl.lit('"><v>'), cell.cast(pl.String), pl.lit("</v></c>"))
        if given == pl.Boolean:
            return pl.concat_str(start, pl.lit('" t="b"><v>'), cell.cast(pl.UInt8).cast(pl.String), pl.lit("</v></c>"))
        if given.is_integer():
            return number
        if given.is_float():
            return pl.when(cell.is_finite()).then(number).otherwise(self._text(start, cell.cast(pl.String)))
        text = pl.when(cell != "").then(self._text(start, cell))
        plain = cell.str.contains(_NUMBER) & (cell.str.len_chars() <= _DIGITS)
        return pl.when(plain).then(number).otherwise(text) if isinstance(given, _TEXTS) else text

    def _text(self, start: pl.Expr, cell: pl.Expr) -> pl.Expr:
        """Cells of text; what looks like a formula is marked as text, as by an apostrophe before it."""
        style = pl.when(cell.str.contains(_FORMULA)).then(pl.lit(f' s="{self._quoted}"')).otherwise(pl.lit(""))
        escaped = cell.str.replace_all("(_x[0-9A-Fa-f]{4}_)", "_x005F${1}")
        escaped = escaped.str.replace_many(list(_MARKUP), list(_MARKUP.values()))
        head, tail = pl.lit(' t="inlineStr"><is><t xml:space="preserve">'), pl.lit("</t></is></c>")
        return pl.concat_str(start, pl.lit('"'), style, head, escaped, tail)


_TEXTS = (pl.String, pl.Categorical, pl.Enum)


def _readable(column: pl.Series) -> pl.Series:
    """A column of numbers, of yes and no, or of text."""
    if column.dtype.is_integer() or column.dtype.is_float() or column.dtype == pl.Boolean:
        return column
    if isinstance(column.dtype, _TEXTS):
        return column.cast(pl.String)
    said: Iterator[Any] = (cell.isoformat() if isinstance(cell, date) else cell for cell in column)
    return pl.Series([None if cell is None else str(cell) for cell in said], dtype=pl.String)


def _workbook(columns: Sequence[str], rows: int) -> BinaryIO:
    """A workbook with a header and, in the last of so many rows, a cell in the style of quoted text."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("scored")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, rows, len(columns) - 1)
        bold = book.add_format({"bold": True})
        for at, column in enumerate(columns):
            width = _WIDE if column in ("reasons", "notes") else min(max(len(column) + 2, _NARROW), _WIDE)
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, column, bold)
        sheet.write_blank(rows, 0, None, book.add_format({"quote_prefix": True}))
    return file


def _around(workbook: BinaryIO) -> tuple[bytes, str, bytes]:
    """The sheet of such a workbook before and after that last row, and the number of its style between them."""
    with zipfile.ZipFile(workbook) as archive:
        before, style, after = _PLACE.split(archive.read(_SHEET))
    return before, style.decode(), after


def check_width(columns: Sequence[str], name: str) -> None:
    """InventoryError if a sheet cannot hold that many columns."""
    if len(columns) > COLUMNS:
        raise InventoryError(f"{name}: {len(columns):,} columns; a sheet holds {COLUMNS:,}; {_INSTEAD}")
