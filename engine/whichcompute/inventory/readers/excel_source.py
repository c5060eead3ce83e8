"""Chooses the sheet of an Excel workbook that holds the inventory, and finds its header."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.words import counted, nearest
from whichcompute.inventory.maps.mapping import normal
from whichcompute.inventory.maps.presets import detected
from whichcompute.inventory.maps.titles import known, split
from whichcompute.inventory.readers.excel_book import CELLS, Book, Row, Sheet
from whichcompute.inventory.readers.frame_source import FrameSource
from whichcompute.knowledge.descriptors import DECIDING

_HEADER_WITHIN = 20  # rows in which the header is searched: there may be titles above it
_LISTED = 20
_NEARLY = 0.6


def open_workbook(path: Path, sheet: str | None = None) -> FrameSource:
    """The rows of `sheet`, or of the one that looks most like an inventory; line numbers are the sheet's row numbers.

    InventoryError if there is no such sheet (it lists the sheets), no header, or the workbook cannot be read.
    """
    with Book(path) as book:
        name = _likely(book) if sheet is None else _named(book, sheet)
        read = book.sheet(name)
    first = _header_at(read.rows)
    if not read.rows:
        raise InventoryError(f"{path}: sheet '{shown(name)}' has no header line with column names")
    frame = _frame(read.rows[first:], path, name)
    source = FrameSource(frame.lazy(), str(path), np.array(read.lines[first + 1 :], np.intp))
    others = ", ".join(f"'{shown(other)}'" for other in list(book.sheets)[:_LISTED] if other != name)
    several = f"; not read: {others} (--sheet)" if others else ""
    source.notices += [f"sheet '{shown(name)}' is read, header in row {read.lines[first]}{several}", *_gaps(read)]
    return source


def _likely(book: Book) -> str:
    """The sheet that looks most like an inventory by its first rows; the first one of several equals."""
    if not book.sheets:
        raise InventoryError(f"{book.path}: has no sheet with cells")
    tops = {name: book.sheet(name, _HEADER_WITHIN).rows for name in book.sheets}
    return max(tops, key=lambda name: _likeness(tops[name][_header_at(tops[name]) :]))


def _named(book: Book, sheet: str) -> str:
    for same in (str, str.casefold):
        found = [name for name in book.sheets if same(name.strip()) == same(sheet.strip())]
        if found:
            return found[0]
    listed = nearest(sheet, book.sheets, max(len(book.sheets), 1), likeness=0)
    named = ", ".join(f"'{shown(name)}'" for name in listed[:_LISTED]) + (", …" if len(listed) > _LISTED else "")
    raise InventoryError(f"{book.path}: unknown sheet '{shown(sheet)}'; allowed: {named or 'none'}")


def _header_at(rows: Sequence[Row]) -> int:
    """The first row of texts that is nearly as wide as the table, unless another one has more known titles."""
    tried = range(min(len(rows), _HEADER_WITHIN))
    wide = max((sum(map(bool, rows[at])) for at in tried), default=0)

    def order(at: int) -> tuple[bool, int, bool, int]:
        cells = [cell for cell in rows[at] if cell]
        texts = not any(cell.replace(".", "").isdigit() for cell in cells)
        return *_likeness(rows[at:])[1:3], texts and len(cells) >= _NEARLY * wide, -at

    return max(tried, key=order, default=0)


def _likeness(rows: Sequence[Row]) -> tuple[bool, bool, int, int]:
    """How much rows look like an inventory: rows below, a known tool's header, then known titles, then rows."""
    header = rows[0] if rows else []
    titles = {title for words in known().values() for title in words}
    named = sum(normal(name) in DECIDING or split(name)[0] in titles for name in header)
    return len(rows) > 1, detected(header) is not None, named, sum(map(bool, header))


def _frame(rows: Sequence[Row], path: Path, name: str) -> pl.DataFrame:
    """The rows below the header by columns; unnamed columns are named by number, empty ones are left out."""
    used = sorted({number for row in rows for number, cell in enumerate(row) if cell})
    if len(used) * len(rows) > CELLS:
        raise InventoryError(
            f"{path}: sheet '{shown(name)}': {len(rows):,} rows and {len(used):,} columns are more than {CELLS:,} "
            "cells; remove what is not needed, or save the sheet as CSV"
        )
    titles = [(rows[0][number] if number < len(rows[0]) else "") or f"column {number + 1}" for number in used]
    header: list[str] = []
    for title in titles:
        number, unique = 2, title
        while unique in header:
            number, unique = number + 1, f"{title} ({number})"
        header.append(unique)
    columns = [
        pl.Series(title, [row[number] if number < len(row) else "" for row in rows[1:]], pl.String)
        for number, title in zip(used, header, strict=True)
    ]
    return pl.DataFrame(columns)


def _gaps(read: Sheet) -> list[str]:
    """Notices about cells that show a value in Excel but store none that can be read."""
    notices = []
    if read.errors:
        notices.append(f"{counted(read.errors, 'cell')} with an Excel error such as #N/A, read as unknown")
    if read.hidden:
        notices.append(f"{counted(read.hidden, 'hidden row')} read as well")
    if read.unsaved:
        count = counted(read.unsaved, "formula")
        notices.append(f"{count} without a stored result, read as unknown; open and save the workbook in Excel")
    return notices
