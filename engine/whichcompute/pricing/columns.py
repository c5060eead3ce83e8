"""Cost formulas over a frame: `Ops` on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from whichcompute.pricing.bill import Bill
from whichcompute.pricing.demand import CHOICES, FIELDS
from whichcompute.pricing.ops import TOLERANCE, Condition, Extra, Fits, Key, Needs, Ops, PricedRow, Quantity, Row

_DENSE = 0.7
"""Share of rows still open above which working on all of them is faster than picking the open ones."""


class Choices:
    """A column of choices as small numbers; the last number means unknown."""

    def __init__(self, names: Sequence[str], numbers: Any) -> None:
        self.names = names
        self.numbers = numbers

    def __getitem__(self, rows: Any) -> Choices:
        return Choices(self.names, self.numbers[rows])

    def translate(self, by: Callable[[str], Any], unknown: Any) -> Any:
        """An array with what `by` gives for each choice, and `unknown`."""
        return np.take(np.array([*(by(name) for name in self.names), unknown]), self.numbers)


def read(frame: pl.DataFrame) -> dict[str, Quantity]:
    """The descriptors that a cost depends on: arrays with NaN for unknown, and Choices."""
    names = {name: _names(frame[name]) for name in CHOICES}
    filled = frame.select(_filled(name, names.get(name)) for name in FIELDS)
    arrays = {column.name: column.to_numpy() for column in filled.iter_columns()}
    return {name: Choices(names[name], array) if name in names else array for name, array in arrays.items()}


def _names(column: pl.Series) -> tuple[str, ...]:
    if isinstance(column.dtype, pl.Enum):
        return _categories(column.dtype)
    return tuple(column.cast(pl.String).unique().drop_nulls())


# Kept, as a piece of an inventory may have few rows and many such expressions.
@lru_cache(100)
def _categories(dtype: pl.Enum) -> tuple[str, ...]:
    return tuple(dtype.categories)


@lru_cache(1000)
def _filled(name: str, choices: tuple[str, ...] | None) -> pl.Expr:
    """The column without gaps: NaN, or the number behind the last choice, for unknown."""
    if choices is None:
        return pl.col(name).cast(pl.Float64).fill_null(float("nan"))
    return pl.col(name).cast(pl.Enum(choices)).to_physical().fill_null(len(choices))


def ops_of(columns: Mapping[str, Quantity], height: int) -> Ops:
    """`Ops` on so many rows at once; `columns` holds what `read` gives, or some of its rows."""
    return _Columns(columns, height)


class _Columns:
    def __init__(self, columns: Mapping[str, Quantity], height: int) -> None:
        self._columns = columns
        self._height = height

    def read(self, name: str) -> Quantity:
        return self._columns[name]

    def known(self, value: Quantity) -> Condition:
        if isinstance(value, Choices):
            return value.numbers < len(value.names)
        return ~np.isnan(value)

    def default(self, value: Quantity, otherwise: Quantity) -> Quantity:
        return np.where(np.isnan(value), otherwise, value)

    def is_in(self, value: Quantity, *choices: object) -> Condition:
        if isinstance(value, Choices):
            return value.translate(choices.__contains__, False)
        return np.logical_or.reduce([value == choice for choice in choices])

    def no(self, condition: Condition) -> Condition:
        return np.logical_not(condition)

    def nowhere(self, condition: Condition) -> bool:
        return not np.any(condition)

    def where(self, condition: Condition, then: Quantity, otherwise: Quantity) -> Quantity:
        return np.where(condition, then, otherwise)

    def choose(self, value: Quantity, by: Mapping[str, float], otherwise: float) -> Quantity:
        return value.translate(lambda name: by.get(name, otherwise), otherwise)

    def ceil(self, value: Quantity) -> Quantity:
        return np.ceil(value - TOLERANCE)

    def floor(self, value: Quantity) -> Quantity:
        return np.floor(value + TOLERANCE)

    def larger(self, left: Quantity, right: Quantity) -> Quantity:
        return np.maximum(left, right)

    def smaller(self, left: Quantity, right: Quantity) -> Quantity:
        return np.minimum(left, right)

    def first(
        self, groups: Mapping[Key, Sequence[Row]], key: Key, fits: Fits[Row], needs: Needs, vcpu: Callable[[Row], float]
    ) -> tuple[Condition, Quantity, Quantity]:
        height = self._height
        found, size, number = np.zeros(height, bool), np.zeros(height), np.zeros(height)
        for group, rows in groups.items():
            open_ = _Open(_matches(key, group, height), needs)
            for row in rows:
                if not open_.rows.size:
                    break
                holds, numbers = (_spread(part, open_.rows.size) for part in fits(row, open_.needs))
                held = open_.rows[holds]
                found[held], size[held], number[held] = True, vcpu(row), numbers[holds]
                open_.keep(~holds)
        return found, size, number

    def cheapest(
        self,
        groups: Mapping[Key, Sequence[PricedRow]],
        key: Key,
        fits: Fits[PricedRow],
        needs: Needs,
        extra: Extra[PricedRow] | None = None,
    ) -> tuple[Condition, Quantity, PricedRow | None, Quantity]:
        height = self._height
        best, number = np.full(height, np.inf), np.zeros(height)
        for group, rows in groups.items():
            open_ = _Open(_matches(key, group, height), needs)
            for row in rows:
                if not open_.rows.size:
                    break
                holds, count = fits(row, open_.needs)
                cost = row.rate * count + (extra(row, open_.needs, count) if extra else 0.0)
                before = best[open_.rows]
                least = np.minimum(before, np.where(holds, cost, np.inf))
                best[open_.rows] = least
                number[open_.rows] = np.where(least < before, count, number[open_.rows])
                still = least > row.rate  # one machine of a more expensive row costs more
                if np.count_nonzero(still) < _DENSE * still.size:
                    open_.keep(still)
        found = np.isfinite(best)
        return found, np.where(found, best, 0.0), None, np.where(found, number, 0.0)


class _Open:
    """The rows that are still to be settled, with their needs."""

    def __init__(self, mask: Any, needs: Needs) -> None:
        self.rows = np.flatnonzero(mask)
        self.needs = _narrow(needs, self.rows)

    def keep(self, mask: Any) -> None:
        self.rows, self.needs = self.rows[mask], _narrow(self.needs, mask)


def _narrow(needs: Needs, rows: Any) -> Needs:
    return tuple(need[rows] if isinstance(need, np.ndarray) else need for need in needs)


def _matches(key: Key, group: Key, height: int) -> Any:
    matches = np.ones(height, bool)
    for part, wanted in zip(key, group, strict=True):
        matches &= _spread(part, height) == wanted
    return matches


def _spread(value: Quantity, height: int) -> Any:
    return np.broadcast_to(value, height)


def totals(bill: Bill, height: int) -> Any:
    """The total of each row's bill; NaN where there is none."""
    return np.where(_spread(bill.holds, height), _spread(bill.total(), height), np.nan)
