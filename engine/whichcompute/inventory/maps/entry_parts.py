"""The parts of an entry of a map: what each may hold in a file; EntryError says what is allowed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeAlias

import polars as pl

from whichcompute.base.entries import EntryError
from whichcompute.base.errors import shown
from whichcompute.inventory.maps.values import PATTERN, by_value, power_states, tables

UNSETTLED = "?"
"""The unit of numbers whose unit the values must settle."""

_WORDS = ("@off", "@on", "@yes", "@no")  # all words of data/power_states.toml
_LARGEST_FACTOR = 1e12
_NUMBERED = 20  # columns of one kind, such as Tag 1 to Tag 20


def texts(value: Any) -> tuple[str, ...]:
    """One text, or a list of texts."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
        raise EntryError(f"'{shown(value)}' must be a list of texts")
    return tuple(listed)


Texts: TypeAlias = Annotated[tuple[str, ...], texts]


def sources(value: Any) -> tuple[str, ...]:
    """Names of columns; one with `{n}` once for each number, as in `Tag {n}?Tag Category {n}=Language`."""
    numbers = range(1, _NUMBERED + 1)
    return tuple(each for text in texts(value) for each in dict.fromkeys(text.replace("{n}", str(n)) for n in numbers))


def cell(value: Any) -> str:
    """A value as the text of a cell: YAML reads a bare yes or off as a boolean, and 4 as a number."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def lower(value: Any) -> str:
    """A value as the text of a cell, in lower case."""
    return cell(value).lower()


def words(value: Any) -> tuple[str, ...]:
    """Cells in lower case; a name such as `@off` means all words of data/power_states.toml under it."""
    if not isinstance(value, str | list):
        raise EntryError(f"'{shown(value)}' must be a list")
    given = [cell(each).strip().lower() for each in ([value] if isinstance(value, str) else value)]
    return tuple(each for word in given for each in (power_states()[word[1:]] if word in _WORDS else (word,)))


def since(value: Any) -> tuple[str, str]:
    """A format of days and a day, such as `['%Y-%m-%d', '2026-01-31']`."""
    try:
        name, day = texts(value)
        date.fromisoformat(day).strftime(name)
    except ValueError:
        raise EntryError("must be a format of days and a day, such as ['%Y-%m-%d', '2026-01-31']") from None
    return name, day


def factor(value: Any) -> float:
    """A number to multiply by."""
    if type(value) not in (int, float) or not 0 < value <= _LARGEST_FACTOR:
        raise EntryError(f"'{shown(value)}' must be above 0 and at most {_LARGEST_FACTOR:g}")
    return float(value)


def table(value: Any) -> str:
    """The name of a table of patterns."""
    if not isinstance(value, str) or value not in tables():
        raise EntryError(f"unknown table '{shown(value)}'; allowed: {', '.join(tables())}")
    return value


def meanings(value: Any) -> dict[str, str]:
    """The values that cells mean; EntryError where case alone tells apart two spellings that mean different ones."""
    if not isinstance(value, dict):
        raise EntryError(f"'{shown(value)}' must map cells to the values they mean")
    meant = {cell(given): cell(means) for given, means in value.items()}
    for given, means in meant.items():
        if PATTERN.fullmatch(given):
            _usable(given, means)
    spelled: dict[str, str] = {}
    for given, means in meant.items():
        first = spelled.setdefault(given.lower(), given)
        if meant[first] != means:
            raise EntryError(
                f"'{shown(first)}' means '{shown(meant[first])}' and '{shown(given)}' means '{shown(means)}', "
                "but case is ignored; keep one of them"
            )
    return meant


def _usable(given: str, means: str) -> None:
    """EntryError unless a key between slashes is a regular expression, whose groups its value may name."""
    try:
        pl.DataFrame({"cell": [""]}).select(by_value(pl.col("cell"), {given: means}))
    except pl.exceptions.ComputeError:
        raise EntryError(f"'{shown(given)}' is not a regular expression") from None
