"""Scores a frame: the result columns of `whichcompute score` for every row, equal to `Recommender.recommend`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.knowledge.services import NONE, SERVICES
from whichcompute.pricing.columns import read
from whichcompute.recommender.aggregation import UNDECIDED_BELOW, decision_of
from whichcompute.recommender.columns.aggregation import (
    COUNT,
    NOBODY,
    RANKINGS,
    ColumnAggregator,
    Floats,
    Ints,
    Weighed,
)
from whichcompute.recommender.columns.missing import ColumnMissing
from whichcompute.recommender.columns.reasons import ColumnReasons, Explain
from whichcompute.recommender.columns.typed import Typed, type_columns, with_derived
from whichcompute.recommender.missing import Influence
from whichcompute.recommender.recommender import Recommender

RESULTS = {
    "recommended_service": pl.String(),
    "decision": pl.String(),
    "confidence": pl.Float64(),
    "runner_up": pl.String(),
    "plausible_services": pl.String(),
    "ruled_out": pl.String(),
    "reasons": pl.String(),
    "missing": pl.String(),
    "monthly_cost_usd": pl.Float64(),
}
"""The result columns in their order, with their types."""

ROWS = 50_000
"""Rows scored at once: enough to keep columns busy, few enough to bound memory."""

_SETS = range(1 << COUNT)


def _join(numbers: Iterator[int]) -> str:
    return ";".join(SERVICES[number] for number in numbers)


_FRONT = pl.Series([*SERVICES, NONE])
# By the bits of the plausible set; the second half for rows whose confidence is low.
_DECISIONS = pl.Series([decision_of(chosen.bit_count(), sure) for sure in (1.0, 0.0) for chosen in _SETS])
_OUT = pl.Series([_join(n for n in range(COUNT) if out >> n & 1) for out in _SETS])


@lru_cache(1 << 16)
def _plausible(key: int) -> str:
    """The services of a set in the order of a ranking; `key` is the ranking's number times the sets plus the set."""
    ranking, chosen = divmod(key, len(_SETS))
    return _join(n for n in RANKINGS[ranking] if chosen >> n & 1)


def _plausible_column(keys: Ints) -> pl.Series:
    # Few of the many rankings and sets come up in a frame, so only their texts are made.
    found = np.zeros(len(RANKINGS) * len(_SETS), bool)
    found[keys] = True
    texts = [_plausible(key) for key in np.flatnonzero(found).tolist()]
    return pl.Series(texts, dtype=pl.String).gather((np.cumsum(found) - 1)[keys])


_SECOND = np.array([ranking[1] for ranking in RANKINGS])


class ColumnRecommender:
    """Scores typed frames against one recommender; immutable once built, safe to share between threads."""

    def __init__(self, recommender: Recommender) -> None:
        self.recommender = recommender
        self._costs = recommender.costs
        self._aggregator = ColumnAggregator(recommender.aggregator)
        self._reasons = ColumnReasons(self._aggregator)
        self._missing = ColumnMissing(self._aggregator, Influence(recommender.aggregator.terms))

    def score(
        self, frame: pl.DataFrame | pl.LazyFrame, *, free_tier: bool = False, explain: Explain = "short"
    ) -> pl.DataFrame:
        """The frame with the result columns after its own; WorkloadError names the cells that cannot be read.

        Columns named like a descriptor are read, as text or typed; columns named like a result column are replaced.
        """
        given = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
        results = [pl.DataFrame(schema=RESULTS)]
        for number, piece in enumerate(given.iter_slices(ROWS)):
            typed = _all_read(type_columns(piece), number * ROWS)
            results.append(self.results(typed, free_tier=free_tier, explain=explain))
        return given.drop(*RESULTS, strict=False).hstack(pl.concat(results))

    def results(self, typed: pl.DataFrame, *, free_tier: bool = False, explain: Explain = "short") -> pl.DataFrame:
        """The result columns of every row of a typed frame (see `typed.type_columns`)."""
        frame = with_derived(typed)
        return self.result_columns(self.weigh(frame), frame, free_tier=free_tier, explain=explain)

    def weigh(self, frame: pl.DataFrame) -> Weighed:
        """The outcome of every row of a typed frame with derived descriptors (see `typed.with_derived`)."""
        return self._aggregator.weigh(frame)

    def result_columns(
        self, weighed: Weighed, frame: pl.DataFrame, *, free_tier: bool = False, explain: Explain = "short"
    ) -> pl.DataFrame:
        """The result columns of the rows of a frame that `weigh` has weighed."""
        second = _SECOND[weighed.order]
        alone = (weighed.excluded >> second & 1 == 1) | (weighed.front == NOBODY)
        columns = [
            _FRONT.gather(weighed.front),
            _DECISIONS.gather(weighed.plausible + len(_SETS) * (weighed.confidence < UNDECIDED_BELOW)),
            pl.Series(weighed.confidence.round(4)),
            pl.Series([*SERVICES, None]).gather(np.where(alone, NOBODY, second)),
            _plausible_column(weighed.order * len(_SETS) + weighed.plausible),
            _OUT.gather(weighed.excluded),
            self._reasons.column(weighed, frame, explain),
            self._missing.column(weighed, frame),
            pl.Series(self._cost(weighed, frame, free_tier), nan_to_null=True).round(2),
        ]
        return pl.DataFrame([column.alias(name) for name, column in zip(RESULTS, columns, strict=True)])

    def reasons(self, weighed: Weighed, frame: pl.DataFrame, separator: str) -> pl.Series:
        """The reasons of every weighed row in sentences, with `separator` between the parts."""
        return self._reasons.column(weighed, frame, "full", separator)

    def representatives(self, descriptor: str) -> list[float]:
        """Values of a numeric descriptor, one for each of its cells: within a cell no answer changes."""
        return self._aggregator.index.representatives(descriptor)

    def deciding(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """How many of the rows each rule decides: vetoes that fire, and advice for the service in front."""
        return self._aggregator.deciding(weighed, rows)

    def alone(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """In how many of the rows each veto is the only one of its service."""
        return self._aggregator.alone(weighed, rows)

    def _cost(self, weighed: Weighed, frame: pl.DataFrame, free_tier: bool) -> Floats:
        """USD a month of each row's recommended service; NaN where too few fields are known."""
        columns = read(frame)
        costs = np.full(frame.height, np.nan)
        for number, service in enumerate(SERVICES):
            rows = np.flatnonzero(weighed.front == number)
            if rows.size:
                some = {name: column[rows] for name, column in columns.items()}
                costs[rows] = self._costs.expected_rows(some, rows.size, service, free_tier=free_tier)
        return costs


def _all_read(typed: Typed, before: int) -> pl.DataFrame:
    """The frame, if every cell was read; else WorkloadError names the first bad cells (`before`: rows before it)."""
    bad = typed.problems.head(20).rows()
    if bad:
        raise WorkloadError(Problem(f"row {before + row}: {name}", value, reason) for row, name, value, reason in bad)
    return typed.frame
