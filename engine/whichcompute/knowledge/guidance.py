"""Guidance candidates: advice found in documentation and practice, judged one by one, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder
from whichcompute.knowledge.rules import RulePack


@dataclass(frozen=True, slots=True)
class Candidate:
    """One piece of advice: adopted as a rule, merged into one together with other thoughts, or refused for a reason."""

    id: str
    claim: str
    verdict: Literal["adopted", "merged", "refused"]
    rules: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate and what is wrong with the way it was judged (empty: nothing)."""

    candidate: Candidate
    gap: str = ""

    def __str__(self) -> str:
        candidate = self.candidate
        parts = [f"rules {', '.join(candidate.rules)}"] if candidate.rules else []
        parts += [candidate.reason] if candidate.reason else []
        parts += [f"GAP: {self.gap}"] if self.gap else []
        return f"{candidate.id}  {candidate.claim}\n      {candidate.verdict}: {'; '.join(parts)}"


def load(path: Path | None = None) -> list[Candidate]:
    """The judged candidates in the files of the folder `path` (by default the shipped ones), by number."""
    path = path or folder("data") / "guidance"
    candidates: dict[str, Candidate] = {}
    for file in sorted(path.glob("*.toml")):
        for candidate in entries_of(file, "candidate", Candidate):
            if candidate.id in candidates:
                raise DataError(f"{file}: candidate {candidate.id} is duplicated")
            candidates[candidate.id] = candidate
    return [candidates[id_] for id_ in sorted(candidates)]


def listing(pack: RulePack, candidates: Sequence[Candidate] | None = None) -> Iterator[Judged]:
    """Each candidate with what is wrong with its verdict; DataError when a rule adopts an unknown candidate."""
    candidates = load() if candidates is None else candidates
    numbers = {candidate.id for candidate in candidates}
    adopts = {rule.id: rule.entry.adopts for rule in pack}
    for rule, adopted in adopts.items():
        if stray := set(adopted) - numbers:
            raise DataError(f"rule {rule}: adopts unknown candidates: {', '.join(sorted(stray))}")
    expected = [f"G{number:03}" for number in range(1, len(candidates) + 1)]
    if missing := sorted(set(expected) - numbers):
        raise DataError(f"guidance candidates are not judged: {', '.join(missing)}")
    for candidate in candidates:
        yield Judged(candidate, _gap(candidate, adopts))


def _gap(candidate: Candidate, adopts: dict[str, tuple[str, ...]]) -> str:
    if candidate.verdict == "refused":
        return "" if candidate.reason and not candidate.rules else "refused candidates need a reason and have no rules"
    if not candidate.rules:
        return "no rule carries it"
    if gone := [rule for rule in candidate.rules if rule not in adopts]:
        return f"no such rule in force: {', '.join(gone)}"
    silent = [rule for rule in candidate.rules if candidate.id not in adopts[rule]]
    return f"rules that do not say that they adopt it: {', '.join(silent)}" if silent else ""
