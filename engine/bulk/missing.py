"""The `missing` column of a weighed frame: the sum of `Influence.missing`, a rule at a time over all rows."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.bulk.scale import NOBODY, BulkScale, Floats, Weighed
from engine.missing import LEAST, MOST, Influence
from engine.rules import SERVICES
from engine.workload import DECIDING

_FIELDS = len(DECIDING)
_NAMES = [*DECIDING, ""]
_DIGITS = 1e9  # influence is compared in billionths, so that equal sums stay equal however they were added up
_SLOT = 64  # a descriptor's number fits below the influence in one integer
_PAIRS = [";".join(name for name in (first, second) if name) for first in _NAMES for second in _NAMES]
_LATER = [f";{pair}" if pair else "" for pair in _PAIRS]


class BulkMissing:
    """Names the unknown descriptors that could still change each row's recommendation."""

    def __init__(self, bulk: BulkScale, influence: Influence) -> None:
        sizes = {rule.id: size for rule, size in zip(bulk.scale.pack, influence.sizes, strict=True)}
        numbers = {name: number for number, name in enumerate(DECIDING)}
        placed = {rule.id: bulk.index.positions[number] for number, rule in enumerate(bulk.rules)}
        self._rules = [
            (placed[rule.id], SERVICES.index(rule.entry.service), sizes[rule.id], [numbers[f] for f in rule.fields])
            for rule in bulk.scale.pack
            if rule.id in placed and sizes[rule.id]
        ]
        self._importance = [(numbers[field], size) for field, size in bulk.scale.classifier.importance.items()]

    def column(self, weighed: Weighed, frame: pl.DataFrame) -> pl.Series:
        """The fields of every row, `;`-separated, most decisive first; empty where nothing can be recommended."""
        influence = self._influence(weighed)
        asked = weighed.front != NOBODY
        unknown = frame.select(pl.col(DECIDING).is_null())
        for number, name in enumerate(DECIDING):
            influence[number] *= asked & unknown[name].to_numpy()
        return _told(_ranked(influence))

    def _influence(self, weighed: Weighed) -> Floats:
        """Influence of each descriptor (line) on each row (column)."""
        influence = np.zeros((_FIELDS, len(weighed.front)))
        columns = np.ascontiguousarray(weighed.probabilities.T)
        words = np.ascontiguousarray(weighed.unknown.T)
        for position, service, size, fields in self._rules:
            bit = (words[position // 64] >> np.uint64(position % 64)) & np.uint64(1)
            share = size * columns[service] * bit
            for field in fields:
                influence[field] += share
        doubt = 1 - weighed.probabilities.max(axis=1)
        for field, size in self._importance:
            influence[field] += size * doubt
        return influence


def _ranked(influence: Floats) -> NDArray[np.intp]:
    """The numbers of the first MOST descriptors of each row, by influence; `_FIELDS` stands for none."""
    keys = np.rint(influence * _DIGITS)  # whole numbers below 2**53, so the arithmetic is exact
    keys *= _SLOT
    keys += (_SLOT - 1 - np.arange(_FIELDS))[:, None]
    keys *= keys >= LEAST * _DIGITS * _SLOT
    best = np.sort(keys.T, axis=1)[:, : -MOST - 1 : -1].astype(np.intp)
    return np.where(best == 0, _FIELDS, _SLOT - 1 - best % _SLOT)


def _told(ranked: NDArray[np.intp]) -> pl.Series:
    pairs = ranked[:, 0::2] * len(_NAMES) + ranked[:, 1::2]
    first, later = pl.Series(_PAIRS), pl.Series(_LATER)
    parts = [(first if at == 0 else later).gather(pairs[:, at]).alias(str(at)) for at in range(pairs.shape[1])]
    return pl.DataFrame(parts).select(pl.concat_str(pl.all()).alias("missing")).to_series()
