"""The `reasons` column of a weighed frame: short (rule ids) or full (sentences), built once per distinct pattern."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.bulk.firing import Span, Words
from engine.bulk.scale import COUNT, NOBODY, BulkScale, Ints, Weighed
from engine.result import SERVICE_NAMES
from engine.rules import PLACEHOLDER, SERVICES, Rule
from engine.workload import DERIVED, DESCRIPTORS

Explain = Literal["none", "short", "full"]

_SIZES = {"short": (3, 1), "full": (8, 3)}
"""How many rules for and against the recommended service are told, and how many vetoes of each ruled-out one."""

_LARGEST_KEY = 2**62
_SLIGHT = 0.1  # a reading of fewer log-odds than this is not named

_PART = "\x1f"  # between parts until the caller's separator is known: no sentence holds it

_Tell = Callable[[Sequence[int], Mapping[str, object]], str]


class BulkReasons:
    """Tells reasons against one scale: the heaviest rules of the recommended service, the vetoes of the others."""

    def __init__(self, bulk: BulkScale) -> None:
        self._bulk = bulk
        self._facts = bulk.scale.pack.facts
        self._readings = _Readings(bulk)

    def column(self, weighed: Weighed, frame: pl.DataFrame, explain: Explain, separator: str = "; ") -> pl.Series:
        """The reasons of every row, as text with `separator` between its parts; null for `none`."""
        if explain == "none":
            return pl.Series("reasons", [None], pl.String).new_from_index(0, frame.height)
        advice, vetoes = self._slots(weighed, *_SIZES[explain])
        parts = [self._advice(advice, weighed, frame, explain), self._vetoes(vetoes, frame, explain)]
        joined = pl.concat_str(pl.all().replace("", None), separator=_PART, ignore_nulls=True)
        told = joined.str.replace_all(_PART, separator, literal=True)
        return pl.DataFrame(parts).select(told.alias("reasons")).to_series()

    def _slots(self, weighed: Weighed, most: int, vetoes: int) -> tuple[Ints, list[Ints]]:
        """Rule numbers (-1: none): advice for the service in front, and for each service its vetoes."""
        height = len(weighed.front)
        advice = np.full((height, most), -1)
        for service, spans in enumerate(self._bulk.advice):
            rows = np.flatnonzero(weighed.front == service)
            advice[rows] = first_set(weighed.fired[rows], spans, most)
        return advice, [first_set(weighed.fired, spans, vetoes) for spans in self._bulk.vetoes]

    def _advice(self, slots: Ints, weighed: Weighed, frame: pl.DataFrame, explain: Explain) -> pl.Series:
        silent = (slots[:, 0] < 0) & (weighed.front < NOBODY)
        reading = self._readings.strongest(weighed, silent)
        tell = partial(self._favour, explain)
        return _per_pattern([*slots.T, reading], self._fields(slots, explain), frame, tell).alias("advice")

    def _vetoes(self, slots: list[Ints], frame: pl.DataFrame, explain: Explain) -> pl.Series:
        columns = [column for service in slots for column in service.T]
        fields = self._fields(np.stack(columns, axis=1), explain)
        return _per_pattern(columns, fields, frame, partial(self._against, explain)).alias("vetoes")

    def _fields(self, slots: Ints, explain: Explain) -> list[str]:
        """The descriptors whose values stand in the sentences to be told."""
        if explain == "short":
            return []
        rules = [self._bulk.rules[number] for number in np.unique(slots) if number >= 0]
        names = [name for rule in rules for name in PLACEHOLDER.findall(rule.entry.because)]
        return [name for name in dict.fromkeys(names) if name in DESCRIPTORS or name in DERIVED]

    def _favour(self, explain: Explain, row: Sequence[int], values: Mapping[str, object]) -> str:
        *numbers, reading = row
        if reading >= 0:
            return f"for: {self._readings.names[reading]}"
        rules = [self._bulk.rules[number] for number in numbers if number >= 0]
        sides = (("for", "prefer"), ("against", "caution"))
        return _PART.join(
            f"{word}: {self._told(chosen, values, explain)}"
            for word, effect in sides
            if (chosen := [rule for rule in rules if rule.entry.effect == effect])
        )

    def _against(self, explain: Explain, row: Sequence[int], values: Mapping[str, object]) -> str:
        rules = [self._bulk.rules[number] for number in row if number >= 0]
        return _PART.join(
            f"not {service if explain == 'short' else SERVICE_NAMES[service]}: {self._told(chosen, values, explain)}"
            for service in SERVICES
            if (chosen := [rule for rule in rules if rule.entry.service == service])
        )

    def _told(self, rules: Sequence[Rule], values: Mapping[str, object], explain: Explain) -> str:
        if explain == "short":
            return ", ".join(rule.id for rule in rules)
        return " ".join(f"{rule.text(rule.entry.because, values, self._facts)} [{rule.id}]" for rule in rules)


class _Readings:
    """What the classifier reads off groups of descriptors, for rows where no rule speaks of the service in front."""

    def __init__(self, bulk: BulkScale) -> None:
        features = bulk.scale.classifier.features
        groups = list(dict.fromkeys(feature.fields for feature in features))
        self.names = [*("classifier." + "+".join(fields) for fields in groups), "classifier.base"]
        first = len(bulk.rules)
        self._positions = bulk.index.positions[first:]
        self._weights = np.zeros((COUNT, len(features), len(groups)))
        for number, feature in enumerate(features):
            self._weights[:, number, groups.index(feature.fields)] = feature.weights

    def strongest(self, weighed: Weighed, wanted: NDArray[np.bool_]) -> Ints:
        """For the wanted rows the number of the reading that speaks most for the service in front; else -1."""
        numbers = np.full(len(wanted), -1)
        for service in range(COUNT):
            rows = np.flatnonzero(wanted & (weighed.front == service))
            if rows.size:
                fired = _bits(weighed.fired[rows], self._positions)
                sums = fired @ self._weights[service]
                best = sums.argmax(axis=1)
                numbers[rows] = np.where(sums.max(axis=1) >= _SLIGHT, best, len(self.names) - 1)
        return numbers


def _bits(words: Words, positions: Sequence[int]) -> NDArray[np.float64]:
    return np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")[:, positions].astype(np.float64)


def first_set(words: Words, spans: Sequence[Span], count: int) -> Ints:
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


def _per_pattern(columns: Sequence[Ints], fields: Sequence[str], frame: pl.DataFrame, tell: _Tell) -> pl.Series:
    """`tell` of each distinct line of `columns` with the values of `fields`, spread over the rows of the frame."""
    keys = [pl.Series(f"key {at}", key) for at, key in enumerate(_keys(columns))]
    lines = pl.DataFrame([*keys, *(frame[name] for name in fields)]).with_row_index("row")
    grouped = lines.group_by([*(key.name for key in keys), *fields]).agg("row", pl.first("row").alias("first"))
    first = grouped["first"].to_numpy()
    patterns = zip(*(column[first].tolist() for column in columns), strict=True)
    values = grouped.select(fields).to_dicts() if fields else [{}] * len(first)
    texts = [tell(row, known) for row, known in zip(patterns, values, strict=True)]
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
