"""Files that a file which is scanned reads beside itself: inside the folder that is scanned, and of bounded size."""

from __future__ import annotations

import os
from pathlib import Path

from whichcompute.base.errors import DataError
from whichcompute.base.resources import read_text
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import NOTHING, Node

MAX_BYTES = 1_000_000
MAX_FILES = 500


class Files:
    """The files of a folder; none outside the folder `top` that is scanned is read."""

    def __init__(self, folder: Path, top: Path | None, root: Path | None = None, label: str = "") -> None:
        self.folder = folder
        self.root = root or folder
        self._top = top.resolve() if top is not None else None
        self._label = label  # how the folder is called in what is said
        self.used: list[str] = []

    @property
    def within(self) -> str:
        """The path of the folder from `root`, by which a file of a module names those beside it."""
        return os.path.relpath(self.folder, self.root)

    def text(self, path: Node) -> Node:
        """The text of a file, NOTHING where there is none that may be read."""
        if self._top is None or not path.text or "${" in path.text or len(self.used) >= MAX_FILES:
            return NOTHING
        for base in (self.root, self.folder):
            try:
                found = (base / path.text).resolve()
                if found.is_relative_to(self._top) and found.is_file():
                    name = self._name(found)
                    self.used.append(name)
                    return Node(read_text(found, MAX_BYTES), 1, path.certain, name)
            except (DataError, OSError, ValueError, RuntimeError):
                continue
        return NOTHING

    def _name(self, path: Path) -> str:
        relative = os.path.relpath(path, self.folder.resolve())
        return Path(os.path.normpath(os.path.join(self._label, relative))).as_posix()


def files_of(findings: Findings) -> Files:
    """The files that one file which is scanned may read."""
    folder = findings.path.parent if findings.path is not None else Path()
    return Files(folder, findings.top, label=Path(findings.file).parent.as_posix())
