"""A comparison of two scorings for machines: as JSON, and as a table with a line for each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from whichcompute.inventory.diff.changes import Changes
from whichcompute.inventory.diff.comparison import Comparison, Row
from whichcompute.inventory.diff.reading import KEY, NEEDED, ROW

_TOLD = ("recommended_service", "decision", "confidence", "monthly_cost_usd")
_HEAD = ("row", "change", "old_row", "new_row", *(f"{side}_{name}" for name in _TOLD for side in ("old", "new")))
_WHY = ("causes", "input", "rules")
_AT_ONCE = 10_000


def as_json(comparison: Comparison, limit: int | None = None) -> dict[str, Any]:
    """The comparison as what JSON can hold, with at most `limit` rows (None: all)."""
    pairs = comparison.pairs
    return {
        "files": [file.name for file in comparison.files],
        "key": pairs.key,
        "rows": {
            "paired": pairs.frame.height,
            "changed": comparison.moved,
            "any_result": comparison.touched,
            "added": pairs.come.height,
            "removed": pairs.gone.height,
        },
        "results": comparison.results,
        "causes": dict(comparison.causes.most_common()),
        "moves": [dict(zip(_STEPS, step, strict=True)) | {"rows": count} for step, count in comparison.moves],
        "input_columns": dict(comparison.columns.most_common()),
        "scorings": _scorings(comparison.changes),
        "changed": [_row(row) for row in comparison.rows(limit)],
        "added": pairs.come[KEY].to_list(),
        "removed": pairs.gone[KEY].to_list(),
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


def _row(row: Row) -> dict[str, Any]:
    return {
        "row": row.name,
        "old_row": row.old_row,
        "new_row": row.new_row,
        "old": dict(row.old),
        "new": dict(row.new),
        "causes": row.why.causes,
        "input": [{"column": column, "old": old, "new": new} for column, old, new in row.cells],
        "rules": [{"id": move.id, "sign": move.sign, "why": move.why, "facts": move.facts} for move in row.why.rules],
    }


def as_csv(comparison: Comparison) -> Iterator[bytes]:
    """The listed rows and those that were added or removed, as pieces of a CSV file."""
    yield _written([[*_HEAD, *_WHY]])
    waiting: list[list[object]] = []
    for line in _lines(comparison):
        waiting.append(line)
        if len(waiting) == _AT_ONCE:
            yield _written(waiting)
            waiting = []
    yield _written(waiting)


def _lines(comparison: Comparison) -> Iterator[list[object]]:
    for row in comparison.rows():
        change = "changed" if any(row.old[name] != row.new[name] for name in NEEDED) else "other results"
        told = [side.get(name, "") for name in _TOLD for side in (row.old, row.new)]
        cells = "; ".join(f"{column}: {old} -> {new}" for column, old, new in row.cells)
        rules = "; ".join(map(str, row.why.rules))
        yield [row.name, change, row.old_row, row.new_row, *told, ";".join(row.why.causes), cells, rules]
    none = [""] * (len(_TOLD) * 2 + len(_WHY))
    for name, number in comparison.pairs.come.select(KEY, ROW).iter_rows():
        yield [name, "added", "", number, *none]
    for name, number in comparison.pairs.gone.select(KEY, ROW).iter_rows():
        yield [name, "removed", number, "", *none]


def _written(rows: list[list[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
