"""The `missing` column of a weighed frame: the sum of `Influence.missing`, a rule at a time over all rows."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.base.errors import DataError
from whichcompute.classifier.model import PAIRS
from whichcompute.knowledge.contradictions import immaterial
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.knowledge.rules import Rule
from whichcompute.pricing.demand import SIZING
from whichcompute.recommender.columns.aggregation import (
    ALL_OUT,
    COUNT,
    OUTSIDE,
    ColumnAggregator,
    Floats,
    Weighed,
    blocks,
)
from whichcompute.recommender.columns.firing import BITS, BitRows, expressions
from whichcompute.recommender.missing import APART, COST, LEAST_STEPS, MOST, MOST_STEPS, STEPS, Influence, chance_of

_FIELDS = len(DECIDING)
if _FIELDS >= 1 << 6:
    raise DataError(f"{_FIELDS} descriptors decide; the missing column packs their numbers into 6 bits: at most 63")
_NAMES = [*DECIDING, ""]
_ROWS = 1 << 14  # at once: what is worked out on the way stays in a core's cache
_SHIFT = 6  # a descriptor's number fits below the steps of its influence in one integer
_LAST = np.uint32((1 << _SHIFT) - 1)
_PAIRS = [";".join(name for name in (first, second) if name) for first in _NAMES for second in _NAMES]
_LATER = [f";{pair}" if pair else "" for pair in _PAIRS]


class MissingColumn:
    """Names the unknown descriptors that could still change each row's recommendation."""

    def __init__(self, columns: ColumnAggregator, influence: Influence) -> None:
        sizes = {rule.id: size for rule, size in zip(columns.aggregator.pack, influence.sizes, strict=True)}
        numbers = {name: number for number, name in enumerate(DECIDING)}
        placed = {rule.id: columns.index.positions[number] for number, rule in enumerate(columns.rules)}
        # Per descriptor: what the chances of a rule of each answer, the probabilities and those of every two count for,
        # whenever it is unknown.
        self._always = np.zeros((_FIELDS, 3 * COUNT + len(PAIRS)))
        for field, apart in columns.aggregator.classifier.importance.items():
            self._always[numbers[field], 3 * COUNT :] = np.multiply(APART, apart)
        for field in SIZING:
            self._always[numbers[field], 2 * COUNT : 2 * COUNT + OUTSIDE] += COST
        self._rules: list[tuple[int, int, float, list[int]]] = []
        for rule in columns.aggregator.pack:
            if rule.id not in placed or not sizes[rule.id]:
                continue
            chance, fields = chance_of(rule), [numbers[field] for field in rule.fields]
            if _waits_for_one(rule):
                self._always[fields[0], chance] += sizes[rule.id]
            else:
                self._rules.append((placed[rule.id], chance, sizes[rule.id], fields))

    def column(self, weighed: Weighed, frame: pl.DataFrame) -> pl.Series:
        """The fields of every row, `;`-separated, most decisive first; empty where nothing can be recommended."""
        nulls = frame.select(pl.col(DECIDING).is_null())
        asked = np.stack([column.to_numpy() for column in nulls.iter_columns()]) & (
            weighed.excluded & ALL_OUT != ALL_OUT
        )
        for entry in immaterial():
            holds = frame.select(pl.all_horizontal(expressions(entry.conditions)).fill_null(value=False)).to_series()
            asked[[DECIDING.index(field) for field in entry.fields]] &= ~holds.to_numpy()
        ranked = []
        for start, height in blocks(frame.height, _ROWS):
            rows = slice(start, start + height)
            influence = self._influence(weighed.probabilities[rows], weighed.unknown[rows])
            influence *= asked[:, rows]
            ranked.append(_ranked(influence))
        return _listed(np.concatenate(ranked, axis=1))

    def _influence(self, probabilities: Floats, unknown: BitRows) -> Floats:
        """Influence of each descriptor (line) on each row (column)."""
        probable = np.ascontiguousarray(probabilities.T)
        top = probable.max(axis=0)
        vetoed = np.where(probable == top, probable, probable * (1 - top))
        columns = np.concatenate([vetoed, APART * probable * (1 - probable), probable])
        both = [probable[first] * probable[second] for first, second in PAIRS]
        # Not `@`: its library starts threads, which cost more than they save.
        influence: Floats = np.einsum("fa,ar->fr", self._always, np.vstack([columns, *both]))
        words = np.ascontiguousarray(unknown.T).view(np.int64)
        bits, share = columns.view(np.int64), np.empty(len(probabilities))
        mask = np.empty(len(probabilities), np.int64)
        for position, chance, size, fields in self._rules:
            # The rule's bit becomes the sign and is spread over the whole number, which keeps a probability or none.
            np.left_shift(words[position // BITS], BITS - 1 - position % BITS, out=mask)
            np.right_shift(mask, BITS - 1, out=mask)
            np.bitwise_and(mask, bits[chance], out=mask)
            np.multiply(mask.view(np.float64), size, out=share)
            for field in fields:
                influence[field] += share
        return influence


def _waits_for_one(rule: Rule) -> bool:
    """Whether the rule is unknown just when its one descriptor is."""
    return len(rule.fields) == 1 and all(condition.if_unknown is None for condition in rule.conditions)


def _ranked(influence: Floats) -> NDArray[np.intp]:
    """The numbers of the first MOST descriptors of each row (line by line), by influence; `_FIELDS` for none."""
    influence *= STEPS
    influence += 0.5
    keys = np.minimum(influence, MOST_STEPS, out=influence).astype(np.uint32) << np.uint32(_SHIFT)
    keys |= (_LAST - np.arange(_FIELDS, dtype=np.uint32))[:, None]
    keys *= keys >= np.uint32(LEAST_STEPS << _SHIFT)
    best = np.zeros((MOST, influence.shape[1]), np.uint32)
    spare = np.empty_like(best[0])
    for rest in keys:  # each descriptor takes its place among the best so far and pushes the others down
        for place in best:
            np.minimum(place, rest, out=spare)
            np.maximum(place, rest, out=place)
            rest, spare = spare, rest
    return np.where(best == 0, _FIELDS, _LAST - (best & _LAST)).astype(np.intp)


def _listed(ranked: NDArray[np.intp]) -> pl.Series:
    pairs = ranked[0::2] * len(_NAMES) + ranked[1::2]
    first, later = pl.Series(_PAIRS), pl.Series(_LATER)
    parts = [(later if at else first).gather(pair).alias(str(at)) for at, pair in enumerate(pairs)]
    return pl.DataFrame(parts).select(pl.concat_str(pl.all()).alias("missing")).to_series()
