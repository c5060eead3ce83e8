"""Splits CSV bytes into rows, exactly as Python's csv module does: whole columns at once where the rows are plain.

A row that cannot be read becomes a Reject with its line number, so that rows and rejects together are what came in.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from whichcompute.inventory.readers.batch import Batch, Reject, Trouble

_LINE = "line"
_END = "\x1e\x1e"  # a row of our own behind the last one: swallowed when a quote is still open
_MARK = b"\x02"
_UNUSED = b"\x1f"  # reads each line as one cell; text that holds it is split by the csv module


class CsvRow(NamedTuple):
    """One row as split by the csv module; `problem` says why its end could not be found."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to split: the separator, the column names, and the positions of the columns whose cells are wanted.

    `types` are worth a try for some of these: a cell that does not fit one makes all of them text again.
    """

    separator: str
    columns: tuple[str, ...]
    wanted: tuple[int, ...]
    types: Mapping[int, pl.DataType] = field(default_factory=dict)


def split_rows(data: bytes, line: int, layout: Layout) -> Batch:
    """The rows in `data`, which holds whole rows and begins at the given line of the inventory."""
    plain = _split_plain(data, line, layout)
    return split_parsed(split_exactly(data, line, layout.separator)[0], layout) if plain is None else plain


def _split_plain(data: bytes, line: int, layout: Layout) -> Batch | None:
    """The rows by whole columns; None when a cell holds a line break, a stray quote or bytes that are no text."""
    if not _is_plain(data):
        return None
    data = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    lines = _lines(data)
    numbers = np.arange(line, line + len(lines))
    raw = layout.separator == ","
    if (cells := _columns(data, lines, layout)) is not None:
        return Batch(cells, numbers, lines if raw else None)
    good = _matches(lines, layout)
    odd = pl.DataFrame([lines, pl.Series("at", numbers)]).filter(~good)
    if odd.select((~pl.col(_LINE).str.contains(_row_pattern(layout.separator, "*"))).any()).item():
        return None
    records = [CsvRow(at, next(csv.reader([text], delimiter=layout.separator))) for text, at in odd.rows() if text]
    whole = lines.filter(good)
    cells = _columns("\n".join(whole).encode(), whole, layout)
    if cells is None:
        return None
    rejects = [ragged(record, layout) for record in records]
    return Batch(cells, numbers[good.to_numpy()], whole if raw else None, rejects)


def _is_plain(data: bytes) -> bool:
    # polars drops a byte order mark where it begins to read, which for us is anywhere.
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


def _row_pattern(separator: str, times: str) -> str:
    cell = rf'(?:[^"{separator}]*|"(?:[^"]|"")*")'
    return f"^(?:{cell}{separator}){times}{cell}$"


def _matches(lines: pl.Series, layout: Layout) -> pl.Series:
    """Whether a line is a whole row with as many cells as the header; blank lines are no rows."""
    pattern = _row_pattern(layout.separator, f"{{{len(layout.columns) - 1}}}")
    return lines.str.contains(pattern) & (lines != "")


def _columns(data: bytes, lines: pl.Series, layout: Layout) -> pl.DataFrame | None:
    """The wanted cells; None unless every line is a row with as many cells as the header.

    A mark is put behind every line, and each must come out as the one cell behind the last column: polars fills short
    rows up and, reading some columns only, cuts long ones off, both without a word.
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
        with suppress(pl.exceptions.PolarsError):  # the csv module has the last word
            read = pl.read_csv(data, has_header=False, separator=layout.separator, columns=wanted, schema=schema)
            return read.select(map(str, wanted))
    return None


def split_exactly(data: bytes, line: int, separator: str, *, final: bool = True) -> tuple[list[CsvRow], int, int]:
    """Records by the csv module, how many bytes they took and how many lines.

    With `final` false the data may break off within a row, which is then left for later. A quote that is never closed
    costs the line on which it was opened.
    """
    lines = list(io.StringIO(data.decode("utf-8", "surrogateescape"), newline=""))
    if lines and not final and not lines[-1].endswith("\n"):
        lines.pop()  # its end, or the second half of its line break, is still to come
    records: list[CsvRow] = []
    done = 0
    while done < len(lines):
        done, problem = _read(lines, done, line, separator, records)
        if not problem or (problem == _OPEN and not final):
            break
        records.append(CsvRow(line + done, _cells(lines[done], separator), problem))
        done += 1
    used = sum(len(text.encode("utf-8", "surrogateescape")) for text in lines[:done])
    return records, used, done


_OPEN = "a quote is opened and never closed"


def _read(lines: list[str], start: int, line: int, separator: str, records: list[CsvRow]) -> tuple[int, str]:
    """Appends records from line `start` on; the line behind the last one read, and why it went no further."""
    reader = csv.reader(_from(lines, start), delimiter=separator)
    done = start
    try:
        for cells in reader:
            if start + reader.line_num > len(lines):
                return done, "" if done == len(lines) else _OPEN
            if cells:
                records.append(CsvRow(line + done, cells))
            done = start + reader.line_num
    except csv.Error:
        return done, f"a quote is never closed, or a cell is longer than {csv.field_size_limit():,} characters"
    return done, ""


def _from(lines: list[str], start: int) -> Iterator[str]:
    for at in range(start, len(lines)):
        yield lines[at]
    yield _END


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return [text[:1000]]


def split_parsed(records: Sequence[CsvRow], layout: Layout) -> Batch:
    """The rows in records that the csv module has split."""
    rejects = [reject for record in records if (reject := _rejected(record, layout))]
    bad = {reject.line for reject in rejects}
    good = [record for record in records if record.line not in bad]
    columns = list(zip(*(record.cells for record in good), strict=True)) or [()] * len(layout.columns)
    cells = pl.DataFrame([pl.Series(str(at), columns[at], pl.String) for at in layout.wanted])
    lines = np.array([record.line for record in good], np.intp)
    raw = pl.Series(_LINE, written(record.cells for record in good), pl.String) if layout.separator == "," else None
    return Batch(cells, lines, raw, rejects)


def _rejected(record: CsvRow, layout: Layout) -> Reject | None:
    if record.problem:
        return Reject(record.line, (Trouble("", "", record.problem),), _legible(record.cells))
    if len(record.cells) != len(layout.columns):
        return ragged(record, layout)
    for name, cell in zip(layout.columns, record.cells, strict=True):
        if not cell.isascii() and any("\udc80" <= char <= "\udcff" for char in cell):
            return _odd_cell(record, name, cell, "holds bytes that are not UTF-8 text")
        if "\0" in cell:
            return _odd_cell(record, name, cell, "holds a NUL character")
    return None


def _odd_cell(record: CsvRow, name: str, cell: str, reason: str) -> Reject:
    return Reject(record.line, (Trouble(name, _legible([cell])[0], reason),), _legible(record.cells))


def _legible(cells: Iterable[str]) -> tuple[str, ...]:
    texts = (cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for cell in cells)
    return tuple(text.replace("\0", "\\0") for text in texts)


def ragged(record: CsvRow, layout: Layout) -> Reject:
    """The reject for a row that has more or fewer cells than the header."""
    have, need = len(record.cells), len(layout.columns)
    extra = ", ".join(_legible(record.cells[need:]))
    reason = f"{have} cells, but the header names {need} columns"
    return Reject(record.line, (Trouble("", extra, reason),), _legible(record.cells[:need]))


def written(records: Iterable[Sequence[str]]) -> list[str]:
    """Each record as a line of comma-separated text."""
    lines = []
    for record in records:
        text = io.StringIO()
        csv.writer(text).writerow(record)  # with its own \r\n, as it quotes only the line breaks it knows
        lines.append(text.getvalue()[:-2])
    return lines


def parsed(line: str) -> tuple[str, ...]:
    """The cells of one row of comma-separated text."""
    return tuple(next(csv.reader(io.StringIO(line, newline=""))))
