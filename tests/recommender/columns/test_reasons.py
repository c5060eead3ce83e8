from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import Value
from whichcompute.recommender.columns.firing import Span
from whichcompute.recommender.columns.reasons import first_set
from whichcompute.recommender.result import Recommendation

WEIGHED = ("prefer", "caution")


def told(recommendation: Recommendation) -> tuple[dict[str, float], list[str]]:
    """The weights of the rules for and against the leading answer, and the first veto of each ruled-out one."""
    first = recommendation.verdicts[0]
    advice = {r.rule: abs(r.weight) for r in first.reasons if r.effect in WEIGHED}
    vetoes = [
        next(reason.rule for reason in verdict.reasons if reason.effect == "exclude")
        for verdict in recommendation.verdicts
        if verdict.status == "ruled_out"
    ]
    return advice, vetoes


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=6))
def test_short_reasons_name_the_rules_that_recommend_names(engine: Engine, rows: list[dict[str, Value]]) -> None:
    results = engine.columns.results(typed_frame(rows))
    for row, reasons in zip(rows, results["reasons"], strict=True):
        alone = engine.recommend(row)
        advice, vetoes = told(alone)
        named = re.findall(r"[a-z0-9_]+\.[a-z0-9_+-]+", reasons)
        by_rule = [rule for rule in named if not rule.startswith("classifier.") and rule not in vetoes]
        # Of many rows the weightiest rules are named; of one workload the order is that of what decides.
        heaviest = sorted(advice.values(), reverse=True)[:3]
        assert sorted((advice[rule] for rule in by_rule), reverse=True) == pytest.approx(heaviest)
        assert set(vetoes) <= set(named)
        assert any(rule.startswith("classifier.") for rule in named) == (not advice)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=6))
def test_full_reasons_are_the_sentences_of_recommend(engine: Engine, rows: list[dict[str, Value]]) -> None:
    results = engine.columns.results(typed_frame(rows), explain="full")
    for row, reasons in zip(rows, results["reasons"], strict=True):
        verdicts = engine.recommend(row).verdicts
        texts = {reason.rule: reason.text for verdict in verdicts for reason in verdict.reasons}
        for rule in re.findall(r"\[([a-z0-9_]+\.[a-z0-9-]+)\]", reasons):
            assert f"{texts[rule]} [{rule}]" in reasons


def test_the_parts_say_for_against_and_not(engine: Engine) -> None:
    rows: list[dict[str, Value]] = [
        {"kind": "event_handler", "max_duration_s": 12.0, "state": "stateless"},
        {"os": "other", "host_access": "kernel"},
        {},
    ]
    first, excluded, empty = engine.columns.results(typed_frame(rows))["reasons"]
    assert first.startswith("for: lambda.")
    assert [part.split(":")[0] for part in excluded.split("; ")][:3] == ["for", "not lambda", "not fargate"]
    assert empty == "for: classifier.decisions"


def test_without_explanation_the_column_is_empty(engine: Engine) -> None:
    results = engine.columns.results(typed_frame([{"os": "linux"}]), explain="none")
    assert results["reasons"].to_list() == [None]


@pytest.mark.parametrize(
    ("bits", "expected"),
    [([0, 0], [-1, -1, -1]), ([0b101, 0], [0, 2, -1]), ([1 << 63, 0b11], [63, 64, 65]), ([0, 1 << 63], [127, -1, -1])],
    ids=["none", "within a word", "over a word's end", "the last bit"],
)
def test_the_first_bits_are_found_over_several_words(bits: list[int], expected: list[int]) -> None:
    import numpy as np

    spans = [Span(0, 0, 64, 0), Span(1, 0, 64, 64)]
    assert first_set(np.array([bits], np.uint64), spans, 3).tolist() == [expected]
