"""The terms of an aggregator, evaluated for many sheets of answers at once.

A descriptor enters as the number of its cell (0 = unknown): a thousand sheets take a few milliseconds. The conditions
of the classifier are items too, without weight or veto, so that cells and ranges follow them; what the classifier reads
is looked up in the tables that inventories are scored by. Costs are left aside: they are not made of terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.knowledge.cells import Conjunction, ConjunctionIndex
from whichcompute.knowledge.descriptors import DERIVED, Value
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.evidence import EvidenceTables, by_byte

Answers = Mapping[str, Value | None]
"""What was answered, by descriptor; None: the user does not know. Absent: not asked yet, open."""

Codes = NDArray[np.intp]
Scores = NDArray[np.float64]
Columns = Mapping[str, "Codes | int"]
_WORD, _BYTES = 64, 8  # bits and bytes of a word
COUNT = len(ANSWERS)


class AnswerTerms:
    """The terms with their weights (term x answer) and vetoes (term x answer), and what the classifier reads."""

    def __init__(self, aggregator: Aggregator) -> None:
        self.base = np.array(aggregator.classifier.base)
        self._temperature = aggregator.classifier.temperature
        terms = aggregator.terms
        fields = aggregator.classifier.fields
        self.items: list[Conjunction] = [*terms.items, *aggregator.classifier.lines]
        self.index = ConjunctionIndex(self.items)
        self.rules = terms.rules
        self.weights = np.zeros((len(self.items), COUNT))
        for number, row in enumerate(terms.weights):
            self.weights[number] = row or 0.0
        self.vetoing = list(terms.vetoes)
        lines_mask = self.index.all & ~((1 << len(terms.items)) - 1)
        moving = [self._mask(self.weights[:, n] != 0) | self.vetoing[n] | lines_mask for n in range(COUNT)]
        self._moving = moving
        self._touching = {
            f: self._mask([any(c.field == f for c in i.conditions) for i in self.items]) for f in self.index.cells
        }
        self._words = -(-len(terms.items) // _WORD)
        per_bit = np.zeros((self._words * _WORD, COUNT))
        per_bit[: len(terms.items)] = self.weights[: len(terms.items)]
        self._sums = by_byte(per_bit)
        self._veto_words = [self._row(mask) for mask in self.vetoing]
        self._tables = {field: self._table(field) for field in self.index.cells}
        self.evidence = EvidenceTables(aggregator.classifier)
        self._cell_of = {field: self._cells_of_classifier(field) for field in fields}

    @staticmethod
    def _mask(wanted: Sequence[bool] | NDArray[np.bool_]) -> int:
        return sum(1 << number for number, yes in enumerate(wanted) if yes)

    def _table(self, field: str) -> NDArray[np.uint64]:
        cells = self.index.cells[field]
        masks = [cells.masks(None)[0], *(cells.masks(value)[0] for value in cells.representatives)]
        return np.stack([self._row(mask) for mask in masks])

    def _row(self, mask: int) -> NDArray[np.uint64]:
        kept = mask & ((1 << self._words * _WORD) - 1)
        return np.frombuffer(kept.to_bytes(self._words * _BYTES, "little"), dtype="<u8")

    def _cells_of_classifier(self, field: str) -> Codes:
        """For each code of a descriptor here, the number of its cell in the tables of the classifier."""
        values = (None, *self.index.cells[field].representatives)
        return np.array([self.evidence.cell(field, value) for value in values])

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
        """Whether each answer is ruled out for good."""
        sure = self.sure(answers)
        return [bool(sure & vetoing) for vetoing in self.vetoing]

    def in_play(self, answers: Answers) -> int:
        """Bit mask of the terms that could still move an answer that is not ruled out for good."""
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
        """The number of the cell that a value lies in; 0 when it is unknown."""
        return 0 if value is None else 1 + self.index.cells[field].number(value)

    def codes(self, field: str, values: NDArray[np.float64]) -> Codes:
        """Cell numbers of a numeric column; NaN is unknown."""
        cuts = np.array(self.index.cells[field].thresholds)
        if not len(cuts):  # no rule asks more than whether it is known
            return np.where(np.isnan(values), 0, 1)
        below = np.searchsorted(cuts, values, side="left")
        at = cuts[np.minimum(below, len(cuts) - 1)] == values
        return np.where(np.isnan(values), 0, 1 + 2 * below + at)

    def scores(self, columns: Columns, length: int) -> Scores:
        """The score of each answer for each sheet; minus infinity where it is ruled out.

        `columns` holds a column of cell numbers, or one for all sheets, by field; absent fields are unknown.
        """
        bits = np.broadcast_to(np.uint64(0xFFFFFFFFFFFFFFFF), (length, self._words)).copy()
        for field, table in self._tables.items():
            bits &= table[columns.get(field, 0)]
        scores = np.broadcast_to(self.base, (length, COUNT)).copy()
        # Eight terms at a time: a matrix product would start threads, which on a busy machine take ten times as long.
        adds = np.empty_like(scores)
        for sums, fired in zip(self._sums, bits.view(np.uint8).T, strict=True):
            scores += sums.take(fired, axis=0, out=adds, mode="clip")
        self.evidence.add({f: cells[columns[f]] for f, cells in self._cell_of.items() if f in columns}, scores)
        for answer, words in enumerate(self._veto_words):
            scores[(bits & words).any(axis=1), answer] = -np.inf
        return scores

    def probabilities(self, scores: Scores) -> Scores:
        """The probability of each answer for each row of scores."""
        parts = np.exp((scores - scores.max(axis=1, keepdims=True)) / self._temperature)
        return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def leading(scores: Scores) -> Codes:
    """The number of the leading answer for each row of scores."""
    return np.asarray(scores.argmax(axis=1))


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
