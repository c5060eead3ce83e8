"""Frames of random workloads, and their scalar counterparts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from engine.bulk.columns import dtype_of, type_columns
from engine.workload import DECIDING, DESCRIPTORS, Value

SCHEMA = {name: dtype_of(DESCRIPTORS[name]) for name in DECIDING}


def typed_frame(rows: Sequence[dict[str, Value]]) -> pl.DataFrame:
    """A typed frame with one row for each workload."""
    return type_columns(
        pl.DataFrame([{"row": n, **row} for n, row in enumerate(rows)], schema={"row": pl.Int64, **SCHEMA})
    ).frame
