from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.polars_oracle import rule_expression
from tests.recommender.columns.frames import typed_frame
from tests.strategies import condition_lines, workloads
from whichcompute import Engine
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.conditions import parse
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.descriptors import with_derived as scalar_with_derived
from whichcompute.knowledge.rules import Rule, RuleEntry
from whichcompute.pricing import columns
from whichcompute.recommender.columns.firing import BitRows, FrameIndex, Span
from whichcompute.recommender.columns.typed import with_derived

FACTS = all_facts.load()


def rule(number: int, lines: list[str]) -> Rule:
    entry = RuleEntry(
        id=f"lambda.rule-{number}", service="lambda", effect="exclude", when=tuple(lines), because="x", sources=("x",)
    )
    return Rule(entry, tuple(parse(line, FACTS) for line in lines))


def bit(words: BitRows, position: int) -> list[bool]:
    return (words[:, position // 64] >> np.uint64(position % 64) & np.uint64(1)).astype(bool).tolist()


@settings(max_examples=60)
@given(
    st.lists(st.lists(condition_lines(), min_size=1, max_size=3), min_size=1, max_size=8),
    st.lists(workloads(), min_size=1, max_size=6),
    st.integers(0, 8),
)
def test_every_item_fires_and_waits_as_it_does_for_one_workload(
    lines: list[list[str]], rows: list[dict[str, Value]], cut: int
) -> None:
    rules = [rule(number, each) for number, each in enumerate(lines)]
    index = FrameIndex([rules[:cut], rules[cut:]])
    fired, unknown = index.evaluate(columns.read(with_derived(typed_frame(rows))), len(rows))
    for number, each in enumerate(rules):
        verdicts = [each.holds(scalar_with_derived(row)) for row in rows]
        assert bit(fired, index.positions[number]) == [verdict is True for verdict in verdicts]
        assert bit(unknown, index.positions[number]) == [verdict is None for verdict in verdicts]


def test_the_shipped_rules_agree_with_their_polars_expressions(engine: Engine) -> None:
    rows = [example for each in engine.pack for example in (*each.entry.fires_on, *each.entry.unknown_on)]
    from whichcompute.knowledge.descriptors import read

    frame = with_derived(typed_frame([read(row) for row in rows]))
    rules = list(engine.pack)
    index = FrameIndex([rules])
    fired, unknown = index.evaluate(columns.read(frame), frame.height)
    verdicts = frame.select(rule_expression(rule) for rule in rules)
    for number, each in enumerate(rules):
        assert bit(fired, index.positions[number]) == verdicts[each.id].fill_null(False).to_list()
        assert bit(unknown, index.positions[number]) == verdicts[each.id].is_null().to_list()


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([3, 4], [[0], [0]]),
        ([40, 40], [[0], [1]]),
        ([10, 100], [[0], [0, 1]]),
        ([64, 1], [[0], [1]]),
        ([0, 2], [[], [0]]),
    ],
    ids=["together", "a second word", "larger than a word", "a full word", "an empty group"],
)
def test_a_group_lies_in_as_few_words_as_it_fits(sizes: list[int], words: list[list[int]]) -> None:
    groups = [[rule(100 * at + n, ["gpus > 0"]) for n in range(size)] for at, size in enumerate(sizes)]
    index = FrameIndex(groups)
    assert [[span.word for span in spans] for spans in index.spans] == words
    assert len(set(index.positions)) == sum(sizes)


def test_a_span_gives_its_bits_with_the_first_item_lowest() -> None:
    words = np.array([[0b1011_0000, 1]], np.uint64)
    assert Span(0, 4, 4, 7).of(words).tolist() == [0b1011]
    assert Span(1, 0, 64, 0).of(words).tolist() == [1]
