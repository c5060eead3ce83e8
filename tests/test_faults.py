"""What happens when the machine, the disk, the input or the reader of the output fails: whole outputs or none."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run
from whichcompute import Engine
from whichcompute.base.documents import parse_workload
from whichcompute.base.errors import DataError, InventoryError
from whichcompute.importers.catalogue import image_language
from whichcompute.importers.compose import _stem
from whichcompute.importers.quantities import seconds
from whichcompute.inventory import ScoringRequest, score_inventory
from whichcompute.inventory.diff.causes import named
from whichcompute.inventory.maps.numerals import evidence
from whichcompute.inventory.readers import opening
from whichcompute.inventory.readers.excel_values import units
from whichcompute.inventory.readers.printed import as_csv

LONG = 50_000
MANY = b"kind\n" + b"website\n" * 2_000_000


def score(folder: Path, name: str = "in.csv") -> list[str]:
    return [sys.executable, "-m", "whichcompute", "score", str(folder / name), "-o", str(folder / "out.csv"), "--force"]


def heed() -> None:
    """A run started in the background may have been told to ignore these signals."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def begun(folder: Path) -> bool:
    for _ in range(600):
        if list(folder.glob(".out.csv*")):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("sent", "status", "left"),
    [(signal.SIGKILL, -signal.SIGKILL, True), (signal.SIGINT, 130, False), (signal.SIGHUP, 130, False)],
    ids=["kill -9", "Ctrl-C", "terminal closed"],
)
def test_an_interrupted_run_leaves_the_earlier_output(
    sent: signal.Signals, status: int, left: bool, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "in.csv")
    (tmp_path / "out.csv").write_text("earlier")
    with subprocess.Popen(score(tmp_path), stderr=subprocess.PIPE, text=True, preexec_fn=heed) as process:
        with (tmp_path / "in.csv").open("wb") as pipe:
            pipe.write(MANY)
            assert begun(tmp_path)
            process.send_signal(sent)
        assert process.wait(60) == status
        assert "Traceback" not in (process.stderr.read() if process.stderr else "")
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert bool(list(tmp_path.glob(".out.csv*.part"))) == left
    (tmp_path / "in.csv").unlink()
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    assert subprocess.run(score(tmp_path), capture_output=True, timeout=120).returncode == 0
    assert not list(tmp_path.glob(".out.csv*"))  # the next run removes what the killed one left


@pytest.mark.parametrize(
    ("words", "most", "named"),
    [
        (["-o", "out.csv"], 20_000, "out.csv"),
        (["-o", "out.jsonl"], 20_000, "out.jsonl"),
        (["-o", "out.parquet"], 1_000, "out.parquet"),
        (["-o", "out.xlsx"], 20_000, "out.xlsx"),
        (["-o", "/dev/null", "--report", "page.html"], 20_000, "page.html"),
    ],
    ids=["CSV", "JSON", "Parquet", "Excel", "report"],
)
def test_a_full_disk_leaves_no_output_and_is_said(words: list[str], most: int, named: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(MANY[: 13 if "--report" in words else 80_000])
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); sys.dont_write_bytecode = True;"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})); from whichcompute.cli import main; main()"
    )
    run = [sys.executable, "-c", limited, "score", "in.csv", *words]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"Error: {named}: cannot be written (File too large)"), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def unprivileged() -> None:
    """A superuser may write anywhere, but not what is started without that right."""
    drop_from_bounding_set, override_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, override_permissions, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="rights are dropped as Linux does it")
@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("score in.csv -o {}/out.csv", "out.csv"),
        ("score in.csv -o {}/out.xlsx", "out.xlsx"),
        ("score in.csv -o out.csv --report {}/page.html", "page.html"),
        ("recommend w.yaml --adr {}/a.md", "a.md"),
        ("init {}/new.yaml", "new.yaml"),
        ("scan . -o {}/s.csv", "s.csv"),
    ],
)
def test_a_folder_that_may_not_be_written_to_is_named(words: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    (tmp_path / "w.yaml").write_text("kind: website\n")
    (tmp_path / "Procfile").write_text("web: gunicorn a:app\n")
    (tmp_path / "closed").mkdir(mode=0o555)
    run = [sys.executable, "-m", "whichcompute", *words.format("closed").split()]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, cwd=tmp_path, preexec_fn=unprivileged)
    assert done.returncode == 2
    said = f"Error: closed/{named}: cannot be written (Permission denied); choose a writable location"
    assert done.stderr.splitlines()[-1] == said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Procfile", "closed", "in.csv", "w.yaml"]


@pytest.mark.parametrize("option", ["-o", "--report", "--rejects"])
def test_a_place_that_cannot_be_written_is_named(option: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    (tmp_path / "file").touch()
    name = "x.html" if option == "--report" else "x.csv"
    options = {"-o": str(tmp_path / "out.csv"), option: str(tmp_path / "file" / name)}
    done = run("score", tmp_path / "in.csv", *(word for pair in options.items() for word in pair))
    assert done.status == 2
    assert f"{name}: cannot be written (Not a directory)" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "in.csv"]


@pytest.mark.parametrize(("option", "name"), [("--adr", "x.md"), ("--chart", "x.svg")])
def test_a_record_that_cannot_be_written_is_named(option: str, name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sets = (
        "--set",
        "kind=event_handler",
        "--set",
        "memory_mb=512",
        "--set",
        "invocations_per_month=2M",
        "--set",
        "max_duration_s=9",
    )
    done = run("recommend", *sets, option, tmp_path / "file" / name)
    assert done.status == 2
    assert f"{name}: cannot be written (Not a directory)" in done.err


@pytest.mark.parametrize("shell", ["2>/dev/full", "2> >(head -c0)", "2>&-"], ids=["full", "nobody reads", "closed"])
def test_notes_that_nobody_can_be_given_stop_nothing(shell: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind,CPUs,cpus\nwebsite,1,2\n")
    words = ["bash", "-c", f'"$@" {shell}', "", *score(tmp_path)]
    assert subprocess.run(words, timeout=120).returncode == 0
    assert "website,1,2," in (tmp_path / "out.csv").read_text()
    words[-2] = str(tmp_path)
    assert subprocess.run(words, timeout=120).returncode == 2


def test_a_title_with_a_byte_that_is_not_utf8_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"\xbaGiB,shell_acc=N\x18s,lan\xc6\x91age,\xef\xbb\xbf\n%s%n,yes,nodtrue")
    done = run("score", tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert done.status == 2 and "in.csv: line 1: the header cannot be read" in done.err, done.err


def test_an_input_that_ends_within_a_row_is_still_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b'workload_id,kind\na,website\nb,"webs')
    done = run("score", tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert done.status == 0
    assert "2 rows read, 1 written" in done.err
    assert "1 row rejected" in done.err


def test_a_gzip_input_that_breaks_off_leaves_no_output(run: Run, tmp_path: Path) -> None:
    import gzip

    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(MANY[:800_000])[:-20])
    done = run("score", tmp_path / "in.csv.gz", "-o", tmp_path / "out.csv")
    assert done.status == 2
    assert "damaged gzip" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv.gz"]


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_an_input_that_grows_while_it_is_scored_leaves_the_earlier_output(
    out: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_LARGEST", 1 << 15)
    given, target = tmp_path / "in.csv", tmp_path / out
    given.write_bytes(MANY[:800_000])
    target.write_text("earlier")

    def grow(*_: object) -> None:
        with given.open("ab") as file:
            file.write(b"website\n")

    with pytest.raises(InventoryError, match="changed while it was read; score a copy"):
        score_inventory(ScoringRequest(str(given), str(target), force=True), engine.columns, lambda _: None, grow)
    assert target.read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", out]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    (tmp_path / "closed").mkdir(0o500)
    done = run("score", tmp_path / "in.csv", "-o", tmp_path / "closed" / "out.csv")
    assert (done.status, "out.csv: cannot be written (Permission denied)" in done.err) == (2, True)


def test_a_reader_who_has_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(MANY[:400_000])
    words = [sys.executable, "-m", "whichcompute", "score", str(tmp_path / "in.csv"), "-o", "-"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"kind,")
        process.stdout.close()
        told = process.stderr.read().decode()
        process.wait(60)
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert process.returncode in (0, 2)


def test_two_runs_into_one_output_leave_one_whole_output(tmp_path: Path) -> None:
    for name, word in (("a.csv", "website"), ("b.csv", "batch_job")):
        (tmp_path / name).write_text("kind\n" + f"{word}\n" * 20_000)
    runs = [subprocess.Popen(score(tmp_path, name), stderr=subprocess.DEVNULL) for name in ("a.csv", "b.csv")]
    # The second is refused while the first works; where they do not overlap, both write.
    assert sorted(process.wait(120) for process in runs) in ([0, 0], [0, 2])
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert len(rows) == 20_001
    assert len({row.partition(",")[0] for row in rows[1:]}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "out.csv", "out.csv.scoring.json"]


def test_ctrl_c_ends_a_run_that_waits_for_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "whichcompute", "score", "-", "-o", str(tmp_path / "out.csv")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed
    ) as process:
        assert process.stdin is not None
        process.stdin.write("kind\nwebsite\n")
        process.stdin.flush()
        time.sleep(3)  # by then it waits; were it still starting, the outcome would be the same
        process.send_signal(signal.SIGINT)
        assert process.wait(20) != 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "read",
    [
        lambda: pytest.raises(DataError, parse_workload, "\n" * LONG + "!", "x"),
        lambda: evidence(["1" + " " * LONG + "!", "1" * LONG + "!"]),
        lambda: as_csv(b"=" * LONG + b"!\n" + b"-" * LONG),
        lambda: units(["9"], {"9": '0"' + " " * LONG}),
        lambda: named("a" * LONG),
        lambda: seconds("1" * LONG + "!"),
        lambda: image_language("1" * LONG + "!"),
        lambda: _stem("1" * LONG + "!"),
    ],
    ids=["workload", "numeral", "printed table", "format of cells", "reasons", "duration", "image", "service"],
)
def test_a_long_text_takes_no_longer_than_its_length_says(read: Callable[[], object]) -> None:
    read()
