"""The rows of a JSON document: an array, or what a tool prints around one.

A preset may name where its rows are (`Reservations.Instances`); otherwise they are the longest list of objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

from whichcompute.inventory.maps.presets import fitting, presets
from whichcompute.inventory.maps.titles import named

_BLANKS = re.compile(r"\s*")
_DEPTH = 3  # objects within objects in which a list is searched
_ALIKE = 0.6  # the share of keys that rows of one list have in common
_KINDS = 100  # sets of keys that a new one is compared with; documents have few kinds of lists
_NAME = "name"
_Keys = frozenset[str]


def read(text: str) -> object:
    """The document in a text, or the list of several that follow one another; ValueError or RecursionError if none."""
    decoder = json.JSONDecoder(parse_constant=refuse, object_pairs_hook=unique_keys)
    found: list[object] = []
    at = _blanks(text, 0)
    while at < len(text) or not found:
        document, at = decoder.raw_decode(text, at)
        found.append(document)
        at = _blanks(text, at)
    return found[0] if len(found) == 1 else found


def _blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return at if match is None else match.end()


def refuse(word: str) -> None:
    """Refuses NaN and Infinity, which are not JSON."""
    raise ValueError(f"{word} is not JSON")


def unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of these pairs; ValueError for a key with two values, as readers differ on which of them counts."""
    found = dict(pairs)
    if len(found) < len(pairs) and (twice := next((key for key, value in pairs if found[key] != value), None)):
        raise ValueError(f"key '{twice}' is duplicated, with different values")
    return found


def rows_of(document: object) -> tuple[list[object], int]:
    """The rows of a document, and how many objects are in other lists; an object without a list is the only row.

    Of several lists it is the one whose objects have most usual titles, then the longest; lists whose first objects
    have mostly the same keys are one, and so are the values of an object of objects that are alike. An object with the
    keys of a row of a known tool is one, whatever lists it holds.
    """
    left = 0
    if isinstance(document, dict):
        found = named_rows(document) or ([document] if fitting([*document]) else [])
        if not found:
            found, left = _longest([*_lists(document, _DEPTH)], document)
    else:
        found = document if isinstance(document, list) else []
    flat = (row for each in found for row in (each if isinstance(each, list) else [each]))
    return [parsed(row) for row in flat], left


def _longest(lists: list[list[object]], document: object) -> tuple[list[object], int]:
    alike: dict[_Keys, list[object]] = {}
    found_for: dict[_Keys, _Keys] = {}  # each set of keys is compared once: a document may have very many lists
    for rows in lists:
        keys = _keys(rows[0])
        if keys not in found_for:
            compared = islice(alike, _KINDS)
            found_for[keys] = next((each for each in compared if _share(each, keys) >= _ALIKE), keys)
        alike.setdefault(found_for[keys], []).extend(rows)
    found = max(alike.values(), key=_likeness, default=[document])
    return found, sum(map(len, alike.values())) - len(found) if alike else 0


def _keys(row: object) -> _Keys:
    row = parsed(row)
    return frozenset(row) if isinstance(row, dict) else frozenset()


def _share(one: _Keys, other: _Keys) -> float:
    """The share of the keys of two rows that they have in common; 1 for rows without any."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if one or other else 1


def wraps_rows(document: dict[str, object]) -> bool:
    """Whether an object is not a row: its rows are at the path of a preset, or in a list with more usual titles."""
    if fitting([*document]):
        return bool(named_rows(document))
    own = named([*document])
    deeper = (_likeness(rows)[0] > own + 1 for rows in _lists(document, _DEPTH))  # as in outputs of Terraform
    return bool(named_rows(document)) or _holds_rows(document) or any(deeper)


def _holds_rows(document: dict[str, object]) -> bool:
    """Whether a list in an object has more usual titles than the object."""
    return any(_likeness(rows)[0] > named([*document]) for rows in _lists(document, 0))


def _likeness(rows: list[object]) -> tuple[int, int]:
    first = parsed(rows[0])
    return named([*first]) if isinstance(first, dict) else 0, len(rows)


def named_rows(document: dict[str, object]) -> list[object]:
    """The rows at a path that a preset names; empty if there are none."""
    paths = (path for preset in presets().values() for path in preset.rows)
    found = ([parsed(row) for row in _at(document, path)] for path in paths)
    return next((rows for rows in found if rows and all(map(_is_row, rows))), [])


def _is_row(found: object) -> bool:
    return isinstance(found, dict) and (bool(fitting([*found])) or not _holds_rows(found))


def _at(document: object, path: str) -> list[object]:
    """The values at a path of keys, lists on the way taken apart; an object that holds lists alone is not one."""
    found = [document]
    for key in path.split("."):
        values = [each[key] for each in found if isinstance(each, dict) and key in each]
        found = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [each for each in found if not isinstance(each, dict) or _has_values(each)]


def _has_values(each: dict[str, object]) -> bool:
    return not each or any(not isinstance(value, list) for value in each.values())


def _lists(document: dict[str, object], depth: int) -> Iterator[list[object]]:
    """The lists of objects, lists or objects as text in the values of an object, and objects of objects by name."""
    if rows := _by_name(document):
        yield rows
    for value in document.values():
        if isinstance(value, list) and value and isinstance(parsed(value[0]), dict | list):
            yield value
        elif isinstance(value, dict) and depth:
            yield from _lists(value, depth - 1)


def _by_name(document: dict[str, object]) -> list[object]:
    """The objects that an object holds under their names, such as the hosts of an Ansible inventory."""
    rows = [{_NAME: key, **value} for key, value in document.items() if isinstance(value, dict)]
    first = _keys(rows[0]) if rows else frozenset()
    alike = len(rows) == len(document) > 1 and all(_share(first, _keys(row)) >= _ALIKE for row in rows)
    return [*rows] if alike and _likeness([*rows])[0] > 1 + (_NAME in document) else []


def parsed(row: object) -> object:
    """An object, or a list of objects, that is written as a text, as in the results of an AWS Config query."""
    if not isinstance(row, str) or not row.startswith(("{", "[{")):
        return row
    try:
        return json.loads(row)
    except (ValueError, RecursionError):
        return row
