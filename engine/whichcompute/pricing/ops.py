"""Arithmetic for cost formulas: written once against `Ops`, run on one workload here and on columns in columns.

Unknown is None here and NaN (or null) in a column; conditions are never unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

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


class Sized(Protocol):
    """A row of a table of sizes."""

    @property
    def vcpu(self) -> float:
        """Its vCPUs."""


class Priced(Sized, Protocol):
    """A row of a price table."""

    @property
    def rate(self) -> float:
        """What one of it costs."""

    @property
    def memory_mb(self) -> float:
        """Its memory."""

    def at_least(self, needs: Needs) -> float:
        """How many of it are needed at the very least: a bound that is quick to work out."""


Row = TypeVar("Row", bound=Sized)
Needed = TypeVar("Needed", bound=Needs)
PricedRow = TypeVar("PricedRow", bound=Priced)
Key = tuple[Condition, ...]
Fits = Callable[[Row, Needed], tuple[Condition, Quantity]]
"""Whether a row holds the needs, and the number for it (how many of it, or how much is taken)."""
Extra = Callable[[Row, Needed, Quantity], Quantity]
"""What so many of a row cost besides their rate."""


Cheapest = tuple[Condition, Quantity, PricedRow | None, Quantity]


class Search(NamedTuple, Generic[PricedRow, Needed]):
    """Rows to choose from, those of the group `key`, sorted by rate; `extra` is never negative."""

    groups: Mapping[Key, Sequence[PricedRow]]
    key: Key
    fits: Fits[PricedRow, Needed]
    needs: Needed
    extra: Extra[PricedRow, Needed] | None = None


class Ops:
    """What a formula may use on one workload; comparisons, + - * / and `&` `|` of conditions besides."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.read: Callable[[str], Quantity] = values.get
        """The value of a descriptor; without a call of our own, as it is called most of all."""

    def known(self, value: Quantity) -> Condition:
        """Whether a value is known."""
        return value is not None

    def default(self, value: Quantity, otherwise: Quantity) -> Quantity:
        """The value, or the other one where it is unknown."""
        return otherwise if value is None else value

    def is_in(self, value: Quantity, *choices: object) -> Condition:
        """Whether a value is known and one of the choices."""
        return value in choices

    def no(self, condition: Condition) -> Condition:
        """The opposite of a condition."""
        return not condition

    def nowhere(self, condition: Condition) -> bool:
        """Whether a condition holds for no workload, so that the rest of a formula may be left out."""
        return not condition

    def where(self, condition: Condition, then: Quantity, otherwise: Quantity) -> Quantity:
        """One of two values by a condition."""
        return then if condition else otherwise

    def choose(self, value: Quantity, by: Mapping[str, float], otherwise: float) -> Quantity:
        """The number for a choice; `otherwise` where it is unknown."""
        return by.get(value, otherwise)

    def ceil(self, value: Quantity) -> Quantity:
        """The next whole number upwards."""
        return math.ceil(value - TOLERANCE)

    def floor(self, value: Quantity) -> Quantity:
        """The next whole number downwards."""
        return math.floor(value + TOLERANCE)

    def larger(self, left: Quantity, right: Quantity) -> Quantity:
        """The larger of two numbers."""
        return left if left >= right else right

    def smaller(self, left: Quantity, right: Quantity) -> Quantity:
        """The smaller of two numbers."""
        return left if left <= right else right

    def first(
        self, groups: Mapping[Key, Sequence[Row]], key: Key, fits: Fits[Row, Needed], needs: Needed
    ) -> tuple[Condition, Quantity, Quantity]:
        """Of the rows of the group `key`: whether one fits, the vCPUs of the first that does, the number with it."""
        for row in groups.get(key, ()):
            found, number = fits(row, needs)
            if found:
                return True, row.vcpu, number
        return False, 0.0, 0.0

    def cheapest(self, search: Search[PricedRow, Needed]) -> Cheapest[PricedRow]:
        """Whether a row fits, the least cost with `extra`, that row and its number; columns name no row.

        A row whose `extra` is not known is taken only where no other fits; the least cost is NaN then.
        """
        groups, key, fits, needs, extra = search
        best, chosen, number = math.inf, None, 0.0
        unpriced: tuple[PricedRow | None, Quantity] = None, 0.0
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
                elif cost != cost and unpriced[0] is None:  # NaN differs from itself
                    unpriced = row, count
        if chosen is not None:
            return True, best, chosen, number
        return unpriced[0] is not None, 0.0 if unpriced[0] is None else math.nan, *unpriced
