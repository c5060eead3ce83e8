from __future__ import annotations

import re
import runpy
import subprocess
import sys
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


def test_the_site_is_built_without_a_warning_and_has_a_page_for_every_rule(tmp_path: Path) -> None:
    for needed in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(needed)
    from whichcompute import Engine
    from whichcompute.presentation.citations import address

    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "-c", "docs", "-d", str(tmp_path / "kept")]
    for form in ("html", "man"):
        built = subprocess.run(
            [*sphinx, "-b", form, ".", str(tmp_path / form)], cwd=ROOT, capture_output=True, text=True
        )
        assert built.returncode == 0, built.stderr
    pages = {rule.id: tmp_path / "html" / address("https://x.org", rule.id)[14:] for rule in Engine.default().pack}
    first = (tmp_path / "html" / "index.html").read_text()
    assert first == (tmp_path / "html" / "README.html").read_text() and "<h1>whichcompute" in first
    assert len(pages) > 300 and not [
        id_ for id_, page in pages.items() if f"<code>{id_}</code>" not in page.read_text()
    ]
    gpu = pages["lambda.gpu-required"].read_text()
    assert '<a href="fargate.gpu-required.html">' in gpu and '<a href="https://docs.aws.amazon.com/lambda/' in gpu
    assert (tmp_path / "html" / "_static" / "site.css").exists() and not (tmp_path / "html/docs/manual.html").exists()
    manual = (tmp_path / "man" / "whichcompute.1").read_text().replace("\\-", "-")
    parts = [line.removeprefix(".SH ") for line in manual.splitlines() if line.startswith(".SH ")]
    assert [parts.index(part) for part in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS")] == [0, 1, 2, 3]
    assert {"WHICHCOMPUTE RULES CHECK", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"} <= set(parts)
    assert "whichcompute recommend" in manual and "make docs" not in manual
