"""Checks a `[[rule]]` entry of a pack and makes a RuleEntry of it, with an error that names the part and what it takes.

Written by hand as the readers of facts and sources are: every command reads all rules at its start, and importing a
validation library would take longer than checking them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from whichcompute.base.errors import shown
from whichcompute.knowledge.rules import Aspect, Effect, RuleEntry, Strength, VariantEntry
from whichcompute.knowledge.services import NONE, SERVICES

_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9][a-z0-9-]*")
_CHOICES: dict[str, tuple[str, ...]] = {
    "service": (*SERVICES, NONE),
    "effect": get_args(Effect),
    "strength": get_args(Strength),
    "aspect": get_args(Aspect),
}
_TEXTS = ("id", "because", "remedy", "companion", "outside", "name", "says")
_LISTS = ("when", "sources", "covers", "adopts")


class EntryError(ValueError):
    """An entry that cannot be used; the pack that holds it adds file and rule."""


def rule_entry(table: Mapping[str, Any]) -> RuleEntry:
    """The entry; EntryError names the part that is wrong, what was found, and what is allowed."""
    entry = RuleEntry(**_read(table, RuleEntry))
    if not _ID.fullmatch(entry.id):
        raise EntryError(f"id: '{shown(entry.id)}' must be written service.what-it-is, in lower case")
    return entry


def _read(table: Mapping[str, Any], entry: type[RuleEntry | VariantEntry]) -> dict[str, Any]:
    known = {field.name: field for field in fields(entry)}
    if stray := [name for name in table if name not in known]:
        raise EntryError(f"{shown(stray[0])}: unknown; allowed: {', '.join(known)}")
    needed = [name for name, field in known.items() if field.default is MISSING]
    if absent := [name for name in needed if name not in table]:
        raise EntryError(f"{absent[0]}: is missing")
    if empty := [name for name in needed if not table[name] and (name in _TEXTS or name in _LISTS)]:
        raise EntryError(f"{empty[0]}: must not be empty")
    return {name: _value(name, value) for name, value in table.items()}


def _value(name: str, value: Any) -> Any:
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise EntryError(f"{name}: '{shown(value)}'; allowed: {', '.join(_CHOICES[name])}")
        return value
    if name in _TEXTS:
        if not isinstance(value, str):
            raise EntryError(f"{name}: '{shown(value)}' must be a text")
        return value
    kind, word = (str, "texts") if name in _LISTS else (dict, "tables")
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise EntryError(f"{name}: '{shown(value)}' must be a list of {word}")
    return tuple(_variant(item) for item in value) if name == "variant" else tuple(value)


def _variant(table: Mapping[str, Any]) -> VariantEntry:
    try:
        return VariantEntry(**_read(table, VariantEntry))
    except EntryError as error:
        raise EntryError(f"variant: {error}") from None
