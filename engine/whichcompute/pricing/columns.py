"""Cost formulas over a frame: `Ops` on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from whichcompute.pricing.bill import Bill
from whichcompute.pricing.demand import CHOICES, FIELDS, Demand
from whichcompute.pricing.ops import TOLERANCE, Condition, Extra, Fits, Key, Needs, Ops, PricedRow, Quantity, Row

_DENSE = 0.7
"""Share of rows still open above which working on all of them is faster than picking the open ones."""
_AT_ONCE = 1 << 14
"""Pairs of a workload and a machine up to which all are tried at once: with few workloads the steps take longest."""


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


def of_rows(columns: Mapping[str, Quantity], demand: Demand, rows: Any) -> tuple[Ops, Demand]:
    """`Ops` on the rows with these numbers, and their demand."""
    needs = (getattr(demand, field.name) for field in fields(demand))
    return _Columns(_Some(columns, rows), rows.size), Demand(*_narrow(tuple(needs), rows))


class _Some(dict[str, Quantity]):
    """Some rows of columns, each taken when it is read: a formula reads a few of many."""

    def __init__(self, columns: Mapping[str, Quantity], rows: Any) -> None:
        super().__init__()
        self._columns, self._rows = columns, rows

    def __missing__(self, name: str) -> Quantity:
        self[name] = self._columns[name][self._rows]
        return self[name]


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
        height, codes = self._height, self._codes(key)
        found, size, number = np.zeros(height, bool), np.zeros(height), np.zeros(height)
        for group, table in groups.items():
            rows = np.flatnonzero(codes == _code(group))
            for row in table if rows.size else ():
                holds, numbers = (_spread(part, rows.size) for part in fits(row, _narrow(needs, rows)))
                held = rows[holds]
                found[held], size[held], number[held] = True, vcpu(row), numbers[holds]
                rows = rows[~holds]
        return found, size, number

    def cheapest(
        self,
        groups: Mapping[Key, Sequence[PricedRow]],
        key: Key,
        fits: Fits[PricedRow],
        needs: Needs,
        extra: Extra[PricedRow] | None = None,
    ) -> tuple[Condition, Quantity, PricedRow | None, Quantity]:
        best, number = np.full(self._height, np.inf), np.zeros(self._height)
        codes = self._codes(key)
        for group, table in groups.items():
            rows = np.flatnonzero(codes == _code(group))
            if rows.size:
                open_ = _Open(rows, needs)
                for at, row in enumerate(table):
                    if open_.rows.size * (len(table) - at) <= _AT_ONCE:
                        open_.try_all(table[at:], fits, extra)
                        break
                    open_.try_one(row, fits, extra)
                    open_.settle(open_.best <= row.rate, best, number)  # one machine of a later row costs more
                open_.settle(np.ones(open_.rows.size, bool), best, number)
        found = np.isfinite(best)
        return found, np.where(found, best, 0.0), None, np.where(found, number, 0.0)

    def _codes(self, key: Key) -> Any:
        """The group of each workload as a number, as `_code` gives it."""
        codes = np.zeros(self._height, np.uint8)
        for at, part in enumerate(key):
            codes |= np.left_shift(np.asarray(part, np.uint8), at)
        return codes


class _Open:
    """Workloads that may still find a cheaper machine: their numbers, the least cost so far, and how many it needs.

    Their needs lie in one array with a line for each, so that those of some are taken at once.
    """

    def __init__(self, rows: Any, needs: Needs) -> None:
        self.rows = rows
        self._needs = needs
        arrays = [need.take(rows) for need in needs if isinstance(need, np.ndarray)]
        self._lines = np.stack(arrays or [np.zeros(rows.size)], axis=1)
        self._bounds = _narrow((needs[0], needs[1], needs[-1]), rows)
        self.best, self._number = np.full(rows.size, np.inf), np.zeros(rows.size)

    def _of(self, lines: Any) -> Needs:
        columns = iter(lines.T)
        return tuple(next(columns) if isinstance(need, np.ndarray) else need for need in self._needs)

    def try_one(self, row: PricedRow, fits: Fits[PricedRow], extra: Extra[PricedRow] | None) -> None:
        """Prices a machine for those workloads for which it may be the cheapest."""
        some = np.flatnonzero(_may_win(row, self._bounds, self.best))
        if some.size:
            cost, count = _priced(row, self._of(self._lines.take(some, axis=0)), fits, extra)
            self._improve(some, cost, np.broadcast_to(count, some.size))

    def try_all(self, rows: Sequence[PricedRow], fits: Fits[PricedRow], extra: Extra[PricedRow] | None) -> None:
        """Prices all of these machines at once: with few workloads the steps take longest."""
        cost, count = _priced(_stacked(rows), self._of(self._lines), fits, extra)
        cost, count = (np.broadcast_to(part, (len(rows), self.rows.size)) for part in (cost, count))
        chosen = cost.argmin(axis=0)[None]
        cost, count = (np.take_along_axis(part, chosen, axis=0)[0] for part in (cost, count))
        self._improve(np.arange(self.rows.size), cost, count)

    def _improve(self, some: Any, cost: Any, count: Any) -> None:
        better = np.flatnonzero(cost < self.best.take(some))
        where = some.take(better)
        self.best[where], self._number[where] = cost.take(better), count.take(better)

    def settle(self, done: Any, best: Any, number: Any) -> None:
        """Fills in the results of the workloads that are done, if they are enough, and leaves these aside."""
        if done.size - np.count_nonzero(done) >= _DENSE * done.size:
            return
        best[self.rows], number[self.rows] = self.best, self._number
        kept = np.flatnonzero(~done)
        self.rows, self._lines = self.rows.take(kept), self._lines.take(kept, axis=0)
        self._bounds = _narrow(self._bounds, kept)
        self.best, self._number = self.best.take(kept), self._number.take(kept)


def _priced(
    row: PricedRow, needs: Needs, fits: Fits[PricedRow], extra: Extra[PricedRow] | None
) -> tuple[Quantity, Quantity]:
    """What as many of a machine as are needed cost, infinite where it does not fit, and how many they are."""
    holds, count = fits(row, needs)
    return np.where(holds, row.rate * count + (extra(row, needs, count) if extra else 0.0), np.inf), count


def _may_win(row: PricedRow, needs: Needs, best: Any) -> Any:
    """For which workloads an instance may fit on a machine, and as many as are needed may cost less than the best."""
    vcpus, memory_mb, number = needs
    share = np.maximum(vcpus / row.vcpu, memory_mb / row.memory_mb)
    return (share < 1.0 + 2 * TOLERANCE) & (share * number * row.rate < best)


def _narrow(needs: Needs, rows: Any) -> Needs:
    return tuple(need.take(rows) if isinstance(need, np.ndarray) else need for need in needs)


def _code(group: Key) -> int:
    """The answers of yes and no that name a group, as one number."""
    return sum(part << at for at, part in enumerate(group))


def _stacked(rows: Sequence[PricedRow]) -> PricedRow:
    """Rows of a table as one, whose numbers are arrays with a line for each row."""
    row: Any = rows[0]
    columns = ([getattr(each, field.name) for each in rows] for field in fields(row))
    stacked: PricedRow = type(row)(*(np.array(column)[:, None] for column in columns))
    return stacked


def _spread(value: Quantity, height: int) -> Any:
    return np.broadcast_to(value, height)


def totals(bill: Bill, height: int) -> Any:
    """The total of each row's bill; NaN where there is none."""
    return np.where(_spread(bill.holds, height), _spread(bill.total(), height), np.nan)
