"""Scores an inventory from file to file: in a stream, in order, with bounded memory, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

import polars as pl

from whichcompute.base.errors import InventoryError, NothingRead, shown
from whichcompute.base.outputs import ERRORS, Output, Outputs
from whichcompute.base.words import counted
from whichcompute.inventory import encode
from whichcompute.inventory.headers import header_notices
from whichcompute.inventory.maps.mapping import BoundMap, ColumnMap
from whichcompute.inventory.maps.presets import fitting, identity, no_workloads, preset, read_map
from whichcompute.inventory.maps.questions import Question, answered, unsure
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled, of_machines, settle, types_of
from whichcompute.inventory.maps.suggest import draft
from whichcompute.inventory.maps.titles import completed, general_map, ordinary
from whichcompute.inventory.mended import MergedSource
from whichcompute.inventory.readers.batch import Source
from whichcompute.inventory.readers.opening import opened
from whichcompute.inventory.record import Counts, record_of
from whichcompute.inventory.rejects import rejects_text
from whichcompute.inventory.request import ScoringRequest, Targets, targets_of
from whichcompute.inventory.tally import Tally
from whichcompute.inventory.work import READ, Scored, ScoringPlan, no_rows, score_batch
from whichcompute.inventory.workers import Workers
from whichcompute.inventory.writers import writer
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.recommender.columns import RESULTS, ColumnRecommender
from whichcompute.recommender.recommender import Recommender

_INSTEAD = "choose another output, or correct the rows named by a scoring to another output"
Progress = Callable[[int, float | None], None]
"""Called with the number of rows done and the share of the inventory that has been read (None: unknown)."""

Notify = Callable[[str], None]
"""Called with each notice for the user."""


@dataclass(slots=True)
class Outcome:
    """The result of a scoring: counts; `rejects_file` and `record_file` are None if not written.

    `columns` are those of the inventory; `doubts`: what is implausible about them.
    """

    inventory: str
    map: BoundMap
    fingerprint: str
    record_file: str | None
    rejects_file: str | None = None
    tally: Tally = field(default_factory=Tally)
    columns: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows read, rejects included."""
        return self.tally.count + self.tally.rejects


Page = Callable[[Outcome], bytes]
"""Makes the report page of a finished scoring."""


def score_inventory(
    request: ScoringRequest, columns: ColumnRecommender, notify: Notify, progress: Progress, page: Page | None = None
) -> Outcome:
    """Scores the inventory and writes all outputs; InventoryError when one cannot be read or written."""
    targets = targets_of(request)
    with opened(request.inventory, request.sheet) as inventory:
        pieces = inventory.source.pieces()
        first = list(islice(pieces, 1))
        for sentence in columns.recommender.aggregator.pack.lifted:
            notify(sentence)
        plan = plan_for(request, inventory.source, notify, first)
        merged = None if request.merge is None else MergedSource(inventory.source, request.merge)
        plan = plan if merged is None else replace(plan, source=merged)
        with Outputs() as outputs:
            run = _Run(plan, targets, outputs, columns.recommender)
            try:
                workers = Workers(plan, columns, notify, apart=merged is None)
                none = [score_batch(plan, columns, no_rows(plan))] if not first else []
                for scored in chain(none, workers.scored(chain(first, pieces))):
                    run.take(scored)
                    progress(run.outcome.rows, inventory.share())
                    del scored  # its output is written, and the next one is as large
                if merged is not None:
                    notify(merged.done())
                _refuse_nothing(run.outcome, plan)
                for notice in _indicated(run.outcome, plan):
                    notify(notice)
                run.finish(page)
            finally:
                run.writer.close()
    if run.outcome.rejects_file is None and (leftover := targets.leftover):
        leftover.unlink()
        notify(f"{leftover}: removed; it was left by an earlier run, and this run rejects no row")
    return run.outcome


def _refuse_nothing(outcome: Outcome, plan: ScoringPlan) -> None:
    if outcome.tally.read.total() > outcome.tally.read["region"]:  # where a workload runs does not say on what
        return
    if outcome.tally.count or not (plan.map.columns or outcome.tally.rejects):
        names = ", ".join(f"'{shown(name)}'" for name in plan.source.columns[:8])
        raise NothingRead(
            f"{plan.source.name}: no value that decides could be read, so nothing is scored. Columns: {names}. Say "
            "which column is which field with --map (--suggest-map drafts the file), or name the tool with --preset"
        )


def _indicated(outcome: Outcome, plan: ScoringPlan) -> Iterator[str]:
    """That there are no rows, or which descriptors are only indicated, in how many rows, and how to leave them out."""
    if not outcome.rows:
        yield f"{plan.source.name}: a header and no rows below it"
    for column in plan.map.columns:
        if column.hint and (count := outcome.tally.read[column.descriptor]):
            where = f"'{shown(column.sources[0])}'" + (" and others" if len(column.sources) > 1 else "")
            of = f"{column.descriptor} of {counted(count, 'row')}"
            yield f"{plan.source.name}: {of} is derived from {where}; --no-roles leaves that out"


def plan_for(request: ScoringRequest, source: Source, notify: Notify, first: Sequence[object]) -> ScoringPlan:
    """What is done with every batch of this inventory; notifies of everything that is assumed about its header.

    `first` holds the first piece of the source, if there is any: its values settle what the header leaves open.
    """
    for notice in source.notices:
        notify(f"{source.name}: {notice}")
    chosen = map_for(request, source, notify)
    chosen = chosen if request.roles else chosen.without_hints()
    settled = _settled(chosen.bind(source.columns), source, first, own=bool(request.map_file or request.preset))
    bound = settled.map
    for notice in settled.notices:
        notify(f"{source.name}: {notice}")
    kept = tuple(at for at, name in enumerate(source.columns) if not _is_result(name.strip()))
    if replaced := [shown(name) for name in source.columns if _is_result(name.strip())]:
        notify(f"{source.name}: columns named like results are replaced by them: {', '.join(replaced)}")
    for notice in header_notices(source, bound):
        notify(f"{source.name}: {notice}")
    kind = encode.kind_of(request.out)
    raw = kind == source.form and (kind == "json" or len(kept) == len(source.columns))
    if not raw:
        encode.check_columns([source.columns[at] for at in kept], source.name, kind)
    return ScoringPlan(request, source, bound, kind, kept, raw, settled.doubts)


def _settled(bound: BoundMap, source: Source, first: Sequence[object], own: bool) -> Settled:
    sample = _sample(source, first)
    if not own and (listed := _types(sample)):
        raise NothingRead(f"{source.name}: {listed}")
    return settle(bound, sample) if first else Settled(bound)


def _types(sample: Sample) -> str:
    """Why an inventory lists instance types, not workloads; '' if it does not."""
    title = types_of(sample)
    return title and (
        f"column '{shown(title)}' names an instance type in each row and no column a machine: a list of types, not of "
        "workloads; --map or --preset none reads it all the same"
    )


def _sample(source: Source, first: Sequence[object]) -> Sample:
    batches = [source.split(piece, range(len(source.columns))).cells for piece in first]
    empty = pl.DataFrame(schema={str(at): pl.String for at in range(len(source.columns))})
    return Sample(batches[0] if batches else empty, source.columns, source.points, source.nested)


def _is_result(name: str) -> bool:
    return name in RESULTS or (name.startswith(READ) and name.removeprefix(READ) in DECIDING)


def map_for(request: ScoringRequest, source: Source, notify: Notify) -> ColumnMap:
    """The map that the request names, or else the one that the header identifies."""
    if request.map_file is not None:
        chosen = read_map(Path(request.map_file))
        chosen.check(source.columns, source.name)
        return chosen
    if request.preset is not None:
        return identity() if request.preset == "none" else completed(preset(request.preset).map, source.columns)
    if what := no_workloads(source.columns):
        raise NothingRead(f"{source.name}: is {what}, which is not a list of workloads; --map reads it all the same")
    found = fitting(source.columns)
    if len(found) > 1:
        names = ", ".join(each.map.name for each in found)
        notify(f"{source.name}: may be of several tools: {names}; read without a preset, --preset names one")
    if len(found) != 1:
        return general_map((*ordinary(source.columns), *source.nested))
    chosen = found[0].map
    notify(f"{source.name}: read as {found[0].title} (--preset {chosen.name}); --preset none reads it without a preset")
    for note in chosen.notes:
        notify(f"{source.name}: {note}")
    return completed(chosen, source.columns)


class _Run:
    """The outputs of a scoring while it runs."""

    def __init__(self, plan: ScoringPlan, targets: Targets, outputs: Outputs, recommender: Recommender) -> None:
        self._plan = plan
        self._targets = targets
        self._outputs = outputs
        self._recommender = recommender
        self._rejects: Output | None = None
        self._out = outputs.add(plan.request.out)
        self.writer = writer(plan, self._out)
        self.outcome = Outcome(
            plan.request.inventory,
            plan.map,
            recommender.fingerprint,
            targets.record,
            columns=plan.source.columns,
            doubts=tuple(plan.doubts.values()),
        )
        if plan.request.rejects is not None:
            self._open_rejects()

    def take(self, scored: Scored) -> None:
        """Writes a scored piece."""
        self.writer.write(scored)
        self.outcome.tally.add(scored.tally)
        if scored.rejects:
            self._open_rejects().file.write(rejects_text(self._plan.source.columns, scored.rejects))

    def _open_rejects(self) -> Output:
        if self._rejects is None:
            self._rejects = self._outputs.add(self._targets.rejects)
            self._rejects.file.write(rejects_text(self._plan.source.columns))
            self.outcome.rejects_file = None if self._targets.rejects == ERRORS else self._targets.rejects
        return self._rejects

    def finish(self, page: Page | None) -> None:
        """Completes the outputs; InventoryError if they would replace the inventory and lose rejected rows."""
        if self._targets.in_place and (lost := self.outcome.tally.rejects):
            out = self._plan.request.out
            raise InventoryError(f"{out}: not replaced, as {lost} of its rows cannot be read; {_INSTEAD}")
        self.writer.finish()
        if self._targets.record is not None:
            size = self._out.file.seek(0, os.SEEK_END)
            counts = Counts(self.outcome.tally.count, self.outcome.tally.rejects, size)
            record = record_of(self._recommender, self._plan, counts)
            self._outputs.add(self._targets.record).file.write(record.to_json())
        if (portfolio := self._plan.request.portfolio) is not None:
            sums = self.outcome.tally.portfolio(self._recommender.costs)
            self._outputs.add(portfolio).file.write(f"{sums.model_dump_json(indent=2)}\n".encode())
        if (report := self._plan.request.report) is not None and page is not None:
            self._outputs.add(report).file.write(page(self.outcome))


Ask = Callable[[Question], str]
"""Called with each question about a map; gives one of its answers."""


def suggestion(inventory: str, sheet: str | None = None, ask: Ask | None = None) -> str:
    """A draft of a map for an inventory, in YAML: what is read without a map, and what `ask` answers on what is unsure.

    InventoryError when the inventory cannot be read.
    """
    with opened(inventory, sheet) as found:
        source = found.source
        sample = _sample(source, list(islice(source.pieces(), 1)))
    chosen = map_for(ScoringRequest(inventory, "", sheet=sheet), source, lambda _: None)
    settled = settle(chosen.bind(source.columns), sample)
    if listed := _types(sample):
        settled = replace(settled, notices=(listed, *settled.notices))
    questions = unsure(settled, sample)
    if ask is not None:
        for question in questions:
            settled = answered(settled, question, ask(question))
        if not settled.map.name:  # with what was answered, each row may be known to be a machine
            settled = replace(settled, map=of_machines(settled.map, sample))
    return draft(source.name, settled, sample, [] if ask else questions)
