"""Finds the path to an answer (what may change, the search, the words), and the single answers that overturn one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.counterfactual.paths.landscape import Cell, Landscape, landscape, possible
from whichcompute.counterfactual.paths.result import Flip, Obstacle, Path, Step, is_settled
from whichcompute.counterfactual.paths.search import MOST_STEPS, Move, Moves, Search, fields_of
from whichcompute.counterfactual.paths.values import Invariant, ends_of, outcomes, reach, spread
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.rules import Rule, filled
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES, Answer
from whichcompute.recommender.reasons import cite_all
from whichcompute.recommender.recommender import Recommender

_ALTERNATIVES = 5
LIKELY, RARE = 0.1, 0.01
"""An answer that is not known yet is supposed only if so large a share of workloads has it, and named beside others."""
_FAR = 10  # times a known size of an instance, for other numbers 100 times: beyond lies another workload


class PathWords:
    """The words for the way from one workload to one answer."""

    def __init__(
        self, land: Landscape, values: Mapping[str, Value], target: Answer, outcome: Invariant | None = None
    ) -> None:
        self._land, self._values, self._target, self._outcome = land, values, target, outcome
        self._facts = land.pack.facts

    def steps(self, chosen: Sequence[Move]) -> tuple[Step, ...]:
        """The steps of these moves: changes to what is known first, then what is not known yet, in table order."""
        after = {**self._values, **fields_of(chosen)}
        ordered = sorted(chosen, key=lambda move: (move.field not in self._values, DECIDING.index(move.field)))
        return tuple(self._step(move, after) for move in ordered)

    def _step(self, move: Move, after: Mapping[str, Value]) -> Step:
        descriptor, before = DESCRIPTORS[move.field], self._values.get(move.field)
        values = spread(self._land, after, move.field, self._outcome)
        new = descriptor.say(move.value)
        if before is None:
            text, how = f"{descriptor.title} would have to be {values}", f"Not known yet. {descriptor.question}"
        else:
            wanted = values if new in values else f"{values}, for example {new}"
            text = f"{descriptor.title}: from {descriptor.say(before)} to {wanted}"
            how = descriptor.change
        return Step(
            field=move.field,
            title=descriptor.title,
            before=before,
            after=move.value,
            values=values,
            effort=move.effort,
            text=text,
            how=how,
            remedy=self._remedy(move.field, after),
        )

    def _remedy(self, name: str, after: Mapping[str, Value]) -> str:
        """What the rules advise whose limit this change helps to lift."""
        values, changed = with_derived(self._values), with_derived(after)
        lifted = (rule for rule in self._vetoes() if name in rule.fields and rule.holds(changed) is not True)
        remedies = (filled(rule.entry.remedy, values, self._facts) for rule in lifted)
        return " ".join(dict.fromkeys(filter(None, remedies)))

    def _vetoes(self) -> list[Rule]:
        """The rules that rule the answer out now."""
        values = with_derived(self._values)
        own = (rule for rule in self._land.pack if rule.entry.effect == "exclude")
        return [rule for rule in own if rule.entry.service == self._target and rule.holds(values) is True]

    def unreachable(self) -> Path:
        """No path was found."""
        vetoes = self._vetoes()
        name = SERVICE_NAMES[self._target]
        limits = f"; it is ruled out by {', '.join(rule.id for rule in vetoes)}" if vetoes else ""
        why = f"No set of up to {MOST_STEPS} plausible changes and answers was found that makes {name} lead{limits}."
        obstacles = tuple(self._obstacle(rule) for rule in vetoes)
        return Path(service=self._target, reachable=False, effort=0, why=why, obstacles=obstacles)

    def _obstacle(self, rule: Rule) -> Obstacle:
        return Obstacle(
            rule=rule.id,
            text=filled(rule.entry.because, with_derived(self._values), self._facts),
            fields=rule.fields,
            sources=cite_all(rule.entry.sources, self._facts.sources),
        )


def path_to(recommender: Recommender, values: Mapping[str, Value], service: str, *, free_tier: bool = False) -> Path:
    """The path from the known values of a workload to an answer; WorkloadError when there is no such answer."""
    if service not in ANSWERS:
        raise WorkloadError([Problem("service", service, f"allowed: {', '.join(ANSWERS)}")])
    land = landscape(recommender)
    wording = PathWords(land, values, service)
    serving = _Serving(recommender, values, service)
    moves = [] if land.leading(values) == service else list(_moves(land, values))
    search = Search(recommender, values, service)
    chosen = _steps(search, moves, serving) if moves else ()
    if chosen is None:
        return wording.unreachable()
    chosen = tuple(_nearest(land, values, chosen, move) for move in chosen)
    reached = {**values, **fields_of(chosen)}
    after = recommender.recommend(reached, free_tier=free_tier)
    left = (move for move in _moves(land, reached) if move.field not in reached)
    open_moves = [move for move in left if move.share >= LIKELY]
    settled = () if is_settled(after.decision) else Search(recommender, reached, service).settling(open_moves)

    least = min([RARE, *(move.share for move in chosen)])
    likely = [move for move in moves if move.share >= least]

    def outcome(known: Mapping[str, Value]) -> tuple[Answer, bool]:
        weighing = recommender.weigh(known)
        return weighing.service, is_settled(weighing.decision)

    return Path(
        service=service,
        reachable=True,
        effort=sum(move.effort for move in chosen),
        steps=wording.steps(chosen),
        answers=wording.steps(_answers(search, serving.of(moves), values)) if _changes(chosen, values) else (),
        alternatives=_alternatives(search, serving.of(likely), chosen[0], values, wording) if len(chosen) == 1 else (),
        after=after,
        settled_by=PathWords(land, reached, service, outcome).steps(settled),
    )


def _steps(search: Search, moves: list[Move], serving: _Serving) -> Moves | None:
    """The best changes to what is known; where they are not enough, with usual answers that favour the one wanted.

    Where these do not lead there either, with any answer, also one that only harms the leading one.
    """
    known = [move for move in moves if serving.knows(move.field)]
    likely = serving.of(move for move in moves if not serving.knows(move.field) and move.share >= LIKELY)
    return next(filter(None, map(search.best, (known, known + likely, moves))), None)


def _nearest(land: Landscape, values: Mapping[str, Value], chosen: Moves, move: Move) -> Move:
    """The move to a number, as near to the present one as the others allow: the search looks at the best cells only."""
    after, before, descriptor = {**values, **fields_of(chosen)}, values.get(move.field), DESCRIPTORS[move.field]
    if not isinstance(before, float):
        return move
    nearest = ends_of(descriptor, Cell(0, (), reach(land, after, move.field)), before)[0]
    moved = {**after, move.field: nearest}
    same = land.leading(moved) == land.leading(after) and len(contradictions(moved)) <= len(contradictions(after))
    return replace(move, value=nearest) if same else move


def _answers(search: Search, moves: list[Move], values: Mapping[str, Value]) -> Moves:
    open_ = [move for move in moves if move.field not in values and move.share >= LIKELY]
    return search.best(open_) or ()


class _Serving:
    """Tells changes that serve an answer from those that only harm the one that leads: the former raise its own score
    at least as much as they lower that of the other, or lift a limit that rules it out."""

    def __init__(self, recommender: Recommender, values: Mapping[str, Value], service: Answer) -> None:
        self._recommender, self._values, self._target = recommender, values, ANSWERS.index(service)
        self._before = recommender.weigh(values)

    def knows(self, name: str) -> bool:
        """Whether the field is known of the workload as it is."""
        return name in self._values

    def of(self, moves: Iterable[Move]) -> list[Move]:
        """The moves that serve the answer each by itself."""
        return list(filter(self._serves, moves))

    def _serves(self, move: Move) -> bool:
        before, after = self._before, self._recommender.weigh({**self._values, move.field: move.value})
        if before.excluded[self._target]:
            return not after.excluded[self._target]
        rise = [now - was for now, was in zip(after.scores, before.scores, strict=True)]
        return rise[self._target] > 0 and rise[self._target] >= -rise[before.ranking[0]]


def _share(recommender: Recommender, name: str, value: Value) -> float:
    """How many of all workloads have this value, 0 to 1; 1 where the classifier does not look at the field."""
    field = recommender.aggregator.classifier.fields.get(name)
    return 1.0 if field is None else field.shares[field.cells.number(value)]


def _changes(chosen: Moves, values: Mapping[str, Value]) -> bool:
    return any(move.field in values for move in chosen)


def _moves(land: Landscape, values: Mapping[str, Value]) -> Iterator[Move]:
    """The single changes to choose from: one for each cell, and for linked numbers all values that may differ.

    Where every value of a cell contradicts something known, another change may still make room for it.
    """
    for name, change in possible(land, values).items():
        for cell in (cell for cell in change.cells if not cell.is_narrow):
            found = [after[name] for after in outcomes(land, values, {name: cell})]
            if name in land.linked and (len(found) == 0 or values.get(name) is not None):
                others = {other: value for other, value in values.items() if other not in land.linked}
                found += [after[name] for after in outcomes(land, others, {name: cell})]
            for value in dict.fromkeys(found if name in land.linked else found[:1]):
                if value != values.get(name):
                    share = 1.0 if name in values else _share(land.recommender, name, value)
                    yield Move(name, value, change.effort, share)


def _alternatives(
    search: Search, moves: list[Move], taken: Move, values: Mapping[str, Value], wording: PathWords
) -> tuple[Step, ...]:
    """Other single steps of the same effort and kind (change or answer), one for each descriptor, in table order."""
    left = [move for move in moves if move.field != taken.field and move.effort == taken.effort]
    left = [move for move in left if (move.field in values) == (taken.field in values)]
    found: list[Step] = []
    while left and len(found) < _ALTERNATIVES:
        best = search.single(left)
        if best is None:
            break
        found += wording.steps((best,))
        left = [move for move in left if move.field != best.field]
    return tuple(found)


def sensitivity(recommender: Recommender, values: Mapping[str, Value]) -> tuple[Flip, ...]:
    """The answers that would overturn the recommendation one by one, known ones first, each in table order.

    Facts of the workload count too: they may turn out to be wrong, numbers down to a tenth or up to a hundred
    times, those of one instance (memory, vCPUs) up to ten times.
    An answer that is not known yet is one that some workloads have. A descriptor is listed once for each answer that it
    would make the leading one.
    """
    land = landscape(recommender)
    names = sorted(land.fields, key=lambda name: name not in values)
    found = (flip for name in names for flip in _flips(land, values, name))
    return tuple(flip for flip in found if flip.field in values or _share(recommender, flip.field, flip.after) >= RARE)


def _flips(land: Landscape, values: Mapping[str, Value], name: str) -> Iterator[Flip]:
    seen = {land.leading(values)}
    for cell in land.others(name, values.get(name)):
        for after in outcomes(land, values, {name: cell}):
            if not _far(name, values.get(name), after[name]) and (service := land.leading(after)) not in seen:
                seen.add(service)
                yield _flip(land, values, after, name)


def _far(name: str, before: Value | None, after: Value) -> bool:
    """Whether a known number is too far from the other to be given for it by mistake."""
    if not (isinstance(before, float) and isinstance(after, float) and before):
        return False
    most = _FAR if DESCRIPTORS[name].unit in ("MB", "vCPU") else _FAR**2
    return not before / _FAR <= after <= before * most


def _flip(land: Landscape, values: Mapping[str, Value], after: Mapping[str, Value], name: str) -> Flip:
    service = land.leading(after)
    descriptor, near, before = DESCRIPTORS[name], spread(land, after, name), values.get(name)
    now = "" if before is None else f" (now {descriptor.say(before)})"
    return Flip(
        field=name,
        title=descriptor.title,
        before=before,
        after=after[name],
        values=near,
        service=service,
        text=f"{SERVICE_NAMES[service]} if {descriptor.title} is {near}{now}",
    )
