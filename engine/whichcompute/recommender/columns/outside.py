"""The `outside` column of a weighed frame: ids of places outside the services compared, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from whichcompute.knowledge.outside import likely_places
from whichcompute.knowledge.services import NONE
from whichcompute.recommender.columns.aggregation import OUTSIDE, ColumnAggregator, Weighed
from whichcompute.recommender.columns.reasons import bits_of, per_pattern
from whichcompute.recommender.reasons import place_order


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
        fired = bits_of(weighed.fired, self._positions).astype(np.uint8)
        likely = (weighed.leading == OUTSIDE) | (weighed.plausible >> OUTSIDE & 1 == 1)
        unnamed = likely & ~fired.any(axis=1)
        packed = np.packbits(np.hstack([fired, unnamed[:, None]]), axis=1)
        kinds = frame.select(pl.when(pl.Series(unnamed)).then("kind").alias("kind"))
        return per_pattern([*packed.T.astype(np.intp)], ["kind"], kinds, self._text)

    def _text(self, octets: Sequence[int], values: Mapping[str, Any]) -> str:
        bits = np.unpackbits(np.array(octets, np.uint8))[: len(self._rules) + 1]
        rules = [rule for rule, fires in zip(self._rules, bits, strict=False) if fires]
        named = [place for place, _ in place_order(rules)]
        return ";".join(likely_places(values["kind"]) if bits[-1] else named)
