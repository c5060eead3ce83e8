"""Respondents: complete sheets of answers from which the questionnaire learns what somebody is likely to answer next.

The sheets are data/answers.csv: one a row, a blank for 'I don't know'. Real decisions are there as they stand,
archetypes as draws. After some answers each sheet counts as much as it resembles them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.base.errors import DataError, WorkloadError
from whichcompute.base.resources import folder
from whichcompute.classifier.cases import rows
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, read

Numbers = NDArray[np.float64]
# Set by benchmarks/questions.py on decisions that were left out.
CHANCE = 0.5
"""Weight of the background distribution, by which an answer agrees with a sheet as often as two sheets agree."""

WEIGHTS = {"archetype": 0.3, "complete": 0.1}
"""What a sheet drawn from an archetype counts against a real decision, by the sort in its origin."""

WIDTH = 1.2  # of the Gaussian kernel by which numbers are compared, in units of the natural logarithm
_PRIOR = 0.5  # sheets that any answer is taken to be on besides
_SHIFT = 0.01  # so that zero has a logarithm


class Respondents:
    """Sheets of answers with their weights: numbers with NaN for unknown, others as places with 0 for unknown."""

    def __init__(self, origins: tuple[str, ...], weights: Numbers, sheets: list[dict[str, Value]]) -> None:
        self.origins = origins
        self.weights = weights
        self.sheets = sheets
        self.known: dict[str, list[Value]] = {}
        self.columns: dict[str, NDArray[Any]] = {}
        for field in DECIDING:
            column = [sheet.get(field) for sheet in sheets]
            if DESCRIPTORS[field].type == "number":
                self.columns[field] = np.array([np.nan if v is None else v for v in column], dtype=float)
            else:
                self.known[field] = values = possible_values(field)
                self.columns[field] = np.array([0 if v is None else 1 + values.index(v) for v in column], dtype=np.intp)

    def __len__(self) -> int:
        return len(self.sheets)

    def without(self, origins: Collection[str]) -> Respondents:
        """The respondents of other origins: to ask about a decision as if it had never been seen."""
        kept = [n for n, origin in enumerate(self.origins) if origin not in origins]
        sheets = [self.sheets[n] for n in kept]
        return Respondents(tuple(self.origins[n] for n in kept), self.weights[kept], sheets)

    def quartiles(self) -> dict[str, list[float]]:
        """The quartiles of each number among those who know it, by descriptor."""
        columns = {field: self.columns[field] for field in self.columns if field not in self.known}
        known = {field: column[~np.isnan(column)] for field, column in columns.items()}
        return {
            field: [float(q) for q in np.quantile(some, (0.25, 0.5, 0.75))]
            for field, some in known.items()
            if len(some)
        }

    def resemblance(self, field: str, answer: Value | None) -> Numbers:
        """How likely somebody with each sheet is to give this answer (None: 'I don't know'), up to a common factor."""
        alike = self._alike(field, answer)
        common = float((self.weights * alike).sum() + _PRIOR) / float(self.weights.sum() + 2 * _PRIOR)
        return CHANCE * common + (1 - CHANCE) * alike

    def _alike(self, field: str, answer: Value | None) -> Numbers:
        # 1 where the sheet says the same, 0 where it says something else; numbers may be nearly the same.
        column = self.columns[field]
        number = DESCRIPTORS[field].type == "number"
        silent = np.isnan(column) if number else column == 0
        if answer is None:
            return np.where(silent, 1.0, 0.0)
        if not number:
            return np.where(column == 1 + self.known[field].index(answer), 1.0, 0.0)
        apart = np.log((np.nan_to_num(column) + _SHIFT) / (float(answer) + _SHIFT)) / WIDTH
        return np.where(silent, 0.0, np.exp(-0.5 * apart**2))

    def weigh(self, answers: Mapping[str, Value | None]) -> Numbers:
        """The share of each sheet among all after these answers; sums to 1."""
        weights = self.weights.copy()
        for field, answer in answers.items():
            weights *= self.resemblance(field, answer)
            weights /= weights.max()  # many answers would underflow
        shares: Numbers = weights / weights.sum()
        return shares


def possible_values(field: str) -> list[Value]:
    """The values that a choice or yes-no descriptor may take, in the order they are shown."""
    descriptor = DESCRIPTORS[field]
    return [True, False] if descriptor.type == "boolean" else list(descriptor.choices)


def shipped() -> Path:
    """The file of sheets that came with this installation."""
    return folder("data") / "answers.csv"


def load(path: Path | None = None) -> Respondents:
    """The respondents in a file of sheets, by default the shipped one; DataError names file and line."""
    path = path or shipped()
    origins, weights, sheets = [], [], []
    for row in rows(path, ("origin",)):
        origin = row.cells.pop("origin")
        try:
            sheets.append(read(row.cells))
        except WorkloadError as error:
            raise DataError(f"{row.place}: {error}") from None
        origins.append(origin)
        weights.append(WEIGHTS.get(origin.partition(":")[0], 1.0))
    if not sheets:
        raise DataError(f"{path}: holds no sheet")
    return Respondents(tuple(origins), np.array(weights), sheets)
