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
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "rules/README.md", "data/**README.md", "models/default/MODEL_CARD.md"]
exclude_patterns = [".*", "benchmarks", "demo", "dist", "engine", "site", "tests"]
html_static_path = [str(Path(__file__).resolve().parent / "static")]
html_css_files = ["site.css"]
man_pages = [("docs/manual", "whichcompute", "where on AWS a workload should run, and why", author, 1)]

USE = "cli inventories presets architecture-tooling configuration packs mcp python spark"
DECIDES = "how-it-decides rules descriptors costs classifier glossary advice-audit"
PROJECT = ["CONTRIBUTING", "CHANGELOG", "SECURITY", "rules/README", "models/default/MODEL_CARD"]
PROJECT += ["data/README", "data/cases/README", "data/judgements/README"]


def _contents(caption: str, pages: list[str]) -> str:
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", ""])


def with_contents(app: Any, document: str, source: list[str]) -> None:
    """The first page is the README, followed by the contents of the site; the man page holds the command reference."""
    if document == "docs/manual":
        _, _, commands = (Path(app.srcdir) / "docs/cli.md").read_text().partition("## whichcompute")
        source[0] = source[0].replace("<!-- commands -->", f"## Options{commands}")
    if document == root_doc:
        use, decides = ([f"docs/{page}" for page in pages.split()] for pages in (USE, DECIDES))
        tables = {"Use": use, "How it decides": decides, "Project": PROJECT}
        source[0] += "".join(_contents(caption, pages) for caption, pages in tables.items())


def without_manual(app: Any) -> None:
    """The site has the command reference instead of the man page."""
    if app.builder.format == "html":
        app.config.exclude_patterns.append("docs/manual.md")


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("builder-inited", without_manual)
    app.connect("source-read", with_contents)
