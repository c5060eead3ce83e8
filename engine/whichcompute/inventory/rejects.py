"""Rows that cannot be read: written with what is wrong and their own cells, and counted by cause.

Cells that cannot be read count as unknown: each is named in the notes of its row.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.base.words import safe
from whichcompute.inventory.readers.batch import Reject, Trouble
from whichcompute.inventory.readers.csv_rows import written

PLACE = ("line", "column", "value", "code", "reason")
_LONGEST_TEXT = 1_000
_LONGEST_CELL = csv.field_size_limit()  # readers of CSV refuse a longer one, and with it the whole file
CUT = " … (cut: only the inventory holds all of it)"


def rejects_text(columns: Sequence[str], rejects: Iterable[Reject] | None = None) -> bytes:
    """The lines of some rejects of an inventory with these columns as comma-separated text; None: the header."""
    # A corrected rejects file is scored again: new columns replace the leading ones of the earlier run.
    start = len(PLACE) if tuple(columns[: len(PLACE)]) == PLACE else 0
    rows = [(*PLACE, *columns[start:])] if rejects is None else ((*_place(r), *r.cells[start:]) for r in rejects)
    return "".join(f"{line}\n" for line in written(map(bounded, rows))).encode(errors="surrogateescape")


def bounded(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The cells of a reject as they are written: one that no reader of CSV takes is cut, and says so."""
    return tuple(cell[: _LONGEST_CELL - len(CUT)] + CUT if len(cell) > _LONGEST_CELL else cell for cell in cells)


def _place(reject: Reject) -> tuple[str, ...]:
    """Line, column, value, code and reason; the entries of several bad cells are joined."""
    columns, values, reasons = zip(*reject.troubles, strict=True)
    if len(reject.troubles) > 1:
        reasons = tuple(f"{column}: {reason}" for column, _, reason in reject.troubles)
    column, reason = (safe("; ".join(texts)[:_LONGEST_TEXT]) for texts in (columns, reasons))
    # Surplus cells and keys without a column are in no other place than the value: only `bounded` may cut it.
    return (str(reject.line), column, safe("; ".join(values)), reject.code, reason)


def unread(problems: pl.DataFrame, origins: dict[tuple[str, str], tuple[str, str]]) -> Counter[Trouble]:
    """How many cells of each column and value cannot be read.

    `problems`: row, column (the field), value, reason; `origins`: column and cell of the inventory by field and value.
    """
    groups = problems.group_by("column", "value", "reason", maintain_order=True).len()
    counts: Counter[Trouble] = Counter()
    for field, value, reason, count in groups.iter_rows():
        counts[Trouble(*origins[field, value], reason)] += count
    return counts


def with_unread(
    results: pl.DataFrame, problems: pl.DataFrame, origins: dict[tuple[str, str], tuple[str, str]]
) -> pl.DataFrame:
    """The results with a note on every cell that cannot be read."""
    texts = [_note(*origins[field, value]) for field, value in problems.select("column", "value").iter_rows()]
    notes = pl.DataFrame([problems["row"], pl.Series("unread", texts, pl.String)])
    by_row = notes.unique(maintain_order=True).group_by("row", maintain_order=True).agg(pl.col("unread").str.join("; "))
    return with_notes(results, pl.Series(by_row["row"]), by_row["unread"])


def with_notes(results: pl.DataFrame, rows: pl.Series, notes: pl.Series) -> pl.DataFrame:
    """The results with one more note in some rows."""
    added = pl.repeat(None, results.height, dtype=pl.String, eager=True).scatter(rows, notes)
    own = pl.col("notes")
    own = pl.when(own != "").then(own)
    return results.with_columns(
        pl.concat_str(own, added.alias("added"), separator="; ", ignore_nulls=True).alias("notes")
    )


def _note(column: str, value: str) -> str:
    return safe(f"{shown(column)}: '{shown(value)}' cannot be read")
