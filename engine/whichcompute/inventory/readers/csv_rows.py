"""Splits CSV bytes into rows, exactly as Python's csv module does: whole columns at once where the rows are plain.

A row that cannot be read becomes a Reject with its line number: rows and rejects together are the whole input.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
import polars as pl

from whichcompute.inventory.readers.batch import Batch, ReasonCode, Reject, Trouble
from whichcompute.inventory.readers.tables import is_value
from whichcompute.knowledge.descriptors import UNKNOWN

_LINE = "line"
_END = "\x1e\x1e"  # an extra row after the last one: part of a cell while a quote is open
_MARK = b"\x02"
_TRIES = 20
_MOSTLY = 0.5
_UNUSED = b"\x1f"  # reads each line as one cell; text that holds it is split by the csv module


class CsvRow(NamedTuple):
    """One row as split by the csv module; `code` says why its end could not be found."""

    line: int
    cells: list[str]
    code: ReasonCode | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How to split: the separator, the column names, and the positions of the columns whose cells are wanted.

    `types` are tried for some of these: if any cell does not fit its type, all are read as text. `even`: a row with
    other than as many cells as the header is rejected, also where only empty ones are missing or surplus.
    """

    separator: str
    columns: tuple[str, ...]
    wanted: tuple[int, ...]
    types: Mapping[int, pl.DataType] = field(default_factory=dict)
    even: bool = False


def split_rows(data: bytes, line: int, layout: Layout) -> Batch:
    """The rows in `data`, which holds whole rows and starts at the given line of the inventory."""
    plain = _split_plain(data, line, layout)
    return split_parsed(split_exactly(data, line, layout.separator)[0], layout) if plain is None else plain


def _split_plain(data: bytes, line: int, layout: Layout) -> Batch | None:
    """The rows by whole columns; None if rows are ragged or a cell holds a line break, a stray quote or no text, or may
    be too long for the csv module, which then decides."""
    if not _is_plain(data):
        return None
    data = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    lines = _lines(data)
    if (lines.str.len_bytes() > csv.field_size_limit()).any() and _may_be_too_long(data, layout.separator):
        return None
    numbers = np.arange(line, line + len(lines))
    cells = _columns(data, lines, layout)
    return None if cells is None else Batch(cells, numbers, lines if layout.separator == "," else None)


def _is_plain(data: bytes) -> bool:
    # polars drops a byte order mark where it starts to read, and here that may be in the middle of a file.
    if data.isspace() or data.startswith(codecs.BOM_UTF8) or b"\0" in data or _UNUSED in data:
        return False
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes) -> pl.Series:
    """Every line without its end; an empty line is an empty text."""
    read = pl.read_csv(
        data, has_header=False, separator=_UNUSED.decode(), quote_char=None, infer_schema=False, new_columns=[_LINE]
    )
    return read[_LINE].fill_null("")


def _may_be_too_long(data: bytes, separator: str) -> bool:
    """Whether a cell may be longer than the csv module reads: lines of very many cells are as long."""
    text = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero((text == ord(separator)) | (text == ord("\n")))
    return b'"' in data or int(np.diff(ends, prepend=-1, append=len(text)).max()) > csv.field_size_limit()


def _columns(data: bytes, lines: pl.Series, layout: Layout) -> pl.DataFrame | None:
    """The wanted cells; None unless every line is a row with as many cells as the header.

    A mark is appended to every line and must be read back as the cell after the last column: polars pads short rows
    and, if it reads some columns only, truncates long ones, both silently.
    """
    if _MARK in data or (len(layout.columns) == 1 and "" in lines):
        return None
    separator = layout.separator.encode()
    whole = data if data.endswith(b"\n") or not data else data + b"\n"
    read = _read_columns(whole.replace(b"\n", separator + _MARK + b"\n"), layout)
    if read is None or read.height != len(lines):
        return None
    mark = read.to_series(read.width - 1)
    return read.drop(mark.name) if mark.null_count() == 0 and (mark == _MARK.decode()).all() else None


def _read_columns(data: bytes, layout: Layout) -> pl.DataFrame | None:
    wanted = [*layout.wanted, len(layout.columns)]
    for types in [layout.types, {}] if layout.types else [{}]:
        schema = {str(at): types.get(at, pl.String()) for at in range(len(layout.columns) + 1)}
        with suppress(pl.exceptions.PolarsError):  # the csv module decides
            read = pl.read_csv(data, has_header=False, separator=layout.separator, columns=wanted, schema=schema)
            return read.select(map(str, wanted))
    return None


def split_exactly(data: bytes, line: int, separator: str, *, final: bool = True) -> tuple[list[CsvRow], int, int]:
    """Rows by the csv module, with the numbers of bytes and lines that they took.

    If `final` is false the data may end within a row, which is then left for later. An unterminated quote rejects only
    the line on which it was opened.
    """
    lines = list(io.StringIO(data.decode("utf-8", "surrogateescape"), newline=""))
    if lines and not final and not lines[-1].endswith("\n"):
        lines.pop()  # its end, or the second half of its line break, follows later
    rows: list[CsvRow] = []
    done = tries = 0
    while done < len(lines):
        done, code, seen = _read(lines, done, line, separator, rows)
        if code is None or (code == "unterminated-quote" and not final):
            break
        rows.append(CsvRow(line + done, _cells(lines[done], separator), code))
        done, tries = done + 1, tries + 1
        # A quote that is open at the end leaves open each quote that a later line opens. After a cell that is too long
        # the next lines may yet hold cells of several lines; but trying each would take time as their square.
        if code == "unterminated-quote" or tries > _TRIES:
            rows += (_single(text, line + at, separator, code) for at, text in enumerate(lines[done:seen], done))
            rows = [row for row in rows if row.cells]
            done = max(done, seen)
    used = sum(len(text.encode("utf-8", "surrogateescape")) for text in lines[:done])
    return rows, used, done


def _single(text: str, line: int, separator: str, code: ReasonCode) -> CsvRow:
    """One line as a row; with `code` if it opens a quote that it does not close."""
    reader = csv.reader([text, _END], delimiter=separator)
    try:
        cells = next(reader)
    except csv.Error:
        return CsvRow(line, _cells(text, separator), "cell-too-long")
    return CsvRow(line, cells) if reader.line_num == 1 else CsvRow(line, _cells(text, separator), code)


def _read(
    lines: list[str], start: int, line: int, separator: str, rows: list[CsvRow]
) -> tuple[int, ReasonCode | None, int]:
    """Appends rows from line `start` on; the line after the last one read, why it stopped, and how far it has seen."""
    reader = csv.reader(chain(islice(lines, start, None), [_END]), delimiter=separator)
    done = start
    try:
        for cells in reader:
            if start + reader.line_num > len(lines):
                return done, None if done == len(lines) else "unterminated-quote", len(lines)
            if cells:
                rows.append(CsvRow(line + done, cells))
            done = start + reader.line_num
    except csv.Error:
        return done, "cell-too-long", min(start + reader.line_num, len(lines))
    return done, None, done


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return [text.rstrip("\r\n")]  # a cell too long for the csv module: the whole line


def split_parsed(rows: Sequence[CsvRow], layout: Layout) -> Batch:
    """The batch of rows that the csv module has split; short rows are filled, empty surplus cells are left out."""
    shifted = _shifted(rows, layout)
    rows = [row if at in shifted else _even(row, layout) or row for at, row in enumerate(rows)]
    rejects = [reject for row in rows if (reject := _rejected(row, layout))]
    bad = {reject.line for reject in rejects}
    good = [row for row in rows if row.line not in bad]
    columns = list(zip(*(row.cells for row in good), strict=True)) or [()] * len(layout.columns)
    cells = pl.DataFrame([pl.Series(str(at), columns[at], pl.String) for at in layout.wanted])
    lines = np.array([row.line for row in good], np.intp)
    raw = pl.Series(_LINE, written(row.cells for row in good), pl.String) if layout.separator == "," else None
    return Batch(cells, lines, raw, rejects)


def _even(row: CsvRow, layout: Layout) -> CsvRow | None:
    """The row with as many cells as the header, if only empty cells are missing or surplus at its end; else None."""
    need = len(layout.columns)
    if row.code or layout.even or len(row.cells) == need or any(cell.strip() for cell in row.cells[need:]):
        return None
    return CsvRow(row.line, [*row.cells[:need], *[""] * (need - len(row.cells))])


def _shifted(rows: Sequence[CsvRow], layout: Layout) -> set[int]:
    """The rows that an unquoted separator may have shifted: with more cells than is usual, and text among numbers."""
    need = len(layout.columns)
    usual = Counter(len(row.cells) for row in rows).most_common(1)[0][0] if rows else need
    longer = [at for at, row in enumerate(rows) if len(row.cells) > max(need, usual)]
    filled = (
        [
            [cell for row in rows if column < len(row.cells) and (cell := row.cells[column].strip())]
            for column in range(need)
        ]
        if longer
        else []
    )
    numbers = [at for at, cells in enumerate(filled) if sum(map(is_value, cells)) > _MOSTLY * len(cells)]
    return {at for at in longer if any(_is_text(rows[at].cells[column]) for column in numbers)}


def _is_text(cell: str) -> bool:
    return cell.strip().lower() not in UNKNOWN and not is_value(cell)


_REASONS: Mapping[ReasonCode | None, str] = {
    "another-table": "belongs to another table below a gap; put it in a separate file",
    "unterminated-quote": "unterminated quote",
    "cell-too-long": f"unterminated quote, or a cell longer than {csv.field_size_limit():,} characters",
    "not-decodable": "holds bytes that are not UTF-8 text",
    "nul-character": "holds a NUL character",
}


def _rejected(row: CsvRow, layout: Layout) -> Reject | None:
    if row.code:
        cells = [*row.cells, *[""] * (len(layout.columns) - len(row.cells))]
        return Reject(row.line, (Trouble("", "", _REASONS[row.code]),), _legible(cells), row.code)
    if len(row.cells) != len(layout.columns):
        return ragged(row, layout)
    for name, cell in zip(layout.columns, row.cells, strict=True):
        code: ReasonCode | None = None
        if not cell.isascii() and any("\udc80" <= char <= "\udcff" for char in cell):
            code = "not-decodable"
        elif "\0" in cell:
            code = "nul-character"
        if code:
            trouble = Trouble(name, _legible([cell])[0], _REASONS[code])
            return Reject(row.line, (trouble,), _legible(row.cells), code)
    return None


def _legible(cells: Iterable[str]) -> tuple[str, ...]:
    texts = (cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for cell in cells)
    return tuple(text.replace("\0", "\\0") for text in texts)


def ragged(row: CsvRow, layout: Layout) -> Reject:
    """The reject for a row that has more cells than the header, or fewer where that is not accepted."""
    have, need = len(row.cells), len(layout.columns)
    surplus = ", ".join(_legible(row.cells[need:]))
    shifted = "" if surplus.strip(", ") or have < need else "; an unquoted separator may have shifted them"
    reason = f"cells in the row: {have}; columns in the header: {need}{shifted}"
    return Reject(row.line, (Trouble("", surplus, reason),), _legible(row.cells[:need]), "surplus-cells")


def written(rows: Iterable[Sequence[str]]) -> list[str]:
    """Each row as a line of comma-separated text."""
    lines = []
    for row in rows:
        text = io.StringIO()
        csv.writer(text).writerow(row)  # ends in \r\n: it quotes only the line breaks it knows
        lines.append(text.getvalue()[:-2])
    return lines


def parsed(line: str) -> tuple[str, ...]:
    """The cells of one row of comma-separated text."""
    return tuple(next(csv.reader(io.StringIO(line, newline=""))))
