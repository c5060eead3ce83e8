from __future__ import annotations

import pytest

from whichcompute.inventory.diff.causes import Causes, RuleDifference, named
from whichcompute.inventory.diff.changes import Changes

CHANGES = Changes(
    known=True,
    facts={"a.limit": ("5 min", "15 min")},
    rules={"a.new": "added", "a.edited": "edited", "a.words": "reworded"},
    model=True,
    read={"a.reads": ("a.limit",)},
)


@pytest.mark.parametrize(
    ("reasons", "ids"),
    [
        ("for: a.one, a.two; against: b.x; not batch: batch.no-way", ["a.one", "a.two", "b.x", "batch.no-way"]),
        ("for: Runs are short, e.g. a.b seconds [a.one]; not AWS Batch: No. [batch.no-way]", ["a.one", "batch.no-way"]),
        ("for: classifier.kind+state", []),
        ("skipped: powered off", []),
        ("", []),
    ],
    ids=["short", "full", "a reading", "set aside", "none"],
)
def test_reasons_name_rules(reasons: str, ids: list[str]) -> None:
    assert named(reasons) == ids


@pytest.mark.parametrize(
    ("old", "new", "other_input", "causes"),
    [
        ("for: a.one", "for: a.one, a.new", False, ("rules",)),
        ("for: a.reads", "for: a.one", False, ("facts",)),
        ("for: a.reads", "for: a.new", False, ("facts", "rules")),
        ("for: a.reads", "for: a.one", True, ("input", "facts")),
        ("for: a.one", "for: a.two", True, ("input",)),
        ("for: a.edited", "for: a.edited", False, ("rules",)),
        ("for: a.words", "for: a.one", False, ("facts", "rules", "model")),
        ("for: a.reads", "for: a.reads", False, ("facts", "rules", "model")),
    ],
    ids=[
        "a rule came that was added",
        "a rule went whose fact changed",
        "both",
        "a fact and the input",
        "the input alone",
        "a rule that was edited stays",
        "a reworded rule decides nothing, so all that differs",
        "no rule came or went, so all that differs",
    ],
)
def test_causes_follow_from_the_rules_that_came_and_went(
    old: str, new: str, other_input: bool, causes: tuple[str, ...]
) -> None:
    assert Causes(CHANGES).of(old, new, other_input, True).causes == causes


def test_a_move_tells_what_became_of_the_rule() -> None:
    moves = Causes(CHANGES).of("for: a.reads, a.edited", "for: a.new, a.edited", False, True).rules
    assert moves == (
        RuleDifference("a.new", "+", "rule added"),
        RuleDifference("a.edited", "~", "rule edited"),
        RuleDifference("a.reads", "-", "a.limit: 5 min -> 15 min", ("a.limit",)),
    )
    assert str(moves[0]) == "+ a.new (rule added)"
    assert str(RuleDifference("a.x", "-")) == "- a.x"


@pytest.mark.parametrize(
    ("changes", "moved", "causes"),
    [
        (Changes(known=True), True, ("edited",)),
        (Changes(known=False), True, ("unknown",)),
        (Changes(known=True, options={"free tier": ("not counted", "counted")}), False, ("options",)),
        (Changes(known=True, options={"free tier": ("not counted", "counted")}), True, ("edited",)),
        (Changes(known=True, options={"map": ("none", "rvtools")}), True, ("options",)),
    ],
    ids=["by hand", "no record", "the free tier moves costs", "but no service", "a map does"],
)
def test_what_no_rule_explains(changes: Changes, moved: bool, causes: tuple[str, ...]) -> None:
    assert Causes(changes).of("for: a.one", "for: a.one", False, moved).causes == causes
