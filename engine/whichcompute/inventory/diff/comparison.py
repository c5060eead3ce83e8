"""The comparison of two scored inventories: counts, causes, and the rows whose answer changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from whichcompute.inventory.diff.causes import Causes, RowCauses
from whichcompute.inventory.diff.changes import Changes, between
from whichcompute.inventory.diff.pairs import ANY_RESULT, CHANGED, NEW, OLD, Pairs, pair
from whichcompute.inventory.diff.reading import INPUT, KEY, ScoredFile, answer_of, by_weight

_NO_CELLS = pl.DataFrame(schema={"at": pl.UInt32, "column": pl.String, "old": pl.String, "new": pl.String})


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row whose answer changed: its results in both files, its input cells that differ, and the causes."""

    name: str
    old_row: int
    new_row: int
    old: Mapping[str, str]
    new: Mapping[str, str]
    cells: tuple[tuple[str, str, str], ...]
    why: RowCauses


@dataclass(frozen=True, slots=True)
class ScoringComparison:
    """What changed between two scorings.

    `old` and `new` hold the results of the listed rows, `cells` their input cells that differ (`at`: number of the
    listed row from 0), `why` the causes of each.
    """

    files: tuple[ScoredFile, ScoredFile]
    pairs: Pairs
    changes: Changes
    listed: pl.DataFrame
    old: pl.DataFrame
    new: pl.DataFrame
    cells: pl.DataFrame
    why: Sequence[RowCauses]
    notices: tuple[str, ...]

    @property
    def changed(self) -> int:
        """Rows with another service, place outside or decision."""
        return int(self.pairs.frame[CHANGED].sum())

    @property
    def any_result(self) -> int:
        """Rows in which any result differs."""
        return int(self.pairs.frame[ANY_RESULT].sum())

    @property
    def causes(self) -> Counter[str]:
        """The number of listed rows by cause; a row may have several."""
        return Counter(cause for why in self.why for cause in why.causes)

    @property
    def transitions(self) -> list[tuple[tuple[str, str, str, str], int]]:
        """Old and new service (or place outside) and decision, with the number of listed rows, most frequent first."""
        rows = zip(*(side.iter_rows(named=True) for side in (self.old, self.new)), strict=True)
        steps = Counter((answer_of(a), a["decision"], answer_of(b), b["decision"]) for a, b in rows)
        return sorted(steps.items(), key=lambda item: (-item[1], item[0]))

    @property
    def facts(self) -> Counter[str]:
        """The number of listed rows in which a rule differs that reads the changed fact."""
        return Counter(fact for why in self.why for fact in {fact for rule in why.rules for fact in rule.facts})

    @property
    def rules(self) -> Counter[str]:
        """The number of listed rows in which the added, removed or edited rule differs."""
        changed = self.changes.rules
        return Counter(id_ for why in self.why for id_ in {rule.id for rule in why.rules if rule.id in changed})

    @property
    def columns(self) -> Counter[str]:
        """The number of listed rows in which each input column differs."""
        return Counter(dict(self.cells.group_by("column").len().iter_rows()))

    @property
    def results(self) -> dict[str, int]:
        """The number of rows in which each result differs."""
        return {name: int(self.pairs.frame[name].sum()) for name in self.pairs.results}

    def rows(self, limit: int | None = None) -> Iterator[ChangedRow]:
        """The listed rows, in the order of the new file."""
        count = self.listed.height if limit is None else min(limit, self.listed.height)
        cells: dict[int, list[tuple[str, str, str]]] = {}
        for at, *cell in self.cells.filter(pl.col("at") < count).iter_rows():
            cells.setdefault(at, []).append((cell[0], cell[1], cell[2]))
        sides = (self.old.head(count).iter_rows(named=True), self.new.head(count).iter_rows(named=True))
        numbered = self.listed.head(count).select(KEY, OLD, NEW).iter_rows()
        for at, ((name, before, after), old, new) in enumerate(zip(numbered, *sides, strict=True)):
            yield ChangedRow(name, before, after, old, new, tuple(cells.get(at, ())), self.why[at])


def compare(old: str, new: str, *, key: str | None = None, cells: bool = False) -> ScoringComparison:
    """What changed between two scored inventories, and why; InventoryError says what cannot be read or paired.

    `key`: the column that names rows (None: workload_id or the tool's own). `cells`: list rows in which any result
    differs, not only those with another service, place outside or decision.
    """
    files = before, after = ScoredFile(old), ScoredFile(new)
    changes = between(before.record, after.record)
    pairs = pair(before, after, key, reasons="explain" not in changes.options)
    listed = pairs.frame.filter(pl.col(ANY_RESULT if cells else CHANGED))
    shared = [name for name in before.results if name in after.results]
    read = before.read_columns() | after.read_columns()
    columns = by_weight([name for name in pairs.inputs if name != pairs.key], read)
    rows = listed.with_row_index("at").filter(pl.col(INPUT))
    (old_results, old_cells), (new_results, new_cells) = (
        file.cells((shared, listed[number]), (columns, rows[number]))
        for file, number in zip(files, (OLD, NEW), strict=True)
    )
    differing = _differing(rows["at"], old_cells, new_cells)
    other = set(differing.filter(pl.col("column").is_in(list(read)))["at"]) | _only_in_one(files, read, listed.height)
    why = _why(
        changes, old_results, new_results, [(at in other, changed) for at, changed in enumerate(listed[CHANGED])]
    )
    notices = (*_notices(files), *pairs.notices)
    return ScoringComparison(files, pairs, changes, listed, old_results, new_results, differing, why, notices)


def _why(
    changes: Changes, old: pl.DataFrame, new: pl.DataFrame, differs: Sequence[tuple[bool, bool]]
) -> list[RowCauses]:
    """The causes of each row; `differs`: whether its input differs, and whether its service or decision does."""
    causes = Causes(changes)
    reasons = [side["reasons"].to_list() if "reasons" in side else [""] * side.height for side in (old, new)]
    return [causes.of(*row, *flags) for row, flags in zip(zip(*reasons, strict=True), differs, strict=True)]


def _differing(at: pl.Series, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """The cells that differ, by row and then in the order of the columns."""
    found = [_NO_CELLS]
    for column in old.columns:
        sides = pl.DataFrame([at, old[column].alias("old"), new[column].alias("new")])
        differing = sides.filter(~_same("old", "new"))
        found.append(differing.select("at", pl.lit(column).alias("column"), "old", "new"))
    return pl.concat(found).sort("at", maintain_order=True)


def _same(one: str, other: str) -> pl.Expr:
    numbers = [pl.col(name).cast(pl.Float64, strict=False) for name in (one, other)]
    texts = [pl.col(name).str.strip_chars() for name in (one, other)]
    return (texts[0] == texts[1]) | (numbers[0] == numbers[1]).fill_null(False)


def _only_in_one(files: tuple[ScoredFile, ScoredFile], read: set[str], rows: int) -> set[int]:
    """All listed rows if a column that answers depend on is in one file only."""
    old, new = (set(file.inputs) for file in files)
    return set(range(rows)) if (old ^ new) & read else set()


def _notices(files: tuple[ScoredFile, ScoredFile]) -> Iterator[str]:
    for file in files:
        if file.record is None:
            yield (
                f"{file.name}: no record of the scoring next to it ({file.name}.scoring.json), so causes can only be "
                "split into input and everything else"
            )
        elif file.alteration:
            yield file.alteration
    old, new = files
    for here, there in ((old, new), (new, old)):
        only = [name for name in here.inputs if name not in there.inputs]
        if only:
            yield f"only {here.name} has the columns {', '.join(only[:8])}{', ...' if len(only) > 8 else ''}"
