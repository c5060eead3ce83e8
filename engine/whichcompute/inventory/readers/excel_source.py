"""Chooses the sheet of an Excel workbook that holds the inventory, and finds its header."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.words import counted, joined, nearest
from whichcompute.inventory.maps.numerals import points
from whichcompute.inventory.maps.presets import detected
from whichcompute.inventory.maps.titles import named
from whichcompute.inventory.readers.excel_book import CELLS, Book, Row, Sheet
from whichcompute.inventory.readers.frame_source import FrameSource
from whichcompute.inventory.readers.joined import with_other_sheets
from whichcompute.inventory.readers.tables import SHEET, Table, combined, table_of, under_groups

_HEADER_WITHIN = 20  # rows in which the header is searched: there may be titles above it
_LISTED = 20
_ENOUGH = 3  # known titles that make an inventory of a sheet, whether or not a hidden one has more
_NEARLY = 0.6


def open_workbook(path: Path, sheet: str | None = None) -> FrameSource:
    """The rows of `sheet`, or of the one that looks most like an inventory; line numbers are the sheet's row numbers.

    Sheets with the same header are read together, with the name of the sheet as a further column. InventoryError if
    there is no such sheet (it lists the sheets), no header, or the workbook cannot be read.
    """
    with Book(path) as book:
        names = _likely(book) if sheet is None else [_named(book, sheet)]
        read = {name: book.sheet(name) for name in names}
        others = [name for name in book.sheets if name not in names]
        hidden = book.hidden
        tables = {name: _table(each) for name, each in read.items()}
        joined: list[str] = []
        if len(tables) == 1:
            tables[names[0]], joined = with_other_sheets(tables[names[0]], names[0], book)
    if not read[names[0]].rows:
        raise InventoryError(f"{path}: sheet '{shown(names[0])}' has no header line with column names")
    whole = combined(tables)
    frame, pointed = _frame(whole.rows, path, names[0])
    source = FrameSource(frame.lazy(), str(path), np.array(whole.lines[1:], np.intp), pointed)
    source.notices += [_chosen(tables, others, hidden), *joined, *_left_out(tables), *_gaps(list(read.values()))]
    return source


def _chosen(tables: Mapping[str, Table], others: Sequence[str], hidden: Collection[str]) -> str:
    """Which sheets are read, and which are not."""
    listed = ", ".join(_quoted(name, hidden) for name in others[:_LISTED])
    several = f"; not read: {listed} (--sheet '{shown(others[0])}' reads it)" if listed else ""
    names = [_quoted(name, hidden) for name in tables]
    if len(names) == 1:
        return f"sheet {names[0]} is read, header in row {next(iter(tables.values())).lines[0]}{several}"
    return f"sheets {joined(names)} have the same columns and are read together; column '{SHEET}' names them{several}"


def _quoted(name: str, hidden: Collection[str]) -> str:
    return f"'{shown(name)}'{' (hidden)' if name in hidden else ''}"


def _left_out(tables: Mapping[str, Table]) -> Iterator[str]:
    for name, table in tables.items():
        if table.above:
            yield f"sheet '{shown(name)}': {counted(table.above, 'row')} with several cells above the header not read"
        if table.next_table:
            line = f"sheet '{shown(name)}': another table begins in row {table.next_table}"
            yield f"{line} and is not read; put it on a separate sheet"


def _likely(book: Book) -> list[str]:
    """The sheets that look most like an inventory by their first rows: one, or several with the same header."""
    if not book.sheets:
        raise InventoryError(f"{book.path}: has no sheet with cells")
    tops = {name: book.sheet(name, _HEADER_WITHIN).rows for name in book.sheets}
    tops = {name: rows[_header_at(rows) :] for name, rows in tops.items()}
    best = max(tops, key=lambda name: _order(name, tops[name], name not in book.hidden))
    if not tops[best] or sum(map(bool, tops[best][0])) < 2:
        return [best]
    alike = [name for name, rows in tops.items() if len(rows) > 1 and rows[0] == tops[best][0]]
    alike = [name for name in alike if name == best or name not in book.hidden]
    different = {repr(tops[name]): name for name in reversed(alike)}  # a sheet that was duplicated is read once
    return [name for name in alike if name in different.values()] or [best]


def _order(name: str, rows: Sequence[Row], shown_: bool) -> tuple[bool, bool, bool, int, bool, int, int]:
    """By what a sheet is chosen: how much it looks like an inventory, and whether its tool names it."""
    filled, known, titles, wide = _likeness(rows)
    preset = detected(rows[0]) if rows else None
    first = preset is not None and bool(preset.sheet) and preset.sheet.casefold() in name.casefold()
    return filled, known, first, min(titles, _ENOUGH), shown_, titles, wide


def _named(book: Book, sheet: str) -> str:
    for same in (str, str.casefold):
        found = [name for name in book.sheets if same(name.strip()) == same(sheet.strip())]
        if found:
            return found[0]
    listed = nearest(sheet, book.sheets, max(len(book.sheets), 1), likeness=0)
    named = ", ".join(f"'{shown(name)}'" for name in listed[:_LISTED]) + (", …" if len(listed) > _LISTED else "")
    raise InventoryError(f"{book.path}: unknown sheet '{shown(sheet)}'; allowed: {named or 'none'}")


def _table(sheet: Sheet) -> Table:
    """The table of a sheet, whose header may be two rows: titles of groups, and those within them."""
    rows, header = list(sheet.rows), _header_at(sheet.rows)
    if rows and (titles := under_groups(rows, header, named)):
        rows[header : header + 2] = [[], titles]
        header += 1
    return table_of(rows, sheet.lines, header)


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
    return len(rows) > 1, detected(header) is not None, named(header), sum(map(bool, header))


def _frame(rows: Sequence[Row], path: Path, name: str) -> tuple[pl.DataFrame, dict[int, bool]]:
    """The rows below the header by columns; unnamed columns are named by number, empty ones are left out.

    Also the columns that hold numbers which are not whole, and whether texts beside them may have other marks.
    """
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
    columns = [[row[number] if number < len(row) else "" for row in rows[1:]] for number in used]
    named = (pl.Series(title, cells, pl.String) for title, cells in zip(header, columns, strict=True))
    return pl.DataFrame(named), points(enumerate(columns))


def _gaps(sheets: Sequence[Sheet]) -> list[str]:
    """Notices about hidden rows, and about cells that show a value in Excel but store none that can be read."""
    errors, hidden, unsaved = (sum(getattr(each, what) for each in sheets) for what in ("errors", "hidden", "unsaved"))
    notices = []
    if errors:
        notices.append(f"{counted(errors, 'cell')} with an Excel error such as #N/A, read as unknown")
    if hidden:
        notices.append(f"{counted(hidden, 'hidden row')} read as well")
    if unsaved:
        count = counted(unsaved, "formula")
        notices.append(f"{count} without a stored result, read as unknown; open and save the workbook in Excel")
    return notices
