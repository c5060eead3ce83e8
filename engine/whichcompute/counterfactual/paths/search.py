"""Searches for few changes that make an answer lead: every single one, every pair, then the best sets of each size.

Answers that are not known yet can be supposed to be anything, and six rare ones lead anywhere; so one of a set may be
rare, the others together are what one workload in `PLAUSIBLE` has. Candidates are weighed as rows of a frame, by the
same columns as an inventory. Up to two changes all combinations of promising moves are tried; of larger sets only those
that extend the best smaller ones, so that a smaller effort may exist that was not tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.counterfactual.paths.result import is_settled
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS, Answer
from whichcompute.recommender.columns import ColumnRecommender
from whichcompute.recommender.columns.reasons import bit_of
from whichcompute.recommender.columns.typed import dtype_of, with_derived
from whichcompute.recommender.recommender import Recommender

CELLS_OF_A_FIELD = 3
"""So many of the best moves of a descriptor are combined with those of others."""
BEAM = 150
"""So many of the best sets of each size are extended."""
MOST_STEPS = 6
PLAUSIBLE = 20


@dataclass(frozen=True, slots=True)
class Move:
    """A descriptor, the value that it changes to, and the effort.

    `share` is how many of all workloads have the value, 0 to 1, where nothing is known yet; else 1.
    """

    field: str
    value: Value
    effort: int
    share: float = 1.0


Moves = tuple[Move, ...]


class Search:
    """The search for changes to one workload that make one answer lead."""

    def __init__(self, recommender: Recommender, values: Mapping[str, Value], target: Answer) -> None:
        self._recommender = recommender
        self._columns = ColumnRecommender(recommender)
        self._values = values
        self._target = ANSWERS.index(target)
        self._vetoes = self._columns.aggregator.veto_positions(self._target)
        self._present = {contradiction.fields for contradiction in contradictions(values)}
        self._order = {name: number for number, name in enumerate(DECIDING)}

    def best(self, moves: Sequence[Move]) -> Moves | None:
        """The set of moves with the fewest steps that was found, of these the one with the least effort; None if none.

        Of equal ones the likeliest, then the first in table order.
        """
        if not moves:
            return None
        sets: list[Moves] = [(move,) for move in moves]
        leads = self._leads(sets)
        promising = self._promising(sets, leads)
        for _ in range(MOST_STEPS):
            if won := self._won(sets, leads):
                return won
            sets = self._larger(sets, leads, promising)
            if not sets:
                return None
            leads = self._leads(sets)
        return self._won(sets, leads)

    def single(self, moves: Sequence[Move]) -> Move | None:
        """The one move that makes the target lead, of least effort and first in table order; None if there is none."""
        sets: list[Moves] = [(move,) for move in moves]
        won = self._won(sets, self._leads(sets)) if sets else None
        return won[0] if won else None

    def settling(self, moves: Sequence[Move]) -> Moves:
        """Few of the moves that make the target the decided answer, each the best next one; none if that fails."""
        chosen: Moves = ()
        while len(chosen) < MOST_STEPS:
            taken = {move.field for move in chosen}
            sets = [(*chosen, move) for move in moves if move.field not in taken]
            sound = [own for own in sets if self._sound(own)]
            if not sound:
                return ()
            chosen = sound[int(np.argmax(self._leads(sound)))]
            if self._is_decided(chosen):
                return self._needed(chosen)
        return ()

    def _needed(self, chosen: Moves) -> Moves:
        """The moves without those that the decision does not need."""
        for move in chosen:
            rest = tuple(other for other in chosen if other is not move)
            if rest and self._is_decided(rest):
                return self._needed(rest)
        return chosen

    def _is_decided(self, chosen: Moves) -> bool:
        weighing = self._recommender.weigh({**self._values, **fields_of(chosen)})
        return weighing.ranking[0] == self._target and is_settled(weighing.decision)

    def _promising(self, sets: Sequence[Moves], leads: NDArray[np.float64]) -> list[Move]:
        """The best moves of each descriptor."""
        found: dict[str, list[Move]] = {}
        for number in np.argsort(-leads, kind="stable").tolist():
            (move,) = sets[number]
            own = found.setdefault(move.field, [])
            if len(own) < CELLS_OF_A_FIELD:
                own.append(move)
        return [move for own in found.values() for move in own]

    def _larger(self, sets: Sequence[Moves], leads: NDArray[np.float64], moves: Sequence[Move]) -> list[Moves]:
        if len(sets[0]) == 1:
            return [pair for pair in combinations(moves, 2) if pair[0].field != pair[1].field]
        best = [sets[number] for number in np.argsort(-leads, kind="stable")[:BEAM].tolist()]
        larger: dict[frozenset[Move], Moves] = {}
        for chosen in best:
            fields = {move.field for move in chosen}
            for move in moves:
                if move.field not in fields:
                    larger.setdefault(frozenset((*chosen, move)), (*chosen, move))
        return list(larger.values())

    def _won(self, sets: Sequence[Moves], leads: NDArray[np.float64]) -> Moves | None:
        won = [sets[number] for number in np.flatnonzero(leads > 0).tolist()]
        places = {chosen: sorted(self._order[move.field] for move in chosen) for chosen in won}
        won = [chosen for chosen in won if likelihood(chosen) >= min(move.share for move in chosen) / PLAUSIBLE]
        ranked = sorted(won, key=lambda own: (sum(move.effort for move in own), -likelihood(own), places[own]))
        return next((chosen for chosen in ranked if self._sound(chosen)), None)

    def _sound(self, chosen: Moves) -> bool:
        """Whether the changes bring in no contradiction."""
        after = {**self._values, **{move.field: move.value for move in chosen}}
        return all(contradiction.fields in self._present for contradiction in contradictions(after))

    def _leads(self, sets: Sequence[Moves]) -> NDArray[np.float64]:
        """By how much the target leads after each set, in log-odds; each limit that rules it out counts a thousand."""
        frame = with_derived(self._frame(sets))
        weighed = self._columns.weigh(frame)
        others = np.delete(weighed.probabilities, self._target, axis=1).max(axis=1)
        own = weighed.probabilities[:, self._target]
        leads = np.log(np.maximum(own, 1e-300)) - np.log(np.maximum(others, 1e-300))
        limits = sum(bit_of(weighed.fired, position) for position in self._vetoes)
        return np.asarray(np.where(limits > 0, -1000.0 * limits, leads))

    def _frame(self, sets: Sequence[Moves]) -> pl.DataFrame:
        rows: dict[str, dict[int, Value]] = {}
        for number, chosen in enumerate(sets):
            for move in chosen:
                rows.setdefault(move.field, {})[number] = move.value
        return pl.DataFrame([self._column(name, rows.get(name, {}), len(sets)) for name in DECIDING])

    def _column(self, name: str, changed: Mapping[int, Value], height: int) -> pl.Series:
        column = pl.Series(name, [self._values.get(name)], dtype_of(DESCRIPTORS[name])).new_from_index(0, height)
        return column.scatter(list(changed), list(changed.values())) if changed else column


def likelihood(chosen: Iterable[Move]) -> float:
    """How many of all workloads have what is supposed, 0 to 1, as if one answer said nothing of another."""
    return prod(move.share for move in chosen)


def fields_of(chosen: Iterable[Move]) -> dict[str, Value]:
    """The values after the moves, by descriptor."""
    return {move.field: move.value for move in chosen}
