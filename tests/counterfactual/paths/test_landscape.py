from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.counterfactual.paths.cases import CASES
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import DESCRIPTORS, with_derived
from whichcompute.knowledge.services import SERVICES

LAND = landscape(Engine.default().aggregator)


@settings(max_examples=200)
@given(workloads())
def test_the_first_service_is_the_recommended_one(values: dict[str, float | bool | str]) -> None:
    complete = with_derived(values)
    number = LAND.first(LAND.fired(complete))
    weighing = Engine.default().aggregator.weigh(complete)
    assert (None if number is None else SERVICES[number]) == weighing.service
    assert LAND.table.scores(LAND.fired(complete)) == pytest.approx(weighing.scores, abs=1e-9)


@given(workloads())
def test_every_value_lies_in_one_cell_that_knows_its_terms(values: dict[str, float | bool | str]) -> None:
    for name, value in values.items():
        cells = [cell for cell in LAND.cells.get(name, ()) if value in cell]
        assert len(cells) == (1 if name in LAND.cells else 0)
        assert all(cell.mask == LAND.mask(name, value) for cell in cells)


def test_neighbouring_cells_differ_and_hold_values() -> None:
    for name, cells in LAND.cells.items():
        assert all(one.mask != other.mask for one, other in zip(cells, cells[1:], strict=False))
        if DESCRIPTORS[name].integer:
            assert all(cell.interval.low == int(cell.interval.low) for cell in cells)
        assert not any(cell.interval.is_empty() for cell in cells)


def test_implied_terms_hold_wherever_the_term_does() -> None:
    for values in CASES[:60]:
        fired = LAND.fired(with_derived(values))
        assert all(not LAND.implied(number) & ~fired for number in numbers_of(fired))
