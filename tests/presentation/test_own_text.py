from __future__ import annotations

import re
from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.engine.review import review
from whichcompute.presentation import adr
from whichcompute.presentation.own_text import hashes, own_text, with_own_text

WORKLOAD = {"workload_id": "billing", "kind": "event_handler", "max_duration_s": 12, "state": "stateless"}


def edited(text: str) -> str:
    """A record as an architect leaves it: signed, with paragraphs, an edited line and a section of its own."""
    text = text.replace("- Status: proposed", "- Status: accepted").replace("to be named", "Ada, Grace")
    text = text.replace("- Deciders: Ada, Grace\n", "- Deciders: Ada, Grace\n- Ticket: OPS-12\n")
    text = text.replace("## Decision\n", "## Decision\n\nThe board agreed.\n\nGrace will lead.\n")
    return text.replace("## Sources\n", "## Rollout\n\n1. Shadow traffic\n2. Switch\n\n## Sources\n")


def test_own_lines_are_found_by_heading_and_drafted_ones_are_not(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(engine.record(WORKLOAD))
    (tmp_path / "b.md").write_text(edited(engine.record(WORKLOAD)))
    untouched, changed = review(engine, tmp_path, lambda day: Engine(as_of=day))
    assert untouched.own is not None and not untouched.own
    assert changed.own is not None and changed.own.head == {
        "Deciders": "- Deciders: Ada, Grace",
        "Ticket": "- Ticket: OPS-12",
    }
    assert changed.own.sections == {
        "## Decision": ["The board agreed.", "", "Grace will lead."],
        "## Rollout": ["1. Shadow traffic", "2. Switch"],
    }


def test_the_new_record_holds_them_where_they_stood_and_is_read_again(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(edited(engine.record(WORKLOAD)))
    [found] = review(engine, tmp_path, lambda day: Engine(as_of=day))
    text = engine.record(WORKLOAD, supersedes="a.md", own=found.own)
    assert "- Status: proposed\n" in text and "- Deciders: Ada, Grace\n" in text and "- Ticket: OPS-12\n" in text
    decision = text.partition("## Decision\n")[2].partition("\n## ")[0]
    assert decision.rstrip().endswith("Kept from a.md:\n\nThe board agreed.\n\nGrace will lead.")
    assert re.search(r"## Rollout\n\n1\. Shadow traffic\n2\. Switch\n\n## Sources\n", text)
    (tmp_path / "a.md").write_text(text)
    [again] = review(engine, tmp_path, lambda day: Engine(as_of=day))
    assert again.outcome == "same" and again.own is not None
    assert "Grace will lead." in again.own.sections["## Decision"] and again.own.head["Ticket"] == "- Ticket: OPS-12"


def test_a_record_without_hashes_is_not_guessed_at(engine: Engine, tmp_path: Path) -> None:
    text = re.sub(r',\n  "drafted": "[^"]*"', "", engine.record(WORKLOAD))
    (tmp_path / "a.md").write_text(text)
    [found] = review(engine, tmp_path, lambda day: Engine(as_of=day))
    assert found.outcome == "same" and found.own is None


def test_nothing_own_changes_nothing() -> None:
    record = ["# Title", "", "- Status: proposed", "", "## Context", "", "text", "", "## Sources", ""]
    own = own_text(record, hashes(record))
    assert not own and with_own_text(record, own, "old.md") == record


@pytest.mark.parametrize("line", ["## Notes", "text\ttabs", "| a | b |", "- Status: mine"])
def test_any_line_may_be_somebodys_own(line: str) -> None:
    record = ["# Title", "", "- Status: proposed", "", "## Context", "", "text", "", "## Sources", ""]
    own = own_text([*record[:7], line, *record[7:]], hashes(record))
    assert line in with_own_text(record, own, "old.md")


def test_hashes_stay_short(engine: Engine) -> None:
    text = adr.write(engine.recommend(WORKLOAD))
    assert len(text.split('"drafted": "')[1].split('"')[0]) < 2000
