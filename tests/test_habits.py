"""What people do without thinking: closed streams, other encodings, clocks, locales, moved files, two runs at once."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import Done
from tests.test_faults import heed
from whichcompute.base.resources import folder

COMMAND = f"{sys.executable} -m whichcompute"
WORDS = "recommend --set kind=event_handler --set max_duration_s=12"


def shell(script: str, folder: Path, **environment: str) -> Done:
    """A line as typed into a shell."""
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env={**os.environ, **environment}, capture_output=True, timeout=120
    )
    return Done(done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1"))


def scored(folder: Path, name: str = "out.csv", **environment: str) -> bytes:
    (folder / "in.csv").write_text("workload_id,kind,memory_mb\na,website,1.5GB\nb,batch_job,2\n")
    done = shell(f"{COMMAND} score in.csv -o {name} --force", folder, **environment)
    assert done.status == 0, done.err
    return (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("script", "status", "says"),
    [
        (f"{COMMAND} score - -o out.csv <&-", 2, "the file is empty"),
        (f"{COMMAND} {WORDS} >&-", 2, "Error: output"),
        (f"{COMMAND} {WORDS} 2>&-", 0, ""),
        (f"{COMMAND} {WORDS} >/dev/full", 2, "No space left on device"),
    ],
    ids=["input closed", "output closed", "errors closed", "output full"],
)
def test_a_standard_stream_that_is_closed_or_full(script: str, status: int, says: str, tmp_path: Path) -> None:
    done = shell(script, tmp_path)
    assert done.status == status and says in done.err
    assert "bug" not in done.err and "Traceback" not in done.err and "Exception" not in done.err


def test_a_working_folder_that_was_removed_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = shell(f"cd gone; rmdir ../gone; {sys.executable} -m whichcompute {WORDS}", tmp_path, PYTHONSAFEPATH="1")
    assert done.status == 2 and done.err.splitlines()[-1] == "Error: the working folder: No such file or directory"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii"])
def test_a_terminal_with_an_older_encoding_shows_the_whole_answer(encoding: str, tmp_path: Path) -> None:
    done = shell(f"{COMMAND} {WORDS}", tmp_path, PYTHONIOENCODING=encoding)
    assert done.status == 0 and "AWS Lambda" in done.out and done.out.count("\n") > 15


def test_locale_and_time_zone_change_no_byte(tmp_path: Path) -> None:
    plain = scored(tmp_path)
    for name, value in (
        ("LC_ALL", "de_DE.UTF-8"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LC_ALL", "C"),
        ("TZ", "Asia/Tokyo"),
        ("HOME", "/nonexistent"),
    ):
        assert scored(tmp_path, **{name: value}) == plain


def test_a_scored_file_whose_record_stayed_behind_is_compared_and_the_gap_is_said(tmp_path: Path) -> None:
    scored(tmp_path)
    (tmp_path / "moved").mkdir()
    (tmp_path / "out.csv").rename(tmp_path / "moved" / "out.csv")
    scored(tmp_path, "new.csv")
    done = shell(f"{COMMAND} diff moved/out.csv new.csv", tmp_path)
    assert done.status == 0 and "moved/out.csv" in done.out + done.err and "scoring.json" in done.out + done.err


def test_a_second_run_into_one_output_is_refused_while_the_first_works(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "slow.csv")
    words = [*COMMAND.split(), "score", "slow.csv", "-o", "out.csv"]
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE) as first:
        with (tmp_path / "slow.csv").open("wb", buffering=0) as pipe:
            pipe.write(b"kind\n" + b"website\n" * 2_000_000)
            while not list(tmp_path.glob(".out.csv.*.part")):
                assert first.poll() is None
            (tmp_path / "in.csv").write_text("kind\nwebsite\n")
            second = shell(f"{COMMAND} score in.csv -o out.csv", tmp_path)
        assert second.status == 2 and "out.csv: another run is writing it" in second.err
        assert first.wait(120) == 0
    assert (tmp_path / "out.csv").read_text().count("\n") == 2_000_001


def test_a_pipe_in_place_of_a_file_gets_the_answers(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    done = shell(f"{COMMAND} score in.csv -o /dev/stdout | head -n 1", tmp_path)
    assert done.status == 0 and done.out.startswith("kind,recommended_service")
    done = shell(
        f"{COMMAND} score in.csv -o >(cat >piped); while ! grep -q website piped; do sleep 0.1; done", tmp_path
    )
    assert done.status == 0 and sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "piped"]


def test_a_name_that_is_not_text_is_scored_with_a_report(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"i\xff.csv")).write_text("kind\nwebsite\n")
    done = shell(f"{COMMAND} score i*.csv -o o.csv --report r.html", tmp_path)
    assert done.status == 0 and (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("recommend w.md --adr w.md", "w.md"),
        ("map in.csv -o in.csv", "in.csv"),
        ("scan infra -o infra/t.json", "infra/t.json"),
        ("scan . infra/t.json -o infra/t.json", "infra/t.json"),
        ("ask --plain --from infra/t.json --save infra/t.json </dev/null", "infra/t.json"),
    ],
)
def test_no_option_replaces_what_the_run_reads(words: str, read: str, tmp_path: Path) -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12"}}
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"A": function}})
    (tmp_path / "infra").mkdir()
    for name, text in (("w.md", "kind: website\n"), ("in.csv", "kind\nwebsite\n"), ("infra/t.json", template)):
        (tmp_path / name).write_text(text)
    before = (tmp_path / read).read_text()
    done = shell(f"{COMMAND} {words.replace(' <', ' --force <') if '<' in words else f'{words} --force'}", tmp_path)
    assert done.status == 2 and f"{read} is read by this run" in done.err
    assert (tmp_path / read).read_text() == before


def test_a_scan_replaces_what_an_earlier_one_wrote(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: nginx, ports: ['80:80']}}\n")
    for name in ("found.json", "found.csv"):
        for _ in range(2):
            assert shell(f"{COMMAND} scan . -o {name} --force", tmp_path).status == 0


def test_an_interrupt_while_the_command_is_loaded_shows_no_traceback(tmp_path: Path) -> None:
    for wait in (0.02, 0.05, 0.08, 0.11, 0.14):
        words = [sys.executable, "-c", "from whichcompute.__main__ import run; run()", *WORDS.split()]
        with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        # Before our first line runs, Python itself answers.
        assert b"whichcompute/cli" not in errors or b"Traceback" not in errors


def children(parent: int) -> list[Path]:
    def parent_of(stat: Path) -> int:
        with suppress(OSError):  # it has just ended
            return int(stat.read_text().rpartition(")")[2].split()[1])
        return 0

    return [stat for stat in Path("/proc").glob("[0-9]*/stat") if parent_of(stat) == parent]


@pytest.mark.skipif(
    sys.platform != "linux" or os.cpu_count() == 1,
    reason="lists processes as Linux does it; one core trains without workers",
)
def test_a_training_that_is_ended_leaves_no_process_and_no_model(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    header, *rows = (folder("data") / "cases" / "decisions.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "cases.csv").write_text(header + "".join(rows[::16]), "utf-8")
    words = [*COMMAND.split(), "train", "--cases", "cases.csv", "--out", "model"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=-1, stderr=-1, preexec_fn=heed) as training:
        while len(children(training.pid)) < 2:
            assert training.poll() is None
        training.terminate()
        training.communicate(timeout=60)  # its children hold these pipes too
    assert training.returncode == 130 and not (tmp_path / "model").exists()


def test_a_comparison_brings_no_formula_into_a_spreadsheet(tmp_path: Path) -> None:
    for name, answers in (("old", "event_handler,12,stateless"), ("new", "batch_job,7200,persistent")):
        rows = f'=1+1,{answers}\n"a\rb",{answers}\n'
        (tmp_path / f"{name}.csv").write_text(f"workload_id,kind,max_duration_s,state\n{rows}")
        assert shell(f"{COMMAND} score {name}.csv -o {name}.out.csv", tmp_path).status == 0
    assert shell(f"{COMMAND} diff old.out.csv new.out.csv -o d.csv", tmp_path).status == 0
    with (tmp_path / "d.csv").open(newline="") as file:
        changed = list(csv.DictReader(file))
    assert {row["row"] for row in changed} == {"'=1+1", "a\rb"}
    assert not any(cell[:1] in "=+-@" for row in changed for cell in row.values() if cell)


def test_files_of_thousands_of_columns_are_compared(tmp_path: Path) -> None:
    columns = [f"c{number}" for number in range(8_000)]
    for name in ("old", "new"):
        (tmp_path / f"{name}.csv").write_text(f"workload_id,kind,{','.join(columns)}\nw,website{',1' * 8_000}\n")
        assert shell(f"{COMMAND} score {name}.csv -o {name}.out.csv", tmp_path).status == 0
    assert shell(f"{COMMAND} diff old.out.csv new.out.csv", tmp_path).status == 0
