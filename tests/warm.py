"""The command in a process forked from one that has imported it, which halves the time of a short command.

What starts threads on import (polars, numpy) is left to the command: threads do not survive a fork.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

IMPORTED = [
    "tests.warm",
    *(f"whichcompute.cli.{name}" for name in ("ask.command", "check", "facts", "recommend", "review", "rules", "scan")),
    *(f"whichcompute.{name}" for name in ("recommender.build", "importers.scanning", "presentation.check")),
]


def command(words: Sequence[str], files: Path, folder: str, environment: Mapping[str, str]) -> None:
    """Becomes `whichcompute` with these words, in this folder; its streams are files named in, out and err."""
    from whichcompute.__main__ import run

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, (name, flags) in enumerate((("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))):
        os.dup2(os.open(files / name, flags), number)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    sys.__stderr__ = sys.stderr
    sys.argv = ["whichcompute", *words]
    run()
