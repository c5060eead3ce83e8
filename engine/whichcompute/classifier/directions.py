"""Declared directions: as a field rises, which answers may only lose, or only gain, whatever else is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS


@dataclass(frozen=True, slots=True)
class Direction:
    """As `field` rises (a choice: in the order of the features; a boolean: from no to yes), the odds of each of
    `answers` against each of `against` do not rise, or do not fall when `rises`; from value `start` to value `end`
    where they are given: beyond lie limits of the others."""

    field: str
    answers: frozenset[str]
    rises: bool
    because: str
    against: frozenset[str]
    start: Value | None = None
    end: Value | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    field: str
    because: str
    falls: tuple[str, ...] = ()
    rises: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    start: str = ""
    end: str = ""


def load(path: Path | None = None) -> tuple[Direction, ...]:
    """The directions of a file (None: the shipped ones); DataError names file and entry."""
    path = path or folder("data") / "directions.toml"
    entries = entries_of(path, "direction", _Entry, "")
    return tuple(_direction(entry, f"{path}: direction {n}") for n, entry in enumerate(entries, start=1))


def _direction(entry: _Entry, place: str) -> Direction:
    if entry.field not in DECIDING:
        raise DataError(f"{place}: no descriptor '{shown(entry.field)}'")
    if bool(entry.falls) == bool(entry.rises):
        raise DataError(f"{place}: needs either falls or rises")
    answers = entry.falls or entry.rises
    against = entry.against or tuple(answer for answer in ANSWERS if answer not in answers)
    for name, named in (("falls" if entry.falls else "rises", answers), ("against", against)):
        if not named or not set(named) <= set(ANSWERS):
            raise DataError(f"{place}: {name}: '{shown(list(named))}' must be a list of some of {', '.join(ANSWERS)}")
    if both := set(answers) & set(against):
        raise DataError(f"{place}: against: '{shown(both.pop())}' cannot be held against itself")
    start, end = (_value(entry.field, text, place) for text in (entry.start, entry.end))
    return Direction(entry.field, frozenset(answers), bool(entry.rises), entry.because, frozenset(against), start, end)


def _value(field: str, text: str, place: str) -> Value | None:
    try:
        return DESCRIPTORS[field].read(text) if text else None
    except ValueError as error:
        raise DataError(f"{place}: {field}: {error}") from None
