"""What the classifier reads off every row of a frame: a table of weights for each group of descriptors."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.classifier.model import Classifier, Group
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.columns.firing import Coder, Codes

Floats = NDArray[np.float64]


class EvidenceTables:
    """The groups of a classifier as tables: a line of weights for each combination of cells, zero for unknown."""

    def __init__(self, classifier: Classifier) -> None:
        self._coders = {name: Coder.of(name, own.cells) for name, own in classifier.fields.items()}
        self.groups = [(group.fields, self._table(group)) for group in classifier.groups]

    def _table(self, group: Group) -> Floats:
        sizes = [self._coders[name].codes for name in group.fields]
        table = np.zeros((*sizes, len(ANSWERS)))
        for numbers in product(*(set(alike) for alike in group.alike)):
            table[numbers] = group.at(numbers)
        spread = np.ix_(*([*alike, size - 1] for alike, size in zip(group.alike, sizes, strict=True)))
        return table[spread].reshape(-1, len(ANSWERS))

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
        for fields, table in self.groups:
            if all(name in codes for name in fields):
                scores += np.take(table, self._joint(fields, codes), axis=0, out=adds, mode="clip")

    def _joint(self, fields: tuple[str, ...], codes: Mapping[str, Codes]) -> Codes:
        joint = codes[fields[0]]
        for name in fields[1:]:
            joint = joint * self._coders[name].codes + codes[name]
        return joint
