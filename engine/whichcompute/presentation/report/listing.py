"""The workloads of the report's table, as data for its script: numbers, texts and indices only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, NamedTuple

import polars as pl

from whichcompute.base.errors import printable
from whichcompute.base.words import about
from whichcompute.inventory.tally import LEAD, LINE, NAME, SKIPPED
from whichcompute.knowledge.cells import ConjunctionIndex, mask_of
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, with_derived
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.columns import ColumnRecommender
from whichcompute.recommender.columns.outside import answer

_NAME_LENGTH = 120
_ASKED = 3
_PARTS = "\n"
_REMEMBERED = 1 << 16
_COSTS = ("monthly_cost_low_usd", "monthly_cost_usd", "monthly_cost_high_usd")
_BEHIND_A_RULE = re.compile(r"(?<=\]) ")


def listing(columns: ColumnRecommender, rows: pl.DataFrame, pack: RulePack) -> dict[str, Any]:
    """The table's rows, column by column; texts that occur in many rows are listed once."""
    typed = rows.select(DECIDING)
    derived = columns.complete(typed)
    sentences_of_rows = columns.reasons(columns.weigh(derived), derived, _PARTS)
    reasons = pl.select(
        pl.when(rows["decision"] == SKIPPED).then(rows["reasons"]).otherwise(sentences_of_rows)
    ).to_series()
    names = rows[NAME].fill_null("").str.slice(0, _NAME_LENGTH)
    numbers: dict[str, Any] = {
        "line": rows[LINE].to_list(),
        "name": names.to_list(),
        "confidence": rows["confidence"].to_list(),
        "lead": rows[LEAD].round(4).to_list(),
        "cost": rows["monthly_cost_usd"].to_list(),
    }
    known, knowns = _pieces(_known(typed))
    said, sentences = _pieces(_sentences(text or "") for text in reasons)
    beside, companions = _pieces(_companions(pack, typed, rows["recommended_service"]))
    shared = {
        "answer": rows.select(answer()).to_series(),
        "outside": rows["outside"],
        "decision": rows["decision"],
        "runner_up": rows["runner_up"],
        "plausible": rows["plausible_services"],
        "out": rows["ruled_out"],
        "missing": rows["missing"],
        "notes": rows["notes"],
        "said": pl.Series([_cost(*each) for each in rows.select(_COSTS).iter_rows()], dtype=pl.String),
    }
    return {
        **numbers,
        "shared": {name: _listed_once(column.fill_null("")) for name, column in shared.items()},
        "known": {"texts": knowns, "rows": known},
        "reasons": {"texts": sentences, "rows": said},
        "companions": {"texts": companions, "rows": beside},
    }


def _cost(low: float | None, expected: float | None, high: float | None) -> str:
    if expected is None or low is None or high is None:
        return "" if expected is None else about(expected)
    span = "" if about(low) == about(high) else f" ({about(low)} to {about(high)})"
    return f"{about(expected)}{span}"


class Borderline(NamedTuple):
    """A workload to be reviewed by hand; `lead` is the distance of the two best answers, 0 to 1."""

    name: str
    leading: str
    runner_up: str
    lead: float
    missing: list[str]


def borderline(rows: pl.DataFrame, most: int = 10) -> list[Borderline]:
    """The open workloads whose leading answer has the smallest lead, the closest first."""
    # An undecided row recommends nothing, but one leads.
    first = pl.col("plausible_services").str.split(";").list.first().alias("leading")
    found = rows.filter(pl.col("decision").is_in(["close", "undecided"])).sort(LEAD, LINE).head(most)
    found = found.with_columns(first).with_columns(answer("leading").alias("leading"))
    return [
        Borderline(
            printable(row[NAME] or f"line {row[LINE]}")[:_NAME_LENGTH],
            row["leading"],
            row["runner_up"] or "",
            row[LEAD],
            [name for name in row["missing"].split(";") if name][:_ASKED],
        )
        for row in found.iter_rows(named=True)
    ]


def _pieces(rows: Iterable[list[str]]) -> tuple[list[list[int]], list[str]]:
    """Each row as numbers of texts, and the texts, each once."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(text, len(numbers)) for text in row] for row in rows], list(numbers)


def _sentences(reasons: str) -> list[str]:
    """The reasons of a row, one for each rule, with its direction."""
    found = []
    for part in filter(None, reasons.split(_PARTS)):
        direction, _, rest = part.partition(": ")
        found += [f"{direction}: {sentence}" for sentence in _BEHIND_A_RULE.split(rest)]
    return found


def _companions(pack: RulePack, typed: pl.DataFrame, services: pl.Series) -> Iterator[list[str]]:
    """The companions of the service of each row, one for each rule; the table is short enough to go row by row."""
    index = ConjunctionIndex([rule for rule in pack if rule.entry.effect == "companion"])
    masks = {service: mask_of(index.items, partial(_is_of, service)) for service in SERVICES}
    for row, service in zip(typed.iter_rows(named=True), services, strict=True):
        if not (mask := masks.get(service)):
            yield []
            continue
        values = with_derived({name: value for name, value in row.items() if value is not None})
        fired = index.select(index.evaluate(values)[0] & mask)
        yield [f"{rule.entry.companion} [{rule.id}]" for rule in fired]


def _is_of(service: str, rule: Rule) -> bool:
    return rule.entry.service == service


def _listed_once(column: pl.Series) -> dict[str, list[object]]:
    texts = column.unique(maintain_order=True)
    numbers = column.replace_strict(texts, pl.int_range(len(texts), eager=True), return_dtype=pl.Int32)
    return {"texts": texts.to_list(), "rows": numbers.to_list()}


def _known(typed: pl.DataFrame) -> Iterator[list[str]]:
    """What is known of each row, one text for each descriptor."""
    known = [column for column in typed.iter_columns() if column.null_count() < len(column)]
    say = lru_cache(_REMEMBERED)(lambda name, value: f"{DESCRIPTORS[name].title}: {DESCRIPTORS[name].say(value)}")
    for row in pl.DataFrame(known).iter_rows() if known else repeat((), typed.height):
        yield [say(column.name, value) for column, value in zip(known, row, strict=True) if value is not None]
