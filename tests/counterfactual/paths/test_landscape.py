from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.counterfactual.paths.cases import CASES
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.counterfactual.paths.landscape import Interval, landscape
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
        assert not any(cell.interval.empty for cell in cells)


def test_implied_terms_hold_wherever_the_term_does() -> None:
    for values in CASES[:60]:
        fired = LAND.fired(with_derived(values))
        assert all(not LAND.implied(number) & ~fired for number in numbers_of(fired))


@pytest.mark.parametrize(
    ("interval", "name", "words"),
    [
        (Interval(0, 900), "max_duration_s", "up to 15 min"),
        (Interval(0, 5, high_open=True), "start_within_s", "below 5 s"),
        (Interval(10240, 134217728, low_open=True), "memory_mb", "above 10 GB"),
        (Interval(1, 1024), "gpus", "1 or more"),
        (Interval(1, 8), "gpus", "1 or more, up to 8"),
        (Interval(900, 3600, low_open=True, high_open=True), "max_duration_s", "above 15 min, below 1 h"),
        (Interval(900, 900), "max_duration_s", "15 min"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_an_interval_is_told_with_units(interval: Interval, name: str, words: str) -> None:
    assert interval.words(DESCRIPTORS[name]) == words
