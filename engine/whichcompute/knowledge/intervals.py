"""Intervals of numbers: what lies in one, and its words, the same wherever a limit is shown.

The ends are floats, or fractions where products are compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Generic, TypeVar

from whichcompute.base.units import say

Number = TypeVar("Number", float, Fraction)
NEXT = {"s": (0.01, 1.0), "MB": (1.0, 256.0), "vCPU": (0.01, 1.0), "GB": (0.01, 1.0), "count": (1.0, 10.0)}
"""By unit, what a threshold that means 'above a size' lies above that size, and of what such sizes are multiples."""


@dataclass(frozen=True, slots=True)
class Interval(Generic[Number]):
    """The numbers from `low` to `high`; an open end does not belong to it."""

    low: Number
    high: Number
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, number: float | Fraction) -> bool:
        above = number > self.low if self.low_open else number >= self.low
        return above and (number < self.high if self.high_open else number <= self.high)

    def is_empty(self, whole: bool = False) -> bool:
        """Whether no number (no whole number) lies in it."""
        if whole:
            return (floor(self.low) + 1 if self.low_open else ceil(self.low)) not in self
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def meet(self, other: Interval[Number]) -> Interval[Number]:
        """The numbers in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        low_open = any(each.low_open for each in (self, other) if each.low == low)
        return Interval(low, high, low_open, any(each.high_open for each in (self, other) if each.high == high))

    def through(self, other: Interval[Number]) -> Interval[Number]:
        """From the low end of this one to the high end of another."""
        return Interval(self.low, other.high, self.low_open, other.high_open)

    def words(self, unit: str, maximum: float) -> str:
        """The interval in the words of conditions, up to the largest number that is allowed.

        >>> [Interval(*ends).words("s", 86400) for ends in ((0, 900), (900, 3600, True, True), (900, 86400, True))]
        ['at most 15 min', 'above 15 min and below 1 h', 'above 15 min']
        """
        low, high = say(float(self.low), unit), say(float(self.high), unit)
        if self.low == self.high:
            return low
        above = f"{'above' if self.low_open else 'at least'} {low}"
        if self.high >= maximum:
            return above
        below = f"{'below' if self.high_open else 'at most'} {high}"
        return below if self.low == 0 and not self.low_open else f"{above} and {below}"


def cut_at(cuts: Iterable[Number], low: Number, high: Number) -> Iterator[Interval[Number]]:
    """The numbers from `low` to `high`, both included, as each cut and each stretch between two, ascending.

    >>> [(each.low, each.high) for each in cut_at([900.0, 5000.0], 0.0, 1000.0)]
    [(0.0, 900.0), (900.0, 900.0), (900.0, 1000.0)]
    """
    is_open = False
    for cut in sorted({cut for cut in cuts if low <= cut <= high}):
        if low < cut:
            yield Interval(low, cut, is_open, True)
        yield Interval(cut, cut)
        low, is_open = cut, True
    if low < high or not is_open:
        yield Interval(low, high, is_open)


def whole_numbers(interval: Interval[float]) -> Interval[float]:
    """The whole numbers in an interval with finite ends, as an interval that is closed; empty when there are none."""
    low = floor(interval.low) + 1 if interval.low_open else ceil(interval.low)
    high = ceil(interval.high) - 1 if interval.high_open else floor(interval.high)
    return Interval(float(low), float(high))


def plainly(interval: Interval[float], unit: str) -> Interval[float]:
    """The interval with the ends that people say: 'from 1,025 MB on' as 'above 1,024 MB', 'to 2,999' as 'below 3,000'.

    >>> plainly(Interval(0.0, 1025.0, high_open=True), "MB")
    Interval(low=0.0, high=1024.0, low_open=False, high_open=False)
    """
    low, high = interval.low, interval.high
    if low < high and not interval.low_open and size_below(low, unit) < low:
        interval = replace(interval, low=size_below(low, unit), low_open=True)
    if low < high and interval.high_open and size_below(high, unit) < high:
        interval = replace(interval, high=size_below(high, unit), high_open=False)
    if low < high and unit == "count" and not interval.high_open and (high + 1) % NEXT[unit][1] == 0:
        interval = replace(interval, high=high + 1, high_open=True)
    return interval


def size_below(threshold: float, unit: str) -> float:
    """The size of which a threshold is the next: 1,024 MB of 1,025 MB; the threshold itself where it is none."""
    step, multiple = NEXT.get(unit, (0.0, 1.0))
    below = round(threshold - step, 6)
    return below if step and below > 0 and below % multiple == 0 else threshold
