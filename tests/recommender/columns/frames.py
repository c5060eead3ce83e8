"""Frames of random workloads, and their scalar counterparts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.recommender.columns.typed import dtype_of, type_columns

SCHEMA = {name: dtype_of(DESCRIPTORS[name]) for name in DECIDING}


def typed_frame(rows: Sequence[dict[str, Value]]) -> pl.DataFrame:
    """A typed frame with one row for each workload."""
    return type_columns(
        pl.DataFrame([{"row": n, **row} for n, row in enumerate(rows)], schema={"row": pl.Int64, **SCHEMA})
    ).frame
