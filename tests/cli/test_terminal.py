"""What commands print on a terminal of 80 columns: wrapped between words; and in a pipe: one entry a line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.rule_packs import rule

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")
RECORD = ("--set", "kind=web_api", "--set", "max_duration_s=10m", "--as-of", "2018-12-01")


def on_terminal(*args: object, columns: int = 80) -> list[str]:
    """The lines, without colour, that a command prints where both its outputs are a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    words = [sys.executable, "-m", "whichcompute", *map(str, args)]
    env = {**os.environ, "NO_COLOR": "1", "TERM": "xterm"}
    env.pop("COLUMNS", None)
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        text = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # Linux says so at the end
                break
            if not read:
                break
            text += read
    os.close(ours)
    assert process.returncode in (0, 1, 2)
    return text.decode().splitlines()


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a rule pack and a decision record."""
    folder = tmp_path_factory.mktemp("packs")
    (folder / "pack.toml").write_text(rule("lambda.ours", 'memory_mb > 512, kind == "web_api", gpus > 2'))
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "facts show lambda.max_duration",
        "facts show lightsail.bundles_general",
        "facts list --service lambda",
        "facts check --as-of 2031-01-01",
        "rules show lambda.duration-exceeds-limit",
        "rules list --service lambda",
        "rules diff shipped {packs}/pack.toml",
        "recommend --set kind=web_api --full",
        "recommend --set kind=web_api --set memory_mb=20GiB --path-to lambda",
        "recommend --set kind=webapi --set max_duration_s=lots",
        "score /nowhere/a/folder/with/a/rather/long/name/in/it/and/one/more/inventory.csv -o x.csv",
    ],
)
def test_no_word_is_cut_at_80_columns(command: str, packs: Path) -> None:
    lines = on_terminal(*command.format(packs=packs).split())
    # Whatever is longer is one word that cannot be broken (a path), with its indent and mark, or an address with
    # its title: the lines of sources stay whole, so that a terminal opens them.
    long = [line for line in lines if len(line) > 80 and "https://" not in line]
    assert lines and all(max(map(len, line.split())) > 40 for line in long), "\n".join(long)


def test_a_review_wraps_on_a_terminal_and_is_one_line_a_record_in_a_pipe(run: Run, tmp_path: Path) -> None:
    assert run("recommend", *RECORD, "--adr", tmp_path / "api.md").status == 0
    piped = run("review", tmp_path).out.splitlines()
    shown = on_terminal("review", tmp_path)
    assert len(piped) == 1 and len(shown) > 1
    assert " ".join(" ".join(shown).split()) == " ".join(piped[0].split())
