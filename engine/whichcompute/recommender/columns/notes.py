"""The `notes` column of a frame: contradictory answers, costs that forbid a decision, prices that are not known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.knowledge.contradictions import Pattern, patterns
from whichcompute.pricing import CostModel
from whichcompute.recommender.columns.aggregation import Weighed

EXPENSIVE = (
    "Not called decided: even the low estimate is above the budget or above the high estimate of another service."
)


class NotesColumn:
    """Finds rows that contradict themselves by whole columns, and says how row by row."""

    def __init__(self, costs: CostModel) -> None:
        self._costs = costs

    def column(self, frame: pl.DataFrame, weighed: Weighed, expensive: NDArray[np.bool_]) -> pl.Series:
        """The notes of every row, `; ` between them; empty where there are none."""
        texts: dict[int, list[str]] = {}
        for pattern in patterns():
            for row in np.flatnonzero(_holds(pattern, frame)).tolist():
                values = {name: value for name, value in frame.row(row, named=True).items() if value is not None}
                texts.setdefault(row, []).append(pattern.sentence(values))
        for row in np.flatnonzero(expensive & (weighed.leading >= 0)).tolist():
            texts.setdefault(row, []).append(EXPENSIVE)
        for region in frame["region"].unique().drop_nulls():
            if unpriced := self._costs.unknown_prices(region):
                for row in np.flatnonzero((frame["region"] == region).fill_null(value=False).to_numpy()).tolist():
                    texts.setdefault(row, []).append(unpriced)
        notes = [""] * frame.height
        for row, found in texts.items():
            notes[row] = "; ".join(found)
        return pl.Series(notes, dtype=pl.String)


def _holds(pattern: Pattern, frame: pl.DataFrame) -> NDArray[np.bool_]:
    found = frame.select(pl.all_horizontal(_expressions(pattern)).fill_null(value=False).alias("holds"))
    return found.to_series().to_numpy()


def _expressions(pattern: Pattern) -> Iterator[pl.Expr]:
    for condition in pattern.conditions:
        column = pl.col(condition.field)
        if condition.op == "in":
            yield column.is_in(list(condition.operands))
        elif condition.op in ("known", "unknown"):
            yield column.is_not_null() if condition.op == "known" else column.is_null()
        else:
            yield condition.compare(column)
    if pattern.more:
        yield pl.col(pattern.more) > pl.col(pattern.than)
