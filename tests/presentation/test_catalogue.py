from __future__ import annotations

from pathlib import Path

from whichcompute.knowledge import facts, packs
from whichcompute.presentation.catalogue import catalogue

PACK = packs.load(facts.load())
PAGE = catalogue(PACK)
ROOT = Path(__file__).resolve().parents[2]


def test_the_page_in_docs_is_current() -> None:
    """Written anew by `whichcompute rules catalogue > docs/rules.md`."""
    assert (ROOT / "docs" / "rules.md").read_text() == PAGE


def test_every_rule_has_its_place_on_the_page() -> None:
    headings = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("#### ")]
    assert sorted(headings) == sorted(rule.id for rule in PACK)


def test_the_overview_counts_every_rule() -> None:
    total = next(line for line in PAGE.splitlines() if line.startswith("| **all**"))
    assert total.endswith(f"| {len(PACK)} |")


def test_the_page_is_tidy() -> None:
    assert "\n\n\n" not in PAGE and "{" not in PAGE and not any(line != line.rstrip() for line in PAGE.splitlines())
