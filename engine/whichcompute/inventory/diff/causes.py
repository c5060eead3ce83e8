"""Why a row has another answer: from the rules that its reasons name, its own input, and what differs besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from whichcompute.inventory.diff.changes import Changes

CAUSES = ("input", "facts", "rules", "model", "engine", "options", "edited", "unknown")
"""`edited`: nothing differs that decides, so a file was changed by hand; `unknown`: no record tells."""

_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9][a-z0-9-]*")
_IN_BRACKETS = re.compile(rf"\[({_ID.pattern})\]")
_READING = "classifier."
_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True)
class RuleMove:
    """A rule that the reasons of one scoring name, or both do: it came (+), went (-) or was edited (~).

    `why` says what became of it, empty if nothing did; `facts` are those it reads that have another value.
    """

    id: str
    sign: str
    why: str = ""
    facts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sign} {self.id}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True)
class Why:
    """Why a row has another answer: kinds of causes, and the rules that came (+), went (-) or were edited (~)."""

    causes: tuple[str, ...]
    rules: tuple[RuleMove, ...]


class Causes:
    """Tells causes between two scorings."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        # Few patterns of reasons stand for many rows.
        self.why = lru_cache(_REMEMBERED)(self._why)

    def _why(self, old: str, new: str, other_input: bool, moved: bool) -> Why:
        """The causes for a row by its reasons before and after, and by whether a cell that is read differs.

        `moved`: the service or the decision differs, not only a figure beside them.
        """
        moves = tuple(self._moves(old, new))
        found = {"input"} if other_input else set()
        found |= {kind for move in moves for kind in self._kinds(move)}
        if not found:
            found = set(self._changes.kinds) | ({"options"} if self._changes.options and not moved else set())
        if not found:
            found = {"edited" if self._changes.known else "unknown"}
        return Why(tuple(cause for cause in CAUSES if cause in found), moves)

    def _kinds(self, move: RuleMove) -> Iterator[str]:
        if self._changes.rules.get(move.id, "reworded") != "reworded":
            yield "rules"
        if move.facts:
            yield "facts"

    def _moves(self, old: str, new: str) -> Iterator[RuleMove]:
        before, after = named(old), named(new)
        for id_ in [*after, *(id_ for id_ in before if id_ not in after)]:
            sign = "~" if id_ in before and id_ in after else "+" if id_ in after else "-"
            why = self._said(id_)
            if sign != "~" or self._changes.rules.get(id_) == "edited":
                yield RuleMove(id_, sign, why, self._facts(id_))

    def _facts(self, rule: str) -> tuple[str, ...]:
        return tuple(fact for fact in self._changes.read.get(rule, ()) if fact in self._changes.facts)

    def _said(self, rule: str) -> str:
        change = self._changes.rules.get(rule)
        told = [f"{fact}: {' -> '.join(self._changes.facts[fact])}" for fact in self._facts(rule)]
        return "; ".join(([f"rule {change}"] if change else []) + told)


def named(reasons: str) -> list[str]:
    """The ids of the rules that a cell of reasons names, short or in full, in its order."""
    found: Iterable[str] = _IN_BRACKETS.findall(reasons) if "[" in reasons else _ID.findall(reasons)
    return [id_ for id_ in dict.fromkeys(found) if not id_.startswith(_READING)]
