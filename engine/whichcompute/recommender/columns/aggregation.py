"""Weighs every row of a frame: the same rules, classifier and sums as `Aggregator.weigh`, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from math import factorial
from operator import mul
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.arrays import Sums, over_services, softmax
from whichcompute.recommender.columns.firing import FrameIndex, Span, Words

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

COUNT = len(SERVICES)
NOBODY = COUNT
"""The number of no service, where all are ruled out."""

BLOCK = 16384
"""Rows weighed at once: what is worked out on the way stays in a core's cache."""

_SETS = 1 << COUNT


@dataclass(frozen=True, slots=True)
class Weighed:
    """The outcome of each row; service by service in the order of SERVICES.

    `fired` and `unknown` are bits over the items of `ColumnAggregator.index`. `order` is a number in RANKINGS,
    `excluded` and `plausible` are sets of services as bit numbers, `front` is a service number or NOBODY.
    """

    fired: Words
    unknown: Words
    probabilities: Floats
    order: Ints
    excluded: Ints
    plausible: Ints
    front: Ints
    confidence: Floats

    def decided(self) -> NDArray[np.bool_]:
        """Whether exactly one service is plausible."""
        single: NDArray[np.bool_] = (self.plausible != 0) & (self.plausible & (self.plausible - 1) == 0)
        return single


_RADIX = [factorial(COUNT - 1 - service) for service in range(COUNT)]


def _number_of(ranking: Sequence[int]) -> int:
    """The number of a ranking: for each service, how many later in SERVICES are ahead of it, in factorial base."""
    place = {service: at for at, service in enumerate(ranking)}
    later = (sum(place[b] < place[a] for b in range(a + 1, COUNT)) for a in range(COUNT))
    return sum(map(mul, later, _RADIX))


RANKINGS = sorted(permutations(range(COUNT)), key=_number_of)
"""Every order of the services, best first, each in the place of its number."""

_FIRST = np.array([ranking[0] for ranking in RANKINGS])


class ColumnAggregator:
    """Rules and classifier put together for frames; immutable once built.

    The rules of each service lie together: advice in the order in which it is told (heaviest first), vetoes by id.
    """

    def __init__(self, aggregator: Aggregator) -> None:
        self.aggregator = aggregator
        terms = self.terms = aggregator.terms
        every = list(range(len(terms.pack)))
        rules = terms.pack.rules
        advice, vetoes = (
            [[n for n in every if rules[n].entry.service == s and rules[n].entry.effect in effects] for s in SERVICES]
            for effects in (("prefer", "caution"), ("exclude",))
        )
        for of_service in advice:
            of_service.sort(key=lambda number: (-abs(terms.rule_weights[number]), rules[number].id))
        for of_service in vetoes:
            of_service.sort(key=lambda number: rules[number].id)
        groups = [*advice, *vetoes, numbers_of(terms.features)]
        numbers = [number for group in groups for number in group]
        self.rules: list[Rule] = [rules[number] for group in groups[:-1] for number in group]
        self.index = FrameIndex([[terms.items[number] for number in group] for group in groups])
        self.advice: list[list[Span]] = self.index.spans[:COUNT]
        self.vetoes: list[list[Span]] = self.index.spans[COUNT : 2 * COUNT]
        placed = dict(zip(self.index.positions, numbers, strict=True))
        self._sums = Sums(terms, [placed.get(at) for at in range(self.index.words * 64)])

    def weigh(self, frame: pl.DataFrame) -> Weighed:
        """The outcome of every row of a typed frame with derived columns."""
        columns = self.index.columns(frame)
        parts = [
            self._weigh({name: column[start : start + BLOCK] for name, column in columns.items()}, height)
            for start, height in blocks(frame.height)
        ]
        return Weighed(*(np.concatenate([getattr(part, name) for part in parts]) for name in Weighed.__slots__))

    def _weigh(self, columns: Mapping[str, NDArray[Any]], height: int) -> Weighed:
        fired, unknown = self.index.evaluate(columns, height)
        scores = self._sums.scores(fired)
        out = np.stack([_any(fired, spans) for spans in self.vetoes], axis=1)
        probabilities = softmax(scores, out, self.terms.classifier.temperature)
        order = _order(np.where(out, -np.inf, scores))
        excluded = _sets(out)
        front = np.where(excluded == _SETS - 1, NOBODY, _FIRST[order])
        confidence = np.where(front == NOBODY, 1.0, probabilities.max(axis=1))
        plausible = self._plausible(probabilities) & ~excluded
        return Weighed(fired, unknown, probabilities, order, excluded, plausible, front, confidence)

    def deciding(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """How many of the rows each rule decides: vetoes that fire, and advice for the service in front."""
        counts: dict[str, int] = {}
        for service in range(COUNT):
            front = rows & (weighed.front == service)
            counts.update(self._counts(self.advice[service], weighed.fired[front]))
            counts.update(self._counts(self.vetoes[service], weighed.fired[rows]))
        return counts

    def alone(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """In how many of the rows each veto is the only one of its service."""
        counts: dict[str, int] = {}
        for spans in self.vetoes:
            fired = np.stack([span.of(weighed.fired[rows]) for span in spans], axis=1) if spans else np.empty((0, 0))
            single = np.count_nonzero(fired, axis=1) == 1
            bits = fired.max(axis=1, initial=0)
            single &= bits & (bits - np.uint64(1)) == 0 if len(bits) else single
            counts.update(self._counts(spans, weighed.fired[rows][single]))
        return counts

    def _counts(self, spans: list[Span], fired: Words) -> dict[str, int]:
        counts = {}
        for span in spans:
            bits = span.of(fired)
            for at, rule in enumerate(self.rules[span.first : span.first + span.width]):
                counts[rule.id] = int(np.count_nonzero(bits >> np.uint64(at) & np.uint64(1)))
        return counts

    def _plausible(self, probabilities: Floats) -> Ints:
        least = np.array(self.terms.classifier.plausible_at_least) * over_services(np.maximum, probabilities)
        return _sets((probabilities > 0) & (probabilities >= least))


def blocks(height: int) -> Iterator[tuple[int, int]]:
    """Where each block of so many rows begins, and how many rows it has; one empty block if there are none."""
    for start in range(0, max(height, 1), BLOCK):
        yield start, min(BLOCK, height - start)


def _sets(members: NDArray[np.bool_]) -> Ints:
    """For each row the services (columns) as bits of one number."""
    return np.packbits(members, axis=1, bitorder="little")[:, 0].astype(np.intp)


def _any(words: Words, spans: list[Span]) -> NDArray[np.bool_]:
    found = np.zeros(len(words), bool)
    for span in spans:
        found |= span.of(words) != 0
    return found


def _order(scores: Floats) -> Ints:
    """The number of each row's ranking; of equal scores the service that is first in SERVICES is ahead."""
    numbers = np.zeros(len(scores), np.intp)
    for a, b in combinations(range(COUNT), 2):
        numbers += (scores[:, b] > scores[:, a]) * _RADIX[a]
    return numbers
