"""Pairs the rows of two scored inventories, and says where their answers differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.diff.reading import ANSWER, COST, INPUT, KEY, NEEDED, ROW, ScoredFile

OLD, NEW, CHANGED, ANY_RESULT = "old_row", "new_row", "changed", "any_result"
_TIMES = "times"
_NAMING = 0.5
"""A column that names more than this share of the rows uniquely pairs the others in their order."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The rows of two files in pairs. `key` is the column that pairs them, None for the number of the row.

    Rows of the same name, or without one, are paired in their order: never two rows of different names.

    `frame` has, for every pair, both row numbers, the name, whether the input differs (`input`), and whether each
    result differs; `changed`: the service, the place outside or the decision differs; `any_result`: any result differs.
    `removed` and `added` hold number and name of the rows that are only in the old or the new file; `costs` are the
    estimates of all rows of each file in USD per month.
    """

    key: str | None
    frame: pl.DataFrame
    removed: pl.DataFrame
    added: pl.DataFrame
    results: tuple[str, ...]
    inputs: tuple[str, ...]
    notices: tuple[str, ...]
    costs: tuple[float, float]


def pair(old: ScoredFile, new: ScoredFile, key: str | None = None, *, reasons: bool = True) -> Pairs:
    """The rows paired by `key`, else by the column that names them; `reasons`: whether reasons are compared."""
    inputs = tuple(name for name in old.inputs if name in new.inputs)
    results = tuple(name for name in old.results if name in new.results and (reasons or name != "reasons"))
    chosen, why, (before, after) = _chosen(old, new, key, inputs)
    heights = (before.height, after.height)
    if chosen is None and heights[0] != heights[1] and all(heights):
        unequal = f"files with {heights[0]:,} and {heights[1]:,} rows cannot be paired by number"
        raise InventoryError(f"{why}, and {unequal}; --key names a column that identifies the rows")
    how = "rows are paired by number" if chosen is None else "rows of the same name are paired in their order"
    notices = (f"{why}: {how}; --key names another column",) if why else ()
    on = (ROW,) if chosen is None else (KEY, _TIMES)
    frame = _side(before, OLD, on).join(_side(after, NEW, on), on=on, how="inner", suffix=" new")
    removed, added = (
        a.join(b, on=on, how="anti").select(ROW, _name(chosen)).sort(ROW) for a, b in ((before, after), (after, before))
    )
    compared = _compared(frame, results, _name(chosen)).sort(NEW)
    costs = (float(before[COST].sum()), float(after[COST].sum()))
    return Pairs(chosen, compared, removed, added, results, inputs, notices, costs)


def _chosen(
    old: ScoredFile, new: ScoredFile, key: str | None, inputs: Sequence[str]
) -> tuple[str | None, str, tuple[pl.DataFrame, pl.DataFrame]]:
    """The column that pairs rows, why it does not alone or why there is none, and the hashes of both files by it."""
    troubles = []
    partly = None
    for name in _keys(old, new, key):
        before, after = (file.hashes(name, [each for each in inputs if each != name]) for file in (old, new))
        why = _unfit(before, old.name, name) or _unfit(after, new.name, name)
        if not why:
            return name, "", (_counted(before), _counted(after))
        if partly is None and _names_most(before) and _names_most(after):
            partly = name, why, (_counted(before), _counted(after))
        elif key is not None:
            raise InventoryError(f"{why}, so it cannot pair rows")
        troubles.append(why)
    if partly is not None:
        return partly
    # A column that does not pair rows counts as input like any other.
    why = troubles[0] if troubles else "no column identifies the rows in both files"
    return None, why, (old.hashes(None, inputs), new.hashes(None, inputs))


def _counted(hashes: pl.DataFrame) -> pl.DataFrame:
    """With the number of each row among those of its name, from 0."""
    return hashes.with_columns(pl.int_range(pl.len()).over(KEY).alias(_TIMES))


def _names_most(hashes: pl.DataFrame) -> bool:
    return hashes[KEY].n_unique() - int((hashes[KEY] == "").any()) > _NAMING * hashes.height


def _side(hashes: pl.DataFrame, number: str, on: Sequence[str]) -> pl.DataFrame:
    rest = [name for name in hashes.columns if name not in (ROW, *on)]
    return hashes.select(*on, pl.col(ROW).alias(number), *rest)


def _name(key: str | None) -> pl.Expr:
    if key is None:
        return pl.format("row {}", pl.col(ROW)).alias(KEY)
    name = pl.when(pl.col(KEY) == "").then(pl.lit("no name")).otherwise(pl.col(KEY))
    repeated = (pl.col(_TIMES) > 0) | (pl.col(KEY) == "")
    return pl.when(repeated).then(pl.format("{} ({})", name, pl.col(_TIMES) + 1)).otherwise(name).alias(KEY)


def _compared(frame: pl.DataFrame, results: Sequence[str], name: pl.Expr) -> pl.DataFrame:
    differ = [(pl.col(name) != pl.col(f"{name} new")).alias(name) for name in (INPUT, ANSWER, *results)]
    compared = frame.select(name, OLD, NEW, *differ)
    any_result = pl.any_horizontal(*results).alias(ANY_RESULT)
    return compared.with_columns(pl.any_horizontal(ANSWER, *NEEDED).alias(CHANGED), any_result)


def _keys(old: ScoredFile, new: ScoredFile, key: str | None) -> list[str]:
    """The columns that may pair rows, in order of preference: those that both files have, or `key`."""
    if key is None:
        there = new.row_names()
        return [name for name in old.row_names() if name in there]
    for file in (old, new):
        if key not in file.inputs:
            columns = ", ".join(shown(name) for name in list(file.inputs)[:8])
            raise InventoryError(f"{file.name}: no input column '{shown(key)}'; available: {columns}")
    return [key]


def _unfit(hashes: pl.DataFrame, name: str, key: str) -> str:
    """Why a column does not identify rows; empty if it does."""
    names = hashes[KEY]
    if empty := int((names == "").sum()):
        return f"{name}: column '{shown(key)}' is empty in {empty:,} rows"
    if names.n_unique() < len(names):
        duplicate = hashes.lazy().filter(pl.col(KEY).is_duplicated()).select(pl.first(KEY)).collect().item()
        return f"{name}: column '{shown(key)}' holds '{shown(duplicate)}' more than once"
    return ""
