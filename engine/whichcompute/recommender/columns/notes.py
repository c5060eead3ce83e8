"""The `notes` column of a frame: contradictory answers, costs that forbid a decision, why a cost is blank."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.knowledge.contradictions import Pattern, patterns
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.rules import PLACEHOLDER
from whichcompute.knowledge.services import SERVICE_NAMES, SERVICES
from whichcompute.pricing import CostModel
from whichcompute.pricing.columns import read
from whichcompute.recommender.columns.aggregation import OUTSIDE, Weighed
from whichcompute.recommender.costs import ABOVE_BUDGET

EXPENSIVE = (
    "Not called decided: even the low estimate is above the budget or above the high estimate of another service."
)
OVER_BUDGET = "Even the low estimate of the place outside is above the budget."


class NotesColumn:
    """Finds rows that contradict themselves by whole columns, and fills in their values pattern by pattern."""

    def __init__(self, costs: CostModel) -> None:
        self._costs = costs
        self._holds = [
            pl.all_horizontal(_expressions(pattern)).fill_null(value=False).alias(str(number))
            for number, pattern in enumerate(patterns())
        ]

    def column(
        self, frame: pl.DataFrame, weighed: Weighed, expensive: NDArray[np.bool_], above: NDArray[np.bool_]
    ) -> pl.Series:
        """The notes of every row, `; ` between them; empty where there are none."""
        notes = []
        for pattern, holds in zip(patterns(), frame.select(self._holds), strict=True):
            if holds.any():
                rows = holds.arg_true()
                notes.append(_placed(rows, _sentences(pattern, frame, rows), frame.height))
        outside = weighed.leading == OUTSIDE
        for text, some in (
            (EXPENSIVE, expensive & ~outside),
            (OVER_BUDGET, expensive & outside),
            (ABOVE_BUDGET, above & ~expensive),
        ):
            rows = pl.Series(np.flatnonzero(some))
            notes.append(_placed(rows, _same(text, rows), frame.height))
        for region in frame["region"].unique().drop_nulls():
            if unpriced := self._costs.unknown_prices(region):
                rows = (frame["region"] == region).fill_null(value=False).arg_true()
                notes.append(_placed(rows, _same(unpriced, rows), frame.height))
        notes += self._blank(frame, weighed)
        columns = pl.DataFrame([note.alias(str(number)) for number, note in enumerate(notes)])
        return columns.select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True)).to_series()

    def _blank(self, frame: pl.DataFrame, weighed: Weighed) -> Iterator[pl.Series]:
        """Why the leading service of a row has no estimate."""
        for number, service in enumerate(SERVICES):
            blank = (weighed.leading == number) & np.isnan(weighed.usd[:, number])
            for region in frame["region"].filter(pl.Series(blank)).unique():
                rows = (frame["region"].eq_missing(region) & pl.Series(blank)).arg_true()
                for at_home in (False, True):
                    some = rows.filter(self._at_home(frame, rows, region, service) == at_home)
                    text = blank_cost(service, self._costs.blank(service, region, at_home))
                    yield _placed(some, _same(text, some), frame.height)

    def _at_home(self, frame: pl.DataFrame, rows: pl.Series, region: str | None, service: str) -> pl.Series:
        """For which rows of a Region the service has an estimate at the prices of us-east-1."""
        if region is None:
            return pl.repeat(value=False, n=len(rows), dtype=pl.Boolean, eager=True)
        there = frame[rows].with_columns(pl.lit(None, dtype=frame.schema["region"]).alias("region"))
        return pl.Series(~np.isnan(self._costs.usd_rows(read(there), len(rows), [service])[:, 0]))


def blank_cost(service: str, needs: str) -> str:
    """Why a service has no estimate, as a sentence."""
    return f"No cost of {SERVICE_NAMES[service]}: it needs {needs}."


def _placed(rows: pl.Series, texts: pl.Series, height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.String, eager=True).scatter(rows, texts)


def _same(text: str, rows: pl.Series) -> pl.Series:
    return pl.repeat(text, len(rows), dtype=pl.String, eager=True)


def _sentences(pattern: Pattern, frame: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """What is wrong in these rows; each value is put into words once."""
    words = pl.DataFrame([_words(name, frame[name].gather(rows)) for name in pattern.named])
    parts = PLACEHOLDER.split(pattern.says)  # a text, a name, a text, ...
    joined = pl.concat_str(pl.col(part) if at % 2 else pl.lit(part) for at, part in enumerate(parts))
    return words.select(joined.alias("sentence")).to_series() if pattern.named else _same(pattern.says, rows)


def _words(name: str, values: pl.Series) -> pl.Series:
    distinct = values.unique()
    texts = pl.Series([PROPERTIES[name].say(value) for value in distinct], dtype=pl.String)
    return values.replace_strict(distinct, texts, return_dtype=pl.String).alias(name)


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
