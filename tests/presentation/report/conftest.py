from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.inventory import Outcome, ScoringRequest, score_inventory
from whichcompute.inventory.run import Page
from whichcompute.presentation.report import report_page


class Reporter:
    """Scores a CSV text and gives the outcome and the page."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    def __call__(self, text: str, *, strict: bool = False) -> tuple[Outcome, str]:
        (self.folder / "in.csv").write_text(text)
        request = ScoringRequest(
            str(self.folder / "in.csv"),
            str(self.folder / "out.csv"),
            report=str(self.folder / "page.html"),
            strict=strict,
        )
        page: Page = partial(report_page, columns=self.engine.columns)
        outcome = score_inventory(request, self.engine.columns, lambda _: None, lambda *_: None, page)
        return outcome, (self.folder / "page.html").read_text()


@pytest.fixture
def reporter(engine: Engine, tmp_path: Path) -> Reporter:
    return Reporter(engine, tmp_path)
