"""What a professional settles before building on a service (data/considerations.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder
from whichcompute.knowledge.conditions import Condition, ConditionError, all_hold, parse_all
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.rules import PLACEHOLDER
from whichcompute.knowledge.services import NONE, SHIPPED


@dataclass(frozen=True, slots=True)
class ConsiderationEntry:
    """One entry as the file has it: which answers it concerns, when, what to settle, and sources."""

    id: str
    answers: tuple[str, ...]
    when: tuple[str, ...]
    says: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedConsideration:
    """An entry with its conditions parsed."""

    entry: ConsiderationEntry
    conditions: tuple[Condition, ...]

    @property
    def named(self) -> int:
        """How much of what is known it names: the more, the more relevant it is."""
        return sum(condition.if_unknown is not True for condition in self.conditions)


class Considerations:
    """All entries, held against one set of facts. DataError names file and entry when one cannot be used."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._of_answer: dict[str, list[ParsedConsideration]] = {}
        for entry in _entries():
            parsed = _parsed(entry, facts)
            for answer in entry.answers:
                self._of_answer.setdefault(answer, []).append(parsed)
        for entries in self._of_answer.values():
            entries.sort(key=lambda parsed: -parsed.named)

    def of(self, answer: str, values: Mapping[str, Any]) -> list[ParsedConsideration]:
        """Those whose conditions hold for an answer, most relevant first."""
        return [parsed for parsed in self._of_answer.get(answer, ()) if all_hold(parsed.conditions, values)]


def _parsed(entry: ConsiderationEntry, facts: Facts) -> ParsedConsideration:
    place = f"considerations.toml: consideration '{entry.id}'"
    try:
        conditions = parse_all(entry.when, facts)
    except ConditionError as error:
        raise DataError(f"{place}: {error}") from None
    names = PLACEHOLDER.findall(entry.says)
    if unknown := [name for name in names if name not in facts and name not in PROPERTIES]:
        raise DataError(f"{place}: nothing is called '{shown(unknown[0])}'")
    if problem := next(filter(None, map(facts.sources.problem, entry.sources)), None):
        raise DataError(f"{place}: {problem}")
    return ParsedConsideration(entry, conditions)


@cache
def _entries() -> tuple[ConsiderationEntry, ...]:
    path = folder("data") / "considerations.toml"
    entries = entries_of(path, "consideration", ConsiderationEntry)
    for entry in entries:
        if unknown := [answer for answer in entry.answers if answer not in (*SHIPPED, NONE)]:
            raise DataError(f"{path}: consideration '{entry.id}': '{shown(unknown[0])}' is not an answer")
    return tuple(entries)
