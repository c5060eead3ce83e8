"""Which rules (or other conjunctions of conditions) fire and which are unknown, for every row of a frame at once.

The same cells as in `RuleIndex`, laid out as tables of bit words: each descriptor becomes a small number per row, small
numbers are joined into larger ones, and one table lookup per joint number says what all its descriptors allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.rules import Cells, Conjunction, RuleIndex

Words = NDArray[np.uint64]
"""One line per row: bit `position` of the line stands for one item."""

Codes = NDArray[np.intp]
_BITS = 64
_JOINT = 4096  # lines of a joint table: small enough to stay in a core's cache


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring items in one word: item `first + i` is bit `shift + i`."""

    word: int
    shift: int
    width: int
    first: int

    def of(self, words: Words) -> Words:
        """The bits of the span for every row, the first item lowest."""
        column = words[:, self.word]
        if self.width == _BITS:
            return column.copy()
        return (column >> np.uint64(self.shift)) & np.uint64((1 << self.width) - 1)


@dataclass(frozen=True, slots=True)
class _Field:
    """A descriptor's cells: how a row is coded, and which items each code leaves possible or rules out."""

    name: str
    cells: Cells
    true: Words
    false: Words

    @property
    def codes(self) -> int:
        return len(self.true)

    def code(self, column: pl.Series) -> NDArray[np.uint16]:
        """The number of each row's cell; the last number stands for unknown."""
        if column.dtype == pl.Float64:
            return self._numeric(column.to_numpy())
        order = column.dtype.categories.to_list() if isinstance(column.dtype, pl.Enum) else [False, True]
        known = self.cells.representatives
        cell_of = [known.index(value) if value in known[1:] else 0 for value in order]
        physical = column.to_physical() if isinstance(column.dtype, pl.Enum) else column.cast(pl.UInt8)
        table = np.array([*cell_of, self.codes - 1], np.uint16)
        cells: NDArray[np.uint16] = table[physical.fill_null(len(order)).to_numpy()]
        return cells

    def _numeric(self, values: NDArray[np.float64]) -> NDArray[np.uint16]:
        code = np.zeros(len(values), np.uint16)
        for cut in self.cells.thresholds:  # 2 * (cuts below) + (on a cut), as in Cells
            np.add(code, values > cut, out=code)
            np.add(code, values >= cut, out=code)
        code[np.isnan(values)] = self.codes - 1
        return code


@dataclass(frozen=True, slots=True)
class _Joint:
    """Several descriptors coded as one number, and what that number leaves possible or rules out."""

    fields: tuple[_Field, ...]
    true: Words
    false: Words

    def code(self, frame: pl.DataFrame) -> Codes:
        code = self.fields[0].code(frame[self.fields[0].name]).astype(np.intp)
        for field in self.fields[1:]:
            code *= field.codes
            code += field.code(frame[field.name])
        return code


class FrameIndex:
    """Evaluates groups of items; the items of a group lie next to one another, in as few words as they fit."""

    def __init__(self, groups: Sequence[Sequence[Conjunction]]) -> None:
        self.items = tuple(item for group in groups for item in group)
        self.spans, self.positions = _place([len(group) for group in groups])
        self.words = max(span.word for spans in self.spans for span in spans) + 1 if self.items else 1
        index = RuleIndex(self.items)
        self._all = self._line(index.all)
        self._joints = _join([self._field(name, cells) for name, cells in index.cells.items()])

    def representatives(self, descriptor: str) -> list[float]:
        """A value from each cell of a numeric descriptor."""
        fields = (field for joint in self._joints for field in joint.fields)
        return next((list(field.cells.representatives) for field in fields if field.name == descriptor), [])

    def _line(self, mask: int) -> Words:
        bits = np.zeros(self.words * _BITS, np.uint8)
        bits[self.positions] = [mask >> number & 1 for number in range(len(self.items))]
        return np.packbits(bits, bitorder="little").view("<u8")

    def _field(self, name: str, cells: Cells) -> _Field:
        masks = [cells.masks(value) for value in [*cells.representatives, None]]
        true, false = (np.stack([self._line(pair[side]) for pair in masks]) for side in (0, 1))
        return _Field(name, cells, true, false)

    def evaluate(self, frame: pl.DataFrame) -> tuple[Words, Words]:
        """The items that fire and those that are unknown, for every row of a typed frame with derived columns."""
        true = np.broadcast_to(self._all, (frame.height, self.words)).copy()
        false = np.zeros_like(true)
        for joint in self._joints:
            code = joint.code(frame)
            true &= joint.true[code]
            false |= joint.false[code]
        np.bitwise_or(true, false, out=false)
        return true, np.bitwise_and(np.bitwise_not(false, out=false), self._all, out=false)


def _place(sizes: Sequence[int]) -> tuple[list[list[Span]], list[int]]:
    """Where each group lies: spans that no word boundary cuts, unless a group alone is larger than a word."""
    spans: list[list[Span]] = []
    positions: list[int] = []
    at = first = 0
    for size in sizes:
        if size <= _BITS < at % _BITS + size:
            at += -at % _BITS
        own = []
        while size:
            width = min(size, _BITS - at % _BITS)
            own.append(Span(at // _BITS, at % _BITS, width, first))
            positions += range(at, at + width)
            at, first, size = at + width, first + width, size - width
        spans.append(own)
    return spans, positions


def _join(fields: Sequence[_Field]) -> list[_Joint]:
    groups: list[list[_Field]] = []
    product = _JOINT
    for field in fields:
        if product * field.codes > _JOINT:
            groups.append([])
            product = 1
        groups[-1].append(field)
        product *= field.codes
    return [_Joint(tuple(group), _combined(group, "true"), _combined(group, "false")) for group in groups]


def _combined(fields: Sequence[_Field], side: str) -> Words:
    table: Words = getattr(fields[0], side)
    for field in fields[1:]:
        own: Words = getattr(field, side)
        pairs = table[:, None] & own[None] if side == "true" else table[:, None] | own[None]
        table = pairs.reshape(-1, pairs.shape[-1])
    return table
