"""Scores an inventory from file to file: in a stream, in order, with bounded memory, whole or not at all."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.errors import InventoryError
from whichcompute.base.outputs import Output, Outputs
from whichcompute.inventory import encode
from whichcompute.inventory.headers import header_notices
from whichcompute.inventory.maps.mapping import ColumnMap, identity
from whichcompute.inventory.maps.presets import detected, preset, read_map
from whichcompute.inventory.maps.suggest import draft
from whichcompute.inventory.readers.batch import Source
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.inventory.readers.opening import STANDARD, opened
from whichcompute.inventory.record import Counts, record_file, record_of
from whichcompute.inventory.rejects import RejectGroups, RejectsText, counted
from whichcompute.inventory.tally import SKIPPED, Tally
from whichcompute.inventory.work import Plan, Scored, no_rows, score_batch, score_piece
from whichcompute.inventory.writers import writer
from whichcompute.recommender.columns import RESULTS, ColumnRecommender
from whichcompute.recommender.columns.reasons import Explain
from whichcompute.recommender.recommender import Recommender

_WORKERS = min(4, os.cpu_count() or 1)
Progress = Callable[[int, float | None], None]
"""Is told how many rows are done and which share of the inventory (None: not known)."""

Say = Callable[[str], None]
"""Is told what a person should know."""


@dataclass(frozen=True, slots=True)
class ScoringRequest:
    """What to score and where to put it. `rejects` None: beside `out`, and only if there are any."""

    inventory: str
    out: str
    rejects: str | None = None
    explain: Explain = "short"
    free_tier: bool = False
    preset: str | None = None
    map_file: str | None = None
    report: str | None = None
    sheet: str | None = None


@dataclass(slots=True)
class Outcome:
    """What became of an inventory: counts, rejects, and where the rejects are (None: nowhere, as there are none)."""

    tally: Tally
    rejects: RejectGroups
    rejects_file: str | None
    request: ScoringRequest
    plan: Plan
    fingerprint: str = ""

    @property
    def rows(self) -> int:
        """Rows read, rejects included."""
        return self.tally.count + self.rejects.count

    def told(self) -> Iterator[str]:
        """The outcome in a few lines for a person."""
        services: Counter[str] = Counter()
        for (service, decision), count in self.tally.outcomes.items():
            services["set aside" if decision == SKIPPED else service] += count
        found = ", ".join(f"{name} {count:,}" for name, count in services.most_common())
        yield f"{counted(self.rows, 'row')} read, {self.tally.count:,} written" + (f": {found}" if found else "")
        for name, count in self.tally.mended.items():
            yield f"{counted(count, 'cell')} of {name} mended by a stated rule"
        if self.rejects.count:
            yield f"{counted(self.rejects.count, 'row')} rejected, see {self.rejects_file}"
            yield from (f"  {line}" for line in self.rejects.told())
        record = record_file(self.request.out)
        yield f"fingerprint {self.fingerprint}" + (f", recorded in {record}" if record else "")


Page = Callable[[Outcome], bytes]
"""Makes the report page of a finished run."""


def score_inventory(
    request: ScoringRequest, columns: ColumnRecommender, say: Say, progress: Progress, page: Page | None = None
) -> Outcome:
    """Scores the inventory and puts the outputs in place; InventoryError when it cannot be read or written."""
    rejects = rejects_file(request)
    _refuse_twice(request, rejects)
    with opened(request.inventory, request.sheet) as inventory:
        plan = plan_for(request, inventory.source, say)
        with Outputs() as outputs:
            run = _Run(plan, request, outputs, rejects)
            try:
                for scored in _scored(plan, columns, inventory.source.pieces()):
                    run.take(scored)
                    progress(run.outcome.rows, inventory.share())
                run.finish(page, columns.recommender)
            finally:
                run.writer.close()
    _remove_stale(request, run.outcome, say)
    return run.outcome


def plan_for(request: ScoringRequest, source: Source, say: Say) -> Plan:
    """What is done with every batch of this inventory; says what a person should know of its header."""
    for notice in source.notices:
        say(f"{source.name}: {notice}")
    bound = map_for(request, source, say).bind(source.columns)
    kept = tuple(at for at, name in enumerate(source.columns) if name.strip() not in RESULTS)
    if replaced := [name for name in source.columns if name.strip() in RESULTS]:
        say(f"{source.name}: columns of an earlier scoring are replaced: {', '.join(replaced)}")
    for notice in header_notices(source, bound):
        say(f"{source.name}: {notice}")
    kind = encode.kind_of(request.out)
    raw = kind == source.form and (kind == "json" or len(kept) == len(source.columns))
    if not raw:
        encode.check_columns([source.columns[at] for at in kept], source.name, kind)
    return Plan(
        source=source,
        map=bound,
        kind=kind,
        kept=kept,
        raw=raw,
        explain=request.explain,
        free_tier=request.free_tier,
        report=request.report is not None,
        decimal_comma=isinstance(source, CsvSource) and source.separator != ",",
    )


def map_for(request: ScoringRequest, source: Source, say: Say) -> ColumnMap:
    """The map that the order names, or else the one that the header tells."""
    if request.map_file is not None:
        chosen = read_map(Path(request.map_file))
        chosen.check(source.columns, source.name)
        return chosen
    if request.preset is not None:
        return identity() if request.preset == "none" else preset(request.preset).map
    found = detected(source.columns)
    if found is None:
        return identity()
    say(f"{source.name}: read as {found.title} (--preset {found.map.name}); --preset none reads it as it is")
    for note in found.map.notes:
        say(f"{source.name}: {note}")
    return found.map


def rejects_file(request: ScoringRequest) -> str:
    """Where rejects go: where the order says, else beside the output (beside the inventory for standard output)."""
    if request.rejects is not None:
        return request.rejects
    if request.out != STANDARD and Path(f"{request.out}.rejects.csv").resolve() != Path(request.inventory).resolve():
        return f"{request.out}.rejects.csv"
    return f"{Path(request.inventory).name if request.inventory != STANDARD else 'inventory'}.rejects.csv"


def _refuse_twice(request: ScoringRequest, rejects: str) -> None:
    taken = {Path(request.inventory).resolve(): "the inventory"} if request.inventory != STANDARD else {}
    record = record_file(request.out)
    named = (
        (rejects, "rejects"),
        (request.report, "report"),
        (record, "record of the scoring"),
        (request.out, "output"),
    )
    for target, role in named:
        if target is None or target == STANDARD:
            continue
        path = Path(target).resolve()
        if path in taken and not (role == "output" and taken[path] == "the inventory"):
            raise InventoryError(f"{target}: named for the {role} and for {taken[path]}")
        taken[path] = f"the {role}"


def _remove_stale(request: ScoringRequest, outcome: Outcome, say: Say) -> None:
    # Rejects of an earlier run beside an output without any would be taken for its own.
    stale = Path(f"{request.out}.rejects.csv")
    mine = outcome.rejects_file is not None or request.rejects is not None or request.out == STANDARD
    if not mine and stale.is_file() and stale.resolve() != Path(request.inventory).resolve():
        stale.unlink()
        say(f"{stale}: removed, as it was of an earlier run and this one rejects nothing")


def _scored(plan: Plan, columns: ColumnRecommender, pieces: Iterable[object]) -> Iterator[Scored]:
    """The pieces scored, in order; at most a few more than there are workers are in memory."""
    waiting: deque[Future[Scored]] = deque()
    pool = ThreadPoolExecutor(_WORKERS)
    none = True
    try:
        for piece in pieces:
            none = False
            waiting.append(pool.submit(score_piece, plan, columns, piece))
            if len(waiting) > _WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        if none:
            yield score_batch(plan, columns, no_rows(plan))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Run:
    """The outputs of a run while it lasts."""

    def __init__(self, plan: Plan, request: ScoringRequest, outputs: Outputs, rejects: str) -> None:
        self._request = request
        self._outputs = outputs
        self._rejects_target = rejects
        self._rejects_text = RejectsText(plan.source.columns)
        self._rejects: Output | None = None
        self._out = outputs.add(request.out)
        self.writer = writer(plan, self._out)
        self.outcome = Outcome(Tally(), RejectGroups(), None, request, plan)
        if request.rejects is not None:
            self._open_rejects()

    def take(self, scored: Scored) -> None:
        """Writes a scored piece."""
        self.writer.write(scored)
        self.outcome.tally.add(scored.tally)
        self.outcome.rejects.add(scored.rejects)
        if scored.rejects:
            self._open_rejects().file.write(self._rejects_text.lines(scored.rejects))

    def _open_rejects(self) -> Output:
        if self._rejects is None:
            self._rejects = self._outputs.add(self._rejects_target)
            self._rejects.file.write(self._rejects_text.header)
            self.outcome.rejects_file = self._rejects_target
        return self._rejects

    def finish(self, page: Page | None, recommender: Recommender) -> None:
        """Completes the outputs."""
        self.writer.finish()
        self.outcome.fingerprint = recommender.fingerprint
        if (record := record_file(self._request.out)) is not None:
            size = self._out.file.seek(0, os.SEEK_END)
            counts = Counts(self.outcome.tally.count, self.outcome.rejects.count, size)
            own_map = self._request.map_file is not None
            made = record_of(recommender, self.outcome.plan, counts, own_map=own_map)
            self._outputs.add(record).file.write(made.written())
        if self._request.report is not None and page is not None:
            self._outputs.add(self._request.report).file.write(page(self.outcome))


def suggestion(inventory: str, sheet: str | None = None) -> str:
    """A draft of a map for an inventory, in YAML."""
    with opened(inventory, sheet) as found:
        return draft(found.source.name, found.source.columns)
