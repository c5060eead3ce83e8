"""Finds the path to an answer: what may change, the search, and the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.counterfactual.paths.changes import possible
from whichcompute.counterfactual.paths.landscape import Landscape, landscape
from whichcompute.counterfactual.paths.result import Path, Step
from whichcompute.counterfactual.paths.search import Move, Search, fields_of
from whichcompute.counterfactual.paths.values import outcomes
from whichcompute.counterfactual.paths.wording import Wording
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.recommender import Recommender

_ALTERNATIVES = 5


def path_to(recommender: Recommender, values: Mapping[str, Value], service: str, *, free_tier: bool = False) -> Path:
    """The path from the known values of a workload to an answer; WorkloadError when there is no such answer."""
    if service not in ANSWERS:
        raise WorkloadError([Problem("service", service, f"allowed: {', '.join(ANSWERS)}")])
    land = landscape(recommender)
    wording = Wording(land, values, service)
    if land.leading(values) == service:
        now = recommender.recommend(values, free_tier=free_tier)
        return Path(service=service, reachable=True, effort=0, after=now)
    moves = list(_moves(land, values))
    search = Search(recommender, values, service)
    chosen = search.best(moves)
    if chosen is None:
        return wording.unreachable()
    after = recommender.recommend({**values, **fields_of(chosen)}, free_tier=free_tier)
    steps = wording.steps(chosen)
    others = _alternatives(search, moves, chosen[0], wording) if len(chosen) == 1 else ()
    effort = sum(move.effort for move in chosen)
    return Path(service=service, reachable=True, effort=effort, steps=steps, alternatives=others, after=after)


def _moves(land: Landscape, values: Mapping[str, Value]) -> Iterator[Move]:
    """The single changes to choose from: one for each cell, and for linked numbers all values that may differ.

    Where every value of a cell contradicts something known, another change may still make room for it.
    """
    for name, change in possible(land, values).items():
        for cell in change.cells:
            found = [after[name] for after in outcomes(land, values, {name: cell})]
            if name in land.linked and (len(found) == 0 or values.get(name) is not None):
                others = {other: value for other, value in values.items() if other not in land.linked}
                found += [after[name] for after in outcomes(land, others, {name: cell})]
            for value in dict.fromkeys(found if name in land.linked else found[:1]):
                if value != values.get(name):
                    yield Move(name, value, change.effort)


def _alternatives(search: Search, moves: list[Move], taken: Move, wording: Wording) -> tuple[Step, ...]:
    """Other single steps of the same effort, one for each descriptor, in table order."""
    left = [move for move in moves if move.field != taken.field and move.effort == taken.effort]
    found: list[Step] = []
    while left and len(found) < _ALTERNATIVES:
        best = search.single(left)
        if best is None:
            break
        found += wording.steps((best,))
        left = [move for move in left if move.field != best.field]
    return tuple(found)
