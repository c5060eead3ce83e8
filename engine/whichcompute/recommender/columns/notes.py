"""The `notes` column of a frame: contradictory answers, costs that forbid a decision, why a cost is blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import repeat

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.base.words import joined
from whichcompute.knowledge.contradictions import Pattern, patterns
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.rules import PLACEHOLDER
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.pricing import CostModel
from whichcompute.pricing.columns import ops_of, read
from whichcompute.recommender.columns.aggregation import OUTSIDE, Weighed
from whichcompute.recommender.columns.firing import expressions
from whichcompute.recommender.costs import ABOVE_BUDGET

Rows = NDArray[np.intp]
RowNotes = tuple[Rows, str | list[str]]
"""Rows with their notes: one for all, or one for each."""

EXPENSIVE = (
    "Not called decided: the expected cost is more than twice the budget, or even the low estimate is above the budget "
    "or above the high estimate of another service."
)
_REMEMBERED = 1 << 16
OVER_BUDGET = "Even the low estimate of the place outside is above the budget."


class NotesColumn:
    """Finds rows that contradict themselves by whole columns, and fills in their values row by row."""

    def __init__(self, costs: CostModel) -> None:
        self._costs = costs
        self._say = lru_cache(_REMEMBERED)(lambda name, value: PROPERTIES[name].say(value))
        self._holds = [
            pl.all_horizontal(_all_of(pattern)).fill_null(value=False).alias(str(number))
            for number, pattern in enumerate(patterns())
        ]

    def contradictory(self, frame: pl.DataFrame) -> NDArray[np.bool_]:
        """Whether answers of each row contradict each other."""
        return frame.select(pl.any_horizontal(self._holds)).to_series().to_numpy()

    def column(
        self,
        frame: pl.DataFrame,
        weighed: Weighed,
        expensive: NDArray[np.bool_],
        above: NDArray[np.bool_],
        unpriced: Mapping[str, Rows],
    ) -> pl.Series:
        """The notes of every row, `; ` between them; empty where there are none.

        `unpriced`: the rows without an estimate, by the service or the place outside that their cost is asked of.
        """
        # Notes that no row has together share a column: one is numbers of texts, those texts the other.
        columns: list[tuple[Rows, list[str | None]]] = []
        for rows, noted in self._found(frame, weighed, expensive, above, unpriced):
            if not columns or columns[-1][0][rows].any():
                columns.append((np.zeros(frame.height, np.intp), [None]))
            numbers, texts = columns[-1]
            numbers[rows] = len(texts) + (0 if isinstance(noted, str) else np.arange(rows.size))
            texts += [noted] if isinstance(noted, str) else noted
        series = [pl.Series(str(at), texts, pl.String).gather(numbers) for at, (numbers, texts) in enumerate(columns)]
        joined_ = pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).alias("notes")
        return pl.DataFrame(series).select(joined_).to_series()

    def _found(
        self,
        frame: pl.DataFrame,
        weighed: Weighed,
        expensive: NDArray[np.bool_],
        above: NDArray[np.bool_],
        unpriced: Mapping[str, Rows],
    ) -> Iterator[RowNotes]:
        """One kind of note after the other."""
        for pattern, holds in zip(patterns(), frame.select(self._holds), strict=True):
            rows = np.flatnonzero(holds.to_numpy())
            yield rows, self._sentences(pattern, frame, rows)
        outside = weighed.leading == OUTSIDE
        yield np.flatnonzero(expensive & ~outside), EXPENSIVE
        yield np.flatnonzero(expensive & outside), OVER_BUDGET
        yield np.flatnonzero(above & ~expensive), ABOVE_BUDGET
        for region in frame["region"].unique(maintain_order=True).drop_nulls():
            if lacking := self._costs.unknown_prices(region):
                yield _of_region(frame, region), lacking
        yield from self._blank(frame, unpriced)

    def _sentences(self, pattern: Pattern, frame: pl.DataFrame, rows: Rows) -> str | list[str]:
        """What is wrong in these rows."""
        parts = PLACEHOLDER.split(pattern.says)  # a text, a name, a text, ...
        if len(parts) == 1 or not rows.size:
            return pattern.says
        words = (
            map(partial(self._say, part), frame[part].gather(rows).to_list()) if at % 2 else repeat(part)
            for at, part in enumerate(parts)
        )
        return list(map("".join, zip(*words, strict=False)))

    def _blank(self, frame: pl.DataFrame, unpriced: Mapping[str, Rows]) -> Iterator[RowNotes]:
        """Why the leading service of a row, or the place outside that fits best, has no estimate."""
        for service, blank in unpriced.items():
            regions = frame["region"].gather(blank)
            for region in regions.unique():
                rows = blank[_of_region(regions.to_frame(), region)]
                yield from self._lacking(frame[rows], rows, service, region)

    def _lacking(self, frame: pl.DataFrame, rows: Rows, service: str, region: str | None) -> Iterator[RowNotes]:
        """What the estimates of a service lack in one Region; each combination is put into words once."""
        found: dict[str, NDArray[np.bool_]] = {}
        for text, holds in self._costs.lacking(service, ops_of(read(frame), rows.size), region):
            found[text] = found.get(text, np.zeros(rows.size, bool)) | holds
        combined = np.stack(list(found.values()), axis=1)
        for some in np.unique(combined, axis=0):
            if named := [text for text, holds in zip(found, some, strict=True) if holds]:
                yield rows[(combined == some).all(axis=1)], blank_cost(service, joined(named))


def blank_cost(service: str, needs: str) -> str:
    """Why a service or a place outside has no estimate, as a sentence."""
    name = SERVICE_NAMES[service] if service in SERVICE_NAMES else places()[service].name
    return f"No cost of {name}: it needs {needs}."


def _of_region(frame: pl.DataFrame, region: str | None) -> Rows:
    return np.flatnonzero(frame["region"].eq_missing(region).to_numpy())


def _all_of(pattern: Pattern) -> Iterator[pl.Expr]:
    yield from expressions(pattern.conditions)
    if pattern.more:
        yield pl.col(pattern.more) > pl.col(pattern.than)
