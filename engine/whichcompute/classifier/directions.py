"""Declared directions: as a field rises, which answers may only lose, or only gain, whatever else is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.knowledge.services import ANSWERS


@dataclass(frozen=True, slots=True)
class Direction:
    """As `field` rises (a choice: in the order of the features; a boolean: from no to yes), the odds of each of
    `answers` against every other answer do not rise, or do not fall when `rises`."""

    field: str
    answers: frozenset[str]
    rises: bool
    because: str


def load(path: Path | None = None) -> tuple[Direction, ...]:
    """The directions of a file (None: the shipped ones); DataError names file and entry."""
    path = path or folder("data") / "directions.toml"
    return tuple(_direction(entry, f"{path}: direction {n}") for n, entry in enumerate(_entries(path), start=1))


def _entries(path: Path) -> list[Any]:
    entries = read_toml(path).get("direction", [])
    if not isinstance(entries, list):
        raise DataError(f"{path}: needs [[direction]] entries")
    return entries


def _direction(entry: Any, place: str) -> Direction:
    if not isinstance(entry, dict) or set(entry) not in ({"field", s, "because"} for s in ("falls", "rises")):
        raise DataError(f"{place}: needs field, because, and either falls or rises")
    rises = "rises" in entry
    answers = entry["rises" if rises else "falls"]
    if entry["field"] not in DECIDING:
        raise DataError(f"{place}: no descriptor '{shown(entry['field'])}'")
    if not isinstance(answers, list) or not answers or not set(answers) < set(ANSWERS):
        raise DataError(f"{place}: '{shown(answers)}' must be a list of some of {', '.join(ANSWERS)}")
    return Direction(entry["field"], frozenset(answers), rises, str(entry["because"]))
