"""Values with the day from which they were in force, and with their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from whichcompute.base.entries import EntryError
from whichcompute.base.errors import shown
from whichcompute.base.units import LARGEST

Value = float | bool | str | list[str] | list[dict[str, Any]]


def read_value(value: Any) -> Value:
    """A number that is not negative, truth value, text, list of texts or table; EntryError says what is allowed.

    A table is a list of mappings; numbers in it are held to the same range.
    """
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return in_bounds(value)
    if isinstance(value, list) and len({type(item) for item in value}) == 1 and type(value[0]) in (str, dict):
        for cell in (cell for row in value if isinstance(row, dict) for cell in row.values()):
            if not isinstance(cell, str | list | dict):
                read_value(cell)
        return value
    raise EntryError(f"'{shown(value)}' must be a number, true, false, a text, a list of texts or tables")


def in_bounds(number: float) -> float:
    """The number as a float; EntryError where it is below 0 or too large."""
    if not 0 <= number <= LARGEST:
        raise EntryError(f"'{shown(number)}' must be a number from 0 to {LARGEST:g}")
    return float(number)


@dataclass(frozen=True, slots=True)
class Dated:
    """A value, the day from which it was in force (None: as far back as is known), and where that was read."""

    value: Annotated[Value, read_value]
    source: str
    read_on: date
    since: date | None = None
    note: str = ""


def in_force(values: Sequence[Dated], as_of: date | None) -> Dated | None:
    """Of values that are newest first, the one in force on `as_of` (None: the newest); None if there was none yet."""
    for dated in values:
        if as_of is None or dated.since is None or dated.since <= as_of:
            return dated
    return None


def order_problem(values: Sequence[Dated]) -> str:
    """Why values are not a history, newest first; empty when they are."""
    since = [value.since for value in values if value.since]
    if since != sorted(set(since), reverse=True):
        return "values must be newest first"
    if any(value.since is None for value in values[:-1]):
        return "only the oldest value may lack `since`"
    return ""
