"""The founding document's numbered statements, and what of the project carries each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder
from whichcompute.knowledge.rules import RulePack


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: what it says, and what carries it besides rules; `overtaken_by` is newer documentation."""

    id: str
    section: str
    says: str
    kind: str
    bears_on: tuple[str, ...]
    facts: tuple[str, ...] = ()
    formula: str = ""
    reason: str = ""
    overtaken_by: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """A statement with the rules that carry it."""

    statement: Statement
    rules: tuple[str, ...]

    @property
    def carried(self) -> bool:
        """Whether a rule, a fact, a cost formula or a stated reason answers for the statement."""
        statement = self.statement
        return bool(self.rules or statement.facts or statement.formula or statement.reason)

    def __str__(self) -> str:
        statement = self.statement
        parts = [f"{name} {', '.join(ids)}" for name, ids in (("rules", self.rules), ("facts", statement.facts)) if ids]
        parts += [f"cost formula {statement.formula}"] if statement.formula else []
        parts += [f"none needed: {statement.reason}"] if statement.reason else []
        newer = statement.overtaken_by
        late = f"\n     newer: {newer['says']} [{newer['source']}] ({newer['rules']} rules)" if newer else ""
        return f"{statement.id}  {statement.says}\n     {'; '.join(parts) or 'GAP: nothing carries it'}{late}"


def load(path: Path | None = None) -> list[Statement]:
    """The numbered statements of the founding document."""
    return entries_of(path or folder("data") / "statements.toml", "statement", Statement)


def coverage(pack: RulePack, statements: list[Statement] | None = None) -> Iterator[Covered]:
    """Each statement with what carries it; DataError when a rule or a statement names what does not exist."""
    statements = load() if statements is None else statements
    known = {statement.id for statement in statements}
    for rule in pack:
        if stray := set(rule.entry.covers) - known:
            raise DataError(f"rule {rule.id}: covers unknown statements: {', '.join(sorted(stray))}")
    for statement in statements:
        for fact in statement.facts:
            pack.facts.fact(fact)
        yield Covered(statement, tuple(rule.id for rule in pack if statement.id in rule.entry.covers))
