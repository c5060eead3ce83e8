"""Arithmetic for cost formulas: written once against `Ops`, run on one workload here and on columns in columns.

Unknown is None here and NaN (or null) in a column; conditions are never unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

Quantity = Any
"""A float, or an array of floats in columns."""
Condition = Any
"""A bool, or an array of bools in columns."""

TOLERANCE = 1e-9
"""Slack in rounding up and down, so that 0.28 s are 280 ms and not 281."""


Needs = tuple[Quantity, ...]
"""What rows of a table must hold; of machines the vCPUs and the memory first, how many are needed last.

Columns narrow these to the workloads that are still open.
"""


class Priced(Protocol):
    """A row of a price table."""

    @property
    def rate(self) -> float:
        """What one of it costs."""

    @property
    def vcpu(self) -> float:
        """Its vCPUs."""

    @property
    def memory_mb(self) -> float:
        """Its memory."""

    def at_least(self, needs: Needs) -> float:
        """How many of it are needed at the very least: a bound that is quick to work out."""


Row = TypeVar("Row")
PricedRow = TypeVar("PricedRow", bound=Priced)
Key = tuple[Condition, ...]
Fits = Callable[[Row, Needs], tuple[Condition, Quantity]]
"""Whether a row holds the needs, and the number for it (how many of it, or how much is taken)."""
Extra = Callable[[Row, Needs, Quantity], Quantity]
"""What so many of a row cost besides their rate."""


class Ops(Protocol):
    """What a formula may use; comparisons, + - * / and `&` `|` of conditions besides."""

    def read(self, name: str) -> Quantity:
        """The value of a descriptor."""

    def known(self, value: Quantity) -> Condition:
        """Whether a value is known."""

    def default(self, value: Quantity, otherwise: Quantity) -> Quantity:
        """The value, or the other one where it is unknown."""

    def is_in(self, value: Quantity, *choices: object) -> Condition:
        """Whether a value is known and one of the choices."""

    def no(self, condition: Condition) -> Condition:
        """The opposite of a condition."""

    def nowhere(self, condition: Condition) -> bool:
        """Whether a condition holds for no workload, so that the rest of a formula may be left out."""

    def where(self, condition: Condition, then: Quantity, otherwise: Quantity) -> Quantity:
        """One of two values by a condition."""

    def choose(self, value: Quantity, by: Mapping[str, float], otherwise: float) -> Quantity:
        """The number for a choice; `otherwise` where it is unknown."""

    def ceil(self, value: Quantity) -> Quantity:
        """The next whole number upwards."""

    def floor(self, value: Quantity) -> Quantity:
        """The next whole number downwards."""

    def larger(self, left: Quantity, right: Quantity) -> Quantity:
        """The larger of two numbers."""

    def smaller(self, left: Quantity, right: Quantity) -> Quantity:
        """The smaller of two numbers."""

    def first(
        self, groups: Mapping[Key, Sequence[Row]], key: Key, fits: Fits[Row], needs: Needs, vcpu: Callable[[Row], float]
    ) -> tuple[Condition, Quantity, Quantity]:
        """Of the rows of the group `key`: whether one fits, `vcpu` of the first that does, the number with it."""

    def cheapest(
        self,
        groups: Mapping[Key, Sequence[PricedRow]],
        key: Key,
        fits: Fits[PricedRow],
        needs: Needs,
        extra: Extra[PricedRow] | None = None,
    ) -> tuple[Condition, Quantity, PricedRow | None, Quantity]:
        """Of the rows of the group `key`, sorted by rate: whether one fits, the least cost, that row and its number.

        The least cost includes `extra`, which is never negative. Columns name no row.
        """


def numbers(values: Mapping[str, object]) -> Ops:
    """`Ops` for one workload: `values` holds what is known of it."""
    return _Numbers(values)


class _Numbers:
    def __init__(self, values: Mapping[str, object]) -> None:
        self.read: Callable[[str], Quantity] = values.get  # without a call of our own: it is called most of all

    def known(self, value: Quantity) -> Condition:
        return value is not None

    def default(self, value: Quantity, otherwise: Quantity) -> Quantity:
        return otherwise if value is None else value

    def is_in(self, value: Quantity, *choices: object) -> Condition:
        return value in choices

    def no(self, condition: Condition) -> Condition:
        return not condition

    def nowhere(self, condition: Condition) -> bool:
        return not condition

    def where(self, condition: Condition, then: Quantity, otherwise: Quantity) -> Quantity:
        return then if condition else otherwise

    def choose(self, value: Quantity, by: Mapping[str, float], otherwise: float) -> Quantity:
        return by.get(value, otherwise)

    def ceil(self, value: Quantity) -> Quantity:
        return math.ceil(value - TOLERANCE)

    def floor(self, value: Quantity) -> Quantity:
        return math.floor(value + TOLERANCE)

    def larger(self, left: Quantity, right: Quantity) -> Quantity:
        return left if left >= right else right

    def smaller(self, left: Quantity, right: Quantity) -> Quantity:
        return left if left <= right else right

    def first(
        self, groups: Mapping[Key, Sequence[Row]], key: Key, fits: Fits[Row], needs: Needs, vcpu: Callable[[Row], float]
    ) -> tuple[Condition, Quantity, Quantity]:
        for row in groups.get(key, ()):
            found, number = fits(row, needs)
            if found:
                return True, vcpu(row), number
        return False, 0.0, 0.0

    def cheapest(
        self,
        groups: Mapping[Key, Sequence[PricedRow]],
        key: Key,
        fits: Fits[PricedRow],
        needs: Needs,
        extra: Extra[PricedRow] | None = None,
    ) -> tuple[Condition, Quantity, PricedRow | None, Quantity]:
        best, chosen, number = math.inf, None, 0.0
        for row in groups.get(key, ()):
            if row.rate >= best:
                break
            if row.rate * row.at_least(needs) >= best:
                continue
            found, count = fits(row, needs)
            if found:
                cost = row.rate * count + (extra(row, needs, count) if extra else 0.0)
                if cost < best:
                    best, chosen, number = cost, row, count
        return chosen is not None, best if chosen is not None else 0.0, chosen, number
