"""Answers that cannot all be true, and fields that others leave no choice about: data/contradictions.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder
from whichcompute.knowledge.conditions import Condition, all_hold, without_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS, PROPERTIES, Value, with_derived
from whichcompute.knowledge.rules import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Answers that contradict each other: the descriptors concerned, and a sentence that says why."""

    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Immaterial:
    """Fields that do not matter where the conditions (in the file: `when`) hold."""

    fields: tuple[str, ...]
    conditions: Annotated[tuple[Condition, ...], without_facts] = field(default=(), metadata={"key": "when"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """Conditions that must not all hold (in the file: `when`), or a number `more` that must not be larger than `than`.

    A field that it `settles` need not be asked where the other conditions hold.
    """

    says: str
    conditions: Annotated[tuple[Condition, ...], without_facts] = field(default=(), metadata={"key": "when"})
    more: str = ""
    than: str = ""
    settles: str = ""

    @property
    def others(self) -> tuple[Condition, ...]:
        """The conditions on other fields than the one that it settles."""
        return tuple(condition for condition in self.conditions if condition.field != self.settles)

    @property
    def fields(self) -> tuple[str, ...]:
        """The descriptors concerned, factors instead of derived ones."""
        named = [condition.field for condition in self.conditions] + [n for n in (self.more, self.than) if n]
        return tuple(dict.fromkeys(factor for name in named for factor in PROPERTIES[name].factors))

    @property
    def named(self) -> tuple[str, ...]:
        """The descriptors, derived ones included, whose answers the sentence gives."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.says)))

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether known values, derived ones included, contradict one another in this way."""
        if not all_hold(self.conditions, values):
            return False
        if not self.more:
            return True
        more, than = values.get(self.more), values.get(self.than)
        return more is not None and than is not None and more > than

    def sentence(self, values: Mapping[str, Any]) -> str:
        """What is wrong, with the answers filled in."""
        return PLACEHOLDER.sub(lambda match: PROPERTIES[match[1]].say(values[match[1]]), self.says)


def contradictions(values: Mapping[str, Value]) -> list[Contradiction]:
    """What in the known values cannot all be true, in the order of the file."""
    complete = with_derived(values)
    return [Contradiction(p.fields, p.sentence(complete)) for p in patterns() if p.holds(complete)]


@cache
def patterns() -> tuple[Pattern, ...]:
    """The patterns of the shipped file, in order; DataError names file and entry."""
    path = folder("data") / "contradictions.toml"
    found = entries_of(path, "contradiction", Pattern, "")
    for number, pattern in enumerate(found, start=1):
        if problem := _problem(pattern):
            raise DataError(f"{path}: contradiction {number}: {problem}")
    return tuple(found)


@cache
def immaterial() -> tuple[Immaterial, ...]:
    """The fields that need not be asked where conditions hold: those that contradictions settle, and those of the
    file's entries `immaterial`; DataError names file and entry."""
    path = folder("data") / "contradictions.toml"
    listed = entries_of(path, "immaterial", Immaterial, "")
    if unknown := [name for entry in listed for name in entry.fields if name not in DESCRIPTORS]:
        raise DataError(f"{path}: immaterial: unknown descriptor '{shown(unknown[0])}'")
    return (*(Immaterial((p.settles,), p.others) for p in patterns() if p.settles), *listed)


def settled(values: Mapping[str, Any]) -> set[str]:
    """The fields that known values, derived ones included, leave no choice about, or that do not matter beside them."""
    return {name for entry in immaterial() if all_hold(entry.conditions, values) for name in entry.fields}


def _problem(pattern: Pattern) -> str:
    """What is wrong with a pattern; empty for nothing."""
    named = [*pattern.named, *(name for name in (pattern.more, pattern.than) if name)]
    if unknown := [name for name in named if name not in PROPERTIES]:
        return f"unknown descriptor '{shown(unknown[0])}'"
    if bool(pattern.more) != bool(pattern.than) or not (pattern.conditions or pattern.more):
        return "needs `when`, or `more` and `than`"
    if pattern.settles and pattern.settles not in {condition.field for condition in pattern.conditions}:
        return f"settles '{shown(pattern.settles)}', which no line of `when` is about"
    return ""
