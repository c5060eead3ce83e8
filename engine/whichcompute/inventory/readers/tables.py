"""Tables among rows: from a header to the end or to the next table; and tables of several sheets as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from whichcompute.inventory.maps.titles import named
from whichcompute.knowledge.descriptors import UNKNOWN

Row = list[str]
SHEET = "sheet"
"""The title of the column with the names of sheets, where several are read."""

_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*( ?[A-Za-z]{1,5})?")
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their numbers in the sheet, the header first.

    `next_table` is the row of another header (0: none), `above` how many rows with several cells are above the header.
    """

    rows: list[Row]
    lines: list[int]
    next_table: int = 0
    above: int = 0


def under_groups(rows: Sequence[Row], header: int, names: Callable[[Row], int]) -> Row | None:
    """The titles of two rows as one, where the header has titles of groups, as merged cells do; else None.

    Some cells of the first stand above nothing and some of the second below nothing; `names` counts known titles.
    """
    first, second = rows[header], rows[header + 1] if header + 1 < len(rows) else []
    wide = max(len(first), len(second))
    above, below = ([*row, *[""] * (wide - len(row))] for row in (first, second))
    titles = [under or over for over, under in zip(above, below, strict=True)]
    gaps = {bool(over) for over, under in zip(above, below, strict=True) if bool(over) != bool(under)}
    if len(gaps) < 2 or any(map(is_value, second)) or names(titles) <= names(first):
        return None
    return titles


def table_of(rows: Sequence[Row], lines: Sequence[int], header: int) -> Table:
    """The table that begins with the row at `header`."""
    above = sum(sum(map(bool, row)) > 1 for row in rows[:header])
    end = 0  # where the rows after the last gap begin, while they are lines of one cell, such as a title
    for at in range(header + 2, len(rows) - 1):
        if lines[at] - lines[at - 1] > 1:
            end = at
        if end and begins_table(rows[at], rows[at + 1], rows[header:end]):
            return Table(list(rows[header:end]), list(lines[header:end]), lines[end], above)
        end = end if sum(map(bool, rows[at])) == 1 else 0
    return Table(list(rows[header:]), list(lines[header:]), above=above)


def begins_table(row: Row, below: Row, above: Sequence[Row]) -> bool:
    """Whether a row after a gap is a header: other texts than above, all known or some where the table has numbers."""
    filled = [at for at, cell in enumerate(row) if cell]
    values = any(_NUMBER.fullmatch(row[at]) or row[at].lower() in UNKNOWN for at in filled)
    if len(filled) < 2 or values or row == above[0]:
        return False
    if sum(map(bool, below)) < 2:
        return False
    titles = named([row[at] for at in filled]) == len(filled)
    return titles or any(_numbers(above[1:], at) for at in filled) or max(filled) >= max(map(len, above))


def is_value(cell: str) -> bool:
    """Whether a cell is a number, with or without a unit, and so no title."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def _numbers(rows: Sequence[Row], at: int) -> bool:
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) > _MOSTLY * len(cells)


def combined(tables: Mapping[str, Table]) -> Table:
    """The tables as one; those of several sheets get a column with the name of the sheet."""
    first = next(iter(tables.values()))
    if len(tables) == 1:
        return first
    wide = max(len(row) for table in tables.values() for row in table.rows)
    rows, lines = [_named(first.rows[0], wide, SHEET)], first.lines[:1]
    for name, table in tables.items():
        rows += [_named(row, wide, name) for row in table.rows[1:]]
        lines = [*lines, *table.lines[1:]]
    return Table(rows, lines)


def _named(row: Row, wide: int, name: str) -> Row:
    return [*row, *[""] * (wide - len(row)), name]
