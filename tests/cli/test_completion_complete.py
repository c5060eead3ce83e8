from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.conftest import Run
from whichcompute.cli import completion

CONTEXT = click.Context(click.Command("recommend"))
PARAM = click.Option(["--set"])


def values(typed: str) -> list[str]:
    return [item.value for item in completion.settings(CONTEXT, PARAM, typed)]


def test_fields_are_completed_and_then_their_values() -> None:
    assert "kind=" in values("ki") and "memory_mb=" in values("mem")
    assert values("kind=web") == ["kind=website", "kind=web_api"]
    assert values("high_availability=") == ["high_availability=yes", "high_availability=no"]
    assert values("nothing=") == [] and values("memory_mb=") == []


def test_ids_and_names_are_completed() -> None:
    assert "lambda.duration-exceeds-limit" in completion.rule_ids(CONTEXT, PARAM, "lambda.dur")
    assert "lambda.max_duration" in completion.fact_ids(CONTEXT, PARAM, "lambda.max_d")
    assert "rvtools" in completion.preset_names(CONTEXT, PARAM, "rv")


TYPED = """\
whichcompute reco
whichcompute recommend --set high_av
whichcompute recommend --set kind=webs
whichcompute recommend --set=kind=webs
whichcompute recommend --set note="a b" --set state=stateles
dd if=unpa"""
COMPLETED = """\
whichcompute recommend |
whichcompute recommend --set high_availability=|
whichcompute recommend --set kind=website |
whichcompute recommend --set=kind=website |
whichcompute recommend --set note="a b" --set state=stateless |
"""


def completed(setting: str, lines: list[str], folder: Path) -> str:
    """What a bash at a terminal makes of lines that are typed with a tab at the end of each, and a bar behind it."""
    terminal, own = pty.openpty()
    bash = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-i"], stdin=own, stdout=own, stderr=own, cwd=folder, start_new_session=True,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "TERM": "dumb", "HISTFILE": ""},
    )  # fmt: skip
    os.close(own)
    keys = [f"{line}\t\x01echo '\x05|' >> made\n" for line in lines]  # to the start of the line, and to its end
    os.write(terminal, "".join([f"{setting}. ./script\n", *keys, "exit\n"]).encode())
    try:
        while select.select([terminal], [], [], 60)[0] and os.read(terminal, 4096):
            pass
    except OSError:  # bash has closed the terminal
        pass
    finally:
        bash.kill()
        bash.wait()
        os.close(terminal)
    return (folder / "made").read_text()


@pytest.mark.parametrize(
    ("setting", "other"), [("", "dd if=unpacked |\n"), ("COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}; ", "dd if=unpa|\n")]
)
def test_bash_completes_values_and_other_programs_as_it_is_set(
    run: Run, tmp_path: Path, setting: str, other: str
) -> None:
    command = tmp_path / "whichcompute"
    command.write_text(f"#!{sys.executable}\nfrom whichcompute.cli import cli\n\ncli()\n")
    command.chmod(0o755)
    (tmp_path / "script").write_text(run("completion", "bash").out)
    (tmp_path / "unpacked").touch()
    assert completed(setting, TYPED.splitlines(), tmp_path) == COMPLETED + other
