"""The words of the house: texts that people read hold none of the phrases that the field says otherwise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import whichcompute
from whichcompute.base.resources import folder

ROOT = Path(whichcompute.__file__).parent
COPY = r"\bcop(y|ies)\b"
FORBIDDEN = {
    COPY: "instance, task, execution environment",
    r"\btold\b": "reported",
    r"\bh[au]ngs? on\b": "depends on",
    r"\bstands\b": "is, represents, is duplicated",
    r"\bgo(es)? along with\b": "usually combined with",
    r"\bgo(es)? (together|with)\b": "applies to, contradict each other",
    r"\bspeaks? (for|against|of|to)\b": "favours, counts against, concerns",
    r"\bdear(er|est)?\b": "expensive",
    r"\bof (its|one's|their|your) own\b": "own, separate",
    r"(?<!there )\bis no (?!longer\b|such\b|path\b)\w+": "is not a",
    r"\bis written so\b": "cannot write; supported",
    r"\bbears?\b": "has",
    r"\bto hand\b": "available",
    r"(?<!\|)\bnobody\b": "asynchronous, idle",
    r"\bfor want of\b|\bcannot be had\b": "without",
    r"\blest\b|\bin vain\b|\bput off\b": "so that not, never counts, skipped",
    r"\bthe five\b|\bfive services\b": "the services compared",
    r"\bgraphics processor": "GPU",
    r"\b(?!don't)\w+n't\b": "the long form",  # "I don't know" is the name of an answer
}


def texts(path: Path) -> Iterator[str]:
    """The texts of a file: of Python its strings, docstrings included."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield content
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


PAGES = Path(__file__).parent.parent
FILES = [
    *sorted(PAGES.glob("*.md")),
    *sorted((PAGES / "docs").glob("*.md")),
    *(folder(name) / "README.md" for name in ("rules", "data")),
    *sorted(folder("rules").glob("*.toml")),
    *sorted(folder("data").rglob("*.toml")),
    *(path for path in sorted(ROOT.rglob("*")) if path.suffix in (".py", ".j2", ".html")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_file_uses_the_terms_of_the_field(path: Path) -> None:
    # These say that a file or a text is copied, or an image built.
    copies_files = path.suffix in (".md", ".html", ".j2") or not {"importers", "inventory"}.isdisjoint(path.parts)
    found = [
        f"{match[0]!r} (write: {better}) in {text[max(match.start() - 40, 0) : match.end() + 40]!r}"
        for text in texts(path)
        for pattern, better in FORBIDDEN.items()
        if pattern != COPY or not copies_files
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    assert not found
