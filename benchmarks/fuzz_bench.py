"""What the targets of fuzzing share: an engine, a folder, the input at hand, and what an answer must never be."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from whichcompute import Engine

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Unsafe(Exception):
    """An answer that breaks a promise."""


class Bench:
    """What the targets share: the engine, a folder to write into, and the input at hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine.default()
        self.given = ""
        self.model = {path.name: path.read_bytes() for path in self.engine.model_folder.iterdir()}
        self.stored = json.loads(self.model["model.json"])

    def take(self, given: Any) -> Any:
        """Notes the input for a report, and gives it back."""
        self.given = repr(given)
        return given

    def fresh(self) -> Path:
        """An empty folder of its own for one input."""
        path = self.folder / "case"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path


def printed(text: str) -> None:
    """Raises Unsafe when a text for the terminal holds control characters."""
    if found := _CONTROL.search(text):
        raise Unsafe(f"control character {found[0]!r} in {text[max(0, found.start() - 40) : found.end() + 40]!r}")
