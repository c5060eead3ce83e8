"""Writes inventories of any size for measurements: 38 columns, a third of the cells empty, the same rows every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Descriptor

COLUMNS = ["workload_id", "description", *DECIDING[:36]]
EMPTY = 1 / 3
_TEXTS = ["nightly job, makes the invoices", "reads events", "serves pages to customers", "imports files, then mails"]
_PIECE = 200_000
_USUAL = {  # so that a row is more often than not something that could exist
    "os": (["linux", "windows", "any", "other"], [0.75, 0.2, 0.04, 0.01]),
    "host_access": (["none", "privileged", "kernel"], [0.95, 0.04, 0.01]),
    "dedicated_hardware": (["true", "false"], [0.02, 0.98]),
    "tightly_coupled": (["true", "false"], [0.02, 0.98]),
    "gpus": (["0", "1", "4"], [0.95, 0.04, 0.01]),
}
_LARGEST = {"memory_mb": 65_536, "vcpus": 32, "scratch_gb": 500, "payload_mb": 50, "package_mb": 2_000}


def _column(descriptor: Descriptor, rows: int, rng: np.random.Generator, first: int) -> pl.Series:
    name = descriptor.name
    if name == "workload_id":
        return pl.Series(name, [f"workload-{first + row}" for row in range(rows)])
    if descriptor.type == "text":
        return pl.Series(_TEXTS).gather(rng.integers(0, len(_TEXTS), rows)).alias(name)
    if name in _USUAL:
        values, shares = _USUAL[name]
        return pl.Series(values).gather(rng.choice(len(values), rows, p=shares)).alias(name)
    if descriptor.type != "number":
        values = list(descriptor.choices) or ["true", "false"]
        return pl.Series(values).gather(rng.integers(0, len(values), rows)).alias(name)
    largest = min(_LARGEST.get(name, 100_000), descriptor.maximum)
    numbers = 10 ** rng.uniform(-1, np.log10(largest), rows)
    text = np.ceil(numbers).astype(np.int64) if descriptor.integer else numbers.round(1)
    return pl.Series(name, text).cast(pl.String)


def _frame(rows: int, rng: np.random.Generator, first: int) -> pl.DataFrame:
    columns = [_column(DESCRIPTORS[name], rows, rng, first) for name in COLUMNS]
    empty = {name: pl.Series(rng.random(rows) < EMPTY) for name in COLUMNS[1:]}
    return pl.DataFrame(columns).with_columns(
        pl.when(~pl.lit(mask)).then(pl.col(name)).alias(name) for name, mask in empty.items()
    )


def write_inventory(path: Path, rows: int, seed: int = 7) -> None:
    """Writes a CSV inventory with this many rows."""
    rng = np.random.default_rng(seed)
    with path.open("wb") as file:
        for first in range(0, rows, _PIECE):
            frame = _frame(min(_PIECE, rows - first), rng, first)
            frame.write_csv(file, include_header=first == 0)
