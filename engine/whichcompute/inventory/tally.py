"""Counts over scored rows: a few for every summary, more for the report page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from whichcompute.inventory.readers.batch import Trouble
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.knowledge.services import NONE, SERVICES
from whichcompute.pricing.columns import read
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.portfolio import Portfolio, Together, together
from whichcompute.recommender.columns import ColumnRecommender
from whichcompute.recommender.columns.aggregation import Weighed
from whichcompute.recommender.columns.outside import FIRST_PLACE, answer

KEPT_ROWS = 10_000
"""The most rows that the report page lists; if there are more, the borderline ones."""

UNREAD = 5_000
"""The most different cells that cannot be read, or causes of rejects, that are counted each by itself."""

SKIPPED = "skipped"
BOUNDS = ("low", "expected", "high")
LINE, NAME, LEAD = "line", "name", "lead"
_BINS = 20


@dataclass(slots=True)
class Tally:
    """Counts over the scored rows. `rows` holds what the report lists: line, name, lead, results and descriptors.

    `outcomes` counts pairs of service and decision, `places` pairs of the best place and decision of rows outside the
    services; `costs` is USD per month by service, over as many rows as `priced` says, `elsewhere` by place, `bounds` by
    estimate (low, expected, high) and `rests_on` by decision; `together` is what the rows could share. `unread` counts
    cells that cannot be read, `rejected` the causes of `rejects` rows, `read` values by field. `fired` counts the rows
    that a rule decides, `alone` those in which a veto is the only one of its service.
    """

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    costs: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    priced: Counter[str] = field(default_factory=Counter)
    bounds: Counter[str] = field(default_factory=Counter)
    rests_on: Counter[str] = field(default_factory=Counter)
    together: Together = field(default_factory=Together)
    unread: Counter[Trouble] = field(default_factory=Counter)
    rejected: Counter[Trouble] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    normalised: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    confidence: Counter[int] = field(default_factory=Counter)
    rejects: int = 0
    rows: pl.DataFrame | None = None

    @property
    def count(self) -> int:
        """Rows written, skipped ones included."""
        return self.outcomes.total()

    def add(self, other: Tally) -> None:
        """Adds the counts of a later batch."""
        for name in self.__slots__:
            if name not in ("rejects", "rows"):
                getattr(self, name).update(getattr(other, name))
        self.rejects += other.rejects
        for troubles in (self.unread, self.rejected):
            for trouble in [*troubles][UNREAD:]:
                count = troubles.pop(trouble)
                troubles[trouble._replace(value="")] += count
        if other.rows is not None:
            rows = [other.rows] if self.rows is None else [self.rows, other.rows]
            self.rows = _borderline(pl.concat(rows), 2 * KEPT_ROWS)

    def portfolio(self, costs: CostModel) -> Portfolio:
        """What the rows cost together; for a scoring in which that was counted."""
        low, expected, high = (round(self.bounds[which], 2) for which in BOUNDS)
        return Portfolio(
            workloads=self.count,
            priced=self.priced.total(),
            low=low,
            expected=expected,
            high=high,
            rests_on={decision: round(usd, 2) for decision, usd in self.rests_on.most_common()},
            by_service={service: round(usd, 2) for service, usd in self.costs.most_common()},
            load_balancers=self.together.shared_balancers(costs),
            ecs_hosts=self.together.shared_hosts(costs),
            savings_plan=self.together.savings_plan(costs),
            quotas=tuple(self.together.broken(costs)),
        )

    def listed(self) -> pl.DataFrame:
        """The rows that the report lists, in the order of the inventory; only for a scoring with a report."""
        assert self.rows is not None
        return _borderline(self.rows, KEPT_ROWS).sort(LINE)


def _borderline(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    return rows if rows.height <= most else rows.sort(LEAD, LINE).head(KEPT_ROWS)


def basic(results: pl.DataFrame) -> Tally:
    """The counts that every summary needs."""
    tally = Tally()
    costs = [f"monthly_cost{which}_usd" for which in ("_low", "", "_high")]
    place = pl.when(pl.col("recommended_service") == NONE).then(FIRST_PLACE).alias("place")
    groups = results.group_by("recommended_service", "decision", place).agg(
        pl.len(), pl.col("monthly_cost_usd").count().alias("priced"), pl.col(costs).sum()
    )
    ordered = groups.sort("recommended_service", "decision", "place")
    for service, decision, where, count, priced, *usd in ordered.iter_rows():
        tally.outcomes[service or "", decision] += count
        if where:
            tally.places[where, decision] += count
            tally.elsewhere.update({where: usd[1]} if priced else {})
        if priced:
            tally.costs[service or ""] += usd[1]
            tally.priced[service or ""] += priced
            tally.rests_on[decision] += usd[1]
            tally.bounds.update(dict(zip(BOUNDS, usd, strict=True)))
    return tally


def detailed(
    tally: Tally, columns: ColumnRecommender, weighed: Weighed, typed: pl.DataFrame, results: pl.DataFrame
) -> None:
    """Adds the counts that only the report needs: deciding rules, known and missing fields, confidence."""
    counted = results["decision"].ne(SKIPPED).to_numpy()
    tally.fired.update(columns.aggregator.deciding(weighed, counted))
    tally.alone.update(columns.aggregator.alone(weighed, counted))
    tally.known.update({name: typed.height - typed[name].null_count() for name in DECIDING})
    missing = results.filter(counted)["missing"].str.split(";").explode().value_counts()
    tally.missing.update({name: count for name, count in missing.iter_rows() if name})
    bins = np.minimum((weighed.confidence[counted] * _BINS).astype(int), _BINS - 1)
    tally.confidence.update(Counter(bins.tolist()))


def count_together(tally: Tally, columns: ColumnRecommender, frame: pl.DataFrame, results: pl.DataFrame) -> None:
    """Adds what a portfolio follows from; `frame` holds the descriptors of the rows."""
    costs = columns.recommender.costs
    where = results.select(answer())
    priced = (*SERVICES, *costs.places)
    by_name = {name: number for number, name in enumerate(priced)}
    numbers = where.to_series().replace_strict(by_name, default=-1, return_dtype=pl.Int32).to_numpy()
    apart = frame["strong_isolation"].fill_null(value=False).to_numpy()
    tally.together.update(together(costs, read(frame), priced, numbers, apart))


def listed(weighed: Weighed, typed: pl.DataFrame, results: pl.DataFrame, own: Sequence[pl.Series]) -> pl.DataFrame:
    """The rows of a batch as the report lists them (`own`: line and name); only the borderline ones of many."""
    ordered = np.sort(weighed.probabilities, axis=1)
    lead = pl.Series(LEAD, ordered[:, -1] - ordered[:, -2])
    return _borderline(pl.DataFrame([*own, lead]).hstack(results).hstack(typed), KEPT_ROWS)
