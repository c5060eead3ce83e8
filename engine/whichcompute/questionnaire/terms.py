"""Everything that moves a weighing, as one list of conjunctions, evaluated for many sheets of answers at once.

A term is a rule or a feature of the classifier: conditions that must all hold, log-odds per service, and the services
it vetoes. A descriptor enters as the number of its cell (0 = unknown): a thousand sheets take a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.classifier.model import Feature
from whichcompute.knowledge.cells import ConjunctionIndex
from whichcompute.knowledge.descriptors import DERIVED, Value
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import NONE, SERVICES
from whichcompute.recommender.aggregation import Aggregator

Answers = Mapping[str, Value | None]
"""What was answered, by descriptor; None: the user does not know. Absent: not asked yet, open."""

Codes = NDArray[np.intp]
Scores = NDArray[np.float64]
Columns = Mapping[str, "Codes | int"]
_WORD, _BYTES = 64, 8  # bits and bytes of a word
NOBODY = len(SERVICES)
"""The number of no service, where all are ruled out."""


class Terms:
    """The terms of an aggregator, with their weights (term x service) and vetoes (term x service)."""

    def __init__(self, aggregator: Aggregator) -> None:
        self.base = np.array(aggregator.classifier.base)
        self._temperature = aggregator.classifier.temperature
        self.items: list[Rule | Feature] = [*aggregator.pack.rules, *aggregator.classifier.features]
        self.index = ConjunctionIndex(self.items)
        self.weights = np.zeros((len(self.items), len(SERVICES)))
        self.vetoes = np.zeros((len(self.items), len(SERVICES)), dtype=bool)
        for number, item in enumerate(self.items):
            self._weigh(number, item, aggregator)
        self.vetoing = [self._mask(self.vetoes[:, s]) for s in range(NOBODY)]
        self._moving = [self._mask((self.weights[:, s] != 0) | self.vetoes[:, s]) for s in range(NOBODY)]
        self._touching = {
            f: self._mask([any(c.field == f for c in i.conditions) for i in self.items]) for f in self.index.cells
        }
        self._words = -(-len(self.items) // _WORD)
        self._sums = self._byte_sums()
        self._veto_words = [self._row(mask) for mask in self.vetoing]
        self._tables = {field: self._table(field) for field in self.index.cells}

    def _weigh(self, number: int, item: Rule | Feature, aggregator: Aggregator) -> None:
        if isinstance(item, Feature):
            self.weights[number] = item.weights
        elif item.entry.service != NONE:
            service = SERVICES.index(item.entry.service)
            self.weights[number, service] = aggregator.weights[number]
            self.vetoes[number, service] = item.entry.effect == "exclude"

    @staticmethod
    def _mask(wanted: Sequence[bool] | NDArray[np.bool_]) -> int:
        return sum(1 << number for number, yes in enumerate(wanted) if yes)

    def _table(self, field: str) -> NDArray[np.uint64]:
        cells = self.index.cells[field]
        masks = [cells.masks(None)[0], *(cells.masks(value)[0] for value in cells.representatives)]
        return np.stack([self._row(mask) for mask in masks])

    def _row(self, mask: int) -> NDArray[np.uint64]:
        return np.frombuffer(mask.to_bytes(self._words * _BYTES, "little"), dtype="<u8")

    def _byte_sums(self) -> Scores:
        """For each eight terms, and each pattern of those that fire, what they add to each service."""
        weights = np.zeros((self._words * _BYTES * 8, NOBODY))
        weights[: len(self.items)] = self.weights
        patterns = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
        sums: Scores = np.einsum("pt,bts->bps", patterns.astype(np.float64), weights.reshape(-1, 8, NOBODY))
        return sums

    def alive(self, answers: Answers) -> int:
        """Bit mask of the terms that fire or could still fire, whatever the open descriptors turn out to be."""
        mask = self.index.all
        for field, cells in self.index.cells.items():
            if not is_open(field, answers):
                mask &= cells.masks(closed_value(field, answers))[0]
        return mask

    def sure(self, answers: Answers) -> int:
        """Bit mask of the terms that fire and hang on no open descriptor any more."""
        mask = self.alive(answers)
        for field, touching in self._touching.items():
            if is_open(field, answers):
                mask &= ~touching
        return mask

    def out(self, answers: Answers) -> list[bool]:
        """Whether each service is ruled out for good."""
        sure = self.sure(answers)
        return [bool(sure & vetoing) for vetoing in self.vetoing]

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
        """The number of the cell that a value lies in; 0 when it is unknown."""
        cells = self.index.cells[field]
        if value is None:
            return 0
        if cells.numeric:
            return int(self.codes(field, np.array([value]))[0])
        for number, known in enumerate(cells.representatives[1:], start=2):
            if known == value:
                return number
        return 1

    def codes(self, field: str, values: NDArray[np.float64]) -> Codes:
        """Cell numbers of a numeric column; NaN is unknown."""
        cuts = np.array(self.index.cells[field].thresholds)
        if not len(cuts):  # no rule asks more than whether it is known
            return np.where(np.isnan(values), 0, 1)
        below = np.searchsorted(cuts, values, side="left")
        at = cuts[np.minimum(below, len(cuts) - 1)] == values
        return np.where(np.isnan(values), 0, 1 + 2 * below + at)

    def scores(self, columns: Columns, length: int) -> Scores:
        """The score of each service for each sheet; minus infinity where it is ruled out.

        `columns` holds a column of cell numbers, or one for all sheets, by field; absent fields are unknown.
        """
        bits = np.broadcast_to(np.uint64(0xFFFFFFFFFFFFFFFF), (length, self._words)).copy()
        for field, table in self._tables.items():
            bits &= table[columns.get(field, 0)]
        scores = np.broadcast_to(self.base, (length, NOBODY)).copy()
        # Eight terms at a time: a matrix product would start threads, which on a busy machine take ten times as long.
        for sums, fired in zip(self._sums, bits.view(np.uint8).T, strict=True):
            scores += sums[fired]
        for service, words in enumerate(self._veto_words):
            scores[(bits & words).any(axis=1), service] = -np.inf
        return scores

    def probabilities(self, scores: Scores) -> Scores:
        """The probability of each service, and last that of none of them, for each row of scores."""
        top = scores.max(axis=1, keepdims=True)
        nobody = np.isinf(top)
        parts = np.exp((scores - np.where(nobody, 0.0, top)) / self._temperature)
        shares = parts / np.where(nobody, 1.0, parts.sum(axis=1, keepdims=True))
        return np.hstack([shares, nobody.astype(np.float64)])


def front(scores: Scores) -> Codes:
    """The number of the service in front for each row of scores, NOBODY where all are ruled out."""
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
