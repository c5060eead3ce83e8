from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from whichcompute.importers.found import FoundWorkload, Scan
from whichcompute.importers.scanning import scan

Found = Callable[..., Scan]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """Scans files given by name and text."""

    def of(files: dict[str, str]) -> Scan:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return scan([tmp_path])

    return of


def known(workload: FoundWorkload) -> dict[str, object]:
    """The given and derived values by field."""
    return {value.field: value.value for value in workload.values}


def likely(workload: FoundWorkload) -> dict[str, object]:
    """The hints by field."""
    return {hint.field: hint.value for hint in workload.hints}
