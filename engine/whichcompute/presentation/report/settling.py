"""Which answers would resolve open workloads: unknown fields are tried with each of their possible values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.recommender.columns import ColumnRecommender
from whichcompute.recommender.columns.typed import dtype_of

_SAMPLE = 400  # open rows that are tried; their share is taken for all
_MOST_VALUES = 12
_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Settling:
    """Filling in these fields resolves this many of the open rows, on average over the values they may take."""

    fields: tuple[str, ...]
    rows: int
    of: int


def settling(columns: ColumnRecommender, open_rows: pl.DataFrame, total: int, missing: Sequence[str]) -> list[Settling]:
    """The fields that resolve most, one after another: the best, the best with it, and so on, at most three.

    `open_rows` are typed rows that are close or undecided, `total` how many of those there are, `missing` the fields
    that are worth trying. Every value that a rule or the classifier distinguishes counts the same.
    """
    if not total or not open_rows.height:
        return []
    sample = open_rows.sample(min(_SAMPLE, open_rows.height), seed=1)
    chosen: list[str] = []
    found = []
    for _ in range(3):
        tried = {
            field: _share(columns, sample, [*chosen, field]) for field in missing[:_CANDIDATES] if field not in chosen
        }
        if not tried:
            break
        best = max(tried, key=lambda field: tried[field])
        chosen.append(best)
        found.append(Settling(tuple(chosen), round(tried[best] * total), total))
    return found


def _share(columns: ColumnRecommender, sample: pl.DataFrame, fields: Sequence[str]) -> float:
    """The share of the sample that is decided, on average over the values of the fields."""
    rng = np.random.default_rng(1)
    filled = pl.concat([sample] * _MOST_VALUES)
    for field in fields:
        values = _values(columns, field)
        drawn = pl.Series(values, dtype=dtype_of(DESCRIPTORS[field])).gather(_spread(rng, filled.height, len(values)))
        filled = filled.with_columns(pl.coalesce(pl.col(field), pl.lit(drawn)).alias(field))
    return float(np.mean(columns.weigh(columns.complete(filled)).single()))


def _spread(rng: np.random.Generator, rows: int, values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Numbers of values in random order, each as often as the others."""
    return rng.permutation(np.arange(rows) % values)


def _values(columns: ColumnRecommender, field: str) -> list[object]:
    descriptor = DESCRIPTORS[field]
    if descriptor.type == "boolean":
        return [True, False]
    if descriptor.type == "choice":
        return list(descriptor.choices)
    known = columns.aggregator.index.representatives(field)
    return [value for value in known if 0 <= value <= descriptor.maximum] or [0.0]
