"""Cells that cannot be read count as unknown: each is named in the notes of its row."""

from __future__ import annotations

from collections import Counter

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.base.words import safe
from whichcompute.inventory.readers.batch import Trouble


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
