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
from whichcompute.recommender.columns.aggregation import COUNT, NOBODY, RANKINGS, BulkScale, Floats, Weighed
from whichcompute.recommender.columns.missing import BulkMissing
from whichcompute.recommender.columns.reasons import BulkReasons, Explain
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
_PLAUSIBLE = pl.Series([_join(n for n in ranking if chosen >> n & 1) for ranking in RANKINGS for chosen in _SETS])
_SECOND = np.array([ranking[1] for ranking in RANKINGS])


class Bulk:
    """Scores typed frames against one recommender; immutable once built, safe to share between threads."""

    def __init__(self, recommender: Recommender) -> None:
        self._costs = recommender.costs
        self._scale = BulkScale(recommender.scale)
        self._reasons = BulkReasons(self._scale)
        self._missing = BulkMissing(self._scale, Influence(recommender.scale))

    def results(self, typed: pl.DataFrame, *, free_tier: bool = False, explain: Explain = "short") -> pl.DataFrame:
        """The result columns of every row of a typed frame (see `columns.type_columns`)."""
        return self.told(self.weigh(typed), typed, free_tier=free_tier, explain=explain)

    def weigh(self, typed: pl.DataFrame) -> Weighed:
        """The outcome of every row of a typed frame."""
        return self._scale.weigh(with_derived(typed))

    def told(
        self, weighed: Weighed, typed: pl.DataFrame, *, free_tier: bool = False, explain: Explain = "short"
    ) -> pl.DataFrame:
        """The result columns of rows that have been weighed."""
        # Only sentences may name a derived value.
        frame = with_derived(typed) if explain == "full" else typed
        second = _SECOND[weighed.order]
        alone = (weighed.excluded >> second & 1 == 1) | (weighed.front == NOBODY)
        columns = [
            _FRONT.gather(weighed.front),
            _DECISIONS.gather(weighed.plausible + len(_SETS) * (weighed.confidence < UNDECIDED_BELOW)),
            pl.Series(weighed.confidence.round(4)),
            pl.Series([*SERVICES, None]).gather(np.where(alone, NOBODY, second)),
            _PLAUSIBLE.gather(weighed.order * len(_SETS) + weighed.plausible),
            _OUT.gather(weighed.excluded),
            self._reasons.column(weighed, frame, explain),
            self._missing.column(weighed, frame),
            pl.Series(self._cost(weighed, typed, free_tier), nan_to_null=True).round(2),
        ]
        return pl.DataFrame([column.alias(name) for name, column in zip(RESULTS, columns, strict=True)])

    def reasons(self, weighed: Weighed, typed: pl.DataFrame, separator: str) -> pl.Series:
        """The reasons of every row in sentences, with `separator` between the parts."""
        return self._reasons.column(weighed, with_derived(typed), "full", separator)

    def representatives(self, descriptor: str) -> list[float]:
        """Values of a numeric descriptor, one for each of its cells: within a cell no answer changes."""
        return self._scale.index.representatives(descriptor)

    def deciding(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """How many of the rows each rule decides: vetoes that fire, and advice for the service in front."""
        return self._scale.deciding(weighed, rows)

    def alone(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """In how many of the rows each veto is the only one of its service."""
        return self._scale.alone(weighed, rows)

    def _cost(self, weighed: Weighed, typed: pl.DataFrame, free_tier: bool) -> Floats:
        """USD a month of each row's recommended service; NaN where the row is too thin."""
        columns = read(typed)
        costs = np.full(typed.height, np.nan)
        for number, service in enumerate(SERVICES):
            rows = np.flatnonzero(weighed.front == number)
            if rows.size:
                some = {name: column[rows] for name, column in columns.items()}
                costs[rows] = self._costs.expected_rows(some, rows.size, service, free_tier=free_tier)
        return costs


@lru_cache(maxsize=4)
def bulk_of(recommender: Recommender) -> Bulk:
    """The Bulk of a recommender; built once for each."""
    return Bulk(recommender)


def score(
    frame: pl.DataFrame | pl.LazyFrame,
    recommender: Recommender,
    *,
    free_tier: bool = False,
    explain: Explain = "short",
) -> pl.DataFrame:
    """The frame with the result columns behind its own; WorkloadError names the cells that cannot be read.

    Columns that bear the name of a descriptor are read, as text or typed; columns that bear the name of a result column
    are replaced.
    """
    given = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    bulk = bulk_of(recommender)
    results = [pl.DataFrame(schema=RESULTS)]
    for number, piece in enumerate(given.iter_slices(ROWS)):
        typed = _all_read(type_columns(piece), number * ROWS)
        results.append(bulk.results(typed, free_tier=free_tier, explain=explain))
    return given.drop(*RESULTS, strict=False).hstack(pl.concat(results))


def _all_read(typed: Typed, before: int) -> pl.DataFrame:
    """The frame, which so many rows come before; WorkloadError names the first cells that cannot be read."""
    told = typed.problems.head(20).rows()
    if told:
        raise WorkloadError(Problem(f"row {before + row}: {name}", value, why) for row, name, value, why in told)
    return typed.frame
