"""The real decisions, as known values."""

from __future__ import annotations

import csv

from whichcompute.base.resources import folder
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, read


def _read() -> list[dict[str, Value]]:
    with (folder("data") / "cases" / "decisions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [read({name: cell for name, cell in row.items() if name in DESCRIPTORS}) for row in rows]


CASES = _read()
