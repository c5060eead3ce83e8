"""Scales: where on a chart a value lies, and where labels go so that none covers another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

_LETTER = 6.9  # the width of a letter in a label, on average
_SPACE = 8


class Axis(NamedTuple):
    """A logarithmic axis: values from `low` to `high`, drawn from pixel `start` to pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; of one outside the axis, that of the nearer end."""
        share = log10(min(max(value, self.low), self.high) / self.low) / log10(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def decades(self) -> list[float]:
        """The powers of ten on the axis; every second one where they are many."""
        first, last = round(log10(self.low)), round(log10(self.high))
        return [10.0**power for power in range(first, last + 1, 1 if last - first < 9 else 2)]

    def samples(self, number: int) -> list[float]:
        """Whole values spread evenly over the axis, both ends included."""
        size = self.high / self.low
        return sorted({float(round(self.low * size ** (step / number))) for step in range(number + 1)})

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> Axis:
        """An axis of at least three powers of ten with room on both sides of the values, none of them below 1."""
        first, last = max(0, ceil(log10(min(values))) - 2), floor(log10(max(values))) + 2
        return cls(10.0**first, 10.0 ** max(last, first + 3), start, end)

    @classmethod
    def holding(cls, values: Sequence[float], start: float, end: float) -> Axis:
        """The shortest axis between powers of ten that holds the values."""
        return cls(10.0 ** floor(log10(min(values))), 10.0 ** (floor(log10(max(values))) + 1), start, end)


class Mark(NamedTuple):
    """A value to be marked: where the cheapest service changes (at what cost), or the workload itself."""

    value: float
    text: str
    cost: float | None = None


class Label(NamedTuple):
    """A mark's label above a plot: in which row, counted upward, and its alignment (a `text-anchor`)."""

    mark: Mark
    row: int
    anchor: str


def labels_above(marks: Iterable[Mark], axis: Axis) -> list[Label]:
    """The labels of the marks that have one, in as many rows as it takes for none to touch another."""
    rows: list[list[tuple[float, float]]] = []
    placed = []
    for mark in marks:
        if mark.text:
            wide, x = len(mark.text) * _LETTER, axis.at(mark.value)
            anchor, left = ("middle", x - wide / 2) if x > wide / 2 else ("start", x)
            number = _free_row(rows, left - _SPACE, left + wide + _SPACE)
            rows[number].append((left, left + wide))
            placed.append(Label(mark, number, anchor))
    return placed


def _free_row(rows: list[list[tuple[float, float]]], left: float, right: float) -> int:
    for number, row in enumerate(rows):
        if all(right < start or left > end for start, end in row):
            return number
    rows.append([])
    return len(rows) - 1


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for ascending wishes, at least `gap` apart, shifted as little as that takes; within bounds if they fit."""
    places: list[float] = []
    for wish in wanted:
        places.append(max(wish, low, places[-1] + gap if places else low))
    limit = high
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], limit)
        limit = places[number] - gap
    return [round(place, 1) for place in places]
