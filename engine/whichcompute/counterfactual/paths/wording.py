"""Puts a path into words: what each step is and how to take it, or why there is no path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

from whichcompute.counterfactual.paths.changes import Change
from whichcompute.counterfactual.paths.moves import Problem
from whichcompute.counterfactual.paths.result import Obstacle, Path, Step
from whichcompute.counterfactual.paths.spread import spread
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import SERVICE_NAMES, SERVICES
from whichcompute.recommender.reasons import cite_all
from whichcompute.recommender.recommender import Recommender


class Wording:
    """The words for one problem."""

    def __init__(self, problem: Problem, changes: Mapping[str, Change], recommender: Recommender) -> None:
        self.problem, self.changes = problem, changes
        self.pack = recommender.aggregator.pack
        self.service = SERVICES[problem.target]
        self.name = SERVICE_NAMES[self.service]

    def steps(self, after: Mapping[str, Value]) -> tuple[Step, ...]:
        """The steps from the workload to these values, in table order."""
        before = self.problem.values
        return tuple(self._step(n, after) for n in self.changes if n in after and after[n] != before.get(n))

    def _step(self, name: str, after: Mapping[str, Value]) -> Step:
        descriptor, before = DESCRIPTORS[name], self.problem.values.get(name)
        values = spread(self.problem.land, after, name)
        new = descriptor.say(after[name])
        if before is None:
            text, how = f"{descriptor.title} would have to be {values}", f"Not known yet. {descriptor.question}"
        else:
            others = "" if values == new else f" ({values} would do)"
            text = f"{descriptor.title}: from {descriptor.say(before)} to {new}{others}"
            how = descriptor.change
        return Step(
            field=name,
            title=descriptor.title,
            before=before,
            after=after[name],
            values=values,
            effort=self.changes[name].effort,
            text=text,
            how=how,
            remedy=self._remedy(name, after),
        )

    def _remedy(self, name: str, after: Mapping[str, Value]) -> str:
        """What the rules advise whose veto this change helps to lift."""
        values, changed = with_derived(self.problem.values), with_derived(after)
        lifted = (rule for rule in self._vetoes() if name in rule.fields and rule.holds(changed) is not True)
        remedies = (rule.text(rule.entry.remedy, values, self.pack.facts) for rule in lifted)
        return " ".join(dict.fromkeys(filter(None, remedies)))

    def _vetoes(self) -> list[Rule]:
        """The rules that rule the service out now."""
        land, values = self.problem.land, with_derived(self.problem.values)
        return [self.pack.rules[n] for n in numbers_of(land.fired(values) & land.excludes[self.problem.target])]

    def vetoed(self) -> Path:
        """No path: limits on what cannot change."""
        moves = (move for opening in self.problem.openings for move in opening.moves)
        lasting = self.problem.fired & ~reduce(or_, (move.lifts for move in moves), 0)
        vetoes = self._vetoes()
        stuck = [rule for rule in vetoes if lasting >> self.pack.rules.index(rule) & 1] or vetoes
        fields = dict.fromkeys(DESCRIPTORS[field].title for rule in stuck for field in rule.fields)
        why = f"{self.name} stays ruled out, whatever else changes: nothing that could change lifts this limit"
        return self._none(f"{why} ({', '.join(fields)}).", obstacles=tuple(map(self._obstacle, stuck)))

    def _obstacle(self, rule: Rule) -> Obstacle:
        facts = self.pack.facts
        return Obstacle(
            rule=rule.id,
            text=rule.text(rule.entry.because, with_derived(self.problem.values), facts),
            fields=rule.fields,
            sources=cite_all(rule.entry.sources, facts.sources),
        )

    def too_far(self, gap: float) -> Path:
        """No path: the sum of everything that could speak for the service is too little."""
        why = f"Even with every answer that could change in its favour, {self.name} stays {gap:.2f} log-odds behind."
        return self._none(why, gap=gap)

    def none_below(self, effort: int) -> Path:
        """No path was found, and none is cheaper than this effort."""
        return self._none(f"No changes with a total effort below {effort} do it; dearer ones were not searched.")

    def none_at_all(self) -> Path:
        """No path: every set of changes was considered."""
        return self._none(
            f"Every set of possible changes was considered, and {self.name} comes first after none of them.",
            obstacles=tuple(map(self._obstacle, self._vetoes())),
        )

    def _none(self, why: str, obstacles: tuple[Obstacle, ...] = (), gap: float | None = None) -> Path:
        return Path(service=self.service, reachable=False, effort=0, why=why, obstacles=obstacles, gap=gap)
