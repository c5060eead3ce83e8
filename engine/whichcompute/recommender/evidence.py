"""What the classifier reads, and what terms weigh, as tables that many rows are looked up in at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.classifier.model import Classifier, TermGroup
from whichcompute.knowledge.cells import Cells
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing.ops import Quantity

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
_FEW_CUTS = 100  # twice as many codes fit into a byte
_LINES = 4096
"""Lines of a table: small enough to stay in a core's cache."""


def by_byte(per_bit: Floats) -> list[Floats]:
    """For each eight bits (rows), what each of the 256 patterns of those that are set adds per answer (columns)."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    return [bits @ per_bit[at : at + 8] for at in range(0, len(per_bit), 8)]


@dataclass(frozen=True, slots=True)
class Coder:
    """Codes a descriptor's column as cell numbers; the last number is that of unknown.

    `cell_of` is the cell of each choice in table order (of false and true for a boolean; of none for a number), then
    that of unknown.
    """

    name: str
    cells: Cells
    cell_of: Codes

    @classmethod
    def of(cls, name: str, cells: Cells) -> Coder:
        """The coder of a descriptor, or of a derived one."""
        known = cells.representatives
        numeric = name in DERIVED or DESCRIPTORS[name].type == "number"
        values: list[object] = [] if numeric else [*DESCRIPTORS[name].choices] or [False, True]
        cell_of = [known.index(value) if value in known[1:] else 0 for value in values]
        return cls(name, cells, np.array([*cell_of, len(known)]))

    @property
    def codes(self) -> int:
        """How many codes there are, that of unknown included."""
        return len(self.cells.representatives) + 1

    @property
    def numeric(self) -> bool:
        """Whether its column holds numbers."""
        return len(self.cell_of) == 1

    def code(self, column: Quantity) -> Codes:
        """The number of each row's cell, from a column as `pricing.columns.read` gives it."""
        if self.numeric:
            return self._numeric(column)
        boolean = isinstance(column, np.ndarray)  # no, yes, or NaN for unknown
        numbers: Any = np.where(np.isnan(column), 2, column).astype(np.intp) if boolean else column.numbers
        cells: Codes = self.cell_of.take(numbers, mode="clip")
        return cells

    def _numeric(self, values: NDArray[np.float64]) -> Codes:
        """2 * (cuts below) + (on a cut), as in Cells."""
        cuts = self.cells.thresholds if self.cells.numeric else []
        if len(cuts) <= _FEW_CUTS:
            small = np.zeros(len(values), np.uint8)
            for cut in cuts:
                small += (values > cut).view(np.uint8)
                small += (values >= cut).view(np.uint8)
            code = small.astype(np.intp)
        else:
            code = np.searchsorted(cuts, values, "left") + np.searchsorted(cuts, values, "right")
        code[np.isnan(values)] = self.codes - 1
        return code


class EvidenceTables:
    """The groups of a classifier as tables: a line of weights for each combination of cells, zero for unknown.

    Groups whose descriptors have few cells together share a table, so that fewer are looked up.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._coders = {name: Coder.of(name, own.cells) for name, own in classifier.fields.items()}
        self.unread = classifier.unread
        self.tables = [self._joined(groups) for groups in self._together(classifier.groups)]
        """The fields of each table, and its weights with an axis for each of them and one for the answers."""

    def _together(self, groups: Sequence[TermGroup]) -> list[list[TermGroup]]:
        """The groups by the tables that they share: each joins the one that it makes the least larger."""
        tables: list[tuple[set[str], list[TermGroup]]] = []
        for group in sorted(groups, key=lambda group: -self._lines(group.fields)):
            sizes = [self._lines(fields.union(group.fields)) / self._lines(fields) for fields, _ in tables]
            fitting = [at for at, size in enumerate(sizes) if size * self._lines(tables[at][0]) <= _LINES]
            if not fitting:
                tables.append((set(), []))
            fields, members = tables[min(fitting, key=sizes.__getitem__) if fitting else -1]
            fields.update(group.fields)
            members.append(group)
        return [members for _, members in tables]

    def _lines(self, fields: Iterable[str]) -> int:
        return prod(self._coders[name].codes for name in fields)

    def _joined(self, groups: Sequence[TermGroup]) -> tuple[tuple[str, ...], Floats]:
        fields = tuple(dict.fromkeys(name for group in groups for name in group.fields))
        total = np.zeros((*(self._coders[name].codes for name in fields), len(ANSWERS)))
        for group in groups:
            order = sorted(range(len(group.fields)), key=lambda at: fields.index(group.fields[at]))
            placed = tuple(slice(None) if name in group.fields else None for name in fields)
            total += self._table(group).transpose(*order, len(order))[placed]
        return fields, total

    def _table(self, group: TermGroup) -> Floats:
        sizes = [self._coders[name].codes for name in group.fields]
        table = np.zeros((*sizes, len(ANSWERS)))
        for numbers in product(*(set(alike) for alike in group.alike)):
            table[numbers] = group.at(numbers)
        spread = np.ix_(*([*alike, size - 1] for alike, size in zip(group.alike, sizes, strict=True)))
        return table[spread]

    def cell(self, field: str, value: Any) -> int:
        """The number of a value's cell in the tables; that behind the last cell when it is unknown."""
        coder = self._coders[field]
        return coder.codes - 1 if value is None else coder.cells.number(value)

    def codes(self, columns: Mapping[str, Quantity]) -> dict[str, Codes]:
        """The cell number of every row, for each descriptor of which at least one row is known."""
        codes = {name: coder.code(columns[name]) for name, coder in self._coders.items()}
        return {name: code for name, code in codes.items() if (code < self._coders[name].codes - 1).any()}

    def add(self, codes: Mapping[str, Codes], scores: Floats) -> None:
        """Adds what is read to the scores (rows x answers), in place; a code may be one number for all rows."""
        for field, other, cell in self.unread:
            if field in codes and other in codes:
                unknown = self._coders[field].codes - 1
                codes = {**codes, field: np.where(codes[other] == cell, unknown, codes[field])}
        adds = np.empty_like(scores)
        for fields, table in self.tables:
            if any(name in codes for name in fields):
                lines, joint = table.reshape(-1, len(ANSWERS)), self._joint(fields, codes)
                each = np.ndim(joint) > 0
                scores += np.take(lines, joint, axis=0, out=adds, mode="clip") if each else lines[joint]

    def _joint(self, fields: tuple[str, ...], codes: Mapping[str, Codes]) -> Codes:
        joint: Any = 0
        for name in fields:
            number = self._coders[name].codes
            joint = joint * number + codes.get(name, number - 1)
        found: Codes = joint
        return found
