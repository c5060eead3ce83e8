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

from whichcompute.knowledge.cells import Conjunction
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.aggregation import Aggregator
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
        weight = {rule.id: aggregator.weights[number] for number, rule in enumerate(aggregator.pack)}
        advice = [
            sorted(_rules(aggregator, service, "prefer", "caution"), key=lambda rule: (-abs(weight[rule.id]), rule.id))
            for service in SERVICES
        ]
        vetoes = [sorted(_rules(aggregator, service, "exclude"), key=lambda rule: rule.id) for service in SERVICES]
        self.rules: list[Rule] = [rule for group in (*advice, *vetoes) for rule in group]
        features: list[Conjunction] = list(aggregator.classifier.features)
        self.index = FrameIndex([*advice, *vetoes, features])
        self.advice: list[list[Span]] = self.index.spans[:COUNT]
        self.vetoes: list[list[Span]] = self.index.spans[COUNT : 2 * COUNT]
        self._base = np.array(aggregator.classifier.base)
        self._weights = self._table(weight)

    def _table(self, weight: dict[str, float]) -> dict[int, Floats]:
        """For each byte of a line of bits that weighs anything: what each of its 256 values adds per service."""
        per_bit = np.zeros((self.index.words * 64, COUNT))
        for number, position in enumerate(self.index.positions):
            if number < len(self.rules):
                rule = self.rules[number]
                per_bit[position, SERVICES.index(rule.entry.service)] = weight[rule.id]
            else:
                per_bit[position] = self.aggregator.classifier.features[number - len(self.rules)].weights
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
        tables = {byte: bits @ per_bit[8 * byte : 8 * byte + 8] for byte in range(self.index.words * 8)}
        return {byte: table for byte, table in tables.items() if table.any()}

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
        scores = np.broadcast_to(self._base, (height, COUNT)).copy()
        octets, adds = fired.view(np.uint8), np.empty_like(scores)
        for byte, table in self._weights.items():
            scores += np.take(table, octets[:, byte], axis=0, out=adds, mode="clip")  # a byte is never out of bounds
        out = np.stack([_any(fired, spans) for spans in self.vetoes], axis=1)
        probabilities = self._probabilities(scores, out)
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

    def _probabilities(self, scores: Floats, out: NDArray[np.bool_]) -> Floats:
        left = np.where(out, -np.inf, scores)
        top = _over_services(np.maximum, left)
        parts = np.exp((left - np.where(np.isfinite(top), top, 0.0)) / self.aggregator.classifier.temperature)
        total = _over_services(np.add, parts)
        return parts / np.where(total > 0, total, 1.0)

    def _plausible(self, probabilities: Floats) -> Ints:
        least = np.array(self.aggregator.classifier.plausible_at_least) * _over_services(np.maximum, probabilities)
        return _sets((probabilities > 0) & (probabilities >= least))


def blocks(height: int) -> Iterator[tuple[int, int]]:
    """Where each block of so many rows begins, and how many rows it has; one empty block if there are none."""
    for start in range(0, max(height, 1), BLOCK):
        yield start, min(BLOCK, height - start)


def _rules(aggregator: Aggregator, service: str, *effects: str) -> list[Rule]:
    return [rule for rule in aggregator.pack if rule.entry.service == service and rule.entry.effect in effects]


def _over_services(combine: np.ufunc, values: Floats) -> Floats:
    """One value a row (as a column): numpy reduces a short line per row slowly, and a few long columns fast."""
    result: Floats = values[:, :1]
    for service in range(1, COUNT):
        result = combine(result, values[:, service : service + 1])
    return result


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
