from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.polars_oracle import rule_expression
from tests.strategies import condition_lines, workloads
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.cells import ConjunctionIndex
from whichcompute.knowledge.conditions import ConditionError, parse
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS, with_derived
from whichcompute.knowledge.rules import Rule, RuleEntry

FACTS = all_facts.load()
_TYPES = {"number": pl.Float64, "choice": pl.String, "boolean": pl.Boolean, "text": pl.String}
SCHEMA = {**{d.name: _TYPES[d.type] for d in DESCRIPTORS.values()}, **dict.fromkeys(DERIVED, pl.Float64)}


def rule_of(lines: list[str], number: int = 0) -> Rule:
    entry = RuleEntry(
        id=f"lambda.rule-{number}", service="lambda", effect="exclude", when=tuple(lines), because="x", sources=("x",)
    )
    return Rule(entry, tuple(parse(line, FACTS) for line in lines))


@given(st.lists(st.lists(condition_lines(), min_size=1, max_size=4), min_size=1, max_size=8), workloads())
def test_scalar_polars_and_index_agree(packs: list[list[str]], values: dict[str, object]) -> None:
    """The three ways to evaluate rules give the same verdicts, unknowns included."""
    rules = [rule_of(lines, number) for number, lines in enumerate(packs)]
    complete = with_derived(values)
    scalar = [rule.holds(complete) for rule in rules]
    frame = pl.DataFrame({name: [complete.get(name)] for name in SCHEMA}, schema=SCHEMA)
    assert list(frame.select(rule_expression(rule) for rule in rules).row(0)) == scalar
    fired, unknown = ConjunctionIndex(rules).evaluate(complete)
    assert [True if fired >> n & 1 else None if unknown >> n & 1 else False for n in range(len(rules))] == scalar


@pytest.mark.parametrize(
    ("line", "values", "expected"),
    [
        ("max_duration_s > lambda.max_duration", {"max_duration_s": 900.0}, False),
        ("max_duration_s > lambda.max_duration", {"max_duration_s": 900.5}, True),
        ("max_duration_s > 15m", {"max_duration_s": 901.0}, True),
        ("memory_mb >= 2GiB", {"memory_mb": 2048.0}, True),
        ("os == 'windows'", {}, None),
        ("os != 'windows'", {}, None),
        ("os in ['linux', 'any']", {"os": "any"}, True),
        ("autoscaling == true", {"autoscaling": False}, False),
        ("known os", {}, False),
        ("unknown os", {}, True),
        ("unless shared_filesystem == true", {}, True),
        ("unless shared_filesystem == true", {"shared_filesystem": False}, True),
        ("unless shared_filesystem == true", {"shared_filesystem": True}, False),
        ("unless os in ['linux', 'any']", {"os": "windows"}, True),
        ("unless os in ['linux', 'any']", {"os": "any"}, False),
        ("gb_seconds_per_month > 100", {"memory_mb": 1024.0, "typical_duration_s": 2.0}, None),
    ],
    ids=str,
)
def test_a_line_holds_fails_or_is_unknown(line: str, values: dict[str, object], expected: bool | None) -> None:
    assert parse(line, FACTS).holds(with_derived(values)) is expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("__import__('os').system('true') == 1", ["not a condition"]),
        ("().__class__ == 1", ["not a condition"]),
        ("max_durration_s > 3", ["max_durration_s", "max_duration_s"]),
        ("os == 'beos'", ["beos", "linux"]),
        ("os > 3", ["os", "choice"]),
        ("os == 3", ["os", "choice"]),
        ("max_duration_s > 2GiB", ["2GiB", "in s"]),
        ("scratch_gb < 1e308", ["1e308", "at most 1e+15"]),
        ("memory_mb > lambda.max_duration", ["lambda.max_duration", "in s", "MB"]),
        ("memory_mb > lambda.no_such_fact", ["lambda.no_such_fact"]),
        ("memory_mb in 3", ["in", "list"]),
        ("memory_mb == [1, 2]", ["list"]),
        ("memory_mb in [1, 'a']", ["one type"]),
        ("memory_mb in []", ["one type"]),
        ("autoscaling > true", ["boolean"]),
        ("description == 'x'", ["description"]),
        ("known nothing", ["nothing"]),
        ("unless memory_mb == 2", ["unless", "choice or a boolean"]),
        ("unless os != 'windows'", ["unless", "== or in"]),
        ("unless kernel", ["not a condition"]),
        ("x" * 600, ["600"]),
        ("", ["not a condition"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_line_is_refused_with_its_reason(line: str, words: list[str]) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(line, FACTS)
    assert all(word in str(refused.value) for word in words), str(refused.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("max_duration_s > 900", "maximum duration is above 15 min"),
        ("os in ['linux', 'any']", "is Linux or any"),
        ("autoscaling == false", "no auto scaling is needed"),
        ("code_changes != true", "the code must not be changed"),
        ("unknown os", "is unknown"),
        ("unless shared_filesystem == true", "nothing says that"),
        ("unless os in ['linux', 'any']", "is not known to be Linux or any"),
    ],
)
def test_a_line_is_said_in_words(line: str, words: str) -> None:
    assert words in parse(line, FACTS).words()


def test_every_yes_no_field_has_a_clause_for_each_answer() -> None:
    for descriptor in DESCRIPTORS.values():
        assert len(set(descriptor.clauses)) == (2 if descriptor.type == "boolean" else 0), descriptor.name
