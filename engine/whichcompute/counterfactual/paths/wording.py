"""Puts a path into words: what each step is and how to take it, or why there is no path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whichcompute.counterfactual.paths.landscape import Landscape
from whichcompute.counterfactual.paths.result import Obstacle, Path, Step
from whichcompute.counterfactual.paths.search import MOST_STEPS, Move, fields_of
from whichcompute.counterfactual.paths.spread import Invariant, spread
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.rules import Rule, filled
from whichcompute.knowledge.services import SERVICE_NAMES, Answer
from whichcompute.recommender.reasons import cite_all


class Wording:
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
        why = f"No set of up to {MOST_STEPS} changes was found that makes {name} lead{limits}."
        obstacles = tuple(self._obstacle(rule) for rule in vetoes)
        return Path(service=self._target, reachable=False, effort=0, why=why, obstacles=obstacles)

    def _obstacle(self, rule: Rule) -> Obstacle:
        return Obstacle(
            rule=rule.id,
            text=filled(rule.entry.because, with_derived(self._values), self._facts),
            fields=rule.fields,
            sources=cite_all(rule.entry.sources, self._facts.sources),
        )
