"""Bounds that keep the search for a path short: what steps can add at most, and moves that others make needless."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from functools import reduce
from math import exp, inf
from operator import itemgetter, mul, or_
from typing import NamedTuple

from whichcompute.counterfactual.paths.moves import NOTHING, Doubt, Lead, Move, Opening, Problem, add
from whichcompute.knowledge.cells import numbers_of

_ROUNDS = 8


class Rest(NamedTuple):
    """What is still to be done: exactly these steps and this effort, among the openings from `start` on.

    `need` are the vetoes to be lifted, `owed` the services to be ruled out, `alive` the doubts that may still arise.
    """

    start: int
    steps: int
    effort: int
    need: int
    owed: int
    alive: int


class Reach:
    """The most that steps can add, under the condition that they lift vetoes and rule services out as needed.

    `gains` holds a tuple of `width` numbers for each move of each opening, `slacks` one for each doubt; the most is
    taken number by number.
    """

    def __init__(self, problem: Problem, gains: Sequence[Sequence[Lead]], slacks: Sequence[Lead], width: int) -> None:
        self._slacks, self._doubts = slacks, problem.doubts
        self._efforts = [opening.effort for opening in problem.openings]
        self._options = [_options(o.moves, of_moves) for o, of_moves in zip(problem.openings, gains, strict=True)]
        self._nothing: Lead = (0.0,) * width
        self._known: dict[Rest, Lead | None] = {}
        numbers = range(len(self._options))
        self.settled = [_mask(number in doubt.settles for doubt in problem.doubts) for number in numbers]
        self.awaited = [_mask(number in doubt.waits for doubt in problem.doubts) for number in numbers]
        self._lifts, self._outs = [0], [0]
        for number in reversed(numbers):
            self._lifts.append(self._lifts[-1] | reduce(or_, (lifts for lifts, _, _ in self._all(number)), 0))
            self._outs.append(self._outs[-1] | reduce(or_, (outs for _, outs, _ in self._all(number)), 0))
        self._lifts.reverse()
        self._outs.reverse()

    def most(self, rest: Rest) -> Lead | None:
        """The most that the rest can add; None when it cannot be done."""
        start, steps, effort, need, owed, alive = rest
        if steps == 0:
            return None if effort or need or owed else self._nothing
        if effort < steps or start >= len(self._options) or need & ~self._lifts[start] or owed & ~self._outs[start]:
            return None
        if alive:
            alive = self._arising(start, steps, alive)
        key = Rest(start, steps, effort, need, owed, alive)
        if key not in self._known:
            self._known[key] = self._most(key)
        return self._known[key]

    def _arising(self, start: int, steps: int, alive: int) -> int:
        """The doubts that may indeed still arise with so many steps."""
        for bit, doubt in enumerate(self._doubts):
            pending = sum([number >= start for number in doubt.waits])
            settling = any([number >= start for number in doubt.settles])
            if not settling or pending > steps:
                alive &= ~(1 << bit)
        return alive

    def _most(self, rest: Rest) -> Lead | None:
        start, steps, effort, need, owed, alive = rest
        most = self.most(Rest(start + 1, steps, effort, need, owed, alive & ~self.awaited[start]))
        left = effort - self._efforts[start]
        if left < steps - 1:
            return most
        for lifts, outs, gain in self._options[start]:
            for bit in numbers_of(alive & self.settled[start]):
                lifts, outs = lifts | self._doubts[bit].lifts, outs | self._doubts[bit].outs
                gain = add(gain, self._slacks[bit])
            after = self.most(Rest(start + 1, steps - 1, left, need & ~lifts, owed & ~outs, alive))
            if after is not None:
                total = add(after, gain)
                most = total if most is None else tuple(map(max, most, total))
        return most

    def _all(self, number: int) -> list[tuple[int, int, Lead]]:
        """What an opening can do by its moves and by the doubts that it settles."""
        settled = (self._doubts[bit] for bit in numbers_of(self.settled[number]))
        return self._options[number] + [(doubt.lifts, doubt.outs, ()) for doubt in settled]


def _mask(flags: Iterable[bool]) -> int:
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)


def _options(moves: Sequence[Move], gains: Sequence[Lead]) -> list[tuple[int, int, Lead]]:
    """Moves of the same effect on vetoes and services as one, with the most of each gain."""
    options: dict[tuple[int, int], Lead] = {}
    for move, gain in zip(moves, gains, strict=True):
        key = (move.lifts, move.outs)
        options[key] = tuple(map(max, options[key], gain)) if key in options else gain
    return [(lifts, outs, gain) for (lifts, outs), gain in options.items()]


class Sums:
    """A weighted sum of the leads over some services: a bound on the sum is tighter than one on each lead.

    `gains` holds for each move the most that it adds to the sum, `slacks` the same for each doubt.
    """

    def __init__(self, problem: Problem, led: Sequence[int], steps: int) -> None:
        self.weights = _weights(problem, led, steps)
        self.gains = [[(_most(self.weights, move),) for move in opening.moves] for opening in problem.openings]
        self.slacks = [(_slack(self.weights, doubt),) for doubt in problem.doubts]
        self.reach = Reach(problem, self.gains, self.slacks, 1)

    def of(self, leads: Lead) -> float:
        """The weighted sum of these leads."""
        return _dot(self.weights, leads)


def _dot(one: Lead, other: Lead) -> float:
    return float(sum(map(mul, one, other)))


def _upward(weights: Lead, changes: Sequence[Lead]) -> float:
    return sum([max(0.0, _dot(weights, change)) for change in changes])


def _most(weights: Lead, move: Move) -> float:
    return _dot(weights, move.sure) + _upward(weights, move.maybe)


def _slack(weights: Lead, doubt: Doubt) -> float:
    return max([_upward(weights, changes) for changes in doubt.swings], default=0.0)


def _weights(problem: Problem, led: Sequence[int], steps: int) -> Lead:
    """Weights that add up to 1 and make the bound low: more for leads that the best steps by the weights leave low."""
    weights = tuple([1.0 / len(led) if service in led else 0.0 for service in range(len(problem.start))])
    best, least = weights, inf
    for _ in range(_ROUNDS if len(led) > 1 else 0):
        top = heapq.nlargest(steps, (_best(weights, o) for o in problem.openings if o.moves), key=itemgetter(0))
        bound = _dot(weights, problem.start) + sum(gain for gain, _ in top)
        if bound < least:
            best, least = weights, bound
        ends = [lead + sum(move.gain[s] for _, move in top) for s, lead in enumerate(problem.start)]
        size = max(abs(ends[service]) for service in led) or 1.0
        raw = [weight * exp(-end / size) for weight, end in zip(weights, ends, strict=True)]
        weights = tuple([weight / sum(raw) for weight in raw])
    return best


def _best(weights: Lead, opening: Opening) -> tuple[float, Move]:
    return max(((_most(weights, move), move) for move in opening.moves), key=itemgetter(0))


def undominated(problem: Problem, opening: Opening, led: Sequence[int], ruled_out: int) -> list[int]:
    """Numbers of the moves that neither another move nor staying put makes needless.

    A move is needless if something else lifts the same vetoes, rules out the same services and leaves no lead lower,
    whatever the other descriptors are.
    """
    if opening.name in problem.land.linked:
        return list(range(len(opening.moves)))
    wanted = sum(problem.land.excludes[service] for service in numbers_of(ruled_out))
    options = [(opening.now, NOTHING), *((move.cell.mask, move.sure) for move in opening.moves)]
    kept = list(range(len(options)))
    for number in range(len(options) - 1, 0, -1):
        others = (options[other] for other in kept if other != number)
        if any(_at_least(problem, other, options[number], led, wanted, opening.alone) for other in others):
            kept.remove(number)
    return [number - 1 for number in kept if number]


def _at_least(
    problem: Problem, one: tuple[int, Lead], other: tuple[int, Lead], led: Sequence[int], wanted: int, alone: int
) -> bool:
    """Whether one cell does all that another does; `wanted` are the terms that rule out whom they should."""
    (mask, sure), (mask2, sure2) = one, other
    if mask & ~mask2 & problem.vetoes or mask2 & ~mask & wanted:
        return False
    for service in led:
        more = sure[service] - sure2[service]
        for number in numbers_of((mask ^ mask2) & ~alone):
            pull = problem.pulls[number]
            if pull is not None:
                more += min(0.0, pull[service] if mask >> number & 1 else -pull[service])
        if more < 0:
            return False
    return True
