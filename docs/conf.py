"""How Sphinx builds the site and the man page from the Markdown of this repository: `make site`."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from shutil import copyfile
from typing import Any

from whichcompute.base.version import VERSION
from whichcompute.cli.rule_views import rows
from whichcompute.engine.rule_layer import RuleLayer
from whichcompute.presentation.rule_cards import card

project = "whichcompute"
author = "The whichcompute authors"
version = release = VERSION
html_title = f"{project} {VERSION}"
html_theme = "furo"
html_copy_source = html_show_copyright = html_use_index = False
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
DECIDES = "how-it-decides rules descriptors costs classifier measured glossary advice-audit"
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


RULE_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="../../_static/site.css">
<body class="rule"><p><a href="../../index.html">whichcompute {version}</a> ·
<a href="../rules.html#{anchor}">rule catalogue</a></p>
<h1><code>{id}</code></h1><p>{kind}</p><dl>{parts}</dl></body></html>
"""


def rule_pages(app: Any, error: Exception | None) -> None:
    """A page for each rule, which messages link to: what `whichcompute rules show` prints, with links.

    Written as they are: the theme would work out its contents anew for each of some hundred pages.
    """
    if error or app.builder.format != "html":
        return
    pack, folder = RuleLayer().pack, Path(app.outdir) / "docs" / "rules"
    folder.mkdir(exist_ok=True)
    ids = "|".join(re.escape(rule.id) for rule in pack)
    for rule in pack:
        shown = card(rule, pack)
        parts = [f"<dt>{escape(name)}</dt><dd>{_links(escape(said), ids)}</dd>" for name, said in rows(shown) if said]
        page = RULE_PAGE.format(
            title=f"{shown.title} ({rule.id})",
            version=VERSION,
            anchor=re.sub(r"[._]", "-", rule.id),
            id=rule.id,
            kind=" ".join(filter(None, (rule.entry.strength, rule.entry.effect))),
            parts="".join(parts),
        )
        (folder / f"{rule.id}.html").write_text(page)


def _links(text: str, ids: str) -> str:
    text = re.sub(rf"^({ids})(?= )", r'<a href="\1.html">\1</a>', text)
    return re.sub(r"https://[^\s,;)]+", r'<a href="\g<0>">\g<0></a>', text)


def first_page(app: Any, error: Exception | None) -> None:
    """The README once more under the name that servers look for: a page that only leads on stops headless browsers."""
    if not error and app.builder.format == "html":
        copyfile(Path(app.outdir) / f"{root_doc}.html", Path(app.outdir) / "index.html")


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("build-finished", rule_pages)
    app.connect("build-finished", first_page)
    app.connect("builder-inited", without_manual)
    app.connect("source-read", with_contents)
