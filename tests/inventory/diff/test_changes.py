from __future__ import annotations

from dataclasses import replace

import pytest

from whichcompute.inventory.diff.changes import Changes, between
from whichcompute.inventory.record import Counts, Options, ScoringRecord
from whichcompute.recommender.fingerprint import FactValue, Provenance, RuleHash

PROVENANCE = Provenance(
    engine="1.0",
    as_of="2026-06-01",
    rules={"a.kept": RuleHash("1", "1", ("a.limit",)), "a.removed": RuleHash("2", "2")},
    rule_set="x",
    facts={"a.limit": FactValue(300.0, "s"), "a.list": FactValue(["go", "java"], "list")},
    model="m",
)
RECORD = ScoringRecord(
    "f" * 16, PROVENANCE, Options("short", False, "none", "0"), Counts(1, 0, 9), ("kind",), "workload_id"
)


def after(**parts: object) -> Changes:
    return between(RECORD, replace(RECORD, provenance=replace(PROVENANCE, **parts)))


def test_equal_records_differ_in_nothing() -> None:
    found = between(RECORD, RECORD)
    assert (found.known, found.kinds, found.facts, found.rules, found.options) == (True, (), {}, {}, {})
    assert found.read == {"a.kept": ("a.limit",)}


@pytest.mark.parametrize("sides", [(None, RECORD), (RECORD, None), (None, None)], ids=["old", "new", "both"])
def test_nothing_is_known_without_both_records(sides: tuple[ScoringRecord | None, ScoringRecord | None]) -> None:
    assert between(*sides) == Changes(known=False)


def test_facts_are_told_in_words_old_before_new() -> None:
    found = after(facts={"a.limit": FactValue(900.0, "s"), "a.new": FactValue(True, "bool")})
    assert found.facts == {
        "a.limit": ("5 min", "15 min"),
        "a.list": ("go, java", "none"),
        "a.new": ("none", "yes"),
    }
    assert found.kinds == ("facts",)


def test_of_two_lists_only_what_differs_is_told() -> None:
    found = after(facts={**PROVENANCE.facts, "a.list": FactValue(["java", "rust"], "list")})
    assert found.facts == {"a.list": ("go", "rust")}


def test_rules_are_added_removed_edited_or_reworded() -> None:
    found = after(rules={"a.kept": RuleHash("9", "1"), "a.new": RuleHash("3", "3")}, rule_set="y")
    assert found.rules == {"a.removed": "removed", "a.kept": "edited", "a.new": "added"}
    assert found.kinds == ("rules",)
    reworded = after(rules={**PROVENANCE.rules, "a.removed": RuleHash("2", "9")}, rule_set="y")
    assert (reworded.rules, reworded.kinds) == ({"a.removed": "reworded"}, ())


def test_another_order_of_the_same_rules_is_told() -> None:
    found = after(rule_set="y")
    assert (found.reordered, found.rules, found.kinds) == (True, {}, ("rules",))


def test_the_day_alone_decides_nothing() -> None:
    found = after(as_of="2026-11-24")
    assert (found.kinds, found.as_of) == ((), ("2026-06-01", "2026-11-24"))


def test_model_and_engine_are_told() -> None:
    found = after(model="n", engine="1.1")
    assert (found.model, found.engine, found.kinds) == (True, ("1.0", "1.1"), ("model", "engine"))


@pytest.mark.parametrize(
    ("options", "told", "kinds"),
    [
        (Options("full", False, "none", "0"), {"explain": ("short", "full")}, ()),
        (Options("short", True, "none", "0"), {"free tier": ("not counted", "counted")}, ()),
        (Options("short", False, "rvtools", "1"), {"map": ("none", "rvtools")}, ("options",)),
        (Options("short", False, "none", "1"), {"map": ("none", "none, edited")}, ("options",)),
    ],
    ids=["explain", "free tier", "another map", "an edited map"],
)
def test_options_are_told_and_only_the_map_moves_services(
    options: Options, told: dict[str, tuple[str, str]], kinds: tuple[str, ...]
) -> None:
    found = between(RECORD, replace(RECORD, options=options))
    assert (found.options, found.kinds) == (told, kinds)
