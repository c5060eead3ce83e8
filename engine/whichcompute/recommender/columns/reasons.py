"""The `reasons` column of a weighed frame: short (rule ids) or full (sentences), built once per distinct pattern."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Literal

import numpy as np
import polars as pl

from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS
from whichcompute.knowledge.rules import PLACEHOLDER, Rule, filled
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES
from whichcompute.recommender.columns.aggregation import ColumnAggregator, Ints, Weighed
from whichcompute.recommender.columns.firing import BITS, BitRows, Span

Explain = Literal["none", "short", "full"]

_SIZES = {"short": (3, 1), "full": (8, 3)}
"""How many rules for and against the recommended service are named, and how many vetoes of each ruled-out one."""

_LARGEST_KEY = 2**62

_REMEMBERED = 1 << 16
_Text = Callable[..., str | None]


class ReasonsColumn:
    """Names the heaviest rules for and against the recommended service, and the vetoes of the others."""

    def __init__(self, columns: ColumnAggregator) -> None:
        self._columns = columns
        self._facts = columns.aggregator.pack.facts
        # Patterns come again in every piece of an inventory, and short reasons depend on nothing else.
        self._remembered = lru_cache(_REMEMBERED)(self._part)

    def column(self, weighed: Weighed, frame: pl.DataFrame, explain: Explain, separator: str = "; ") -> pl.Series:
        """The reasons of every row, as text with `separator` between its parts; null for `none`."""
        if explain == "none":
            return pl.Series("reasons", [None], pl.String).new_from_index(0, frame.height)
        slots, vetoes = self._slots(weighed, *_SIZES[explain])
        parts = []
        for side, columns in (("favour", [*slots.T]), ("against", vetoes)):
            text = partial(self._remembered if explain == "short" else self._part, side, explain, separator)
            parts.append(per_pattern(columns, self._fields(columns, explain), frame, text).alias(side))
        joined = pl.concat_str(pl.all(), separator=separator, ignore_nulls=True)
        return pl.DataFrame(parts).select(joined.alias("reasons")).to_series()

    def _slots(self, weighed: Weighed, most: int, vetoes: int) -> tuple[Ints, list[Ints]]:
        """Rule numbers (-1: none): advice for the service in front, and columns with the vetoes of each service."""
        height = len(weighed.leading)
        advice = np.full((height, most), -1)
        for service, spans in enumerate(self._columns.advice):
            rows = np.flatnonzero(weighed.leading == service)
            advice[rows] = first_set(weighed.fired[rows], spans, most)
        out = [first_set(weighed.fired, spans, vetoes) for spans in self._columns.vetoes]
        return advice, [column for service in out for column in service.T]

    def _fields(self, columns: Sequence[Ints], explain: Explain) -> list[str]:
        """The descriptors whose values are in the sentences."""
        if explain == "short":
            return []
        rules = [self._columns.rules[number] for number in np.unique(np.stack(columns)) if number >= 0]
        names = [name for rule in rules for name in PLACEHOLDER.findall(rule.entry.because)]
        return [name for name in dict.fromkeys(names) if name in DESCRIPTORS or name in DERIVED]

    def _part(
        self, side: str, explain: Explain, separator: str, row: Sequence[int], *values: Mapping[str, object]
    ) -> str | None:
        """The part of a row's reasons for its service, or against the others; None where there is none."""
        rules = [self._columns.rules[number] for number in row if number >= 0]
        if side == "favour" and not rules:
            return "for: classifier.decisions"
        if side == "favour":
            groups = [("for", _of(rules, effect="prefer")), ("against", _of(rules, effect="caution"))]
        else:
            names = dict.fromkeys(ANSWERS) if explain == "short" else SERVICE_NAMES
            groups = [(f"not {names[s] or s}", _of(rules, service=s)) for s in ANSWERS]
        parts = [f"{word}: {self._listed(chosen, explain, *values)}" for word, chosen in groups if chosen]
        return separator.join(parts) or None

    def _listed(self, rules: Sequence[Rule], explain: Explain, *values: Mapping[str, object]) -> str:
        if explain == "short":
            return ", ".join(rule.id for rule in rules)
        known = values[0] if values else {}
        return " ".join(f"{filled(rule.entry.because, known, self._facts)} [{rule.id}]" for rule in rules)


def _of(rules: Sequence[Rule], **wanted: str) -> list[Rule]:
    return [rule for rule in rules if all(getattr(rule.entry, name) == value for name, value in wanted.items())]


def bit_of(words: BitRows, position: int) -> Ints:
    """The bit at this position of each row."""
    word, shift = divmod(position, BITS)
    return (words[:, word] >> np.uint64(shift) & np.uint64(1)).astype(np.intp)


def first_set(words: BitRows, spans: Sequence[Span], count: int) -> Ints:
    """The numbers of the first `count` items of a group that are set in each row; -1 where there are fewer."""
    found = np.full((len(words), count), -1)
    rest = [span.of(words) for span in spans]
    for slot in range(count):
        for at, span in enumerate(spans):
            low = rest[at] & (~rest[at] + np.uint64(1))
            hit = (low != 0) & (found[:, slot] < 0)
            found[hit, slot] = span.first + np.log2(low[hit].astype(np.float64)).astype(np.intp)
            rest[at] ^= np.where(hit, low, np.uint64(0))
    return found


def per_pattern(columns: Sequence[Ints], fields: Sequence[str], frame: pl.DataFrame, text: _Text) -> pl.Series:
    """`text` of each distinct line of `columns` with the values of `fields`, spread over the rows of the frame."""
    keys = [pl.Series(f"key {at}", key) for at, key in enumerate(_keys(columns))]
    lines = pl.DataFrame([*keys, *(frame[name] for name in fields)]).with_row_index("row")
    grouped = lines.group_by([*(key.name for key in keys), *fields]).agg("row", pl.first("row").alias("first"))
    first = grouped["first"].to_numpy()
    patterns = zip(*(column[first].tolist() for column in columns), strict=True)
    if fields:
        known = grouped.select(fields).to_dicts()
        texts = [text(row, values) for row, values in zip(patterns, known, strict=True)]
    else:
        texts = [text(row) for row in patterns]
    which = np.empty(frame.height, np.intp)
    which[grouped["row"].explode().to_numpy()] = np.repeat(np.arange(len(texts)), grouped["row"].list.len().to_numpy())
    return pl.Series(texts, dtype=pl.String).gather(which)


def _keys(columns: Sequence[Ints]) -> list[Ints]:
    """As few columns as tell the same lines apart: several small numbers (from -1 on) make one large one."""
    keys: list[Ints] = []
    room = 0
    for column in columns:
        size = int(column.max(initial=-1)) + 2
        if size <= room:
            keys[-1] = keys[-1] * size + (column + 1)
        else:
            keys.append(column + 1)
            room = _LARGEST_KEY
        room //= size
    return keys
