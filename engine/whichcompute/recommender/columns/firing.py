"""Which terms fire and which are unknown, for every row of a frame at once.

The same cells as in `ConjunctionIndex`, laid out as tables of bit words: each descriptor becomes a small number a row,
small numbers are joined into larger ones, and one table lookup per joint number says what all its descriptors allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.knowledge.cells import Cells, Conjunction, ConjunctionIndex
from whichcompute.knowledge.conditions import Condition
from whichcompute.pricing.ops import Quantity
from whichcompute.recommender.evidence import Coder, Codes

BitRows = NDArray[np.uint64]
"""One line per row: bit `position` of the line is that of one item."""

BITS = 64
_JOINT = 4096  # lines of a joint table: small enough to stay in a core's cache


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring items in one word: item `first + i` is bit `shift + i`."""

    word: int
    shift: int
    width: int
    first: int

    def of(self, words: BitRows) -> BitRows:
        """The bits of the span for every row, the first item lowest."""
        column = words[:, self.word]
        if self.width == BITS:
            return column.copy()
        return (column >> np.uint64(self.shift)) & np.uint64((1 << self.width) - 1)


@dataclass(frozen=True, slots=True)
class _Field:
    """A descriptor's coder, and what each code leaves open.

    `open` has two lines of bits side by side: items that may be true, and items that are not false.
    """

    coder: Coder
    open: BitRows

    @property
    def codes(self) -> int:
        return self.coder.codes


@dataclass(frozen=True, slots=True)
class _Joint:
    """Several descriptors coded as one number, and what that number leaves open."""

    fields: tuple[_Field, ...]
    open: BitRows

    def code(self, columns: Mapping[str, Quantity]) -> Codes:
        code = self.fields[0].coder.code(columns[self.fields[0].coder.name])
        for field in self.fields[1:]:
            code = code * field.codes + field.coder.code(columns[field.coder.name])
        return code


class FrameIndex:
    """Evaluates groups of items; the items of a group lie next to one another, in as few words as they fit."""

    def __init__(self, groups: Sequence[Sequence[Conjunction]]) -> None:
        self.items = tuple(item for group in groups for item in group)
        self.spans, self.positions = _place([len(group) for group in groups])
        self.words = max(span.word for spans in self.spans for span in spans) + 1 if self.items else 1
        index = ConjunctionIndex(self.items)
        self._all = self._line(index.all)
        self._joints = _join([self._field(name, cells) for name, cells in index.cells.items()])

    def representatives(self, descriptor: str) -> list[float]:
        """A value from each cell of a numeric descriptor."""
        fields = (field for joint in self._joints for field in joint.fields)
        return next((list(f.coder.cells.representatives) for f in fields if f.coder.name == descriptor), [])

    def _line(self, mask: int) -> BitRows:
        bits = np.zeros(self.words * BITS, np.uint8)
        octets = np.frombuffer(mask.to_bytes(len(self.items) // 8 + 1, "little"), np.uint8)
        bits[self.positions] = np.unpackbits(octets, bitorder="little")[: len(self.items)]
        return np.packbits(bits, bitorder="little").view("<u8")

    def _field(self, name: str, cells: Cells) -> _Field:
        masks = [cells.masks(value) for value in [*cells.representatives, None]]
        every = (1 << len(self.items)) - 1
        lines = [np.concatenate([self._line(true), self._line(every & ~false)]) for true, false in masks]
        return _Field(Coder.of(name, cells), np.stack(lines))

    def evaluate(self, columns: Mapping[str, Quantity], height: int) -> tuple[BitRows, BitRows]:
        """The items that fire and those that are unknown, for each of so many rows (see `pricing.columns.read`)."""
        left = np.broadcast_to(np.tile(self._all, 2), (height, 2 * self.words)).copy()
        line = np.empty_like(left)
        for joint in self._joints:
            # `clip` spares the check of bounds: codes are numbers of lines by construction.
            np.take(joint.open, joint.code(columns), axis=0, out=line, mode="clip")
            left &= line
        fired, possible = left[:, : self.words], left[:, self.words :]
        return fired, possible & ~fired


def _place(sizes: Sequence[int]) -> tuple[list[list[Span]], list[int]]:
    """Where each group lies: spans that no word boundary cuts, unless a group alone is larger than a word."""
    spans: list[list[Span]] = []
    positions: list[int] = []
    at = first = 0
    for size in sizes:
        if size <= BITS < at % BITS + size:
            at += -at % BITS
        own = []
        while size:
            width = min(size, BITS - at % BITS)
            own.append(Span(at // BITS, at % BITS, width, first))
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
    return [_Joint(tuple(group), _combined(group)) for group in groups]


def _combined(fields: Sequence[_Field]) -> BitRows:
    table = fields[0].open
    for field in fields[1:]:
        pairs = table[:, None] & field.open[None]
        table = pairs.reshape(-1, pairs.shape[-1])
    return table


def expressions(conditions: Iterable[Condition]) -> Iterator[pl.Expr]:
    """Each condition as an expression on the columns of a typed frame; null where it is unknown."""
    for condition in conditions:
        column = pl.col(condition.field)
        if condition.op == "in":
            yield column.is_in(list(condition.operands))
        elif condition.op == "unless":
            yield ~column.is_in(list(condition.operands)).fill_null(value=False)
        elif condition.op in ("known", "unknown"):
            yield column.is_not_null() if condition.op == "known" else column.is_null()
        else:
            yield condition.compare(column)
