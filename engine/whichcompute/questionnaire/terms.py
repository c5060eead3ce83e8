"""The table of terms for sheets of answers: what answers leave open, and the scores of many sheets at once.

A descriptor enters as the number of its cell (0 = unknown): a thousand sheets take a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.knowledge.descriptors import DERIVED, Value
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.arrays import Sums, Words, softmax
from whichcompute.recommender.terms import Terms

Answers = Mapping[str, Value | None]
"""What was answered, by descriptor; None: the user does not know. Absent: not asked yet, open."""

Codes = NDArray[np.intp]
Scores = NDArray[np.float64]
Columns = Mapping[str, "Codes | int"]
_WORD, _BYTES = 64, 8  # bits and bytes of a word
NOBODY = len(SERVICES)
"""The number of no service, where all are ruled out."""


class OpenTerms:
    """The terms of a recommender, with what answers leave open of them."""

    def __init__(self, table: Terms) -> None:
        self.table, self.index = table, table.index
        self.base = np.array(table.base)
        self.weights = np.array([weights or (0.0,) * NOBODY for weights in table.weights])
        self._moving = [self._mask(self.weights[:, s] != 0) | table.vetoes[s] for s in range(NOBODY)]
        self._touching = {field: table.looking_at(field) for field in self.index.cells}
        self._words = -(-len(self.index.items) // _WORD)
        every = len(self.index.items)
        self._sums = Sums(table, [at if at < every else None for at in range(self._words * _WORD)])
        self._veto_words = [self._row(mask) for mask in table.vetoes]
        self._tables = {
            field: np.stack([self._row(mask) for mask in (cells.true_masks[-1], *cells.true_masks[:-1])])
            for field, cells in self.index.cells.items()
        }

    @staticmethod
    def _mask(wanted: NDArray[np.bool_]) -> int:
        return sum(1 << int(number) for number in np.flatnonzero(wanted))

    def _row(self, mask: int) -> Words:
        return np.frombuffer(mask.to_bytes(self._words * _BYTES, "little"), dtype="<u8")

    def alive(self, answers: Answers) -> int:
        """Bit mask of the terms that fire or could still fire, whatever the open descriptors turn out to be."""
        mask = self.index.all
        for field, cells in self.index.cells.items():
            if not is_open(field, answers):
                mask &= cells.masks(closed_value(field, answers))[0]
        return mask

    def sure(self, answers: Answers) -> int:
        """Bit mask of the terms that fire and depend on no open descriptor any more."""
        mask = self.alive(answers)
        for field, touching in self._touching.items():
            if is_open(field, answers):
                mask &= ~touching
        return mask

    def out(self, answers: Answers) -> list[bool]:
        """Whether each service is ruled out for good."""
        sure = self.sure(answers)
        return [bool(sure & vetoing) for vetoing in self.table.vetoes]

    def in_play(self, answers: Answers) -> int:
        """Bit mask of the terms that could still move a service that is not ruled out for good."""
        moving = 0
        for service, out in enumerate(self.out(answers)):
            if not out:
                moving |= self._moving[service]
        return self.alive(answers) & moving & ~self.sure(answers)

    def looking_at(self, field: str) -> int:
        """Bit mask of the terms with a condition on this very descriptor or derived one."""
        return self._touching.get(field, 0)

    def touching(self, field: str) -> int:
        """Bit mask of the terms that look at a descriptor, through derived ones too."""
        mask = self._touching.get(field, 0)
        for name, derived in DERIVED.items():
            if field in derived.factors:
                mask |= self._touching.get(name, 0)
        return mask

    def code(self, field: str, value: Any) -> int:
        """The number of the cell that a value lies in, from 1 on; 0 when it is unknown."""
        return 0 if value is None else 1 + self.index.cells[field].number(value)

    def codes(self, field: str, values: NDArray[np.float64]) -> Codes:
        """Cell numbers of a numeric column; NaN is unknown."""
        cuts = self.index.cells[field].thresholds
        numbers = 1 + np.searchsorted(cuts, values, "left") + np.searchsorted(cuts, values, "right")
        return np.where(np.isnan(values), 0, numbers)

    def scores(self, columns: Columns, length: int) -> Scores:
        """The score of each service for each sheet; minus infinity where it is ruled out.

        `columns` holds a column of cell numbers, or one for all sheets, by field; absent fields are unknown.
        """
        bits = np.broadcast_to(np.uint64(0xFFFFFFFFFFFFFFFF), (length, self._words)).copy()
        for field, table in self._tables.items():
            bits &= table[columns.get(field, 0)]
        scores = self._sums.scores(bits)
        for service, words in enumerate(self._veto_words):
            scores[(bits & words).any(axis=1), service] = -np.inf
        return scores

    def probabilities(self, scores: Scores) -> Scores:
        """The probability of each service, and last that of none of them, for each row of scores."""
        out = np.isinf(scores)
        shares = softmax(scores, out, self.table.classifier.temperature)
        return np.hstack([shares, out.all(axis=1, keepdims=True)])


def leading(scores: Scores) -> Codes:
    """The number of the leading service for each row of scores, NOBODY where all are ruled out."""
    return np.where(np.isinf(scores).all(axis=1), NOBODY, scores.argmax(axis=1))


def is_open(field: str, answers: Answers) -> bool:
    """Whether the value of a descriptor, or of a derived one, may still become known."""
    if field not in DERIVED:
        return field not in answers
    factors = DERIVED[field].factors
    unknown = any(factor in answers and answers[factor] is None for factor in factors)
    return not unknown and any(factor not in answers for factor in factors)


def closed_value(field: str, answers: Answers) -> Any:
    """The value of a descriptor that is not open; None when it will stay unknown."""
    return DERIVED[field].of(answers) if field in DERIVED else answers[field]
