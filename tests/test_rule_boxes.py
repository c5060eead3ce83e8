from __future__ import annotations

import pytest
from hypothesis import given, settings

from engine.conditions import parse
from engine.rule_boxes import Space
from engine.rules import Rule
from engine.workload import read, with_derived
from tests import oracle

SLOW = settings(max_examples=60, deadline=None)


def space_of(*whens: list[str]) -> tuple[Space, list[dict[str, int]]]:
    conditions = [[parse(line, oracle.FACTS) for line in when] for when in whens]
    space = Space(c for when in conditions for c in when)
    return space, [dict(space.box(when)) for when in conditions]


@SLOW
@given(oracle.packs())
def test_a_box_is_empty_exactly_when_z3_finds_no_workload(rules: list[Rule]) -> None:
    space = Space(c for rule in rules for c in rule.conditions)
    for rule in rules:
        logic = oracle.logic_of([rule])
        assert space.is_empty(space.box(rule.conditions)) is not oracle.possible(logic, logic.holds(rule.conditions))


@SLOW
@given(oracle.packs())
def test_a_box_lies_in_others_exactly_when_z3_finds_no_workload_outside(rules: list[Rule]) -> None:
    import z3

    space = Space(c for rule in rules for c in rule.conditions)
    first, *others = rules
    logic = oracle.logic_of(rules)
    outside = [logic.holds(first.conditions), *(z3.Not(logic.holds(rule.conditions)) for rule in others)]
    left = space.remainder(space.box(first.conditions), [space.box(rule.conditions) for rule in others])
    assert bool(left) is oracle.possible(logic, *outside)


@SLOW
@given(oracle.packs())
def test_a_witness_is_a_workload_on_which_the_rule_fires(rules: list[Rule]) -> None:
    space = Space(c for rule in rules for c in rule.conditions)
    for rule in rules:
        if (witness := space.witness(space.box(rule.conditions))) is not None:
            assert rule.holds(with_derived(read(witness))) is True
