"""Rules: what one is, and the packs that hold them.

A rule has conditions that must all hold, one reason, its sources and its own examples. Verdicts are three-valued: a
rule fires, is silent, or is unknown because a descriptor is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from whichcompute.base.errors import RuleError, shown
from whichcompute.base.records import Record
from whichcompute.base.units import range_words, say
from whichcompute.base.words import did_you_mean
from whichcompute.knowledge.cells import ConjunctionIndex
from whichcompute.knowledge.conditions import Condition, descriptors_of
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import Answer

Effect = Literal["exclude", "prefer", "caution", "companion"]
Strength = Literal["severe", "strong", "moderate", "weak"]
"""How much advice weighs. A severe caution says that the workload does not run on the service as it is described."""
GRADES: dict[str, tuple[Strength, ...]] = {
    "prefer": ("strong", "moderate", "weak"),
    "caution": ("severe", "strong", "moderate", "weak"),
}
"""The strengths that each kind of advice can have."""
Aspect = Literal[
    "arrival", "duration", "size", "state", "protocol", "packaging", "platform", "scaling", "latency", "availability",
    "cost", "operations", "skills", "integration", "network", "reuse", "portability", "isolation", "orchestration",
    "product",
]  # fmt: skip
"""The question that a piece of evidence concerns; evidence of one aspect counts once."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BOUNDED = re.compile(rf"((?:up to )?){PLACEHOLDER.pattern}")


@dataclass(frozen=True)
class VariantEntry(Record):
    """A newer form of the service that lifts the limit of an `exclude` rule, when its own conditions hold."""

    name: str
    says: str
    sources: tuple[str, ...]
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleEntry(Record):
    """A rule as written in a pack."""

    id: str
    service: Answer
    effect: Effect
    when: tuple[str, ...]
    because: str
    sources: tuple[str, ...]
    remedy: str = ""
    strength: Strength | None = None
    aspect: Aspect | None = None
    outside: str = ""
    companion: str = ""
    covers: tuple[str, ...] = ()
    adopts: tuple[str, ...] = ()
    fires_on: tuple[dict[str, Any], ...] = ()
    silent_on: tuple[dict[str, Any], ...] = ()
    unknown_on: tuple[dict[str, Any], ...] = ()
    variant: tuple[VariantEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant entry with its conditions parsed."""

    entry: VariantEntry
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its conditions parsed. `pack` names where it came from ('' = shipped)."""

    entry: RuleEntry
    conditions: tuple[Condition, ...]
    variants: tuple[Variant, ...] = ()
    pack: str = ""

    @property
    def id(self) -> str:
        """The rule's id, such as lambda.duration-exceeds-limit."""
        return self.entry.id

    @property
    def fields(self) -> tuple[str, ...]:
        """The descriptors that it waits for, factors instead of derived ones, without repeats; not those of exceptions
        (`unless`)."""
        return descriptors_of(condition for condition in self.conditions if condition.op != "unless")

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts its conditions and its text name, without repeats."""
        named = [c.fact for c in self.conditions if c.fact]
        named += [name for name in PLACEHOLDER.findall(self.entry.because + self.entry.remedy) if "." in name]
        return tuple(dict.fromkeys(named))

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        """True (fires), False (silent) or None (unknown) for one workload's values, derived ones included."""
        verdicts = [condition.holds(values) for condition in self.conditions]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def when_words(self) -> str:
        """All its conditions in one sentence part."""
        return " and ".join(condition.words() for condition in self.conditions)


def filled(template: str, values: Mapping[str, Any], facts: Facts) -> str:
    """A text with its placeholders, ids of facts and names of descriptors, replaced by values with their units."""
    return _BOUNDED.sub(lambda match: _bound(match, values) + _fill(match[2], values, facts), template)


def _bound(match: re.Match[str], values: Mapping[str, Any]) -> str:
    """The words "up to" before a number; a range that was given as the answer has its own bounds."""
    return "" if range_words(values.get(match[2])) else match[1]


def _fill(name: str, values: Mapping[str, Any], facts: Facts) -> str:
    if "." in name:
        return say_fact(facts, name)
    value = values.get(name)
    return f"an unknown {PROPERTIES[name].title}" if value is None else PROPERTIES[name].say(value)


def say_fact(facts: Facts, id_: str) -> str:
    """The value of a fact in words, with its unit."""
    value, unit = facts[id_], facts.fact(id_).unit
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return say(value, unit) if isinstance(value, float) else value


class RulePack:
    """All rules in force, with the facts they were read against. Rules of later packs replace earlier ones by id.

    `lifted` says in words which hard limits packs of the user change: whoever reads an answer must see it.
    """

    def __init__(self, rules: Iterable[Rule], facts: Facts, lifted: tuple[str, ...] = ()) -> None:
        self.rules = tuple(rules)
        self.facts = facts
        self.lifted = lifted
        self.index = ConjunctionIndex(self.rules)
        self._by_id = {rule.id: rule for rule in self.rules}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def rule(self, id_: str) -> Rule:
        """The rule with this id; RuleError suggests near ones."""
        if id_ in self._by_id:
            return self._by_id[id_]
        raise RuleError(f"unknown rule '{shown(id_)}'{did_you_mean(id_, self._by_id, 3)}")
