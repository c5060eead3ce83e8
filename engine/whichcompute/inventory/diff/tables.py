"""A comparison of two scorings as data: JSON, and CSV with a line for each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whichcompute.base.words import safe
from whichcompute.inventory.diff.changes import Changes
from whichcompute.inventory.diff.comparison import ChangedRow, ScoringComparison
from whichcompute.inventory.diff.reading import KEY, ROW, answer_of
from whichcompute.inventory.readers.csv_rows import written

_RESULTS = ("recommended_service", "decision", "outside", "confidence", "monthly_cost_usd")
_HEAD = ("row", "change", "old_row", "new_row", *(f"{side}_{name}" for name in _RESULTS for side in ("old", "new")))
_WHY = ("causes", "input", "rules")
_AT_ONCE = 10_000


def changes_as_json(comparison: ScoringComparison, limit: int | None = None) -> dict[str, Any]:
    """The comparison as a JSON object, with at most `limit` changed rows (None: all)."""
    pairs = comparison.pairs
    return {
        "files": [file.name for file in comparison.files],
        "key": pairs.key,
        "rows": {
            "paired": pairs.frame.height,
            "changed": comparison.changed,
            "any_result": comparison.any_result,
            "added": pairs.added.height,
            "removed": pairs.removed.height,
        },
        "monthly_cost_usd": dict(zip(("old", "new"), (round(usd, 2) for usd in pairs.costs), strict=True)),
        "results": comparison.results,
        "causes": dict(comparison.causes.most_common()),
        "moves": [dict(zip(_STEPS, step, strict=True)) | {"rows": count} for step, count in comparison.transitions],
        "input_columns": dict(comparison.columns.most_common()),
        "scorings": _scorings(comparison.changes),
        "changed": [_row(row) for row in comparison.rows(limit)],
        "added": pairs.added[KEY].to_list(),
        "removed": pairs.removed[KEY].to_list(),
        "notices": list(comparison.notices),
    }


_STEPS = ("old_service", "old_decision", "new_service", "new_decision")


def _scorings(changes: Changes) -> dict[str, Any]:
    return {
        "known": changes.known,
        "facts": _pairs(changes.facts),
        "rules": dict(changes.rules),
        "rules_reordered": changes.reordered,
        "model": changes.model,
        "engine": changes.engine,
        "options": _pairs(changes.options),
        "as_of": changes.as_of,
        "fingerprints": changes.fingerprints,
    }


def _pairs(values: Any) -> dict[str, dict[str, str]]:
    return {name: {"old": old, "new": new} for name, (old, new) in values.items()}


def _row(row: ChangedRow) -> dict[str, Any]:
    return {
        "row": row.name,
        "old_row": row.old_row,
        "new_row": row.new_row,
        "old": dict(row.old),
        "new": dict(row.new),
        "causes": row.why.causes,
        "input": [{"column": column, "old": old, "new": new} for column, old, new in row.cells],
        "rules": [{"id": rule.id, "sign": rule.sign, "why": rule.why, "facts": rule.facts} for rule in row.why.rules],
    }


def changes_as_csv(comparison: ScoringComparison) -> Iterator[bytes]:
    """The listed rows, then the added and the removed ones, as pieces of a CSV file."""
    yield _written([[*_HEAD, *_WHY]])
    waiting: list[list[object]] = []
    for line in _lines(comparison):
        waiting.append(line)
        if len(waiting) == _AT_ONCE:
            yield _written(waiting)
            waiting = []
    yield _written(waiting)


def _lines(comparison: ScoringComparison) -> Iterator[list[object]]:
    for row in comparison.rows():
        sides = [(answer_of(side), side["decision"]) for side in (row.old, row.new)]
        change = "changed" if sides[0] != sides[1] else "other results"
        results = [side.get(name, "") for name in _RESULTS for side in (row.old, row.new)]
        cells = "; ".join(f"{column}: {old} -> {new}" for column, old, new in row.cells)
        rules = "; ".join(map(str, row.why.rules))
        yield [row.name, change, row.old_row, row.new_row, *results, ";".join(row.why.causes), cells, rules]
    none = [""] * (len(_RESULTS) * 2 + len(_WHY))
    for name, number in comparison.pairs.added.select(KEY, ROW).iter_rows():
        yield [name, "added", "", number, *none]
    for name, number in comparison.pairs.removed.select(KEY, ROW).iter_rows():
        yield [name, "removed", number, "", *none]


def _written(rows: list[list[object]]) -> bytes:
    # A spreadsheet would take a text such as `=1+1`, or the signs before rules, for a formula.
    texts = ([safe(cell) if isinstance(cell, str) else str(cell) for cell in row] for row in rows)
    return "".join(f"{line}\n" for line in written(texts)).encode()
