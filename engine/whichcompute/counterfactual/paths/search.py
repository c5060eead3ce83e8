"""The cheapest set of changes that brings a service to the front: an exact search, by effort.

Efforts are small whole numbers, so the search goes through them one by one, and within an effort through the numbers
of steps. Another service is overtaken in one of two ways: the target leads it, or a limit rules it out. So the search
runs once for each set of services that are to be ruled out, and must lead the others. Two bounds keep it short: the
most that a number of steps of a certain effort can add to each lead, and to a weighted sum of the leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from math import inf
from operator import or_

from whichcompute.counterfactual.paths.bounds import Reach, Rest, Sums, undominated
from whichcompute.counterfactual.paths.moves import NOTHING, Chosen, Doubt, Lead, Move, Problem, add
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.services import SERVICES

Accept = Callable[[Chosen], bool]
"""Whether a set of changes has values that do bring the target to the front."""

MOST_LOOKS = 300_000
_ROUNDING = -1e-9
_WEIGHTED_FROM = 3  # with fewer steps the weighted bound costs more than it saves


class TooMany(Exception):
    """The search has looked at so many sets of changes that it gives up."""


class Search:
    """All sets of changes for one problem. `accept` has the last word on each."""

    def __init__(self, problem: Problem, accept: Accept) -> None:
        self.problem = problem
        self.accept = accept
        gains = [[move.gain for move in opening.moves] for opening in problem.openings]
        self.reach = Reach(problem, gains, [doubt.slack for doubt in problem.doubts], len(SERVICES))
        self._cases: dict[tuple[int, bool], Case] = {}
        self.looked_at = 0

    def first(self, effort: int, steps: int) -> Chosen | None:
        """The first set in table order of so many steps and so much effort; None when there is none."""
        if steps == 0:
            return () if self.does(self.problem.fixed & self.problem.rest[0], ()) else None
        if steps == 1:
            return next(self.single(effort), None)
        best: Chosen | None = None
        for ruled_out in range(1 << len(SERVICES)):
            if not ruled_out >> self.problem.target & 1:
                best = self._case(ruled_out, steps).first(effort, steps, best) or best
        return best

    def _case(self, ruled_out: int, steps: int) -> Case:
        key = (ruled_out, steps >= _WEIGHTED_FROM)
        if key not in self._cases:
            self._cases[key] = Case(self, ruled_out, steps)
        return self._cases[key]

    def single(self, effort: int) -> Iterator[Chosen]:
        """The sets of one step of this effort, in table order."""
        problem, held = self.problem, self.problem.fixed
        for number, opening in enumerate(problem.openings):
            for move in opening.moves if opening.effort == effort else ():
                chosen = ((number, move.cell),)
                if self.does(held & move.cell.mask & problem.rest[number + 1], chosen):
                    yield chosen
            held &= opening.now

    def most(self) -> float | None:
        """An upper bound on the smallest lead that any set of changes can reach; None when none lifts all vetoes."""
        problem = self.problem
        openings = [opening for opening in problem.openings if opening.moves]
        makers: list[Move | Doubt] = [*(move for opening in openings for move in opening.moves), *problem.doubts]
        lifts = reduce(or_, (maker.lifts for maker in makers), 0)
        outs = reduce(or_, (maker.outs for maker in makers), problem.out(problem.fired))
        if problem.fired & problem.vetoes & ~lifts:
            return None
        leads = [
            lead
            + sum(max(0.0, *(move.gain[service] for move in opening.moves)) for opening in openings)
            + sum(doubt.slack[service] for doubt in problem.doubts)
            for service, lead in enumerate(problem.start)
        ]
        return min((lead for s, lead in enumerate(leads) if s != problem.target and not outs >> s & 1), default=inf)

    def does(self, held: int, chosen: Chosen) -> bool:
        """Whether these changes bring the target to the front; `held` are the terms that hold by the descriptors."""
        return any(self.wins(fired) for fired in self.problem.outcomes(held, chosen)) and self.accept(chosen)

    def count(self) -> None:
        """Raises TooMany after a number of looks that only contrived workloads need."""
        self.looked_at += 1
        if self.looked_at > MOST_LOOKS:
            raise TooMany

    def wins(self, fired: int) -> bool:
        """Whether the target comes first when these terms hold."""
        if fired & self.problem.vetoes:
            return False
        out, leads = self.problem.out(fired), self.problem.leads(fired)
        return all(lead >= _ROUNDING or out >> service & 1 for service, lead in enumerate(leads))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a search stands after some changes.

    `held` are the terms that hold by the descriptors decided on so far, `fired` those that hold if the others stay as
    they are, `exact` the leads then. `leads` and `total`, their weighted sum, are bounds for any values of derived
    descriptors. `need` are the vetoes to be lifted, `owed` the services still to be ruled out. `doubtful` are the
    doubts that have arisen, `alive` those that may.
    """

    chosen: Chosen
    held: int
    fired: int
    exact: Lead
    leads: Lead
    total: float
    need: int
    owed: int
    doubtful: int
    alive: int


class Case:
    """The part of a search in which certain services (bits of `ruled_out`) are ruled out and all others are led."""

    def __init__(self, search: Search, ruled_out: int, steps: int) -> None:
        self.search, self.problem, self.ruled_out = search, search.problem, ruled_out
        self.led = [s for s in range(len(SERVICES)) if s != self.problem.target and not ruled_out >> s & 1]
        self.steps = steps
        self.sums: Sums | None = None
        self.moves: list[list[tuple[Move, float]]] = []

    def first(self, effort: int, steps: int, best: Chosen | None) -> Chosen | None:
        """The first set in table order, if one comes before `best`."""
        every = (1 << len(self.problem.doubts)) - 1
        at = self._stand((), self.problem.fixed, every, None)
        if self._hopeless(at, NOTHING, 0.0, Rest(0, steps, effort, at.need, at.owed, at.alive)):
            return None
        if not self.moves:
            self._prepare()
            at = self._stand((), self.problem.fixed, every, None)
        return self._walk(at, steps, effort, tuple(number for number, _ in best) if best else ())

    def _prepare(self) -> None:
        """The moves worth a look, with the most that each adds to the weighted sum."""
        openings, led = self.problem.openings, self.led
        if self.steps < _WEIGHTED_FROM:
            self.moves = [[(move, 0.0) for move in opening.moves] for opening in openings]
            return
        self.sums = Sums(self.problem, led, self.steps)
        for opening, of_moves in zip(openings, self.sums.gains, strict=True):
            kept = undominated(self.problem, opening, led, self.ruled_out)
            self.moves.append([(opening.moves[number], of_moves[number][0]) for number in kept])

    def _stand(self, chosen: Chosen, held: int, alive: int, before: Standing | None) -> Standing:
        problem = self.problem
        self.search.count()
        fired = held & problem.products & problem.rest[chosen[-1][0] + 1 if chosen else 0]
        exact = problem.leads(fired, (before.fired, before.exact) if before else None)
        need, owed = fired & problem.vetoes, self.ruled_out & ~problem.out(fired)
        leads, total, doubtful = exact, self.sums.of(exact) if self.sums else 0.0, problem.doubtful(chosen)
        for bit in numbers_of(doubtful):
            doubt = problem.doubts[bit]
            need, owed = need & ~doubt.terms, owed & ~doubt.outs
            leads = add(leads, doubt.slack)
            total += self.sums.slacks[bit][0] if self.sums else 0.0
        return Standing(chosen, held, fired, exact, leads, total, need, owed, doubtful, alive)

    def _hopeless(self, at: Standing, gain: Lead, extra: float, rest: Rest) -> bool:
        """Whether, after a move of this gain, even the most that the rest can add leaves the target behind."""
        if self.sums:
            sums = self.sums.reach.most(rest)
            if sums is None or at.total + extra + sums[0] < _ROUNDING:
                return True
        most = self.search.reach.most(rest)
        if most is None:
            return True
        return any(at.leads[service] + gain[service] + most[service] < _ROUNDING for service in self.led)

    def _walk(self, at: Standing, steps: int, effort: int, before: tuple[int, ...]) -> Chosen | None:
        """The first set that continues from here and, if `before` is given, has lower numbers than that."""
        problem = self.problem
        for number, move, held, alive in self._worth(at, steps, effort):
            if before and number > before[0] - (steps == 1):
                return None
            chosen = (*at.chosen, (number, move.cell))
            if steps == 1:
                if self.search.does(held & problem.rest[number + 1], chosen):
                    return chosen
                continue
            tight = before[1:] if before and number == before[0] else ()
            after = self._stand(chosen, held, alive, at)
            if found := self._walk(after, steps - 1, effort - problem.openings[number].effort, tight):
                return found
        return None

    def _worth(self, at: Standing, steps: int, effort: int) -> Iterator[tuple[int, Move, int, int]]:
        """The moves that may still lead somewhere, with the terms that hold up to them and the doubts still alive."""
        held, alive, reach = at.held, at.alive, self.search.reach
        for number in range(at.chosen[-1][0] + 1 if at.chosen else 0, len(self.problem.openings)):
            if self._hopeless(at, NOTHING, 0.0, Rest(number, steps, effort, at.need, at.owed, alive)):
                return
            opening = self.problem.openings[number]
            left = effort - opening.effort
            new = alive & reach.settled[number] & ~at.doubtful
            for move, extra in self.moves[number] if left >= steps - 1 else ():
                more = self._doubting(move, extra, new) if new else (move.lifts, move.outs, move.gain, extra)
                lifts, outs, gain, extra = more
                rest = Rest(number + 1, steps - 1, left, at.need & ~lifts, at.owed & ~outs, alive)
                if not self._hopeless(at, gain, extra, rest):
                    yield number, move, held & move.cell.mask, alive
            held &= opening.now
            alive &= ~reach.awaited[number]

    def _doubting(self, move: Move, extra: float, new: int) -> tuple[int, int, Lead, float]:
        """What a move can do (lift, rule out, add to the leads and to their sum) by the doubts that it raises, too."""
        lifts, outs, gain = move.lifts, move.outs, move.gain
        for bit in numbers_of(new):
            doubt = self.problem.doubts[bit]
            lifts, outs, gain = lifts | doubt.lifts, outs | doubt.outs, add(gain, doubt.slack)
            extra += self.sums.slacks[bit][0] if self.sums else 0.0
        return lifts, outs, gain, extra
