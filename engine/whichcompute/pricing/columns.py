"""Cost formulas over a frame: `Ops` on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

import numpy as np
import polars as pl

from whichcompute.knowledge.descriptors import DESCRIPTORS, PROPERTIES
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import (
    TOLERANCE,
    Cheapest,
    Condition,
    Fits,
    Key,
    Needed,
    Needs,
    Ops,
    PricedRow,
    Quantity,
    Row,
    Search,
)

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
    """The descriptors of a typed frame, derived ones included: arrays with NaN for unknown, and Choices."""
    filled = frame.select(_FILLED[name] for name in frame.columns if name in _FILLED)
    arrays = {column.name: column.to_numpy() for column in filled.iter_columns()}
    return {name: Choices(_CHOICES[name], array) if name in _CHOICES else array for name, array in arrays.items()}


_CHOICES = {name: tuple(each.choices) for name, each in DESCRIPTORS.items() if each.type == "choice"}


def _filled(name: str) -> pl.Expr:
    """The column without gaps: NaN, or the number behind the last choice, for unknown."""
    if name in _CHOICES:
        return pl.col(name).to_physical().fill_null(len(_CHOICES[name]))
    return pl.col(name).cast(pl.Float64).fill_null(float("nan"))


# Kept, as a piece of an inventory may have few rows and many such expressions.
_FILLED = {name: _filled(name) for name, each in PROPERTIES.items() if each.decides}


def ops_of(columns: Mapping[str, Quantity], height: int) -> Ops:
    """`Ops` on so many rows at once; `columns` holds what `read` gives, or some of its rows."""
    return _Columns(columns, height)


def of_rows(columns: Mapping[str, Quantity], demand: Demand, rows: Any) -> tuple[Ops, Demand]:
    """`Ops` on the rows with these numbers, and their demand."""
    needs = (getattr(demand, field.name) for field in fields(demand))
    return _Columns(SomeRows(columns, rows), rows.size), Demand(*_narrow(tuple(needs), rows))


class SomeRows(dict[str, Quantity]):
    """Some rows of columns, by numbers or as a slice; each is taken when it is read: a formula reads a few of many."""

    def __init__(self, columns: Mapping[str, Quantity], rows: Any) -> None:
        super().__init__()
        self._columns, self._rows = columns, rows

    def __missing__(self, name: str) -> Quantity:
        self[name] = self._columns[name][self._rows]
        return self[name]


class _Columns(Ops):
    def __init__(self, columns: Mapping[str, Quantity], height: int) -> None:
        super().__init__(columns)
        self.read = columns.__getitem__
        self._height = height

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
        self, groups: Mapping[Key, Sequence[Row]], key: Key, fits: Fits[Row, Needed], needs: Needed
    ) -> tuple[Condition, Quantity, Quantity]:
        height, codes = self._height, self._codes(key)
        found, size, number = np.zeros(height, bool), np.zeros(height), np.zeros(height)
        for group, rows in groups.items():
            open_ = _Open(np.flatnonzero(codes == _code(group)), needs)
            for row in rows:
                if not open_.rows.size:
                    break
                holds, numbers = (np.broadcast_to(part, open_.rows.size) for part in fits(row, open_.needs))
                held = open_.rows[holds]
                found[held], size[held], number[held] = True, row.vcpu, numbers[holds]
                open_.keep(~holds)
        return found, size, number

    def cheapest(self, search: Search[PricedRow, Needed]) -> Cheapest[PricedRow]:
        groups, key, fits, needs, extra = search
        height = self._height
        best, number, codes = np.full(height, np.inf), np.zeros(height), self._codes(key)
        packed, unpriced = _Packed(needs), np.zeros(height, bool)
        for group, rows in groups.items():
            open_ = _Open(np.flatnonzero(codes == _code(group)), (needs[0], needs[1], needs[-1]))
            at = 0
            while at < len(rows) and open_.rows.size:
                few = open_.rows.size * (len(rows) - at) <= _AT_ONCE
                row = _stacked(rows[at:]) if few else rows[at]
                some = open_.rows if few else open_.rows.compress(_may_win(row, open_.needs, best.take(open_.rows)))
                at += len(rows) - at if few else 1
                if some.size:
                    own = packed.of(some)
                    holds, count = fits(row, own)
                    cost = np.where(holds, row.rate * count + (extra(row, own, count) if extra else 0.0), np.inf)
                    if (unknown := np.isnan(cost)).any():
                        unpriced[some] |= unknown.any(axis=0) if few else unknown
                        cost = np.where(unknown, np.inf, cost)
                    cost, count = _least(cost, count, some.size) if few else (cost, count)
                    before = best.take(some)
                    best[some] = np.minimum(before, cost)
                    number[some] = np.where(cost < before, count, number.take(some))
                still = best.take(open_.rows) > rows[at - 1].rate  # one machine of a more expensive row costs more
                if np.count_nonzero(still) < _DENSE * still.size:
                    open_.keep(still)
        found = np.isfinite(best)
        usd = np.where(found, best, np.where(unpriced, np.nan, 0.0))
        return found | unpriced, usd, None, np.where(found, number, unpriced)

    def _codes(self, key: Key) -> Any:
        """The group of each workload as a number, as `_code` gives it."""
        codes = np.zeros(self._height, np.uint8)
        for at, part in enumerate(key):
            codes |= np.left_shift(np.asarray(part, np.uint8), at)
        return codes


class _Open:
    """The rows that are still to be settled, with their needs."""

    def __init__(self, rows: Any, needs: Needs) -> None:
        self.rows = rows
        self.needs: Any = _narrow(needs, rows)

    def keep(self, mask: Any) -> None:
        kept = np.flatnonzero(mask)
        self.rows, self.needs = self.rows.take(kept), _narrow(self.needs, kept)


class _Packed:
    """Needs in one array with a line for each workload, so that those of some are taken at once."""

    def __init__(self, needs: Needs) -> None:
        self._needs = needs
        self._lines = np.stack([need for need in needs if isinstance(need, np.ndarray)] or [np.zeros(0)], axis=1)

    def of(self, rows: Any) -> Any:
        """The needs of these workloads."""
        columns = iter(self._lines.take(rows, axis=0).T)
        return _each(self._needs, lambda need: next(columns).astype(need.dtype, copy=False))


def _may_win(row: PricedRow, needs: Needs, best: Any) -> Any:
    """For which workloads an instance may fit on a machine, and as many as are needed may cost less than the best."""
    vcpus, memory_mb, number = needs
    share = np.maximum(vcpus / row.vcpu, memory_mb / row.memory_mb)
    return (share < 1.0 + 2 * TOLERANCE) & (share * number * row.rate < best)


def _narrow(needs: Needed, rows: Any) -> Needed:
    return _each(needs, lambda need: need.take(rows))


def _each(needs: Needed, change: Callable[[Any], Any]) -> Needed:
    """The needs with their arrays changed: numbers hold for all workloads."""
    parts = (change(need) if isinstance(need, np.ndarray) else need for need in needs)
    return cast(Needed, needs._make(parts) if hasattr(needs, "_make") else tuple(parts))


def _code(group: Key) -> int:
    """The answers of yes and no that name a group, as one number."""
    return sum(part << at for at, part in enumerate(group))


def _stacked(rows: Sequence[PricedRow]) -> PricedRow:
    """Rows of a table as one, whose numbers are arrays with a line for each row."""
    row: Any = rows[0]
    columns = ([getattr(each, field.name) for each in rows] for field in fields(row))
    stacked: PricedRow = type(row)(*(np.array(column)[:, None] for column in columns))
    return stacked


def _least(costs: Any, counts: Any, height: int) -> tuple[Any, Any]:
    """The least cost of each workload (column) over stacked rows (lines), and its number."""
    costs, counts = (np.broadcast_to(part, (len(costs), height)) for part in (costs, counts))
    chosen = costs.argmin(axis=0)[None]
    return tuple(np.take_along_axis(part, chosen, axis=0)[0] for part in (costs, counts))
