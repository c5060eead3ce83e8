"""Geometry of the page's charts: bars and columns as rectangles with labels, for the template to draw as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from whichcompute.base.units import plain

WIDTH = 640
_BAR, _GAP = 22, 10
_LABEL, _CHARACTER, _VALUE = 200, 9.5, 150
_TALL = 196


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle; `role` names its colour, `says` is shown when a pointer is on it."""

    x: float
    y: float
    width: float
    height: float
    role: str
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled bar of one or more parts."""

    label: str
    y: float
    value: str
    end: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of bars or columns and its size."""

    kind: Literal["bars", "columns"]
    title: str
    bars: tuple[Bar, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one bar shows: shares by colour role, and the text at its end."""

    label: str
    shares: Mapping[str, float]
    value: str = ""


def bars(title: str, rows: Sequence[Row]) -> Chart:
    """Horizontal bars beside their labels, each as long as its shares together; the longest fills the width."""
    longest = max((sum(row.shares.values()) for row in rows), default=0) or 1
    start = max(_LABEL, *(len(row.label) * _CHARACTER for row in rows), 0.0)
    scale = (WIDTH - start - _VALUE) / longest
    drawn = tuple(_bar(row, at * (_BAR + _GAP), start, scale) for at, row in enumerate(rows))
    return Chart("bars", title, drawn, WIDTH, max(len(rows) * (_BAR + _GAP) - _GAP, 1))


def _bar(row: Row, y: float, start: float, scale: float) -> Bar:
    parts, x = [], start
    for role, share in row.shares.items():
        if share:
            says = f"{row.label}: {role} {plain(share)}"
            parts.append(Part(round(x, 1), y, round(max(share * scale, 1), 1), _BAR, role, says))
            x += share * scale
    return Bar(row.label, y, row.value or plain(sum(row.shares.values())), round(x + 6, 1), tuple(parts))


def histogram(title: str, rows: Sequence[Row]) -> Chart:
    """Upright columns side by side, for a distribution."""
    highest = max((sum(row.shares.values()) for row in rows), default=0) or 1
    step = WIDTH / max(len(rows), 1)
    drawn = []
    for at, row in enumerate(rows):
        height = sum(row.shares.values()) / highest * _TALL
        role = next(iter(row.shares), "")
        part = Part(
            round(at * step, 1), round(_TALL - height, 1), round(step - 3, 1), round(height, 1), role, row.value
        )
        drawn.append(Bar(row.label, _TALL + 16, row.value, round(at * step, 1), (part,)))
    return Chart("columns", title, tuple(drawn), WIDTH, _TALL + 22)
