"""How Sphinx builds the site and the man page from the Markdown of this repository: `make site`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whichcompute.base.version import VERSION

project = "whichcompute"
author = "The whichcompute authors"
version = release = VERSION
html_title = f"{project} {VERSION}"
html_theme = "furo"
html_copy_source = html_show_copyright = False
html_additional_pages = {"index": "to_readme.html"}
templates_path = [str(Path(__file__).resolve().parent)]
extensions = ["myst_parser"]
myst_heading_anchors = 4
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "rules/README.md", "data/**README.md", "models/default/MODEL_CARD.md"]
exclude_patterns = [".*", "benchmarks", "demo", "dist", "engine", "site", "tests"]
man_pages = [("docs/cli", "whichcompute", "where on AWS a workload should run, and why", author, 1)]

USE = "cli inventories presets architecture-tooling configuration packs mcp python spark"
DECIDES = "how-it-decides rules descriptors costs classifier glossary advice-audit"
PROJECT = ["CONTRIBUTING", "CHANGELOG", "SECURITY", "rules/README", "models/default/MODEL_CARD"]
PROJECT += ["data/README", "data/cases/README", "data/judgements/README"]


def _contents(caption: str, pages: list[str]) -> str:
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", ""])


def with_contents(_app: Any, document: str, source: list[str]) -> None:
    """The first page is the README, followed by the table of contents of the site."""
    if document == root_doc:
        use, decides = ([f"docs/{page}" for page in pages.split()] for pages in (USE, DECIDES))
        tables = {"Use": use, "How it decides": decides, "Project": PROJECT}
        source[0] += "".join(_contents(caption, pages) for caption, pages in tables.items())


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", with_contents)
