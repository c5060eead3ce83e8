"""Everything the report page says besides its table, computed from what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from whichcompute.base.words import about, counted
from whichcompute.inventory.maps.mapping import Origin
from whichcompute.inventory.run import Outcome
from whichcompute.inventory.tally import SKIPPED, Tally
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import NONE, RECORDS, SERVICE_NAMES, SERVICES
from whichcompute.presentation.report.charts import Chart, Row, bars, histogram
from whichcompute.presentation.report.settling import Settling, settling
from whichcompute.presentation.scoring import by_place, most_placed, place_name
from whichcompute.recommender.columns import ColumnRecommender

DECISIONS = ("decided", "close", "undecided", NONE)
_NAMES = {**SERVICE_NAMES, "": "no recommendation"}
OPEN = ("close", "undecided")
_SERVERLESS = tuple(service for service, record in RECORDS.items() if record.serverless)
_MOST = 10
_BINS = 20


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, in how many workloads it decides, and (for a veto) in how many nothing else rules its service out."""

    rule: Rule
    count: int
    alone: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How much an inventory says of one descriptor: the share of rows, and where the values come from."""

    field: str
    title: str
    share: float
    origin: Origin | None
    rule: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a page."""

    count: int
    decisions: Counter[str]
    services: Chart
    confidence: Chart
    costs: Chart
    total_cost: float
    priced: int
    deciding: list[RuleLine]
    blocking: list[RuleLine]
    settling: list[Settling]
    quality: list[Quality]
    empty: list[str]
    places: str


def figures(outcome: Outcome, columns: ColumnRecommender, pack: RulePack, rows: pl.DataFrame) -> Figures:
    """The figures of a finished run; `rows` are those the page lists."""
    tally = outcome.tally
    decisions: Counter[str] = Counter()
    for (_, decision), count in tally.outcomes.items():
        decisions[decision] += count
    quality = list(_quality(outcome))
    return Figures(
        tally.count,
        decisions,
        _services(tally),
        _confidence(tally),
        _costs(tally),
        tally.bounds["expected"],
        tally.priced.total(),
        _rule_lines(tally, pack, SERVICES, "prefer", "caution", "exclude"),
        _rule_lines(tally, pack, _SERVERLESS, "exclude"),
        _settling(tally, columns, decisions, rows),
        [line for line in quality if line.share],
        [line.field for line in quality if not line.share],
        by_place(tally),
    )


def _services(tally: Tally) -> Chart:
    counts: dict[tuple[str, str], Counter[tuple[str, str]]]
    counts = {(name, service): tally.outcomes for service, name in _NAMES.items() if service != NONE}
    counts |= {(place_name(place), place): tally.places for place, _ in most_placed(tally)}
    rows = []
    for (name, answer), outcomes in counts.items():
        shares = {decision: outcomes[answer, decision] for decision in (*DECISIONS, SKIPPED)}
        if answer in SERVICES or any(shares.values()):
            rows.append(Row(name, shares))
    return bars("Workloads by recommended service or place outside", rows)


def _confidence(tally: Tally) -> Chart:
    rows = []
    for bin_ in range(_BINS):
        low, high = bin_ * 100 // _BINS, (bin_ + 1) * 100 // _BINS
        said = f"{low} to {high}%: {counted(tally.confidence[bin_], 'workload')}"
        rows.append(Row(f"{low}%" if bin_ % 4 == 0 else "", {"plain": tally.confidence[bin_]}, said))
    return histogram("Confidence of the recommendations", rows)


def _costs(tally: Tally) -> Chart:
    rows = []
    for service in (*SERVICES, *([""] if tally.priced[""] else [])):
        said = about(tally.costs[service]) if tally.priced[service] else "no estimate"
        rows.append(Row(_NAMES[service], {"plain": tally.costs[service]}, said))
    rows += [Row(place_name(place), {"plain": usd}, about(usd)) for place, usd in tally.elsewhere.most_common()]
    return bars("Expected USD a month by recommended service or place outside", rows)


def _rule_lines(tally: Tally, pack: RulePack, services: Sequence[str], *effects: str) -> list[RuleLine]:
    """The rules of these services and effects that decide most."""
    lines = (RuleLine(pack.rule(id_), count, tally.alone[id_]) for id_, count in tally.fired.most_common() if count)
    fitting = (line for line in lines if line.rule.entry.service in services and line.rule.entry.effect in effects)
    return list(islice(fitting, _MOST))


def _settling(tally: Tally, columns: ColumnRecommender, decisions: Counter[str], rows: pl.DataFrame) -> list[Settling]:
    open_rows = rows.filter(pl.col("decision").is_in(OPEN)).select(DECIDING)
    missing = [field for field, _ in tally.missing.most_common()]
    return settling(columns, open_rows, sum(decisions[word] for word in OPEN), missing)


def _quality(outcome: Outcome) -> Iterator[Quality]:
    read = {column.descriptor: column for column in outcome.map.columns}
    for field in DECIDING:
        column = read.get(field)
        share = outcome.tally.known[field] / max(outcome.tally.count, 1)
        yield Quality(
            field, DESCRIPTORS[field].title, share, column.origin if column else None, column.rule if column else ""
        )
