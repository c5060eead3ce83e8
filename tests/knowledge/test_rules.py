from __future__ import annotations

import pytest

from whichcompute.base.errors import RuleError
from whichcompute.base.units import InRange
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.rules import PLACEHOLDER, Rule, filled, say_fact

PACK = packs.load(facts.load())


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in PACK])
def test_every_shipped_rule_reads_as_a_sentence(rule: Rule) -> None:
    for example in rule.entry.fires_on:
        from whichcompute.knowledge.descriptors import read, with_derived

        text = filled(rule.entry.because, with_derived(read(example)), PACK.facts)
        assert text.endswith(".") and not PLACEHOLDER.search(text)
    assert rule.when_words()
    assert len(set(rule.entry.sources)) == len(rule.entry.sources)


def test_a_hard_limit_names_a_fact_so_that_a_quota_is_one_line() -> None:
    numeric = [
        c for rule in PACK if rule.entry.effect == "exclude" for c in rule.conditions if type(c.operand) is float
    ]
    bare = [c.text for c in numeric if not c.fact]
    assert len(bare) < len(numeric) / 5, bare


def test_no_two_rules_say_the_same() -> None:
    entries = [rule.entry for rule in PACK]
    seen = [(e.service, e.effect, frozenset(e.when), e.companion, e.outside) for e in entries]
    assert len(set(seen)) == len(seen)
    # Rules that point to a place outside are repeated once per product: they share a text, under other conditions.
    texts = [(e.service, e.effect, e.because, (e.outside, frozenset(e.when)) if e.outside else None) for e in entries]
    assert len(set(texts)) == len(texts)


def test_an_unknown_rule_suggests_near_ones() -> None:
    with pytest.raises(RuleError, match="lambda.duration-exceeds-limit"):
        PACK.rule("lambda.run-exceeds-limits")


def test_a_fact_is_said_with_its_unit() -> None:
    assert say_fact(PACK.facts, "lambda.max_duration") == "15 min"
    assert say_fact(PACK.facts, "lambda.memory_max") == "10 GB"


def test_a_range_that_was_given_is_not_up_to_itself() -> None:
    text = "Takes up to {max_duration_s}; the limit is {lambda.max_duration}."
    assert filled(text, {"max_duration_s": 5400.0}, PACK.facts) == "Takes up to 1 h 30 min; the limit is 15 min."
    ranged = {"max_duration_s": InRange(5400.0, "at least 1 h and at most 2 h")}
    assert filled(text, ranged, PACK.facts) == "Takes at least 1 h and at most 2 h; the limit is 15 min."
