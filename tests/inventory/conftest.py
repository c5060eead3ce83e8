from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from whichcompute import Engine
from whichcompute.inventory import Outcome, ScoringRequest, score_inventory


@dataclass
class Scorer:
    """Scores a file and remembers what was said and how far it got."""

    engine: Engine
    folder: Path
    said: list[str] = field(default_factory=list)
    progress: list[tuple[int, float | None]] = field(default_factory=list)

    def __call__(self, inventory: str | bytes, out: str = "out.csv", **options: object) -> Outcome:
        if isinstance(inventory, bytes):
            (self.folder / "in.csv").write_bytes(inventory)
            inventory = "in.csv"
        for name in ("rejects", "report", "map_file"):
            if options.get(name):
                options[name] = str(self.folder / str(options[name]))
        options.setdefault("force", True)  # most tests score again into the same file
        request = ScoringRequest(str(self.folder / inventory), str(self.folder / out), **options)
        return score_inventory(request, self.engine.columns, self.said.append, lambda *done: self.progress.append(done))

    def read(self, name: str) -> bytes:
        """The bytes of a file that was written."""
        return (self.folder / name).read_bytes()


@pytest.fixture
def scorer(engine: Engine, tmp_path: Path) -> Scorer:
    return Scorer(engine, tmp_path)


def read_values(scorer: Scorer, *names: str) -> list[list[object]]:
    """What was read of these fields, a list for each row, as text."""
    frame = pl.read_csv(scorer.folder / "out.csv", infer_schema=False)
    unread = [pl.lit(None, pl.String).alias(f"read_{name}") for name in names if f"read_{name}" not in frame.columns]
    return [list(row) for row in frame.with_columns(unread).select(f"read_{name}" for name in names).rows()]
