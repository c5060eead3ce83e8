from __future__ import annotations

from dataclasses import replace

import pytest

from tests.analysis import oracle
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.presentation.rule_cards import card, neighbours, title

PACK = packs.load(facts.load())


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in PACK])
def test_a_card_says_all_that_a_rule_says_with_every_placeholder_filled(rule: oracle.Rule) -> None:
    shown = card(rule, PACK)
    assert shown.title and shown.when == rule.when_words()
    assert len(shown.sources) == len(rule.entry.sources) and len(shown.variants) == len(rule.variants)
    assert rule.holds(with_derived(read(shown.example))) is True
    texts = [shown.because, shown.remedy, *(says for _, _, says in shown.variants)]
    assert not any(mark in text for text in texts for mark in "{}")
    assert "an unknown" not in shown.because


def test_the_plainest_example_fills_the_text() -> None:
    assert card(PACK.rule("lambda.memory-exceeds-limit"), PACK).because.endswith(
        "this workload needs 300 GB per instance."
    )


def test_a_rule_without_examples_is_shown_on_a_workload_that_it_fires_on() -> None:
    rule = oracle.rule_of(["gpus > 0", "os == 'linux'"], 0)
    pack = RulePack([rule.__class__(replace(rule.entry, sources=("compute-notes",)), rule.conditions)], PACK.facts)
    assert card(pack.rules[0], pack).example == {"gpus": 1, "os": "linux"}


def test_neighbours_share_a_descriptor_and_the_nearest_comes_first() -> None:
    rule = PACK.rule("lambda.duration-exceeds-limit")
    near = neighbours(rule, PACK)
    assert rule not in near and all(set(other.fields) & set(rule.fields) for other in near)
    assert near[0].entry.service == "lambda" and "max_duration_s" in near[0].fields


def test_the_title_is_the_pattern_that_the_id_names() -> None:
    assert title(PACK.rule("lambda.duration-exceeds-limit")) == "Duration exceeds limit"
