from __future__ import annotations

from dataclasses import dataclass

import pytest

from whichcompute.pricing.ops import Ops, Search

ONE = Ops({"kind": "website", "vcpus": 2.0})


@dataclass(frozen=True)
class Box:
    vcpu: float
    rate: float

    def at_least(self, needs: tuple[float, ...]) -> float:
        return needs[0] * needs[1] / self.vcpu


BOXES = {(True,): [Box(1, 1.0), Box(4, 3.0), Box(16, 20.0)]}


def holds(box: Box, needs: tuple[float, ...]) -> tuple[bool, float]:
    """One item a box, when it fits at all."""
    size, number = needs
    return box.vcpu >= size, -(-number // (box.vcpu // size or 1))


@pytest.mark.parametrize(("value", "up", "down"), [(0.28 * 1000, 280, 280), (1.5, 2, 1), (0.0, 0, 0), (3.0, 3, 3)])
def test_rounding_forgives_what_floats_add(value: float, up: float, down: float) -> None:
    assert (ONE.ceil(value), ONE.floor(value)) == (up, down)


def test_unknown_is_not_a_value() -> None:
    assert ONE.read("gpus") is None
    assert not ONE.known(ONE.read("gpus"))
    assert ONE.default(ONE.read("gpus"), 7.0) == 7.0
    assert not ONE.is_in(ONE.read("gpus"), 0.0, False)


@pytest.mark.parametrize(
    ("size", "number", "chosen"),
    [(1, 1, (1.0, 1)), (1, 4, (3.0, 1)), (1, 5, (5.0, 5)), (16, 2, (40.0, 2)), (17, 1, None)],
    ids=["the smallest", "one larger for four small", "five small", "only the largest", "none"],
)
def test_the_cheapest_number_of_rows(size: float, number: float, chosen: tuple[float, float] | None) -> None:
    found, cost, row, count = ONE.cheapest(Search(BOXES, (True,), holds, (size, number)))
    assert ((cost, count) if found else None) == chosen
    assert (row is None) == (chosen is None)


def test_several_rows_may_cost_something_besides() -> None:
    def beside(box: Box, needs: tuple[float, ...], count: float) -> float:
        return 10.0 if count > 1 else 0.0

    assert ONE.cheapest(Search(BOXES, (True,), holds, (1, 5), beside))[1] == 15.0
    assert ONE.cheapest(Search(BOXES, (True,), holds, (1, 16), beside))[1] == 20.0


def test_the_first_row_that_fits_and_none_in_an_unknown_group() -> None:
    assert ONE.first(BOXES, (True,), holds, (3, 1)) == (True, 4, 1)
    assert ONE.first(BOXES, (False,), holds, (3, 1))[0] is False
