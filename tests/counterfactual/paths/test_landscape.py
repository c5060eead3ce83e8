from __future__ import annotations

from hypothesis import given, settings

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.knowledge.descriptors import DESCRIPTORS

LAND = landscape(Engine.default().recommender)


@settings(max_examples=50)
@given(workloads())
def test_the_leading_answer_is_the_recommended_one(values: dict[str, float | bool | str]) -> None:
    assert LAND.leading(values) == Engine.default().recommend(values).service


@given(workloads())
def test_every_value_lies_in_one_cell_that_knows_its_terms(values: dict[str, float | bool | str]) -> None:
    for name, value in values.items():
        cells = [cell for cell in LAND.cells.get(name, ()) if value in cell]
        assert len(cells) == (1 if name in LAND.cells else 0)
        assert all(
            name not in LAND.index.cells or cell.mask == LAND.index.cells[name].masks(value)[0] for cell in cells
        )


def test_neighbouring_cells_differ_and_hold_values() -> None:
    for name, cells in LAND.cells.items():
        assert all(one.mask != other.mask for one, other in zip(cells, cells[1:], strict=False))
        if DESCRIPTORS[name].integer:
            assert all(cell.interval.low == int(cell.interval.low) for cell in cells)
        assert not any(cell.interval.is_empty() for cell in cells)


def test_between_a_limit_and_the_cut_beside_it_a_cell_is_narrow() -> None:
    narrow = [(cell.interval.low, cell.interval.high) for cell in LAND.cells["vcpus"] if cell.is_narrow]
    assert (32.0, 32.01) in narrow and all(high - low < 0.1 for low, high in narrow)
