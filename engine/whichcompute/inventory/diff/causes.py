"""Why the answer of a row changed: by the rules in its reasons, its input, and the differences of the scorings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from whichcompute.inventory.diff.changes import Changes

CAUSES = ("input", "facts", "rules", "model", "engine", "options", "edited", "unknown")
"""`edited`: nothing that decides differs, so a file was changed by hand; `unknown`: a record is missing."""

_ID = re.compile(r"(?<![a-z0-9_])[a-z][a-z0-9_]*\.[a-z0-9][a-z0-9-]*")
_IN_BRACKETS = re.compile(rf"\[({_ID.pattern})\]")
_READING = "classifier."
_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """A rule in the reasons of a row: only in the new ones (+), only in the old ones (-), or in both and edited (~).

    `why` says how the rule changed (empty: it did not); `facts` are the changed facts that it reads.
    """

    id: str
    sign: str
    why: str = ""
    facts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sign} {self.id}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True)
class RowCauses:
    """Why the answer of a row changed: kinds of causes, and the rules that differ."""

    causes: tuple[str, ...]
    rules: tuple[RuleDifference, ...]


class Causes:
    """Finds the causes of changed answers between two scorings."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        # Many rows share few patterns of reasons.
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, old: str, new: str, other_input: bool, changed: bool) -> RowCauses:
        """The causes for a row by its reasons in both scorings, and by whether a cell that is read differs.

        `changed`: the service or the decision differs, not only another result.
        """
        rules = tuple(self._rules(old, new))
        found = {"input"} if other_input else set()
        found |= {kind for rule in rules for kind in self._kinds(rule)}
        if not found:
            found = set(self._changes.kinds) | ({"options"} if self._changes.options and not changed else set())
        if not found:
            found = {"edited" if self._changes.known else "unknown"}
        return RowCauses(tuple(cause for cause in CAUSES if cause in found), rules)

    def _kinds(self, rule: RuleDifference) -> Iterator[str]:
        if self._changes.rules.get(rule.id, "reworded") != "reworded":
            yield "rules"
        if rule.facts:
            yield "facts"

    def _rules(self, old: str, new: str) -> Iterator[RuleDifference]:
        before, after = named(old), named(new)
        for id_ in [*after, *(id_ for id_ in before if id_ not in after)]:
            sign = "~" if id_ in before and id_ in after else "+" if id_ in after else "-"
            why = self._explained(id_)
            if sign != "~" or self._changes.rules.get(id_) == "edited":
                yield RuleDifference(id_, sign, why, self._facts(id_))

    def _facts(self, rule: str) -> tuple[str, ...]:
        return tuple(fact for fact in self._changes.read.get(rule, ()) if fact in self._changes.facts)

    def _explained(self, rule: str) -> str:
        change = self._changes.rules.get(rule)
        facts = [f"{fact}: {' -> '.join(self._changes.facts[fact])}" for fact in self._facts(rule)]
        return "; ".join(([f"rule {change}"] if change else []) + facts)


def named(reasons: str) -> list[str]:
    """The ids of the rules in a cell of reasons, short or full, in order."""
    found: Iterable[str] = _IN_BRACKETS.findall(reasons) if "[" in reasons else _ID.findall(reasons)
    return [id_ for id_ in dict.fromkeys(found) if not id_.startswith(_READING)]
