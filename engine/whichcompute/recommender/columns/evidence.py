"""What the classifier reads off every row of a frame: a table of weights for each group of descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.classifier.model import Classifier, Group
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.columns.firing import Coder, Codes

Floats = NDArray[np.float64]


_LINES = 4096
"""Lines of a table: small enough to stay in a core's cache."""


class EvidenceTables:
    """The groups of a classifier as tables: a line of weights for each combination of cells, zero for unknown.

    Groups whose descriptors have few cells together share a table, so that fewer are looked up.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._coders = {name: Coder.of(name, own.cells) for name, own in classifier.fields.items()}
        self._tables = [self._joined(groups) for groups in self._together(classifier.groups)]

    def _together(self, groups: Sequence[Group]) -> list[list[Group]]:
        """The groups by the tables that they share: each joins the one that it makes the least larger."""
        tables: list[tuple[set[str], list[Group]]] = []
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

    def _joined(self, groups: Sequence[Group]) -> tuple[tuple[str, ...], Floats]:
        fields = tuple(dict.fromkeys(name for group in groups for name in group.fields))
        total = np.zeros((*(self._coders[name].codes for name in fields), len(ANSWERS)))
        for group in groups:
            order = sorted(range(len(group.fields)), key=lambda at: fields.index(group.fields[at]))
            placed = tuple(slice(None) if name in group.fields else None for name in fields)
            total += self._table(group).transpose(*order, len(order))[placed]
        return fields, total.reshape(-1, len(ANSWERS))

    def _table(self, group: Group) -> Floats:
        sizes = [self._coders[name].codes for name in group.fields]
        table = np.zeros((*sizes, len(ANSWERS)))
        for numbers in product(*(set(alike) for alike in group.alike)):
            table[numbers] = group.at(numbers)
        spread = np.ix_(*([*alike, size - 1] for alike, size in zip(group.alike, sizes, strict=True)))
        return table[spread]

    def columns(self, frame: pl.DataFrame) -> dict[str, NDArray[Any]]:
        """What `codes` reads of a typed frame with derived columns: arrays without gaps."""
        filled = frame.select(coder.filled() for coder in self._coders.values())
        return {column.name: column.to_numpy() for column in filled.iter_columns()}

    def codes(self, columns: Mapping[str, NDArray[Any]]) -> dict[str, Codes]:
        """The cell number of every row, for each descriptor of which at least one row is known."""
        codes = {name: coder.code(columns[name]) for name, coder in self._coders.items()}
        return {name: code for name, code in codes.items() if (code < self._coders[name].codes - 1).any()}

    def add(self, codes: Mapping[str, Codes], scores: Floats) -> None:
        """Adds what is read to the scores (rows x answers), in place."""
        adds = np.empty_like(scores)
        for fields, table in self._tables:
            if any(name in codes for name in fields):
                scores += np.take(table, self._joint(fields, codes), axis=0, out=adds, mode="clip")

    def _joint(self, fields: tuple[str, ...], codes: Mapping[str, Codes]) -> Codes:
        joint: Any = 0
        for name in fields:
            number = self._coders[name].codes
            joint = joint * number + codes.get(name, number - 1)
        found: Codes = joint
        return found
