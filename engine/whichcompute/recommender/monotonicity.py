"""Proves declared directions over rules and classifier together, with a workload for each breach.

A step goes from one cell of a field to the next, all else equal. Its gain for an answer against a rival is a sum over
the rules and the terms of the classifier that look at the field; a branch-and-bound search over the cells of the other
fields that they look at finds a workload with a gain in the wrong direction, or proves that there is none. Workloads
for which a limit rules out the answer or its rival are left out: limits are not advice. Costs are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import inf, prod

from whichcompute.analysis.axes import Axis
from whichcompute.analysis.findings import Finding
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Field
from whichcompute.knowledge.conditions import Condition, parse
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS, UNREAD, Value, with_derived
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES
from whichcompute.recommender.terms import Terms

NEAR = 1e-4
"""Gains in log-odds up to this are rounding of the stored weights."""
_ROUNDING = 1e-5  # of one part
MOST_NODES = 200_000
"""So many partial workloads are examined for one step."""
CLASSIFIER = "classifier"
"""Named by a finding that no rule has part in."""
Values = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class Breach:
    """`answer` gains `gain` log-odds on `rival` in the wrong direction where the field rises from `value` to its next
    cell, by these rules; no witness when a search of MOST_NODES ended without proof."""

    direction: Direction
    answer: str
    rival: str
    gain: float
    rules: tuple[str, ...]
    value: Value
    witness: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class _Part:
    """What a rule or a term adds to the gain of a step where `conditions` on the other fields hold.

    `shares` gives the degree to which each holds while its field is unknown: empty for a rule, which then is silent.
    """

    gain: float
    conditions: tuple[Condition, ...]
    shares: tuple[float, ...] = ()
    rule: str = ""

    def degree(self, values: Values, open_: float) -> float:
        """To which degree the conditions hold; one on a field that is not yet in `values` to the degree `open_`."""
        return prod(
            open_ if condition.field not in values else self._one(number, condition, values[condition.field])
            for number, condition in enumerate(self.conditions)
        )

    def _one(self, number: int, condition: Condition, value: Value | None) -> float:
        if value is None:
            return self.shares[number] if self.shares else float(condition.if_unknown is True)
        return float(condition.test(value))


class Monotonicity:
    """The proofs over one table of terms; `fields` give the order of choices and the classifier's cells."""

    def __init__(self, terms: Terms, fields: Sequence[Field]) -> None:
        self._terms = terms
        self._order = {field.name: field for field in fields}
        self._classifier = _plain_terms(terms)
        conditions: dict[str, list[Condition]] = {}
        for item in (*(rule.conditions for rule in terms.pack), *(term for term, _ in self._classifier)):
            for condition in item:
                conditions.setdefault(condition.field, []).append(condition)
        self._axes = {name: Axis(name, own) for name, own in conditions.items()}

    def breaches(self, declared: Sequence[Direction]) -> Iterator[Breach]:
        """For each direction, answer and rival the first step that goes the wrong way."""
        for direction in declared:
            for answer in sorted(direction.answers):
                for rival in sorted(direction.against):
                    yield from self._first(direction, answer, rival)

    def _first(self, direction: Direction, answer: str, rival: str) -> Iterator[Breach]:
        for low, high in pairwise(self._values(direction)):
            parts = list(self._parts(direction, answer, rival, low, high))
            if any(part.gain > 0 for part in parts):
                step = _Search(self._terms, direction, (answer, rival), (low, high), parts, self._axes)
                if breach := step.run():
                    yield breach
                    return

    def _values(self, direction: Direction) -> list[Value]:
        """A value of each cell of the field that the direction covers, ascending."""
        axis = self._axes[direction.field]
        if axis.numeric:
            found = axis.values
            low, high = direction.start or 0.0, inf if direction.end is None else direction.end
            return [value for value in found if value is not None and float(low) <= float(value) <= float(high)]
        cells = list(self._order[direction.field].cells)
        first = 0 if direction.start is None else cells.index(direction.start)
        last = len(cells) if direction.end is None else cells.index(direction.end) + 1
        return cells[first:last]

    def _parts(self, direction: Direction, answer: str, rival: str, low: Value, high: Value) -> Iterator[_Part]:
        sign = -1.0 if direction.rises else 1.0
        for rule, weight in zip(self._terms.pack, self._terms.rule_weights, strict=True):
            side = (rule.entry.service == answer) - (rule.entry.service == rival)
            if weight and side:
                yield from _of_rule(rule, sign * side * weight, direction.field, low, high)
        own, other = ANSWERS.index(answer), ANSWERS.index(rival)
        for term, weights in self._classifier:
            turned = [condition for condition in term if condition.field == direction.field]
            gain = sum(float(c.test(high)) - float(c.test(low)) for c in turned) * (weights[own] - weights[other])
            if sign * gain < 0 or sign * gain > _ROUNDING:
                rest = tuple(condition for condition in term if condition.field != direction.field)
                shares = tuple(self._terms.classifier.share(condition.text) for condition in rest)
                yield _Part(sign * gain, rest, shares)


def _of_rule(rule: Rule, weight: float, field: str, low: Value, high: Value) -> Iterator[_Part]:
    """The part of a rule in a step, if it can turn in it; conditions on derived fields may take any value."""
    turned = [condition for condition in rule.conditions if condition.field == field]
    derived = [c for c in rule.conditions if c.field in DERIVED and field in DERIVED[c.field].factors]
    rest = tuple(c for c in rule.conditions if c.field != field and c.field not in DERIVED)
    if not turned and not derived:
        return
    before, after = (all(condition.test(value) for condition in turned) for value in (low, high))
    changes = {after - before}
    if derived:  # a product rises with its factor, to any value
        changes = {after * then - before * now for now, then in _ways(derived)}
    gain = max((weight * change for change in changes), default=0.0)
    free = any(condition.field in DERIVED for condition in rule.conditions)
    if gain > 0 or (gain < 0 and not free):
        yield _Part(gain, rest, rule=rule.id)


def _ways(derived: Sequence[Condition]) -> set[tuple[bool, bool]]:
    """Whether the conditions on a product can hold before and after it rises, in every combination that is possible."""
    ways: set[tuple[bool, bool]] = set()
    before: set[bool] = set()
    for value in Axis(derived[0].field, derived).values:
        holds = all(c.test(value) for c in derived if c.field == derived[0].field)
        before.add(holds)
        ways |= {(earlier, holds) for earlier in before}
    return ways


class _Search:
    """One step of one field for one pair of answers."""

    def __init__(
        self,
        terms: Terms,
        direction: Direction,
        pair: tuple[str, str],
        step: tuple[Value, Value],
        parts: Sequence[_Part],
        axes: Mapping[str, Axis],
    ) -> None:
        self._terms, self._direction, self._pair, self._step, self._axes = terms, direction, pair, step, axes
        self._parts = sorted(parts, key=lambda part: -part.gain)
        names = dict.fromkeys(c.field for part in self._parts for c in part.conditions)
        read = {direction.field, *names}
        # A limit that also waits for another field holds of no workload that the search makes.
        limits = [r for r in self._limits() if all(c.if_unknown or c.field in read for c in r.conditions)]
        names.update(dict.fromkeys(c.field for rule in limits for c in rule.conditions if c.if_unknown))
        # First what decides whether another field is read: the bound holds for what is still open.
        names = dict.fromkeys([*(other for name, other, _ in UNREAD if name in names), *names])
        self._names = [name for name in names if name != direction.field and name not in DERIVED]
        self._nodes = 0

    def _limits(self) -> Iterator[Rule]:
        return (r for r in self._terms.pack if r.entry.effect == "exclude" and r.entry.service in self._pair)

    def run(self) -> Breach | None:
        """The breach that the search finds; one without a witness if it ends early; None is a proof."""
        witness = self._descend({}, 0)
        if witness is None and self._nodes <= MOST_NODES:
            return None
        gain = self._gain(witness) if witness is not None else sum(p.gain for p in self._parts if p.gain > 0)
        rules = tuple(p.rule for p in self._parts if p.rule and p.gain > 0 and p.degree(dict(witness or {}), 1.0))
        return Breach(self._direction, *self._pair, gain, rules, self._step[0], witness)

    def _descend(self, values: Values, depth: int) -> dict[str, Value] | None:
        self._nodes += 1
        if self._nodes > MOST_NODES or self._most(values) <= NEAR:
            return None
        if depth == len(self._names):
            known = {name: value for name, value in values.items() if value is not None}
            return {**known, self._direction.field: self._step[0]} if self._gain(known) > NEAR else None
        name = self._names[depth]
        for value in (None, *self._axes[name].values):
            found = self._descend({**values, name: value}, depth + 1)
            if found is not None:
                return found
        return None

    def _most(self, values: Values) -> float:
        """At least the gain of every workload with these values."""
        hidden = [name for name, other, value in UNREAD if name in values and values.get(other) == value]
        read = values | dict.fromkeys(hidden) if hidden else values
        return sum(
            part.gain * part.degree(values if part.rule else read, 1.0 if part.gain > 0 else 0.0)
            for part in self._parts
        )

    def _gain(self, values: Mapping[str, Value]) -> float:
        """The gain of a workload, by the scores themselves; 0 where a limit rules out one of the two."""
        own, other = (ANSWERS.index(answer) for answer in self._pair)
        odds = []
        for value in self._step:
            complete = with_derived({**values, self._direction.field: value})
            fired, _ = self._terms.index.evaluate(complete)
            if fired & (self._terms.vetoes[own] | self._terms.vetoes[other]):
                return 0.0
            scores = self._terms.scores(fired, self._terms.classifier.scores(complete))
            odds.append(scores[own] - scores[other])
        return (odds[1] - odds[0]) * (-1.0 if self._direction.rises else 1.0)


def find(terms: Terms, declared: Sequence[Direction], fields: Sequence[Field]) -> list[Finding]:
    """The breaches as findings about rules; one of the classifier alone names no rule."""
    found = []
    for breach in Monotonicity(terms, fields).breaches(declared):
        direction, field = breach.direction, DESCRIPTORS[breach.direction.field]
        what = (
            f"as {field.title} rises from {field.say(breach.value)}, {SERVICE_NAMES[breach.answer]} "
            f"{'loses' if direction.rises else 'gains'} {breach.gain:.2f} log-odds against "
            f"{SERVICE_NAMES[breach.rival]}; declared is the opposite: {direction.because}"
        )
        found.append(Finding("direction", breach.rules or (CLASSIFIER,), what, breach.witness or {}))
    return found


def _plain_terms(terms: Terms) -> list[tuple[tuple[Condition, ...], Sequence[float]]]:
    """The classifier's terms as products of degrees: what training fitted, recovered from the centred form."""
    shares, plain = terms.classifier.share, dict[tuple[str, ...], list[float]]()
    for term in terms.classifier.terms:
        for size in range(1, len(term.when) + 1):
            for part in combinations(sorted(term.when), size):
                left_out = prod(-shares(line) for line in term.when if line not in part)
                row = plain.setdefault(part, [0.0] * len(ANSWERS))
                for number, weight in enumerate(term.weights):
                    row[number] += weight * left_out
    facts = terms.pack.facts
    return [(tuple(parse(line, facts) for line in lines), row) for lines, row in plain.items()]
