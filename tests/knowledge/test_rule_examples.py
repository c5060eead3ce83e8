"""Every example of every shipped rule is a test named after the rule."""

from __future__ import annotations

from typing import Any

import pytest

from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import Rule

PACK = packs.load(facts.load())
_VERDICTS = {"fires_on": True, "silent_on": False, "unknown_on": None}
EXAMPLES = [
    pytest.param(rule, example, expected, id=f"{rule.id}-{name}-{number}")
    for rule in PACK
    for name, expected in _VERDICTS.items()
    for number, example in enumerate(getattr(rule.entry, name))
]


@pytest.mark.parametrize(("rule", "example", "expected"), EXAMPLES)
def test_the_example_holds(rule: Rule, example: dict[str, Any], expected: bool | None) -> None:
    assert rule.holds(with_derived(read(example))) is expected


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in PACK])
def test_every_rule_has_an_example_for_each_verdict(rule: Rule) -> None:
    guarded = any(condition.op == "known" for condition in rule.conditions)  # silent where that is unknown
    assert rule.entry.fires_on and rule.entry.silent_on and (rule.entry.unknown_on or guarded)
    assert rule.id.startswith(f"{rule.entry.service}.")
