"""Pieces scored by several processes: the same rows, in order, whatever happens to a process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.inventory.conftest import Scorer
from whichcompute.inventory import workers
from whichcompute.inventory.readers import csv_source, frame_source, json_source, opening
from whichcompute.inventory.workers import Workers, _Process

ROWS = 400
KINDS = ("website", "batch_job", "", "event_handler", "server", "nonsense")


def _frame() -> pl.DataFrame:
    numbers = [(row * 7919) % 5000 for row in range(ROWS)]
    return pl.DataFrame(
        {
            "workload_id": [f"w{row}" for row in range(ROWS)],
            "kind": [KINDS[row % len(KINDS)] for row in range(ROWS)],
            "max_duration_s": [str(number) if number % 3 else None for number in numbers],
            "memory_mb": [f"{number}MB" if number % 2 else None for number in numbers],
        }
    )


WRITTEN: dict[str, Callable[[Path], object]] = {
    "in.csv": lambda path: path.write_text(_frame().write_csv() + "a,b,c,d,e,f\n"),
    "in.jsonl": lambda path: path.write_text(_frame().write_ndjson()),
    "in.parquet": lambda path: _frame().write_parquet(path),
}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Pieces of some rows, two cores, and a process from the first piece on; holds what processes answered."""
    monkeypatch.setattr(workers, "cores", lambda: 2)
    monkeypatch.setattr(workers, "MANY", 0)
    for module, name in ((csv_source, "BLOCK"), (json_source, "BLOCK")):
        monkeypatch.setattr(module, name, 2000)
    monkeypatch.setattr(opening, "_block", lambda size: 2000)
    monkeypatch.setattr(frame_source, "ROWS", 50)
    found: list[object] = []
    score = _Process.score

    def counted(self: _Process, *given: object) -> object:
        found.append(score(self, *given))
        return found[-1]

    monkeypatch.setattr(_Process, "score", counted)
    return found


@pytest.mark.parametrize("name", WRITTEN)
def test_a_process_gives_the_same_rows_in_the_same_order(
    scorer: Scorer, answered: list[object], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    WRITTEN[name](scorer.folder / name)
    several = scorer(name, out="several.csv", values=True, report="page.html")
    assert answered
    monkeypatch.setattr(workers, "cores", lambda: 1)
    before = len(answered)
    one = scorer(name, out="one.csv", values=True, report="page.html")
    assert len(answered) == before
    assert scorer.read("several.csv") == scorer.read("one.csv")
    assert (several.rows, several.tally.rejects, several.tally.unread) == (
        one.rows,
        one.tally.rejects,
        one.tally.unread,
    )
    assert several.tally.listed().equals(one.tally.listed())


def test_a_process_that_ends_is_named_and_its_rows_are_scored_all_the_same(
    scorer: Scorer, answered: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    WRITTEN["in.csv"](scorer.folder / "in.csv")
    broken = tmp_path / "worker.py"
    broken.write_text("import os, sys; sys.stdin.buffer.read(1); os._exit(7)")
    monkeypatch.setattr(workers.worker, "__file__", str(broken))
    scorer("in.csv", out="several.csv")
    assert not answered
    assert sum("a process that scores ended with status" in said for said in scorer.said) == 1
    monkeypatch.setattr(workers, "cores", lambda: 1)
    scorer("in.csv", out="one.csv")
    assert scorer.read("several.csv") == scorer.read("one.csv")


def test_an_error_in_a_process_is_raised_here(
    scorer: Scorer, answered: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    WRITTEN["in.csv"](scorer.folder / "in.csv")
    failing = tmp_path / "worker.py"
    failing.write_text(
        "import pickle, sys\n"
        "sys.path[:] = pickle.load(sys.stdin.buffer); pickle.load(sys.stdin.buffer); pickle.load(sys.stdin.buffer)\n"
        "pickle.dump((False, ZeroDivisionError('there')), sys.stdout.buffer); sys.stdout.flush()\n"
    )
    monkeypatch.setattr(workers.worker, "__file__", str(failing))
    with pytest.raises(ZeroDivisionError, match="there"):
        scorer("in.csv", out="several.csv")
    assert not (scorer.folder / "several.csv").exists()


def test_no_process_is_left_when_a_scoring_is_given_up(
    scorer: Scorer, answered: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITTEN["in.csv"](scorer.folder / "in.csv")
    made: list[Workers] = []
    start = Workers.__init__

    def kept(self: Workers, *given: object, **named: object) -> None:
        start(self, *given, **named)
        made.append(self)

    def interrupted(rows: int, share: float | None) -> None:
        if answered:
            raise KeyboardInterrupt

    monkeypatch.setattr(Workers, "__init__", kept)
    with pytest.raises(KeyboardInterrupt):
        _scored(scorer, interrupted)
    (process,) = made[0]._processes
    assert process._process is not None
    assert process._process.poll() is not None
    assert not [said for said in scorer.said if "ended" in said]
    assert [path.name for path in scorer.folder.iterdir()] == ["in.csv"]


def _scored(scorer: Scorer, progress: Callable[[int, float | None], None]) -> None:
    from whichcompute.inventory import ScoringRequest, score_inventory

    request = ScoringRequest(str(scorer.folder / "in.csv"), str(scorer.folder / "out.csv"))
    score_inventory(request, scorer.engine.columns, scorer.said.append, progress)


def test_corrected_rows_are_put_back_in_one_process(scorer: Scorer, answered: list[object]) -> None:
    WRITTEN["in.csv"](scorer.folder / "in.csv")
    scorer("in.csv", out="first.csv", rejects="rejects.csv")
    answered.clear()
    scorer("in.csv", out="second.csv", merge=str(scorer.folder / "rejects.csv"))
    assert not answered
