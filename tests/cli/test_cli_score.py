from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.inventory.workbooks import write
from whichcompute.cli.score import progress_bar
from whichcompute.recommender.columns import RESULTS

MIXED = "workload_id,kind\na,website\nb,websit\n"


def test_an_inventory_is_scored_and_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MIXED)
    done = run("score", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--report", tmp_path / "page.html", "--strict")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("2 rows read, 1 written: ")
    assert "1 row: kind = 'websit': allowed: website" in done.err
    outputs = ["out.csv", "out.csv.rejects.csv", "out.csv.scoring.json", "page.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", *outputs]


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)], ids=["as usual", "strict"])
def test_rejects_change_the_status_only_when_strict(run: Run, tmp_path: Path, options: list[str], status: int) -> None:
    (tmp_path / "in.csv").write_text(MIXED)
    done = run("score", tmp_path / "in.csv", "-o", tmp_path / "out.csv", *options)
    assert done.status == status
    assert (tmp_path / "out.csv").exists()


def test_standard_streams_carry_csv_and_nothing_else(run: Run, tmp_path: Path) -> None:
    done = run("score", "-", "-o", "-", "--rejects", tmp_path / "bad.csv", "--strict", stdin=MIXED)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["workload_id"] for row in rows] == ["a"]
    assert list(rows[0]) == ["workload_id", "kind", *RESULTS]


def test_with_standard_output_rejects_go_to_standard_error_and_no_file_appears(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("-q", "score", "-", "-o", "-", stdin="workload_id,kind\na,website\nb,website,c,d\n")
    assert done.status == 0 and len(done.out.splitlines()) == 2
    (reject,) = csv.DictReader(io.StringIO(done.err))
    assert (reject["line"], reject["code"], reject["workload_id"]) == ("3", "surplus-cells", "b")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("explain", "begin"), [("none", ""), ("short", "not batch: batch."), ("full", "not AWS Batch: ")]
)
def test_reasons_as_long_as_wanted(run: Run, explain: str, begin: str) -> None:
    done = run("score", "-", "-o", "-", "--explain", explain, stdin="kind\nwebsite\n")
    reasons = next(csv.DictReader(io.StringIO(done.out)))["reasons"]
    assert begin in reasons
    assert bool(reasons) == (explain != "none")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv", "-o", "out.csv"], "nowhere.csv: no such file"),
        (["in.csv"], "Missing option '-o'"),
        (["in.csv", "-o", "."], "is a directory; a file is needed"),
        (["in.csv", "-o", "no/such/out.csv"], "out.csv: cannot be written"),
        (["in.csv", "-o", "out.csv", "--preset", "x"], "unknown preset 'x'"),
        (["in.csv", "-o", "out.csv", "--map", "none.yaml"], "none.yaml: no such file"),
        (["in.csv", "-o", "out.csv", "--explain", "long"], "'long' is not one of"),
        (["empty.csv", "-o", "out.csv"], "empty.csv: the file is empty"),
        (["binary.csv", "-o", "out.csv"], "binary.csv: holds NUL bytes, so it is not CSV"),
        ([".", "-o", "out.csv"], "is a directory; a file is needed"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_clear_message(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text(MIXED)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 50)
    done = run("score", *arguments)
    assert done.status == 2
    assert said in done.err
    assert not (tmp_path / "out.csv").exists()


def test_a_draft_of_a_map_goes_to_standard_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("Host,Memory (GB)\na,1\n")
    done = run("score", tmp_path / "in.csv", "--suggest-map")
    assert done.status == 0
    assert "memory_mb: {from: 'Memory (GB)', unit: gb}" in done.out


def test_a_polite_kill_leaves_nothing_half_done(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.csv")
    words = [sys.executable, "-m", "whichcompute", "score", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        with (tmp_path / "in.csv").open("wb") as pipe:
            pipe.write(b"kind\n" + b"website\n" * 2_000_000)
            for _ in range(600):
                if list(tmp_path.glob(".out.csv*")):
                    break
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 130
        assert "Traceback" not in (process.stderr.read() if process.stderr else "")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_sheet_of_a_workbook_is_scored_by_name(run: Run, tmp_path: Path) -> None:
    rows = [["name", "kind"], ["a", "website"]]
    book = write(tmp_path / "in.xlsx", {"Notes": [["x"]], "Machines": rows, "Old": rows * 2})
    done = run("score", book, "-o", tmp_path / "out.csv", "--sheet", "machines")
    assert done.status == 0 and "sheet 'Machines' is read, header in row" in done.err
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("a,website,")
    refused = run("score", book, "-o", tmp_path / "out.csv", "--sheet", "Machine", "--force")
    assert refused.status == 2 and "unknown sheet 'Machine'; allowed: 'Machines', " in refused.err


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("share", [0.5, None], ids=["known size", "unknown size"])
def test_a_terminal_shows_progress(monkeypatch: pytest.MonkeyPatch, share: float | None) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar() as (show, _):
        show(1_200, share)
    assert "1,200 rows, " in terminal.getvalue()


def test_a_notice_takes_the_place_of_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar() as (show, pause):
        show(1_200, 0.5)
        pause()
        terminal.write("Note: x\n")
    text = terminal.getvalue()
    assert "\x1b[2K" in text[text.rindex("a second", 0, text.index("Note")) : text.index("Note")]  # erases the line


def test_other_outputs_show_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    with progress_bar() as (show, _):
        show(1_200, 0.5)
    assert pipe.getvalue() == ""
