from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rule_packs import rule
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.analysis.axes import Axis
from whichcompute.classifier import directions, features
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Field
from whichcompute.classifier.model import Classifier
from whichcompute.engine import RuleLayer
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.monotonicity import CLASSIFIER, NEAR, Breach, Monotonicity, find
from whichcompute.recommender.terms import Terms

TERMS = Engine.default().aggregator.terms
FIELDS = features.load(TERMS.pack.facts).fields
DECLARED = directions.load()
WIDE = [  # as if every direction held for all values and against every answer that it does not name
    replace(direction, against=frozenset(ANSWERS) - direction.answers, start=None, end=None) for direction in DECLARED
]
FOUND = list(Monotonicity(TERMS, FIELDS).breaches(WIDE))


def values_of(field: Field) -> list[Value]:
    """A value of each cell, so that every step is tried."""
    if not field.cuts:
        return list(field.cells)
    lines = [c for rule in TERMS.pack for c in rule.conditions if c.field == field.name]
    axis = Axis(field.name, [*lines, *TERMS.classifier.fields[field.name].conditions])
    return [value for number in range(len(axis.cells)) if (value := axis.value(2 << number)) is not None]


VALUES = {field.name: values_of(field) for field in FIELDS if field.name in {d.field for d in DECLARED}}


def odds(values: dict[str, Value], answer: str, rival: str) -> float:
    complete = with_derived(values)
    fired, _ = TERMS.index.evaluate(complete)
    own, other = ANSWERS.index(answer), ANSWERS.index(rival)
    if fired & (TERMS.vetoes[own] | TERMS.vetoes[other]):
        return float("nan")
    scores = TERMS.scores(fired, TERMS.classifier.scores(complete))
    return scores[own] - scores[other]


def test_the_shipped_rules_and_classifier_keep_every_declared_direction() -> None:
    assert find(TERMS, DECLARED, FIELDS) == []


def test_the_limits_of_what_is_declared_are_there_for_a_reason() -> None:
    pairs = {(breach.direction.field, breach.answer, breach.rival) for breach in FOUND}
    assert ("scratch_gb", "lambda", "fargate") in pairs
    assert len(pairs) > 10


@pytest.mark.parametrize("breach", FOUND, ids=lambda breach: f"{breach.direction.field}-{breach.answer}-{breach.rival}")
def test_a_witness_shows_its_breach(breach: Breach) -> None:
    assert breach.witness is not None
    low = dict(breach.witness)
    field = breach.direction.field
    highs = [high for high in VALUES[field] if position(field, high) > position(field, low[field])]
    sign = -1 if breach.direction.rises else 1
    before = odds(low, breach.answer, breach.rival)
    gains = [sign * (odds({**low, field: high}, breach.answer, breach.rival) - before) for high in highs]
    assert any(gain == pytest.approx(breach.gain) for gain in gains)


def position(field: str, value: Value) -> float:
    return float(value) if DESCRIPTORS[field].type == "number" else VALUES[field].index(value)


@settings(max_examples=400)
@given(workloads(), st.sampled_from(WIDE), st.data())
def test_no_workload_breaks_a_direction_that_the_search_found_kept(
    values: dict[str, Value], direction: Direction, data: st.DataObject
) -> None:
    low, high = sorted(
        data.draw(st.lists(st.sampled_from(VALUES[direction.field]), min_size=2, max_size=2, unique=True)),
        key=lambda value: position(direction.field, value),
    )
    known = {(breach.direction.field, breach.answer, breach.rival) for breach in FOUND}
    for answer in direction.answers:
        for rival in direction.against:
            if (direction.field, answer, rival) not in known:
                before, after = (odds({**values, direction.field: v}, answer, rival) for v in (low, high))
                gain = (after - before) * (-1 if direction.rises else 1)
                assert not gain > NEAR * len(VALUES[direction.field])


def test_a_weight_of_the_classifier_in_the_wrong_direction_is_found() -> None:
    numbers = dict(TERMS.classifier.numbers)
    numbers["terms"] = [*numbers["terms"], {"when": ["memory_mb >= 1025"], "weights": [9.0, 0, 0, 0, 0, 0]}]
    found = find(Terms(TERMS.pack, Classifier(numbers, TERMS.pack.facts)), DECLARED, FIELDS)
    assert {finding.rules for finding in found} >= {(CLASSIFIER,)}
    assert "as memory per instance rises from" in found[0].what


def test_a_pack_that_turns_a_direction_is_found_and_may_list_it(tmp_path: Path) -> None:
    pack = tmp_path / "ours.toml"
    ours = rule("lambda.large-is-fine", "memory_mb > 3000", effect="prefer", aspect="size", strength="strong")
    pack.write_text(ours)
    _, findings = RuleLayer().check([pack])
    assert ("direction", ("lambda.large-is-fine",)) in {finding.key for finding in findings}
    listed = '[[finding]]\nkind = "direction"\nrules = ["lambda.large-is-fine"]\nreason = "We do."\n'
    pack.write_text(ours + listed)
    _, findings = RuleLayer().check([pack])
    assert all(finding.reason for finding in findings)
