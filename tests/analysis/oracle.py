"""z3 as the judge of box arithmetic: rules and workloads as logic, written down from the definition of a condition."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

import z3
from hypothesis import assume
from hypothesis import strategies as st

from tests.strategies import _literal
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.conditions import Condition, parse
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS
from whichcompute.knowledge.rules import Rule, RuleEntry

FACTS = all_facts.load()
_COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Logic:
    """The workloads as z3 sees them: for each descriptor whether it is known, and its value."""

    def __init__(self, fields: Iterable[str]) -> None:
        factors = [f for name in fields if name in DERIVED for f in DERIVED[name].factors]
        self.fields = list(dict.fromkeys([*(name for name in fields if name not in DERIVED), *factors]))
        self.known = {name: z3.Bool(f"known {name}") for name in self.fields}
        self.value = {name: self._value(name) for name in self.fields}

    @staticmethod
    def _value(name: str) -> z3.ExprRef:
        descriptor = DESCRIPTORS[name]
        if descriptor.type == "boolean":
            return z3.Bool(name)
        if descriptor.type == "choice":
            return z3.Int(name)
        return z3.ToReal(z3.Int(name)) if descriptor.integer else z3.Real(name)

    def workloads(self) -> list[z3.BoolRef]:
        """What is true of every workload."""
        true = []
        for name in self.fields:
            descriptor, value = DESCRIPTORS[name], self.value[name]
            if descriptor.type != "boolean":
                most = len(descriptor.choices) - 1 if descriptor.type == "choice" else _number(descriptor.maximum)
                true += [value > 0 if descriptor.positive else value >= 0, value <= most]
        usual, longest = "typical_duration_s", "max_duration_s"
        if usual in self.known and longest in self.known:
            both = z3.And(self.known[usual], self.known[longest])
            true.append(z3.Implies(both, self.value[usual] <= self.value[longest]))
        return true

    def holds(self, conditions: Iterable[Condition]) -> z3.BoolRef:
        """Whether all conditions are true (not unknown)."""
        return z3.And([self._holds(condition) for condition in conditions])

    def _holds(self, condition: Condition) -> z3.BoolRef:
        known, value = self._subject(condition.field)
        if condition.op in ("known", "unknown"):
            return known if condition.op == "known" else z3.Not(known)
        if condition.op in ("in", "unless"):
            listed = z3.And(known, z3.Or([value == self._operand(condition.field, i) for i in condition.operand]))
            return listed if condition.op == "in" else z3.Not(listed)
        return z3.And(known, _COMPARE[condition.op](value, self._operand(condition.field, condition.operand)))

    def _subject(self, name: str) -> tuple[z3.BoolRef, z3.ExprRef]:
        if name not in DERIVED:
            return self.known[name], self.value[name]
        derived = DERIVED[name]
        product = _number(derived.scale)
        for factor in derived.factors:
            product = product * self.value[factor]
        return z3.And([self.known[factor] for factor in derived.factors]), product

    @staticmethod
    def _operand(name: str, operand: object) -> object:
        if isinstance(operand, bool):
            return operand
        if isinstance(operand, str):
            return list(DESCRIPTORS[name].choices).index(operand)
        return _number(operand)


def _number(value: float) -> z3.RatNumRef:
    fraction = Fraction(value)
    return z3.Q(fraction.numerator, fraction.denominator)


def possible(logic: Logic, *statements: z3.BoolRef) -> bool:
    """Whether some workload meets the statements; the example is set aside where z3 cannot tell in time."""
    solver = z3.Solver()
    solver.set("timeout", 1500)
    solver.add(*logic.workloads(), *statements)
    verdict = solver.check()
    assume(verdict != z3.unknown)
    return verdict == z3.sat


def logic_of(rules: Sequence[Rule]) -> Logic:
    return Logic(dict.fromkeys(c.field for rule in rules for c in rule.conditions))


# ---- packs in which rules meet: few descriptors, few thresholds ------------------------------------------------

SMALL = {
    "typical_duration_s": [0.0, 2.0, 900.0],
    "max_duration_s": [0.0, 2.0, 900.0],
    "invocations_per_month": [0.0, 1.0, 3.0, 1e6],
    "memory_mb": [0.0, 1024.0, 134217728.0],
    "gpus": [0.0, 1.0, 2.0],
    "os": ["linux", "windows", "any", "other"],
    "traffic": ["steady", "spiky"],
    "autoscaling": [True, False],
    "gb_seconds_per_month": [0.0, 1.0, 4.0],
    "average_concurrency": [0.0, 1.0],
}


@st.composite
def lines(draw: st.DrawFn, fields: Sequence[str]) -> str:
    name = draw(st.sampled_from(fields))
    if draw(st.integers(0, 7)) == 0:
        return f"{draw(st.sampled_from(['known', 'unknown']))} {name}"
    values = SMALL[name]
    numeric = isinstance(values[0], float)
    op = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"] if numeric else ["==", "!=", "in"]))
    if op == "in":
        items = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))
        line = f"{name} in [{', '.join(_literal(item) for item in items)}]"
    else:
        line = f"{name} {op} {_literal(draw(st.sampled_from(values)))}"
    return f"unless {line}" if not numeric and op in ("==", "in") and draw(st.integers(0, 3)) == 0 else line


def rule_of(when: Sequence[str], number: int, service: str = "lambda", effect: str = "exclude") -> Rule:
    entry = RuleEntry(
        id=f"{service}.rule-{number}",
        service=service,
        effect=effect,
        when=tuple(when),
        because="x",
        sources=("x",),
        strength=None if effect == "exclude" else "weak",
    )
    return Rule(entry, tuple(parse(line, FACTS) for line in when))


@st.composite
def packs(draw: st.DrawFn, services: Sequence[str] = ("lambda",), effects: Sequence[str] = ("exclude",)) -> list[Rule]:
    """One to three rules for each service and effect, over two to four descriptors."""
    fields = draw(st.lists(st.sampled_from(sorted(SMALL)), min_size=2, max_size=4, unique=True))
    number = itertools.count()
    return [
        rule_of(when, next(number), service, effect)
        for service in services
        for effect in effects
        for when in draw(st.lists(st.lists(lines(fields), min_size=1, max_size=3), min_size=1, max_size=3))
    ]
