"""The `outside` column of a weighed frame: ids of places outside the services compared, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from whichcompute.knowledge.outside import NAMED_FROM, deciding_fields, likely_places
from whichcompute.knowledge.services import NONE
from whichcompute.recommender.columns.aggregation import OUTSIDE, ColumnAggregator, Ints, Weighed
from whichcompute.recommender.columns.reasons import bit_of, per_pattern
from whichcompute.recommender.reasons import place_order

FIRST_PLACE = pl.col("outside").str.split(";").list.first()
"""Of the results of each row: the place outside that fits best."""

_PACKED = 30


def answer(service: str = "recommended_service") -> pl.Expr:
    """Of the results of each row: the service in a column, or the best place outside where it is none of those."""
    return pl.when((pl.col(service) == NONE) & (FIRST_PLACE != "")).then(FIRST_PLACE).otherwise(service)


class OutsideColumn:
    """Names the places that the rules of the answer `none` point to; each distinct pattern is worked out once."""

    def __init__(self, columns: ColumnAggregator) -> None:
        chosen = [
            (position, rule)
            for position, rule in zip(columns.index.positions, columns.rules, strict=False)
            if rule.entry.service == NONE and rule.entry.effect == "prefer" and rule.entry.outside
        ]
        # In the order of the pack, as for one workload.
        order = {rule.id: number for number, rule in enumerate(columns.aggregator.pack)}
        chosen.sort(key=lambda pair: order[pair[1].id])
        self._positions = [position for position, _ in chosen]
        self._rules = [rule for _, rule in chosen]

    def column(self, weighed: Weighed, frame: pl.DataFrame) -> pl.Series:
        """The places of every row, `;`-separated; empty where nothing points outside."""
        bits = [bit_of(weighed.fired, position) for position in self._positions]
        columns = [_packed(bits[first : first + _PACKED]) for first in range(0, len(bits), _PACKED)]
        likely = (weighed.leading == OUTSIDE) | (weighed.probabilities[:, OUTSIDE] >= NAMED_FROM)
        unnamed = likely & np.logical_and.reduce([column == 0 for column in columns])
        names = deciding_fields()
        known = frame.select(pl.when(pl.Series(unnamed)).then(name).alias(name) for name in names)
        return per_pattern([*columns, unnamed.astype(np.intp)], names, known, self._text)

    def _text(self, numbers: Sequence[int], values: Mapping[str, Any]) -> str:
        *packed, unnamed = numbers
        if unnamed:
            return ";".join(likely_places(values))
        rules = [rule for at, rule in enumerate(self._rules) if packed[at // _PACKED] >> at % _PACKED & 1]
        return ";".join(place for place, _ in place_order(rules))


def _packed(bits: Sequence[Ints]) -> Ints:
    """Columns of 0 and 1 as one number, the first lowest."""
    total = bits[0]
    for at, bit in enumerate(bits[1:], start=1):
        total = total | bit << at
    return total
