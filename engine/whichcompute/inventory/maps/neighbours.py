"""The unit of a number that names none, by the cells of its column that name one, and by the vCPUs of its row."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from whichcompute.base.units import SUFFIXES
from whichcompute.inventory.maps.values import number

PER_VCPU = (128, 256 << 10)
"""The least and the most memory of machines, in MB for each vCPU."""

_UNITS = ("mb", "gb", "tb", "kb", "b")
_NEAR = 8
"""Amounts of one column seldom lie further than this factor outside the range of all others."""

_SMALL = 64  # an amount in the unit of the others may be that much smaller, as of small machines among large ones
UNKNOWN = " without a unit"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The range of the cells of a column that name a unit, in `of` ("MB", "GB"), and the unit of the others.

    `by_vcpus`: the amount must suit the number of vCPUs of its row, where it is known.
    """

    least: float
    most: float
    of: str
    unit: str
    by_vcpus: bool = False

    def named(self, cell: pl.Expr, vcpus: pl.Expr) -> pl.Expr:
        """A number without a unit as text with its unit; where none or several fit, as text that is not an amount.

        The first unit counts whose amount lies within the range, else the only one near it.
        """
        units = list(dict.fromkeys((self.unit, *_UNITS)))
        amounts = {unit: number(cell) * SUFFIXES[self.of][unit] for unit in units}
        able = {unit: self._suits(amount, vcpus) for unit, amount in amounts.items()}
        near = {unit: able[unit] & self._within(amounts[unit], _NEAR, _NEAR) for unit in units}
        others = pl.sum_horizontal(near.values())
        fitting = [(able[unit] & self._within(amounts[unit]), unit) for unit in units]
        fitting += [(near[unit] & (others == 1), unit) for unit in units]
        fitting += [((others == 0) & able[self.unit] & self._within(amounts[self.unit], _SMALL), self.unit)]
        fitting += [(amounts[self.unit].fill_null(0) == 0, self.unit)]
        meant = [pl.when(condition).then(pl.lit(unit)) for condition, unit in fitting]
        return cell.str.strip_chars() + pl.coalesce(*meant, pl.lit(UNKNOWN))

    def _within(self, amount: pl.Expr, below: float = 1, above: float = 1) -> pl.Expr:
        return amount.is_between(self.least / below, self.most * above)

    def _suits(self, amount: pl.Expr, vcpus: pl.Expr) -> pl.Expr:
        return (amount / vcpus).is_between(*PER_VCPU).fill_null(value=True) if self.by_vcpus else pl.lit(value=True)
