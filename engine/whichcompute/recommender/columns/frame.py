"""Scores a frame: the result columns of `whichcompute score` for every row, equal to `Recommender.recommend`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import ANSWERS, SERVICES
from whichcompute.pricing.columns import SomeRows
from whichcompute.recommender.aggregation import LEAST_ANSWERS, LEAST_ASPECTS, decision_of
from whichcompute.recommender.columns.aggregation import (
    ALL_OUT,
    COUNT,
    OUTSIDE,
    RANKINGS,
    ColumnAggregator,
    Floats,
    Ints,
    Weighed,
)
from whichcompute.recommender.columns.missing import MissingColumn
from whichcompute.recommender.columns.notes import NotesColumn
from whichcompute.recommender.columns.outside import OutsideColumn
from whichcompute.recommender.columns.reasons import Explain, ReasonsColumn
from whichcompute.recommender.columns.typed import Typed, type_columns, with_derived
from whichcompute.recommender.costs import CLEARLY_OVER, FREE_USD, LEAST_USD, RIVAL_FROM
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
    "monthly_cost_low_usd": pl.Float64(),
    "monthly_cost_high_usd": pl.Float64(),
    "outside": pl.String(),
    "notes": pl.String(),
}
"""The result columns in their order, with their types."""

ROWS = 50_000
"""Rows scored at once: enough to keep columns busy, few enough to bound memory."""

_SETS = range(1 << COUNT)
_UNDECIDED, _CLOSE, _DECIDED, _NONE = range(4)
DECISIONS = ("undecided", "close", "decided", "none")
"""The decisions by their number."""


def _join(numbers: Iterator[int]) -> str:
    return ";".join(ANSWERS[number] for number in numbers)


_LEADING = pl.Series([*ANSWERS, None])
_DECISIONS = pl.Series(DECISIONS)
_OUT = pl.Series([_join(n for n in range(COUNT) if out >> n & 1) for out in _SETS])


@lru_cache(1 << 16)
def _plausible(key: int) -> str:
    """The answers of a set in the order of a ranking; `key` is the ranking's number times the sets plus the set."""
    ranking, chosen = divmod(key, len(_SETS))
    return _join(n for n in RANKINGS[ranking] if chosen >> n & 1)


def _plausible_column(keys: Ints) -> pl.Series:
    # Few of the many rankings and sets come up in a frame, so only their texts are made.
    found = np.zeros(len(RANKINGS) * len(_SETS), bool)
    found[keys] = True
    texts = [_plausible(key) for key in np.flatnonzero(found).tolist()]
    return pl.Series(texts, dtype=pl.String).gather((np.cumsum(found) - 1)[keys])


_SECOND = np.array([ranking[1] for ranking in RANKINGS])
_SIZES = np.array([chosen.bit_count() for chosen in _SETS])


class ColumnRecommender:
    """Scores typed frames against one recommender; immutable once built, safe to share between threads.

    `aggregator` weighs the rows, and knows the places of rules in what it returns.
    """

    def __init__(self, recommender: Recommender) -> None:
        self.recommender = recommender
        self._costs = recommender.costs
        self.aggregator = ColumnAggregator(recommender.aggregator, recommender.costs)
        self._reasons = ReasonsColumn(self.aggregator)
        self._missing = MissingColumn(self.aggregator, Influence(recommender.aggregator))
        self._outside = OutsideColumn(self.aggregator)
        self._notes = NotesColumn(recommender.costs)

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
        frame = self.complete(typed)
        weighed = self.weigh(frame, free_tier=free_tier)
        return self.result_columns(weighed, frame, free_tier=free_tier, explain=explain)

    def complete(self, typed: pl.DataFrame) -> pl.DataFrame:
        """A typed frame with the default Region where a row names none, and with derived descriptors."""
        region = self.recommender.region
        return with_derived(typed.with_columns(pl.col("region").fill_null(region)) if region else typed)

    def weigh(self, frame: pl.DataFrame, *, free_tier: bool = False) -> Weighed:
        """The outcome of every row of a frame made by `complete`."""
        return self.aggregator.weigh(frame, free_tier=free_tier)

    def result_columns(
        self, weighed: Weighed, frame: pl.DataFrame, *, free_tier: bool = False, explain: Explain = "short"
    ) -> pl.DataFrame:
        """The result columns of the rows of a frame that `weigh` has weighed."""
        second = _SECOND[weighed.ranking]
        alone = weighed.excluded >> second & 1 == 1
        low, high = self._bounds(weighed, free_tier)
        expected = _of_leading(weighed.usd, weighed.leading)
        outside = self._outside.column(weighed, frame)
        places = self._priced_places(weighed, outside)
        self._price_outside(weighed, places, (expected, low, high))
        asked = {service: np.flatnonzero(weighed.leading == number) for number, service in enumerate(SERVICES)}
        unpriced = {name: rows[np.isnan(expected[rows])] for name, rows in (asked | places).items()}
        budget = weighed.columns["monthly_budget_usd"]
        expensive = self._expensive(weighed, low, free_tier)
        decision = self._decision(weighed, frame, expensive)
        columns = [
            _LEADING.gather(np.where(decision == _UNDECIDED, COUNT, weighed.leading)),
            _DECISIONS.gather(decision),
            pl.Series(weighed.confidence.round(4)),
            _LEADING.gather(np.where(alone, COUNT, second)),
            _plausible_column(weighed.ranking * len(_SETS) + weighed.plausible),
            _OUT.gather(weighed.excluded),
            self._reasons.column(weighed, frame, explain),
            self._missing.column(weighed, frame),
            *(pl.Series(column, nan_to_null=True).round(2) for column in (expected, low, high)),
            outside,
            self._notes.column(frame, weighed, expensive, (expected > budget) & (low <= budget), unpriced),
        ]
        return pl.DataFrame([column.alias(name) for name, column in zip(RESULTS, columns, strict=True)])

    def _decision(self, weighed: Weighed, frame: pl.DataFrame, expensive: NDArray[np.bool_]) -> Ints:
        """For each row the number of its decision in DECISIONS; `expensive`: costs forbid to call it decided."""
        sure = weighed.confidence
        classifier = self.recommender.aggregator.classifier
        levels = (sure >= classifier.undecided_below).astype(int) + (sure >= classifier.decided_from)
        keys = (_SIZES[weighed.plausible] * 3 + levels) * 2 + broad(frame)
        decision: Ints = self._table[keys]
        outside = weighed.leading == OUTSIDE
        open_ = expensive | self.aggregator.doubtful(weighed) | self._notes.contradictory(frame)
        open_ |= few(frame) & ~outside
        decision[open_ & (decision == _DECIDED)] = _CLOSE
        decision[outside & (decision == _DECIDED)] = _NONE
        decision[weighed.excluded & ALL_OUT == ALL_OUT] = _NONE
        return decision

    @cached_property
    def _table(self) -> Ints:
        """The decision for each number of plausible answers, level of confidence, and breadth of evidence."""
        classifier = self.recommender.aggregator.classifier
        sure = (0.0, classifier.undecided_below, max(classifier.decided_from, classifier.undecided_below))
        return np.array(
            [
                DECISIONS.index(decision_of(classifier, count, level, bool(wide)))
                for count in range(COUNT + 1)
                for level in sure
                for wide in (0, 1)
            ]
        )

    def _bounds(self, weighed: Weighed, free_tier: bool) -> tuple[Floats, Floats]:
        """The low and the high estimate of each row's leading service; NaN where there is none."""
        low, high = np.full(len(weighed.usd), np.nan), np.full(len(weighed.usd), np.nan)
        for number, service in enumerate(SERVICES):
            rows = np.flatnonzero((weighed.leading == number) & ~np.isnan(weighed.usd[:, number]))
            if rows.size:
                low[rows], high[rows] = self._both(weighed, rows, service, weighed.usd[rows, number], free_tier)
        return low, high

    def _both(
        self, weighed: Weighed, rows: Ints, service: str, expected: Floats, free_tier: bool
    ) -> tuple[Floats, Floats]:
        some = SomeRows(weighed.columns, rows)
        least, most = (
            self._costs.usd_rows(some, rows.size, [service], which, free_tier=free_tier)[:, 0]
            for which in ("low", "high")
        )
        # Without an expected cost there is no estimate, even if the low or the high one does without a price.
        unknown = np.where(np.isnan(expected), np.nan, 0.0)
        return np.fmin(least, expected) + unknown, np.fmax(most, expected) + unknown

    def _priced_places(self, weighed: Weighed, outside: pl.Series) -> dict[str, Ints]:
        """The rows that belong outside, by the place that fits best, of those that have prices."""
        rows = np.flatnonzero(weighed.leading == OUTSIDE)
        first = outside.gather(rows).str.split(";").list.first().to_numpy()
        return {place: rows[first == place] for place in self._costs.places}

    def _price_outside(self, weighed: Weighed, places: Mapping[str, Ints], usd: tuple[Floats, Floats, Floats]) -> None:
        """Fills in expected, low and high USD of the rows of each place."""
        for place, some in places.items():
            if some.size:
                there = SomeRows(weighed.columns, some)
                expected = self._costs.usd_rows(there, some.size, [place])[:, 0]
                low, high = self._both(weighed, some, place, expected, free_tier=False)
                for filled, found in zip(usd, (expected, low, high), strict=True):
                    filled[some] = found

    def _expensive(self, weighed: Weighed, low: Floats, free_tier: bool) -> NDArray[np.bool_]:
        """Whether the low estimate is above the budget, or above the high estimate of a service that is left, or the
        expected one (without it, the least of the others) far above the budget; for a place outside, only the low one
        against the budget."""
        budget = np.maximum(weighed.columns["monthly_budget_usd"], FREE_USD)
        expensive: NDArray[np.bool_] = low > budget
        expected = _of_leading(weighed.usd, weighed.leading)
        unsuited = weighed.unsuited[:, None] >> np.arange(OUTSIDE) & 1 == 1
        comparable = np.where(unsuited, np.nan, weighed.usd)
        expected = np.where(np.isnan(expected), np.fmin.reduce(comparable, axis=1), expected)
        expensive |= (weighed.leading != OUTSIDE) & (expected > CLEARLY_OVER * budget)
        rows = np.flatnonzero(~np.isnan(low) & ~expensive & (weighed.leading != OUTSIDE))
        for number, service in enumerate(SERVICES):
            # A high estimate is never below the expected one, so only where that is lower it can matter.
            rival = (weighed.leading[rows] != number) & (np.maximum(weighed.usd[rows, number], LEAST_USD) < low[rows])
            rival &= weighed.unsuited[rows] >> number & 1 == 0
            rival &= weighed.probabilities[rows, number] >= RIVAL_FROM
            some = rows[rival]
            if some.size:
                _, high = self._both(weighed, some, service, weighed.usd[some, number], free_tier)
                expensive[some] |= low[some] > high
        return expensive

    def reasons(self, weighed: Weighed, frame: pl.DataFrame, separator: str) -> pl.Series:
        """The reasons of every weighed row in sentences, with `separator` between the parts."""
        return self._reasons.column(weighed, frame, "full", separator)


def broad(frame: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether the known descriptors of each row concern enough aspects for a decision."""
    aspects: dict[str, list[pl.Expr]] = {}
    for descriptor in DESCRIPTORS.values():
        if descriptor.aspect:
            aspects.setdefault(descriptor.aspect, []).append(pl.col(descriptor.name).is_not_null())
    known = pl.sum_horizontal(pl.any_horizontal(columns).cast(pl.UInt8) for columns in aspects.values())
    return frame.select(known.alias("aspects") >= LEAST_ASPECTS).to_series().to_numpy()


def few(frame: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether so few descriptors of each row are known that no service is decided."""
    known = pl.sum_horizontal(pl.col(d.name).is_not_null().cast(pl.UInt8) for d in DESCRIPTORS.values() if d.aspect)
    return frame.select(known.alias("known") < LEAST_ANSWERS).to_series().to_numpy()


def _of_leading(usd: Floats, leading: Ints) -> Floats:
    """The expected estimate of each row's leading service; NaN for the answer `none`."""
    padded = np.hstack([usd, np.full((len(usd), 1), np.nan)])
    return padded[np.arange(len(usd)), leading]


def _all_read(typed: Typed, before: int) -> pl.DataFrame:
    """The frame, if every cell was read; else WorkloadError names the first bad cells (`before`: rows before it)."""
    bad: Sequence[tuple[int, str, str, str]] = typed.problems.head(20).rows()
    if bad:
        raise WorkloadError(Problem(f"row {before + row}: {name}", value, reason) for row, name, value, reason in bad)
    return typed.frame
