"""Weighs every row of a frame: the same terms, classifier, costs and sums as `Aggregator.weigh`, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, permutations
from math import factorial
from operator import mul
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.knowledge.outside import DEFAULT_PLACE, KEPT
from whichcompute.knowledge.price_lists import HOME
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import ANSWERS, SERVICES
from whichcompute.pricing import CostModel
from whichcompute.pricing.columns import SomeRows, ops_of, read
from whichcompute.pricing.outside import outside_ranked
from whichcompute.recommender import costs
from whichcompute.recommender.aggregation import TIE_DIGITS, Aggregator
from whichcompute.recommender.columns.firing import BITS, BitRows, FrameIndex, Span
from whichcompute.recommender.evidence import Codes, EvidenceTables, by_byte
from whichcompute.recommender.terms import ADVICE, DOUBTS, Centring

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

COUNT = len(ANSWERS)
OUTSIDE = COUNT - 1
"""The number of the answer `none`."""
ALL_OUT = (1 << OUTSIDE) - 1
"""All services, as a set of excluded ones."""

BLOCK = 1 << 16
"""Rows weighed at once: enough to make few steps, few enough to bound memory."""

_SETS = 1 << COUNT
_PER_REQUEST = np.isin(np.arange(len(ANSWERS)), costs.PER_REQUEST)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The outcome of each row; answer by answer in the order of ANSWERS.

    `fired` and `unknown` are bits over the items of `ColumnAggregator.index`. `ranking` is the number of a ranking in
    RANKINGS; `excluded`, `plausible` and `unsuited` (by a severe caution) are sets of answers as bit numbers; `leading`
    is the number of an answer, `usd` the expected USD a month on each service (NaN: no estimate, or excluded);
    `columns` are the descriptors, as `pricing.columns.read` gives them.
    """

    fired: BitRows
    unknown: BitRows
    probabilities: Floats
    ranking: Ints
    excluded: Ints
    plausible: Ints
    leading: Ints
    confidence: Floats
    usd: Floats
    unsuited: Ints
    columns: Mapping[str, Any]

    def single(self) -> NDArray[np.bool_]:
        """Whether exactly one answer is plausible."""
        one: NDArray[np.bool_] = (self.plausible != 0) & (self.plausible & (self.plausible - 1) == 0)
        return one


_RADIX = [factorial(COUNT - 1 - service) for service in range(COUNT)]


def _number_of(ranking: Sequence[int]) -> int:
    """The number of a ranking: for each service, how many later in ANSWERS are ahead of it, in factorial base."""
    place = {service: at for at, service in enumerate(ranking)}
    later = (sum(place[b] < place[a] for b in range(a + 1, COUNT)) for a in range(COUNT))
    return sum(map(mul, later, _RADIX))


RANKINGS = sorted(permutations(range(COUNT)), key=_number_of)
"""Every order of the answers, best first, each in the place of its number."""

_FIRST = np.array([ranking[0] for ranking in RANKINGS])


def _points_to(place: str, rule: Rule) -> bool:
    return rule.entry.effect == "prefer" and rule.entry.outside == place


class ColumnAggregator:
    """Terms, classifier and costs for frames; immutable once built.

    The rules of each answer lie together: advice in the order in which it is listed (heaviest first), vetoes by id.
    """

    def __init__(self, aggregator: Aggregator, costs: CostModel) -> None:
        self.aggregator = aggregator
        self.costs = costs
        terms = aggregator.terms
        weight = {rule.id: terms.rule_weights[number] for number, rule in enumerate(aggregator.pack)}
        advice = [
            sorted(_rules(aggregator, answer, *ADVICE), key=lambda rule: (-abs(weight[rule.id]), rule.id))
            for answer in ANSWERS
        ]
        vetoes = [sorted(_rules(aggregator, answer, "exclude"), key=lambda rule: rule.id) for answer in ANSWERS]
        self.rules: list[Rule] = [rule for group in (*advice, *vetoes) for rule in group]
        centring = [item for item in terms.items if isinstance(item, Centring)]
        self.index = FrameIndex([*advice, *vetoes, centring])
        self.advice: list[list[Span]] = self.index.spans[:COUNT]
        self.vetoes: list[list[Span]] = self.index.spans[COUNT : 2 * COUNT]
        self._doubts = self._masks(lambda rule: rule.entry.effect == "caution" and rule.entry.strength in DOUBTS)
        self._favours = self._masks(lambda rule: rule.entry.effect == "prefer")
        severe = self._masks(lambda rule: rule.entry.strength == "severe")
        self._severe = [(mask, np.flatnonzero(mask)) for mask in severe]
        self._evidence = EvidenceTables(aggregator.classifier)
        self._base = np.array(aggregator.classifier.base)
        self._weights = self._table(weight, centring)

    def _masks(self, chosen: Callable[[Rule], bool]) -> BitRows:
        """For each answer a line of bits (answers x words) with those of its chosen rules set."""
        masks = np.zeros((COUNT, self.index.words), np.uint64)
        for number, rule in enumerate(self.rules):
            if chosen(rule):
                word, bit = divmod(self.index.positions[number], BITS)
                masks[ANSWERS.index(rule.entry.service), word] |= np.uint64(1) << np.uint64(bit)
        return masks

    def doubtful(self, weighed: Weighed) -> NDArray[np.bool_]:
        """Whether a strong or severe caution counts against each row's leading answer, or no rule in its favour."""
        found: NDArray[np.bool_] = (weighed.fired & self._doubts[weighed.leading] != 0).any(axis=1)
        found |= (weighed.fired & self._favours[weighed.leading] == 0).all(axis=1)
        return found

    def kept_in_place(self, weighed: Weighed, elsewhere: NDArray[np.bool_]) -> Weighed:
        """The outcome without the rules for EC2 in the rows `elsewhere` that a rule says to keep where they are."""
        kept, moved = (self._masks(partial(_points_to, place))[OUTSIDE] for place in (KEPT, DEFAULT_PLACE))
        rows = elsewhere & (weighed.fired & kept != 0).any(axis=1)
        return replace(weighed, fired=np.where(rows[:, None], weighed.fired & ~moved, weighed.fired))

    def _table(self, weight: dict[str, float], centring: Sequence[Centring]) -> dict[int, Floats]:
        """For each byte of a line of bits that weighs anything: what each of its 256 values adds per answer."""
        per_bit = np.zeros((self.index.words * BITS, COUNT))
        for number, position in enumerate(self.index.positions):
            if number < len(self.rules):
                rule = self.rules[number]
                per_bit[position, ANSWERS.index(rule.entry.service)] = weight[rule.id]
            else:
                per_bit[position] = centring[number - len(self.rules)].weights
        return {byte: table for byte, table in enumerate(by_byte(per_bit)) if table.any()}

    def weigh(self, frame: pl.DataFrame, *, free_tier: bool = False) -> Weighed:
        """The outcome of every row of a typed frame with derived columns."""
        columns = read(frame)
        metered = costs.is_metered(ops_of(columns, frame.height), self.aggregator.pack.facts)
        parts = []
        for start, height in blocks(frame.height):
            rows = slice(start, start + height)
            block = SomeRows(columns, rows)
            fired, unknown = self.index.evaluate(block, height)
            codes = self._evidence.codes(block)
            out = np.stack([_any(fired, spans) for spans in self.vetoes], axis=1)
            usd = self.costs.usd_rows(block, height, SERVICES, free_tier=free_tier, asked=~out[:, :OUTSIDE])
            ranked = self._comparable(usd, frame[rows], block, ~out[:, :OUTSIDE], free_tier)
            parts.append(self._weigh(fired, unknown, out, codes, usd, ranked, block, metered[rows]))
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Weighed.__slots__
            if name != "columns"
        }
        return Weighed(**joined, columns=columns)

    def _comparable(
        self,
        usd: Floats,
        frame: pl.DataFrame,
        columns: Mapping[str, Any],
        asked: NDArray[np.bool_],
        free_tier: bool,
    ) -> Floats:
        """What rows are ranked by, as `CostModel.comparable` does for one workload."""
        ranked = np.hstack([usd, np.full((len(usd), 1), np.nan)])
        elsewhere = (frame["region"] != HOME).fill_null(value=False).to_numpy()
        rows = np.flatnonzero(elsewhere & np.isnan(usd).any(axis=1))
        if rows.size:
            there = frame[rows].with_columns(pl.lit(None, dtype=frame.schema["region"]).alias("region"))
            here, home = (
                self.costs.usd_rows(read(each), rows.size, SERVICES, free_tier=free_tier)
                for each in (frame[rows], there)
            )
            lacking = (np.isnan(here) & ~np.isnan(home)).any(axis=1)
            ranked[rows[lacking], :OUTSIDE] = np.where(asked[rows], home, np.nan)[lacking]
            at_home = pl.Series(rows[lacking])
            if len(at_home):
                columns = read(frame.with_columns(frame["region"].scatter(at_home, None)))
        ranked[:, OUTSIDE] = ranked[:, costs.LIKE_OUTSIDE]
        for place, holds in outside_ranked(ops_of(columns, frame.height)).items():
            some = np.flatnonzero(holds)
            if some.size:
                usd = self.costs.usd_rows(SomeRows(columns, some), some.size, [place], free_tier=free_tier)
                ranked[some, OUTSIDE] = usd[:, 0]
        return ranked

    def _weigh(
        self,
        fired: BitRows,
        unknown: BitRows,
        out: NDArray[np.bool_],
        codes: Mapping[str, Codes],
        usd: Floats,
        ranked: Floats,
        columns: Mapping[str, Any],
        metered: NDArray[np.bool_],
    ) -> Weighed:
        unsuited = np.stack([(fired[:, words] & mask[words] != 0).any(axis=1) for mask, words in self._severe], axis=1)
        scores = self._base + self._cost(ranked, columns["monthly_budget_usd"], unsuited, metered)
        self._evidence.add(codes, scores)
        octets, adds = fired.view(np.uint8), np.empty_like(scores)
        for byte, table in self._weights.items():
            scores += np.take(table, octets[:, byte], axis=0, out=adds, mode="clip")  # a byte is never out of bounds
        probabilities = self._probabilities(scores, out)
        ranking = _ranking_of(np.where(out, -np.inf, scores.round(TIE_DIGITS)))
        plausible = self._plausible(probabilities)
        confidence = probabilities.max(axis=1)
        leading = _FIRST[ranking]
        sets = _sets(out), plausible, leading, confidence, usd, _sets(unsuited)
        return Weighed(fired, unknown, probabilities, ranking, *sets, columns)

    def _cost(self, usd: Floats, budget: Floats, unsuited: NDArray[np.bool_], metered: NDArray[np.bool_]) -> Floats:
        """What costs say, as `costs.evidence` does for one workload."""
        classifier = self.aggregator.classifier
        spared = np.isnan(usd) & ~unsuited & _PER_REQUEST & ~metered[:, None]
        unsuited = unsuited & (~np.isnan(usd) & ~unsuited).any(axis=1, keepdims=True)
        cheapest = np.fmin.reduce(np.where(unsuited, np.nan, usd), axis=1, keepdims=True)
        lowest = np.maximum(cheapest, costs.LEAST_USD)
        floored = np.maximum(usd, lowest)
        ratio = np.minimum(floored / lowest, costs.MOST_RATIO)
        beyond = np.log(np.maximum(ratio / costs.CLEAR_RATIO, 1.0))
        money = 1 + np.log1p((floored - lowest) / costs.SMALL_USD)
        weights = -classifier.cost_log_ratio * (np.log(ratio) + costs.STEEPNESS * beyond) * money
        middle = _median(np.where(unsuited, np.nan, weights))
        weights = np.where(unsuited, np.minimum(weights, middle), weights)
        allowed = np.maximum(budget[:, None], cheapest) * costs.SAME_COST
        over = np.where(usd > costs.CLEARLY_OVER * allowed, costs.OVER_TIMES, usd > allowed)
        usual = _median(np.where(unsuited | np.isnan(usd), np.nan, over))
        over = np.where(np.isnan(usd), usual, over)
        weights = np.where(np.isnan(weights), middle, weights) - classifier.cost_over_budget * over
        return np.where(spared, 0.0, weights)

    def deciding(self, weighed: Weighed, rows: NDArray[np.bool_]) -> dict[str, int]:
        """How many of the rows each rule decides: vetoes that fire, and advice for the leading answer."""
        counts: dict[str, int] = {}
        for service in range(COUNT):
            leading = rows & (weighed.leading == service)
            counts.update(self._counts(self.advice[service], weighed.fired[leading]))
            counts.update(self._counts(self.vetoes[service], weighed.fired[rows]))
        return counts

    def veto_positions(self, answer: int) -> list[int]:
        """The positions in `Weighed.fired` of the rules that exclude the answer with this number."""
        return [self.index.positions[span.first + at] for span in self.vetoes[answer] for at in range(span.width)]

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

    def _counts(self, spans: list[Span], fired: BitRows) -> dict[str, int]:
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
        top = _over_services(np.maximum, probabilities)
        least = self.aggregator.classifier.plausible_from
        return _sets((probabilities > 0) & ((probabilities >= least) | (probabilities == top)))


def blocks(height: int, rows: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Where each block of so many rows begins, and how many rows it has; one empty block if there are none."""
    for start in range(0, max(height, 1), rows):
        yield start, min(rows, height - start)


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


def _any(words: BitRows, spans: list[Span]) -> NDArray[np.bool_]:
    found = np.zeros(len(words), bool)
    for span in spans:
        found |= span.of(words) != 0
    return found


def _ranking_of(scores: Floats) -> Ints:
    """The number of each row's ranking; of equal scores the answer that is first in ANSWERS is ahead."""
    numbers = np.zeros(len(scores), np.intp)
    for first, second in combinations(range(COUNT), 2):
        numbers += (scores[:, second] > scores[:, first]) * _RADIX[first]
    return numbers


def _median(weights: Floats) -> Floats:
    """The median of what is known in each row; 0 where nothing is. Several times as fast as numpy.nanmedian."""
    ordered = np.sort(weights, axis=1)  # what is not known comes last
    last = np.maximum(np.count_nonzero(~np.isnan(weights), axis=1, keepdims=True) - 1, 0)
    ends = np.take_along_axis(ordered, np.hstack([last // 2, (last + 1) // 2]), axis=1)
    middle: Floats = np.nan_to_num(ends.mean(axis=1, keepdims=True), nan=0.0)
    return middle
