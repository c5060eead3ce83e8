from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.analysis import oracle
from whichcompute.analysis.boxes import Space
from whichcompute.knowledge.conditions import parse
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import Rule

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
    covered = space.covers([space.box(rule.conditions) for rule in others], space.box(first.conditions))
    assert covered is not oracle.possible(logic, *outside)


@SLOW
@given(oracle.packs())
def test_a_witness_is_a_workload_on_which_the_rule_fires(rules: list[Rule]) -> None:
    space = Space(c for rule in rules for c in rule.conditions)
    for rule in rules:
        if (witness := space.witness(space.box(rule.conditions))) is not None:
            assert rule.holds(with_derived(read(witness))) is True


@pytest.mark.parametrize(
    ("when", "empty"),
    [
        (["average_concurrency > 1", "invocations_per_month == 0"], True),
        (["average_concurrency > 1", "unknown typical_duration_s"], True),
        (["average_concurrency > 1", "invocations_per_month <= 1000"], False),
        (["average_concurrency > 1", "invocations_per_month <= 1000", "typical_duration_s <= 15m"], True),
        (["average_concurrency > 1", "invocations_per_month <= 2920", "typical_duration_s <= 15m"], True),
        (["average_concurrency > 1", "invocations_per_month <= 2921", "typical_duration_s <= 15m"], False),
        (["average_concurrency > 1", "gb_seconds_per_month < 2628", "memory_mb >= 1024"], True),
        (["average_concurrency > 1", "gb_seconds_per_month < 2628001", "memory_mb >= 1024"], False),
        (["typical_duration_s > 15m", "max_duration_s <= 15m"], True),
        (["typical_duration_s > 15m", "unknown max_duration_s"], False),
        (["average_concurrency > 1", "max_duration_s <= 1", "invocations_per_month < 2628000"], True),
        (["gpus > 1", "gpus < 2"], True),
        (["memory_mb > 1", "memory_mb < 2"], False),
        (["os == 'linux'", "os != 'linux'"], True),
        (["known os", "unknown os"], True),
    ],
    ids=lambda value: " and ".join(value) if isinstance(value, list) else str(value),
)
def test_a_contradiction_is_found_through_products_and_orders(when: list[str], empty: bool) -> None:
    space, (box,) = space_of(when)
    assert space.is_empty(box) is empty
    assert (space.witness(box) is None) is empty


def test_a_box_without_another_is_cut_into_boxes_that_do_not_overlap() -> None:
    space, (box, cut) = space_of(["os == 'linux'"], ["os == 'linux'", "gpus > 0", "traffic == 'rare'"])
    left = list(space.remainder(box, [cut]))
    assert [space.words(part) for part in left] == [
        "operating system is Linux and number of GPUs per instance is 0 or is unknown",
        "operating system is Linux and number of GPUs per instance is above 0 "
        "and traffic pattern is one of steady, daily cycle, spiky or is unknown",
    ]
    assert space.is_empty(space.both(*left))
    assert space.within(cut, box) and not space.within(box, cut)


def test_a_witness_states_no_more_than_it_must() -> None:
    space, (box,) = space_of(["max_duration_s > lambda.max_duration", "unknown os", "average_concurrency >= 1"])
    witness = space.witness(box)
    assert witness is not None and set(witness) == {"max_duration_s", "typical_duration_s", "invocations_per_month"}
