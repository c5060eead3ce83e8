from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UPDATE = runpy.run_path(str(ROOT / "docs" / "update.py"))
DOCUMENTS: dict[Path, Callable[[], str]] = UPDATE["documents"]()


@pytest.mark.parametrize("path", list(DOCUMENTS), ids=lambda path: path.name)
def test_a_document_says_what_the_program_says(path: Path) -> None:
    assert path.read_text() == DOCUMENTS[path](), "run `make docs`"


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name
)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())
    assert not [link for link in links if not (path.parent / link).exists()]


def test_the_page_on_data_lists_every_file() -> None:
    page = (ROOT / "data" / "README.md").read_text()
    names = {f"`{path.name}{'/' if path.is_dir() else ''}`" for path in (ROOT / "data").iterdir()} - {"`README.md`"}
    assert not [name for name in names if name not in page]
