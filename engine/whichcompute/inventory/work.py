"""Scores one batch of an inventory: reads its cells, rejects bad rows, weighs the rest, encodes the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from whichcompute.inventory import encode, tally
from whichcompute.inventory.maps.cells import read_fields
from whichcompute.inventory.maps.instances import NO_TYPE, RULE
from whichcompute.inventory.maps.mapping import BoundMap
from whichcompute.inventory.maps.values import OTHER_PROCESSOR, by_pattern
from whichcompute.inventory.readers.batch import ANY, Batch, Reject, Source, Trouble, Types
from whichcompute.inventory.rejects import unread, with_notes, with_unread
from whichcompute.inventory.request import ScoringRequest
from whichcompute.inventory.tally import SKIPPED, Tally
from whichcompute.knowledge.outside import KEPT
from whichcompute.recommender.columns import RESULTS, ColumnRecommender
from whichcompute.recommender.columns.reasons import Explain
from whichcompute.recommender.columns.typed import Typed, plain_types

_READABLE = {"for: classifier.decisions": "for: Comparable decisions on record favour it. [classifier.decisions]"}
_NOWHERE = "No cost: its Region cannot be read"
_ELSEWHERE = "Its operating system runs on {} only, which AWS does not offer: it stays where it is until it is replaced"
READ = "read_"
"""What the names of columns start with that hold the values that were read."""


@dataclass(frozen=True, slots=True)
class ScoringPlan:
    """What is done with every batch of `source`, as the request says.

    `kept` are the positions of the input columns that are written out, `raw`: rows are written unchanged. `doubts`:
    notes on implausible columns by descriptor.
    """

    request: ScoringRequest
    source: Source
    map: BoundMap
    kind: encode.Kind
    kept: tuple[int, ...]
    raw: bool
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def explain(self) -> Explain:
        """How reasons are given."""
        return self.request.explain or ("full" if self.kind == "xlsx" else "short")

    @property
    def wanted(self) -> tuple[int, ...]:
        """Positions of the columns whose cells are read; at least one, so that rows are counted."""
        if not self.raw:
            return tuple(range(len(self.source.columns)))
        named = () if self.map.id is None or self.request.report is None else (self.map.id,)
        return tuple(sorted({*self.map.needed, *named})) or (0,)

    @property
    def cells(self) -> tuple[str, ...]:
        """The descriptors that are read from cells."""
        return tuple(column.descriptor for column in self.map.columns if not column.always)

    @property
    def read(self) -> tuple[str, ...]:
        """The descriptors that are read, by cell or by the map."""
        return tuple(column.descriptor for column in self.map.columns)

    @property
    def added(self) -> tuple[str, ...]:
        """The columns that an output has besides those of the input."""
        return (*(f"{READ}{name}" for name in self.read if self.request.values), *RESULTS)

    @property
    def types(self) -> Types:
        """The types in which columns of choices may be read at once; none if the cells are written anew, as text."""
        return plain_types(self.map.plain) if self.raw else ANY


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored batch: its output as bytes (for Parquet and Excel as a frame), its rejects and its counts."""

    text: bytes
    frame: pl.DataFrame | None
    rejects: list[Reject]
    tally: Tally


def score_piece(plan: ScoringPlan, columns: ColumnRecommender, piece: object) -> Scored:
    """The scored rows of a piece of the source."""
    return score_batch(plan, columns, plan.source.split(piece, plan.wanted, plan.types))


def no_rows(plan: ScoringPlan) -> Batch:
    """A batch without rows, so that the output of an empty inventory has its columns."""
    cells = pl.DataFrame(schema=dict.fromkeys(map(str, plan.wanted), pl.String))
    return Batch(cells, np.array([], np.intp), pl.Series([], dtype=pl.String))


def score_batch(plan: ScoringPlan, columns: ColumnRecommender, batch: Batch) -> Scored:
    """The scored rows of a batch."""
    typed, normalised = read_fields(plan.map.fields(batch.plain))
    if types := [column.descriptor for column in plan.map.columns if column.rule == RULE]:
        reason = pl.when(pl.col("column").is_in(types)).then(pl.lit(NO_TYPE)).otherwise("reason")
        typed = Typed(typed.frame, typed.problems.with_columns(reason.alias("reason")))
    if (apart := replace(plan.map, skips=()).skipped(batch.plain)) is not None:
        workloads = apart.is_null().gather(typed.problems["row"])  # units and totals are no values
        typed = Typed(typed.frame, typed.problems.filter(workloads))
    rejects = batch.rejects
    if plan.request.strict and typed.problems.height:
        rejects = [*rejects, *_rejects(plan, batch, typed.problems)]
        good = np.ones(batch.cells.height, bool)
        good[typed.problems["row"].to_numpy()] = False
        raw = None if batch.raw is None else batch.raw.filter(pl.Series(good))
        batch = Batch(batch.cells.filter(good), batch.lines[good], raw)
        typed = Typed(typed.frame.filter(good), typed.problems.clear())
    results, counts = _weighed(plan, columns, batch, typed)
    if typed.problems.height:
        origins = _origins(plan, batch, typed.problems)
        results = with_unread(results, typed.problems, origins)
        counts.unread.update(unread(typed.problems, origins))
    for name, doubt in plan.doubts.items():
        rows = typed.frame[name].is_not_null().arg_true()
        results = with_notes(results, rows, pl.repeat(doubt, len(rows), dtype=pl.String, eager=True))
    for rows, notes in plan.map.indications(batch.plain, typed.frame):
        results = with_notes(results, rows, notes)
    counts.read.update({name: typed.frame.height - typed.frame[name].null_count() for name in plan.cells})
    if plan.request.values and plan.read:
        results = typed.frame.select(pl.col(name).alias(f"{READ}{name}") for name in plan.read).hstack(results)
    counts.normalised.update(normalised)
    counts.rejects = len(rejects)
    counts.rejected.update(trouble for reject in rejects for trouble in reject.troubles)
    text, frame = _written(plan, batch, results)
    return Scored(text, frame, sorted(rejects), counts)


def _weighed(plan: ScoringPlan, columns: ColumnRecommender, batch: Batch, read: Typed) -> tuple[pl.DataFrame, Tally]:
    typed, frame = read.frame, columns.complete(read.frame)
    request = plan.request
    weighed = columns.weigh(frame, free_tier=request.free_tier)
    processors = other_processors(plan.map, batch.plain)
    if processors.null_count() < len(processors):
        weighed = columns.aggregator.kept_in_place(weighed, processors.is_not_null().to_numpy())
    results = columns.result_columns(weighed, frame, free_tier=request.free_tier, explain=plan.explain)
    skipped = plan.map.skipped(batch.plain)
    if skipped is not None and skipped.null_count() < len(skipped):
        results = set_aside(results, skipped)
    nowhere = read.problems.filter(pl.col("column") == "region")["row"]
    results = without_costs(results, nowhere)
    results = kept_in_place(results, processors)
    counts = tally.basic(results)
    if skipped is not None:
        counts.skips.update(skipped.drop_nulls().to_list())
    if request.report is not None or request.portfolio is not None:
        kept = np.setdiff1d(np.arange(frame.height), nowhere)
        tally.count_together(counts, columns, frame[kept], results[kept])
    if request.report is not None:
        tally.detailed(counts, columns, weighed, typed, results)
        lines = pl.Series(tally.LINE, batch.lines)
        names = lines if plan.map.id is None else batch.plain[str(plan.map.id)]
        counts.rows = tally.listed(weighed, typed, results, [lines, names.cast(pl.String).alias(tally.NAME)])
    return results, counts


def _rejects(plan: ScoringPlan, batch: Batch, problems: pl.DataFrame) -> list[Reject]:
    """One reject for each row with cells that cannot be read, by the column names of the inventory."""
    rows = problems["row"].unique(maintain_order=True).to_list()
    own = dict(zip(rows, plan.source.own_cells(batch, rows), strict=True))
    troubles: dict[int, list[Trouble]] = {}
    for row, name, value, reason in problems.select("row", "column", "value", "reason").iter_rows():
        troubles.setdefault(row, []).append(Trouble(*_origin(plan, name, value, own[row]), reason))
    return [
        Reject(int(batch.lines[row]), tuple(found), own[row], "cell-not-readable") for row, found in troubles.items()
    ]


def _origins(plan: ScoringPlan, batch: Batch, problems: pl.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Column and cell of the inventory for each field and value that cannot be read, as in the first such row."""
    first = problems.unique(["column", "value"], keep="first", maintain_order=True)
    own = plan.source.own_cells(batch, first["row"].to_list())
    named = zip(first["column"], first["value"], own, strict=True)
    return {(field, value): _origin(plan, field, value, cells) for field, value, cells in named}


def _origin(plan: ScoringPlan, field: str, value: str, cells: Sequence[str]) -> tuple[str, str]:
    """The columns of the inventory that a field was read from, and their cells; of a JSON cell, only what was read."""
    filled = [position for position in plan.map.positions_of(field) if cells[position].strip()]
    names = ", ".join(plan.source.columns[position] for position in filled)
    nested = any(cells[position].lstrip().startswith(("{", "[")) for position in filled)
    return names or field, value if nested else ", ".join(cells[position] for position in filled) or value


def set_aside(results: pl.DataFrame, skipped: pl.Series) -> pl.DataFrame:
    """The results with empty cells for the rows that the map skips; `reasons` says why."""
    aside = skipped.is_not_null()
    filled = {"decision": pl.lit(SKIPPED), "reasons": pl.concat_str(pl.lit("skipped: "), pl.lit(skipped))}
    return results.select(
        pl.when(pl.lit(aside)).then(filled.get(name, pl.lit(None, dtype))).otherwise(pl.col(name)).alias(name)
        for name, dtype in RESULTS.items()
    )


def without_costs(results: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The results without estimates for rows whose Region cannot be read: prices of another would mislead."""
    if not len(rows):
        return results
    noted = with_notes(results, rows, pl.repeat(_NOWHERE, len(rows), dtype=pl.String, eager=True))
    return _unpriced(noted, pl.Series(np.isin(np.arange(results.height), rows)))


def other_processors(bound: BoundMap, cells: pl.DataFrame) -> pl.Series:
    """For each row the processors on which alone its operating system runs, by its name; null for all others."""
    names = [name for column in bound.columns if column.descriptor == "os" for name in column.sources]
    unknown = pl.lit(None, pl.String)
    found = [by_pattern(bound.filled(name), OTHER_PROCESSOR, unknown) for name in names]
    # Beside the cells, as a value alone is one row and no column.
    return cells.with_columns(pl.coalesce(*found, unknown).alias("processors"))["processors"]


def kept_in_place(results: pl.DataFrame, processors: pl.Series) -> pl.DataFrame:
    """The results with a note on rows whose system runs only on some `processors` that AWS does not offer.

    Whether a system that is neither Linux nor Windows could run there is open to the rules; its name may tell.
    """
    kept = results["outside"].str.split(";").list.contains(KEPT).fill_null(value=False)
    rows = (processors.is_not_null() & kept).arg_true()
    notes = pl.select(pl.format(_ELSEWHERE, processors.gather(rows))).to_series()
    return with_notes(results, rows, notes) if len(rows) else results


def _unpriced(results: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    costs = [name for name in RESULTS if name.startswith("monthly_cost")]
    return results.with_columns(pl.when(~rows).then(pl.col(name)).alias(name) for name in costs)


def _written(plan: ScoringPlan, batch: Batch, results: pl.DataFrame) -> tuple[bytes, pl.DataFrame | None]:
    if plan.raw and batch.raw is not None:
        if plan.kind == "csv":
            return encode.raw_csv(batch.raw, results), None
        dropped = {name for at, name in enumerate(plan.source.columns) if at not in plan.kept}
        return encode.raw_json(encode.without(batch.raw, dropped) if dropped else batch.raw, results), None
    if plan.kind == "csv":
        return encode.whole_csv(batch.cells.select(map(str, plan.kept)), results), None
    if plan.kind == "xlsx":
        readable = pl.col("reasons").str.replace_many(_READABLE)
        return b"", batch.cells.select(map(str, plan.kept)).hstack(results.with_columns(readable))
    given = batch.cells.select(pl.col(str(at)).alias(plan.source.columns[at]) for at in plan.kept).hstack(results)
    return (b"", given) if plan.kind == "parquet" else (encode.whole_json(given), None)
