from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import condition_lines, workloads
from whichcompute import Engine
from whichcompute.knowledge.cells import ConjunctionIndex, mask_of, numbers_of
from whichcompute.knowledge.conditions import Condition, parse
from whichcompute.knowledge.descriptors import with_derived

PACK = Engine.default().pack
INDEX = ConjunctionIndex(PACK.rules)


@given(workloads())
def test_the_masks_are_the_verdicts_of_the_rules_one_by_one(values: dict[str, float | bool | str]) -> None:
    complete = with_derived(values)
    fired, unknown = INDEX.evaluate(complete)
    assert INDEX.select(fired) == [rule for rule in PACK if rule.holds(complete) is True]
    assert INDEX.select(unknown) == [rule for rule in PACK if rule.holds(complete) is None]


def test_a_representative_lies_in_the_cell_of_its_number() -> None:
    for cells in INDEX.cells.values():
        assert [cells.number(value) for value in cells.representatives] == list(range(len(cells.representatives)))
        assert cells.true_masks[-1] == cells.masks(None)[0]


@given(st.sets(st.integers(0, 300)))
def test_a_mask_names_the_items_that_are_wanted(wanted: set[int]) -> None:
    assert numbers_of(mask_of(range(301), wanted.__contains__)) == sorted(wanted)


@given(st.lists(condition_lines(), min_size=1, max_size=30))
def test_each_cell_knows_what_each_condition_says_of_its_values(lines: list[str]) -> None:
    @dataclass(frozen=True)
    class Item:
        conditions: tuple[Condition, ...]

    parsed = [parse(line, PACK.facts) for line in lines]
    items = [Item((first, second)) for first, second in zip(parsed, parsed[::-1], strict=True)]
    for field, cells in ConjunctionIndex(items).cells.items():
        for value in cells.representatives:
            true, false = cells.masks(value)
            for number, item in enumerate(items):
                said = [condition.test(value) for condition in item.conditions if condition.field == field]
                assert (true >> number & 1, false >> number & 1) == (all(said), not all(said))
