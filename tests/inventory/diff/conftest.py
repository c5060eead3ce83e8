from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.rule_packs import rule
from whichcompute import Engine
from whichcompute.inventory import ScoringRequest, score_inventory
from whichcompute.inventory.diff import ScoringComparison, compare

PACK = 'name = "house"\n' + rule("lambda.not-here", "kind == 'event_handler'")
BEFORE_15_MINUTES = date(2018, 10, 9)
ROWS = (
    "workload_id,note,kind,max_duration_s,state,splittable\n"
    "nightly,x,scheduled_task,600,stateless,false\n"
    "thumbs,x,event_handler,5,stateless,\n"
    "site,x,website,1,stateless,\n"
)


@cache
def engine_of(as_of: date | None, pack: Path | None) -> Engine:
    return Engine(rules=[pack] if pack else [], as_of=as_of)


@dataclass
class Scorings:
    """Scores texts into files of a folder, and compares them."""

    folder: Path

    def score(
        self, text: str, name: str, as_of: date | None = None, pack: str | None = None, **options: object
    ) -> Path:
        """The scored file."""
        source = self.folder / f"{name}.in.csv"
        source.write_text(text)
        rules = self.folder / "house.toml"
        if pack is not None:
            rules.write_text(pack)
        request = ScoringRequest(str(source), str(self.folder / name), **options)
        engine = engine_of(as_of, rules if pack is not None else None)
        score_inventory(request, engine.columns, lambda _: None, lambda *_: None)
        return self.folder / name

    def copy(self, source: Path, name: str, *, record: bool = True) -> Path:
        """A copy of a scored file, with its record or without."""
        shutil.copy(source, self.folder / name)
        if record:
            shutil.copy(f"{source}.scoring.json", self.folder / f"{name}.scoring.json")
        return self.folder / name

    @staticmethod
    def compare(old: Path, new: Path, key: str | None = None, *, cells: bool = False) -> ScoringComparison:
        """The comparison of two scored files."""
        return compare(str(old), str(new), key=key, cells=cells)


@pytest.fixture
def scorings(tmp_path: Path) -> Scorings:
    return Scorings(tmp_path)
