"""Finds the path to a service: sets up the search, gives the changes found good values, and puts them into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whichcompute.base.errors import Problem as BadField
from whichcompute.base.errors import WorkloadError
from whichcompute.counterfactual.paths.changes import possible
from whichcompute.counterfactual.paths.landscape import Cell, landscape
from whichcompute.counterfactual.paths.moves import Chosen, Problem
from whichcompute.counterfactual.paths.result import Path, Step
from whichcompute.counterfactual.paths.search import Search, TooMany
from whichcompute.counterfactual.paths.spread import first
from whichcompute.counterfactual.paths.values import outcomes
from whichcompute.counterfactual.paths.wording import Wording
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.recommender import Recommender

_ALTERNATIVES = 5


def path_to(recommender: Recommender, values: Mapping[str, Value], service: str, *, free_tier: bool = False) -> Path:
    """The path from the known values of a workload to a service; WorkloadError when there is no such service."""
    if service not in SERVICES:
        raise WorkloadError([BadField("service", service, f"allowed: {', '.join(SERVICES)}")])
    finder = _Finder(recommender, values, SERVICES.index(service))
    steps = finder.steps()
    if isinstance(steps, Path):
        return steps
    after = recommender.recommend({**values, **{step.field: step.after for step in steps}}, free_tier=free_tier)
    effort = sum(step.effort for step in steps)
    others = finder.alternatives(steps[0]) if len(steps) == 1 and not finder.problem.forced else ()
    return Path(
        service=SERVICES[finder.target], reachable=True, effort=effort, steps=steps, alternatives=others, after=after
    )


class _Finder:
    """The search for the path to one service, from one workload."""

    def __init__(self, recommender: Recommender, values: Mapping[str, Value], target: int) -> None:
        self.values, self.target = values, target
        self.land = landscape(recommender.aggregator)
        self.changes = possible(self.land, values)
        self.problem = self._problem()
        self.search = Search(self.problem, lambda chosen: self._after(chosen) is not None)
        self.wording = Wording(self.problem, self.changes, recommender)

    def _problem(self) -> Problem:
        """The problem once all that must change in one way only has changed."""
        forced: dict[str, Cell] = {}
        while True:
            left = {name: change for name, change in self.changes.items() if name not in forced}
            problem = Problem(self.land, self.values, self.target, left, forced)
            must = problem.must()
            if must is None:
                return problem
            forced[must[0]] = must[1]

    def steps(self) -> tuple[Step, ...] | Path:
        """The steps, none if the service comes first already; or a Path that says why there are none."""
        if self._comes_first(self.values):
            return ()
        most = self.search.most()
        if most is None:
            return self.wording.vetoed()
        if most < 0:
            return self.wording.too_far(-most)
        for effort, steps in self._levels():
            try:
                chosen = self.search.first(effort, steps)
            except TooMany:
                return self.wording.none_below(effort + sum(self.changes[name].effort for name in self.problem.forced))
            if chosen is not None:
                return self.wording.steps(self._after(self._nearest(chosen)) or {})
        return self.wording.none_at_all()

    def alternatives(self, step: Step) -> tuple[Step, ...]:
        """Other single steps of the same effort, one for each descriptor, in table order."""
        found: dict[str, Step] = {}
        for chosen in self.search.single(step.effort):
            name = self.problem.names[chosen[0][0]]
            if name != step.field and name not in found:
                (found[name],) = self.wording.steps(self._after(chosen) or {})
            if len(found) == _ALTERNATIVES:
                break
        return tuple(found.values())

    def _levels(self) -> Iterator[tuple[int, int]]:
        """Efforts and numbers of steps besides the forced ones, the cheapest first and then the fewest."""
        every = [opening.effort for opening in self.problem.openings if opening.moves]
        yield 0, 0
        for effort in range(1, sum(every) + 1):
            for steps in range(-(-effort // max(every)), min(effort, len(every)) + 1):
                yield effort, steps

    def _after(self, chosen: Chosen) -> dict[str, Value] | None:
        """The best values for a set of changes with which the service comes first; None when there are none."""
        cells = {**self.problem.forced, **{self.problem.names[number]: cell for number, cell in chosen}}
        return next(filter(self._comes_first, outcomes(self.land, self.values, cells)), None)

    def _comes_first(self, values: Mapping[str, Value]) -> bool:
        return first(self.land, values) == self.target

    def _nearest(self, chosen: Chosen) -> Chosen:
        """The same descriptors, each in the most preferred cell that does with the cells of the others."""
        for place, (number, _) in enumerate(chosen):
            for move in self.problem.openings[number].moves:
                other = (*chosen[:place], (number, move.cell), *chosen[place + 1 :])
                if self._after(other) is not None:
                    chosen = other
                    break
        return chosen
