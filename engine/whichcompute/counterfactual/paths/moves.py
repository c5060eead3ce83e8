"""What may change on the way to another service, and at most how much each change adds to its lead over the others.

The lead of the target over a service is a sum over terms, so a change of one descriptor moves it by the terms on that
descriptor alone. Some of those hang on other descriptors as well, which may change too; for these only the larger
outcome is counted. The sum of such gains bounds what any set of changes can reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import inf
from operator import and_, or_

from whichcompute.counterfactual.paths.changes import Change
from whichcompute.counterfactual.paths.landscape import Cell, Landscape
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import DERIVED, Value, with_derived
from whichcompute.knowledge.intervals import Interval
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.terms import Weights

Lead = tuple[float, ...]
"""By how much the target leads each service, in log-odds; 0 for itself."""

Chosen = tuple[tuple[int, Cell], ...]
"""Numbers of openings, and the cells they change to; in table order."""

NOTHING: Lead = (0.0,) * len(SERVICES)


@dataclass(frozen=True, slots=True)
class Move:
    """Another cell for one descriptor.

    `sure` is what it adds to the leads for certain, `maybe` what single terms may add, `gain` the most that comes of
    both. `outs` has bit s set if it may rule service s out; `lifts` are the vetoes against the target that it lifts.
    """

    cell: Cell
    sure: Lead
    maybe: tuple[Lead, ...]
    gain: Lead
    outs: int
    lifts: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A descriptor that may change: its effort, its mask now, and the moves in order of preference.

    `alone` are the terms that no other open descriptor can switch off.
    """

    name: str
    effort: int
    now: int
    alone: int
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A derived descriptor that changes may bring to another value, which shows only with the values of its factors.

    `waits` are the openings of its unknown factors: all must change before it has a value. `settles` are those whose
    change gives it another: the last of these, or each factor when all are known. `terms` look at it; for each value
    it may take, `swings` holds what single terms may add to the leads, and `slack` the most of all.
    """

    derived: str
    waits: tuple[int, ...]
    settles: frozenset[int]
    terms: int
    swings: tuple[tuple[Lead, ...], ...]
    slack: Lead
    outs: int
    lifts: int


class Problem:
    """A workload, a target, what may change (in table order), and what must (`forced`): all that a search needs.

    While a search goes on, derived descriptors are taken at their present values; `doubts` says what that may misjudge
    once a factor has changed.
    """

    def __init__(
        self,
        land: Landscape,
        values: Mapping[str, Value],
        target: int,
        changes: Mapping[str, Change],
        forced: Mapping[str, Cell] | None = None,
    ) -> None:
        self.land, self.values, self.target = land, values, target
        self.forced = dict(forced or {})
        still = (land.mask(name, values.get(name)) for name in land.fields if name not in {*changes, *self.forced})
        self.fixed = reduce(and_, (*still, *(cell.mask for cell in self.forced.values())), land.index.all)
        self.derived = {name: land.mask(name, DERIVED[name].of(values)) for name in land.derived}
        self.products = reduce(and_, self.derived.values(), land.index.all)
        self.names = list(changes)
        self.now = [land.mask(name, values.get(name)) for name in self.names]
        self.rest = _suffixes(self.now, land.index.all)
        self.fired = self.fixed & self.products & self.rest[0]
        self.vetoes = land.excludes[target] | (land.forbidden & ~land.fired(with_derived(values)))
        self.pulls = [_pull(weights, target) for weights in land.weights]
        self._weighing = sum(1 << number for number, pull in enumerate(self.pulls) if pull)
        self.doubts = tuple(doubt for name in land.derived if (doubt := self._doubt(name)))
        scores = land.table.scores(self.fired)
        self.start: Lead = tuple(scores[target] - score for score in scores)
        cells = self._without_vetoes([change.cells for change in changes.values()])
        efforts = [change.effort for change in changes.values()]
        self.openings = tuple(self._openings(cells, efforts))

    def must(self) -> tuple[str, Cell] | None:
        """An answer without which a veto stays, whatever else changes; None when there is no such thing."""
        for number in numbers_of(self.fired & self.vetoes):
            bit = 1 << number
            lifting = [(o.name, move.cell) for o in self.openings for move in o.moves if move.lifts & bit]
            if len(lifting) == 1 and lifting[0][1].choices and not any(doubt.lifts & bit for doubt in self.doubts):
                return lifting[0]
        return None

    def _doubt(self, derived: str) -> Doubt | None:
        """The doubt about a derived descriptor; None when nothing can change it."""
        factors = DERIVED[derived].factors
        unknown = [name for name in factors if name not in self.values]
        numbers = [number for number, name in enumerate(self.names) if name in (unknown or factors)]
        if not numbers or len(numbers) < len(unknown):
            return None
        waits = tuple(numbers) if unknown else ()
        terms, now = self.land.looking_at(derived), self.derived[derived]
        swings = tuple(
            tuple(self._swings((mask ^ now) & terms, mask)) for mask in self.land.masks_within(derived, 0.0, inf)
        )
        most = (reduce(add, map(_positive, changes), NOTHING) for changes in swings)
        slack = tuple(map(max, *most, NOTHING))
        settles = frozenset(waits[-1:] or numbers)
        return Doubt(derived, waits, settles, terms, swings, slack, self.out(terms), terms & self.vetoes)

    def _swings(self, changed: int, mask: int) -> Iterator[Lead]:
        """What terms add to the leads that begin to hold in a mask, or cease to."""
        for number in numbers_of(changed):
            pull = self.pulls[number]
            if pull is not None:
                yield pull if mask >> number & 1 else tuple([-part for part in pull])

    def _without_vetoes(self, cells: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
        """The cells without those that veto the target whatever else changes."""
        while True:
            always = self._always(cells)
            kept = [
                [cell for cell in own if not cell.mask & ~fixed & alone & self.vetoes]
                for own, fixed, alone in zip(cells, always, self._alone(cells), strict=True)
            ]
            if list(map(len, kept)) == list(map(len, cells)):
                return kept
            cells = kept

    def _always(self, cells: Sequence[Sequence[Cell]]) -> list[int]:
        """For each descriptor the terms that hold on it whatever it changes to."""
        return [reduce(and_, (cell.mask for cell in own), now) for own, now in zip(cells, self.now, strict=True)]

    def _alone(self, cells: Sequence[Sequence[Cell]]) -> list[int]:
        """For each descriptor the terms that hang on it alone: on all others they hold, whatever changes there."""
        always = self._always(cells)
        certain = reduce(lambda mask, doubt: mask & ~doubt.terms, self.doubts, self.fixed & self.products)
        before, after = [certain], _suffixes(always, self.land.index.all)
        for mask in always:
            before.append(before[-1] & mask)
        return [before[number] & after[number + 1] for number in range(len(cells))]

    def _openings(self, cells: Sequence[Sequence[Cell]], efforts: Sequence[int]) -> Iterator[Opening]:
        options = (reduce(or_, (c.mask for c in own), now) for own, now in zip(cells, self.now, strict=True))
        possible = reduce(and_, options, self.fixed & self.products)
        for number, (name, now, alone) in enumerate(zip(self.names, self.now, self._alone(cells), strict=True)):
            # Changes are counted in table order, so a term begins to hold at the last descriptor that kept it from it.
            seen = possible & self.rest[number + 1]
            moves = tuple(self._move(cell, (cell.mask ^ now) & seen, alone) for cell in cells[number])
            yield Opening(name, efforts[number], now, alone, moves)

    def _move(self, cell: Cell, changed: int, alone: int) -> Move:
        sure, maybe, outs = NOTHING, [], 0
        for number in numbers_of(changed):
            on = bool(cell.mask >> number & 1)
            pull = self.pulls[number]
            if pull is None:
                outs |= self.out(1 << number) if on and not self.land.implied(number) & self.vetoes else 0
                continue
            change = pull if on else tuple(-part for part in pull)
            if alone >> number & 1:
                sure = add(sure, change)
            else:
                maybe.append(change)
        gain = reduce(add, (_positive(change) for change in maybe), sure)
        return Move(cell, sure, tuple(maybe), gain, outs, ~cell.mask & self.vetoes)

    def out(self, fired: int) -> int:
        """Bit mask of the services other than the target that are ruled out when these terms hold."""
        return sum(
            1 << service for service, veto in enumerate(self.land.excludes) if fired & veto and service != self.target
        )

    def doubtful(self, chosen: Chosen) -> int:
        """Bit mask of the doubts about derived descriptors that have another value after these changes."""
        moved = {number for number, _ in chosen}
        return sum(
            1 << bit
            for bit, doubt in enumerate(self.doubts)
            if moved.issuperset(doubt.waits) and not moved.isdisjoint(doubt.settles)
        )

    def outcomes(self, held: int, chosen: Chosen) -> Iterator[int]:
        """The masks of terms that may hold after changes, when `held` are those that do by the descriptors."""
        cells = {self.names[number]: cell.interval for number, cell in chosen}
        if not all(self._in_order(more, than, cells) for more, than in self.land.orders):
            return
        doubtful = [self.doubts[bit].derived for bit in numbers_of(self.doubtful(chosen))]
        for name, mask in self.derived.items():
            held &= -1 if name in doubtful else mask
        options = []
        for derived in doubtful:
            low = high = DERIVED[derived].scale
            for factor in DERIVED[derived].factors:
                at = cells.get(factor)
                low *= at.low if at else float(self.values[factor])
                high *= at.high if at else float(self.values[factor])
            options.append(self.land.masks_within(derived, low, high))
        for masks in product(*options):
            yield reduce(and_, masks, held)

    def _in_order(self, less: str, than: str, cells: Mapping[str, Interval[float]]) -> bool:
        """Whether one number can be at most another, unless neither changes."""
        if less not in cells and than not in cells:
            return True
        low = cells[less].low if less in cells else self.values.get(less, 0.0)
        high = cells[than].high if than in cells else self.values.get(than, inf)
        return low <= high  # type: ignore[operator]  # both are numbers

    def leads(self, fired: int, near: tuple[int, Lead] | None = None) -> Lead:
        """The leads when these terms hold, over services that are ruled out too; `near` is a mask with its leads."""
        before, known = near or (self.fired, self.start)
        leads = list(known)
        for number in numbers_of((fired ^ before) & self._weighing):
            sign = 1 if fired >> number & 1 else -1
            for service, part in enumerate(self.pulls[number] or ()):
                leads[service] += sign * part
        return tuple(leads)


def _pull(weights: Weights | None, target: int) -> Lead | None:
    """What a term adds to the leads when it holds; None when it weighs nothing."""
    return None if weights is None else tuple([weights[target] - weight for weight in weights])


def _suffixes(masks: Sequence[int], every: int) -> list[int]:
    found = [every]
    for mask in reversed(masks):
        found.append(found[-1] & mask)
    return found[::-1]


def add(one: Lead, other: Lead) -> Lead:
    """The sum of two leads, service by service."""
    return tuple([a + b for a, b in zip(one, other, strict=True)])


def _positive(lead: Lead) -> Lead:
    return tuple([max(0.0, part) for part in lead])
