"""What can be wrong with a rule pack: a finding with the workload that shows it, and the findings that are listed.

A finding that is meant to be is listed with its reason: for the shipped rules in data/findings.toml, for a user's pack
in its own `[[finding]]` entries. An entry names `kind`, `rules` and `reason`; with `by`, each of `rules` pairs with
that one.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from whichcompute.base.entries import read_entries
from whichcompute.base.errors import RuleError
from whichcompute.base.resources import folder, read_toml

Kind = Literal["example", "dead", "implied", "vetoed", "hole", "all-out", "direction"]
KINDS: dict[Kind, str] = {
    "example": "an example of the rule that does not hold",
    "dead": "a rule, or a variant of one, that can never apply",
    "implied": "a rule that fires only where another of the same service and effect fires too",
    "vetoed": "advice that never counts, because its service is ruled out wherever it fires",
    "hole": "a single value that falls between two rules which are alike otherwise",
    "all-out": "workloads for which every service is ruled out",
    "direction": "a field that moves an answer the other way than a declared direction says",
}
Listed = Mapping[tuple[str, tuple[str, ...]], str]
"""The reason why a finding is all right, by its kind and rules."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    rules: tuple[str, ...]
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with some rules; `witness` is a workload that shows it, `reason` says why it is meant."""

    kind: Kind
    rules: tuple[str, ...]
    what: str
    witness: Mapping[str, object]
    reason: str = ""

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What it is listed by."""
        return self.kind, self.rules

    def text(self, packs: Sequence[Path] = ()) -> str:
        """The finding in words, with the command that shows its witness under these packs."""
        lines = [f"{self.kind}: {self.rules[0]}: {self.what}", f"    see it: {command(self.witness, packs)}"]
        lines += [f"    meant to be: {self.reason}"] if self.reason else []
        return "\n".join(lines)


def command(witness: Mapping[str, object], packs: Sequence[Path] = ()) -> str:
    """The command that shows what becomes of a workload; one of which nothing is known is an empty mapping."""
    rules = "".join(f" --rules {shlex.quote(str(pack))}" for pack in packs)
    pairs = [f"--set {shlex.quote(f'{name}={_text(value)}')}" for name, value in witness.items()]
    return (
        f"whichcompute{rules} recommend {' '.join(pairs)}"
        if pairs
        else f"echo '{{}}' | whichcompute{rules} recommend -"
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def load(path: Path | None = None) -> Listed:
    """The listed findings of the shipped rules."""
    path = path or folder("data") / "findings.toml"
    return parse(read_toml(path).get("finding", []), str(path))


def parse(entries: object, place: str) -> Listed:
    """The listed findings in `[[finding]]` entries; RuleError names file and entry when one is broken."""
    listed: dict[tuple[str, tuple[str, ...]], str] = {}
    for entry in read_entries(entries, _Entry, "finding", place, RuleError, ""):
        keys = [(rule, entry.by) for rule in entry.rules] if entry.by else [entry.rules]
        listed.update({(entry.kind, key): entry.reason for key in keys})
    return listed
