"""Mutation testing of the rules: does each rule's own list of examples notice when one of its conditions is changed?

Each mutant changes one condition of one rule: another comparison, a condition dropped, a threshold moved by one step, a
word dropped from a list. It is killed when some example of that rule gets another verdict. Mutants that fire on exactly
the same workloads as the rule are no mutants and are left out; box arithmetic decides that.

    python benchmarks/mutants.py [--survivors] [PACK.toml]...
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from whichcompute.analysis.boxes import Space
from whichcompute.analysis.checks import VERDICTS
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS, read, with_derived
from whichcompute.knowledge.rules import Rule, RulePack

TARGET = 0.95
OTHER = {
    "==": ["!="],
    "!=": ["=="],
    "<": ["<=", ">=", ">"],
    "<=": ["<", ">=", ">"],
    ">": [">=", "<=", "<"],
    ">=": [">", "<=", "<"],
    "known": ["unknown"],
    "unknown": ["known"],
}
STEPS = {"vCPU": 0.25}
"""Unit -> how far a threshold is moved; 1 in every other unit, and a hundredth for derived descriptors."""


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every mutant of a rule with the kind of change."""
    for number, condition in enumerate(rule.conditions):
        before, after = rule.conditions[:number], rule.conditions[number + 1 :]
        yield "dropped", replace(rule, conditions=(*before, *after))
        for kind, changed in changes(condition):
            yield kind, replace(rule, conditions=(*before, changed, *after))


def changes(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """One condition changed in every way."""
    for op in OTHER.get(condition.op, ()):
        yield "flipped", replace(condition, op=op, text=f"{condition.field} {op} {condition.operand}")
    if isinstance(condition.operand, float):
        for sign in (-1, 1):
            yield "shifted", replace(condition, operand=condition.operand + sign * step(condition))
    if isinstance(condition.operand, tuple):
        words = DESCRIPTORS[condition.field].choices
        yield "flipped", replace(condition, operand=tuple(word for word in words if word not in condition.operand))
        for item in condition.operand if len(condition.operand) > 1 else ():
            yield "word dropped", replace(condition, operand=tuple(w for w in condition.operand if w != item))


def step(condition: Condition) -> float:
    """How far to move the threshold of a condition."""
    if condition.field in DERIVED:
        assert isinstance(condition.operand, float)
        return condition.operand / 100
    return STEPS.get(DESCRIPTORS[condition.field].unit, 1.0)


def differs(rule: Rule, mutant: Rule) -> bool:
    """Whether the mutant fires, or is unknown, on other workloads than the rule."""
    if {c.field for c in rule.conditions} != {c.field for c in mutant.conditions}:
        return True  # unknown on other workloads, if nothing else
    space = Space((*rule.conditions, *mutant.conditions))
    first, second = space.box(rule.conditions), space.box(mutant.conditions)
    return not (space.within(first, second) and space.within(second, first))


def killed(rule: Rule, mutant: Rule) -> bool:
    """Whether an example of the rule tells the mutant from it."""
    return any(
        mutant.holds(with_derived(read(example))) is not expected
        for name, expected in VERDICTS.items()
        for example in getattr(rule.entry, name)
    )


def survivors(pack: RulePack) -> tuple[Counter[str], Counter[str], list[tuple[str, Rule, Rule]]]:
    """How many mutants of each kind there are, how many were killed, and those that lived."""
    made: Counter[str] = Counter()
    dead: Counter[str] = Counter()
    alive = []
    for rule in pack:
        for kind, mutant in mutants(rule):
            if differs(rule, mutant):
                made[kind] += 1
                if killed(rule, mutant):
                    dead[kind] += 1
                else:
                    alive.append((kind, rule, mutant))
    return made, dead, alive


def main(arguments: list[str]) -> int:
    names = [Path(name) for name in arguments if not name.startswith("-")]
    pack = packs.load(facts.load(), names)
    made, dead, alive = survivors(pack)
    if "--survivors" in arguments:
        for kind, rule, mutant in alive:
            changed = [c for c in mutant.conditions if c not in rule.conditions]
            print(f"{rule.id}: {kind}: {' and '.join(c.words() for c in changed) or rule.when_words()}")
    for kind in made:
        print(f"{kind:<14}{dead[kind]:>6} of {made[kind]:>6} killed")
    share = dead.total() / made.total()
    print(f"{'all':<14}{dead.total():>6} of {made.total():>6} killed = {share:.1%} (target {TARGET:.0%})")
    return 0 if share >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
