from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.cells import ConjunctionIndex, mask_of, numbers_of
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
