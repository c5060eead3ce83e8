"""Columns that other sheets of a known tool have for the rows of one, such as `Size MiB` of vMemory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from whichcompute.base.errors import shown
from whichcompute.base.words import counted
from whichcompute.inventory.maps.paths import normal
from whichcompute.inventory.maps.presets import Join, detected
from whichcompute.inventory.readers.excel_book import Book
from whichcompute.inventory.readers.tables import Row, Table, table_of


def with_other_sheets(table: Table, name: str, book: Book) -> tuple[Table, list[str]]:
    """The table of sheet `name` with the columns that its tool has in other sheets, and what was joined by which key.

    A column is joined only for a descriptor that the sheet itself has no column for.
    """
    preset = detected(table.rows[0]) if table.rows else None
    if preset is None:
        return table, []
    said: list[str] = []
    for join in preset.join:
        known = {column.descriptor for column in preset.map.bind(table.rows[0]).columns}
        sheets = [each for each in book.sheets if each != name and each.casefold().endswith(join.sheet.casefold())]
        if join.field in known or not sheets:
            continue
        read = book.sheet(sheets[0])
        if not read.rows:
            continue
        other = table_of(read.rows, read.lines, 0)
        if (added := _joined(table, other, join)) is not None:
            table, key, found = added
            of = f"{found:,} of {counted(len(table.rows) - 1, 'row')}"
            said.append(
                f"column '{join.title or join.take[0]}' is joined from sheet '{shown(sheets[0])}' by {key}: {of} found"
            )
    return table, said


def _joined(table: Table, other: Table, join: Join) -> tuple[Table, str, int] | None:
    """The table with one more column, the titles of the key, and in how many rows it is filled; None if none can be."""
    header, theirs = (_places(each.rows[0]) for each in (table, other))
    taken = next((theirs[normal(title)] for title in join.take if normal(title) in theirs), None)
    keys = [key for key in join.keys if all(normal(title) in header and normal(title) in theirs for title in key)]
    if taken is None or not keys:
        return None
    values = dict(_values(other.rows[1:], [theirs[normal(title)] for title in keys[0]], taken, join.sum))
    places = [header[normal(title)] for title in keys[0]]
    wide = len(table.rows[0])
    cells = [join.title or join.take[0], *(values.get(_key(row, places), "") for row in table.rows[1:])]
    rows = [[*row, *[""] * (wide - len(row)), cell] for row, cell in zip(table.rows, cells, strict=True)]
    return replace(table, rows=rows), " and ".join(f"'{title}'" for title in keys[0]), sum(map(bool, cells[1:]))


def _places(header: Row) -> dict[str, int]:
    """Where the titles of a header are; of those that are there twice the first."""
    return {normal(title): at for at, title in reversed([*enumerate(header)])}


def _values(rows: Sequence[Row], places: Sequence[int], taken: int, add: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    """The value of each key: the sum of its cells, or the only one; none where cells differ or are no numbers."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        if all(key := _key(row, places)):
            found.setdefault(key, []).append(row[taken] if taken < len(row) else "")
    for key, cells in found.items():
        if not add and len(set(cells)) == 1:
            yield key, cells[0]
        elif add and all(cell.replace(".", "", 1).isdigit() for cell in cells):
            yield key, f"{sum(map(float, cells)):g}"


def _key(row: Row, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(row[at] if at < len(row) else "" for at in places)
