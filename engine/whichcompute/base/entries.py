"""Entries of data files: tables of TOML or JSON checked against a dataclass.

The fields of the dataclass say what an entry may hold: their types what each part must be, their defaults which parts
may be left out. A part that must be given must not be empty. Every error names the place, the part, what was found and
what is allowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache, partial
from math import isfinite
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import read_toml

T = TypeVar("T")
Reader = Callable[[Any], Any]


class EntryError(ValueError):
    """An entry that cannot be used; what reads the file adds the place."""


def read_entries(value: object, kind: type[T], heading: str, file: str, error: type[DataError], key: str) -> list[T]:
    """The `[[heading]]` entries of a file; `error` names the file, and the entry by its part `key` or by its number."""
    found = []
    for number, table in enumerate(tables(value, heading, file, error), 1):
        try:
            found.append(read_entry(table, kind))
        except EntryError as problem:
            raise error(f"{file}: {heading} {shown(table.get(key, number))}: {problem}") from None
    return found


def entries_of(path: Path, heading: str, kind: type[T], key: str = "id") -> list[T]:
    """The `[[heading]]` entries of a TOML file; DataError where there are none, or two with the same `key` (if any)."""
    found = read_entries(read_toml(path).get(heading), kind, heading, str(path), DataError, key)
    times = Counter(getattr(entry, key) for entry in found if key)
    if twice := [name for name, count in times.items() if count > 1]:
        raise DataError(f"{path}: {heading} {shown(twice[0])}: is duplicated")
    return found


def tables(value: object, heading: str, file: str, error: type[DataError]) -> list[dict[str, Any]]:
    """The tables under a heading, not checked further."""
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise error(f"{file}: {heading} must be a list of tables, written [[{heading}]]")
    return value


def read_entry(table: object, kind: type[T], **given: object) -> T:
    """One entry; EntryError names the part that is wrong, what was found, and what is allowed.

    `given` are fields that the table does not hold. A field whose metadata has a `key` is written under that name.
    """
    if not isinstance(table, dict):
        raise EntryError(f"'{shown(table)}' must be a table")
    every: Mapping[str, tuple[Reader, bool, str]] = _parts(kind)  # type: ignore[arg-type]  # a class is hashable
    parts = {key: part for key, part in every.items() if part[2] not in given} if given else every
    values = {}
    for name, value in table.items():
        if name not in parts:
            raise EntryError(f"{shown(name)}: unknown; allowed: {', '.join(parts)}")
        try:
            values[name] = parts[name][0](value)
        except EntryError as problem:
            raise EntryError(f"{name}: {problem}") from None
    for name, (_, needed, _field) in parts.items():
        if needed and name not in values:
            raise EntryError(f"{name}: is missing")
        if needed and _is_empty(values[name]):
            raise EntryError(f"{name}: must not be empty")
    return kind(**given, **{parts[name][2]: value for name, value in values.items()})


@cache
def _parts(kind: type[Any]) -> Mapping[str, tuple[Reader, bool, str]]:
    """How each part is read, whether it must be given, and the field for it."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.metadata.get("key", field.name): (
            _reader(hints[field.name]),
            field.default is MISSING and field.default_factory is MISSING,
            field.name,
        )
        for field in fields(kind)
    }


_PLAIN: dict[Any, tuple[str, tuple[type, ...]]] = {
    str: ("text", (str,)),
    bool: ("true or false", (bool,)),
    int: ("whole number", (int,)),
    float: ("number", (int, float)),
    date: ("date such as 2026-11-23", (date,)),
}


def _reader(hint: Any) -> Reader:
    """What checks a value of a type and gives it back as that type; EntryError says what it must be."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:  # read by its own function
        return cast(Reader, args[1])
    if origin in (Union, UnionType):
        return _reader(next(each for each in args if each is not type(None)))
    if origin is Literal:
        return partial(_choice, choices=args)
    if origin is tuple:
        word = f"{_PLAIN[args[0]][0]}s" if args[0] in _PLAIN else "lists" if get_origin(args[0]) is tuple else "tables"
        return partial(_list, item=_reader(args[0]), word=word)
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(read_entry, kind=hint)
    if hint in _PLAIN:
        word, types = _PLAIN[hint]
        return partial(_checked, types=types, word=word if hint is bool else f"a {word}")
    value = _reader(args[1]) if args and args[1] is not Any else None
    return partial(_table, value=value)


def _is_empty(value: object) -> bool:
    return not value.strip() if isinstance(value, str) else value in ((), {})


def _checked(given: Any, types: tuple[type, ...], word: str) -> Any:
    if type(given) not in types or (type(given) is float and not isfinite(given)):
        raise EntryError(f"'{shown(given)}' must be {word}")
    return given


def _choice(given: Any, choices: tuple[str, ...]) -> Any:
    if given not in choices:
        raise EntryError(f"'{shown(given)}'; allowed: {', '.join(choices)}")
    return given


def _list(given: Any, item: Reader, word: str) -> tuple[Any, ...]:
    if not isinstance(given, list):
        raise EntryError(f"'{shown(given)}' must be a list of {word}")
    try:
        return tuple([item(each) for each in given])
    except EntryError as problem:
        if word == "tables" and all(isinstance(each, dict) for each in given):
            raise
        raise EntryError(f"'{shown(given)}' must be a list of {word}") from problem


def _table(given: Any, value: Reader | None) -> Any:
    if not isinstance(given, dict):
        raise EntryError(f"'{shown(given)}' must be a table")
    return {name: value(each) for name, each in given.items()} if value else given
