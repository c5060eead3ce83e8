from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def mapped(folder: Path, answers: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "servers.csv").write_text("Name,Memory,CPUs\na,16,4\nb,32,8\n")
    command = [sys.executable, "-m", "whichcompute", "map", "servers.csv", *options]
    return subprocess.run(command, cwd=folder, input=answers, capture_output=True, text=True, timeout=60)


def test_an_answer_may_be_begun(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text("Hostname,RAM_Targeted,CPU_Targeted\na,8,4\nb,16,8\n")
    command = [sys.executable, "-m", "whichcompute", "map", "targets.csv", "-o", "map.yaml"]
    done = subprocess.run(command, cwd=tmp_path, input="y\n", capture_output=True, text=True, timeout=60)
    assert "is not one of" not in done.stderr
    assert "CPU_Targeted" in (tmp_path / "map.yaml").read_text().split("# Columns not used")[0]


def test_a_question_is_answered_and_the_map_written(tmp_path: Path) -> None:
    done = mapped(tmp_path, "MB\n", "-o", "map.yaml")
    assert done.returncode == 0
    assert "In which unit is column 'Memory' (16, 32), read as memory_mb" in done.stderr
    assert done.stderr.endswith("Map: map.yaml. Check it, then: whichcompute score servers.csv -o OUT --map map.yaml\n")
    assert "memory_mb: {from: 'Memory', unit: mb}" in (tmp_path / "map.yaml").read_text()
    again = mapped(tmp_path, "", "-o", "map.yaml")
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_a_wrong_answer_is_asked_again_and_the_end_of_input_takes_the_default(tmp_path: Path) -> None:
    done = mapped(tmp_path, "acres\n")
    assert done.returncode == 0
    assert "'acres' is not one of" in done.stderr
    assert "memory_mb: {from: 'Memory', unit: gb}" in done.stdout


def test_an_inventory_without_any_field_gives_a_draft_and_exit_status_1(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("Site\nRome\nOslo\n")
    for words in (["map", "names.csv", "-o", "map.yaml"], ["score", "names.csv", "--suggest-map"]):
        done = subprocess.run(
            [sys.executable, "-m", "whichcompute", *words], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "No column resembles a field" in done.stderr
    score = ["score", "names.csv", "-o", "out.csv", "--map", "map.yaml"]
    done = subprocess.run([sys.executable, "-m", "whichcompute", *score], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no value that decides could be read" in done.stderr


def test_an_interrupt_at_a_question_ends_the_command_at_once(tmp_path: Path) -> None:
    (tmp_path / "servers.csv").write_text("Name,Memory,CPUs\na,16,4\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "whichcompute", "map", "servers.csv", "-o", "map.yaml"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stderr is not None
        said = ""
        while not said.endswith("[gb]:"):
            said += asking.stderr.read(1)
        assert "In which unit" in said
        for _ in range(3):  # a signal that arrives just before the read is noticed at the next one
            asking.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                asking.wait(timeout=15)
                break
        asking.kill()
    assert asking.returncode == 130
    for end in (ours, theirs):
        os.close(end)
    assert not (tmp_path / "map.yaml").exists()
