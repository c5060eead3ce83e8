from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

ROWS = "workload_id,kind,max_duration_s,state\nnightly,scheduled_task,600,stateless\nthumbs,event_handler,5,stateless\n"


@pytest.fixture
def scored(run: Run, tmp_path: Path) -> Path:
    """A folder with an inventory scored by the limits of 2018 (old.csv), and by newer ones (new.csv)."""
    (tmp_path / "in.csv").write_text(ROWS)
    for name, day in (("old.csv", "2018-10-09"), ("new.csv", "2026-11-23")):
        assert run("--as-of", day, "score", tmp_path / "in.csv", "-o", tmp_path / name).status == 0
    return tmp_path


def test_what_changed_is_told_with_its_cause(run: Run, scored: Path) -> None:
    done = run("diff", scored / "old.csv", scored / "new.csv")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("1 of 2 rows: another service, place or decision")
    assert "lambda.max_duration: 5 min -> 15 min" in done.out
    assert "\x1b" not in done.out


def test_nothing_changed_is_said(run: Run, scored: Path) -> None:
    done = run("diff", scored / "new.csv", scored / "new.csv", "--fail-on", "any")
    assert (done.status, done.out) == (0, "no recommendation changed (2 rows)\n")


@pytest.mark.parametrize(("fail_on", "status"), [("never", 0), ("changed", 1), ("any", 1)])
def test_a_pipeline_can_fail_on_a_change(run: Run, scored: Path, fail_on: str, status: int) -> None:
    assert run("diff", scored / "old.csv", scored / "new.csv", "--fail-on", fail_on).status == status


def test_a_removed_row_fails_on_any_only(run: Run, scored: Path) -> None:
    (scored / "less.csv").write_text("".join(ROWS.splitlines(keepends=True)[:2]))
    run("--as-of", "2026-11-23", "score", scored / "less.csv", "-o", scored / "fewer.csv")
    files = (scored / "new.csv", scored / "fewer.csv")
    assert [run("diff", *files, "--fail-on", level).status for level in ("changed", "any")] == [0, 1]


def test_json_and_a_table_are_written(run: Run, scored: Path) -> None:
    done = run("diff", scored / "old.csv", scored / "new.csv", "--json", "-o", scored / "changed.csv")
    assert json.loads(done.out)["rows"]["changed"] == 1
    assert (scored / "changed.csv").read_text().splitlines()[1].startswith("nightly,changed,1,1,fargate,lambda,")


def test_notices_go_to_standard_error(run: Run, scored: Path) -> None:
    (scored / "old.csv.scoring.json").unlink()
    done = run("diff", scored / "old.csv", scored / "new.csv")
    assert "Note: " in done.err
    assert "no record of the scoring" in done.err
    assert "not the input" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv", "new.csv"], "nowhere.csv: no such file"),
        (["in.csv", "new.csv"], "in.csv: no column 'recommended_service'"),
        (["-", "new.csv"], "-: must be a file, as it is read twice"),
        (["old.csv", "new.csv", "--key", "team"], "no input column 'team'"),
        (["old.csv", "new.csv", "--key", "state"], "column 'state' holds 'stateless' more than once"),
        (["old.csv", "new.csv", "--all", "--limit", "3"], "--all or --limit"),
        (["old.csv", "new.csv", "--fail-on", "never", "-o", "new.csv"], "new.csv: is one of the files"),
        (["old.csv", "new.csv", "-o", "old.csv.scoring.json"], "is one of the files"),
        (["old.csv", "new.csv", "-o", "no/such/x.csv"], "x.csv: cannot be written"),
        (["old.csv", "broken.csv"], "broken.csv.scoring.json: not the record of a scoring"),
    ],
)
def test_what_cannot_be_compared_ends_with_2_and_one_clear_message(
    run: Run, scored: Path, arguments: list[str], said: str
) -> None:
    (scored / "broken.csv").write_text((scored / "new.csv").read_text())
    (scored / "broken.csv.scoring.json").write_text("{")
    here = [str(scored / word) if word.endswith((".csv", ".json")) else word for word in arguments]
    done = run("diff", *here)
    assert done.status == 2
    assert said in done.err
    assert done.out == ""


def test_the_record_lies_beside_the_output_and_is_told(run: Run, scored: Path) -> None:
    done = run("score", scored / "in.csv", "-o", scored / "again.csv")
    assert (scored / "again.csv.scoring.json").exists()
    assert done.err.splitlines()[-1].startswith("fingerprint ")
    streamed = run("score", "-", "-o", "-", stdin=ROWS)
    assert "recorded in" not in streamed.err
    assert streamed.err.splitlines()[-1].startswith("fingerprint ")
