"""The workloads of the report's table, as data for its script: numbers, texts and indices only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import polars as pl

from engine.bulk import Bulk
from engine.inventory.tally import LEAD, LINE, NAME, SKIPPED
from engine.workload import DECIDING, DESCRIPTORS

_NAME_LENGTH = 120
_PARTS = "\n"
_BEHIND_A_RULE = re.compile(r"(?<=\]) ")


def listing(bulk: Bulk, rows: pl.DataFrame) -> dict[str, Any]:
    """The table's rows, column by column; texts that stand in many rows are listed once."""
    typed = rows.select(DECIDING)
    weighed = bulk.weigh(typed)
    told = bulk.reasons(weighed, typed, _PARTS)
    reasons = pl.select(pl.when(rows["decision"] == SKIPPED).then(rows["reasons"]).otherwise(told)).to_series()
    names = rows[NAME].fill_null("").str.slice(0, _NAME_LENGTH)
    columns: dict[str, Any] = {
        "line": rows[LINE].to_list(),
        "name": names.to_list(),
        "confidence": rows["confidence"].to_list(),
        "lead": rows[LEAD].round(4).to_list(),
        "cost": rows["monthly_cost_usd"].to_list(),
    }
    known, knowns = _pieces(_known(row) for row in typed.iter_rows())
    said, sentences = _pieces(_sentences(text or "") for text in reasons)
    shared = {
        "service": rows["recommended_service"],
        "decision": rows["decision"],
        "runner_up": rows["runner_up"],
        "plausible": rows["plausible_services"],
        "out": rows["ruled_out"],
        "missing": rows["missing"],
    }
    return {
        **columns,
        "shared": {name: _listed_once(column.fill_null("")) for name, column in shared.items()},
        "known": {"texts": knowns, "rows": known},
        "reasons": {"texts": sentences, "rows": said},
    }


def _pieces(rows: Iterable[list[str]]) -> tuple[list[list[int]], list[str]]:
    """Each row as numbers of texts, and the texts, each once."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(text, len(numbers)) for text in row] for row in rows], list(numbers)


def _sentences(reasons: str) -> list[str]:
    """The reasons of a row, one for each rule, its direction in front."""
    found = []
    for part in filter(None, reasons.split(_PARTS)):
        direction, _, rest = part.partition(": ")
        found += [f"{direction}: {sentence}" for sentence in _BEHIND_A_RULE.split(rest)]
    return found


def _listed_once(column: pl.Series) -> dict[str, list[object]]:
    texts = column.unique(maintain_order=True)
    numbers = column.replace_strict(texts, pl.int_range(len(texts), eager=True), return_dtype=pl.Int32)
    return {"texts": texts.to_list(), "rows": numbers.to_list()}


def _known(row: tuple[object, ...]) -> list[str]:
    return [
        f"{DESCRIPTORS[name].title}: {DESCRIPTORS[name].say(value)}"
        for name, value in zip(DECIDING, row, strict=True)
        if isinstance(value, bool | float | str)
    ]
