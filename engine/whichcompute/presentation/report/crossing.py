"""Where costs cross: for the most expensive workloads of the table, cost over calls, as pictures in the page."""

from __future__ import annotations

import base64
from typing import NamedTuple

import polars as pl

from whichcompute.base.errors import WhichcomputeError
from whichcompute.inventory.tally import LINE, NAME
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.presentation.charts import cost_chart
from whichcompute.recommender.recommender import Recommender

MOST = 3
_TRIED = 12  # not every workload says enough for a chart, and each takes some tenths of a second


class Crossing(NamedTuple):
    """One picture: the workload's name, and the picture as an address that loads nothing."""

    name: str
    address: str


def crossings(rows: pl.DataFrame, recommender: Recommender) -> list[Crossing]:
    """The charts of at most MOST workloads, the most expensive first; none where too little is known for one."""
    priced = rows.filter(pl.col("monthly_cost_usd").is_not_null(), pl.col("invocations_per_month").is_not_null())
    found: list[Crossing] = []
    for row in priced.sort("monthly_cost_usd", descending=True).head(_TRIED).iter_rows(named=True):
        if len(found) == MOST:
            break
        values = {name: row[name] for name in DECIDING if row[name] is not None}
        try:
            picture = cost_chart(recommender, values)
        except WhichcomputeError:
            continue
        coded = base64.b64encode(picture.encode()).decode()
        found.append(Crossing(str(row[NAME] or f"line {row[LINE]}")[:120], f"data:image/svg+xml;base64,{coded}"))
    return found
