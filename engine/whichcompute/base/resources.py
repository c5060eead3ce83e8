"""Finds the shipped folders (rules, data, models) in a checkout and in a wheel, and reads files with a bounded size."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import rtoml

from whichcompute.base.errors import DataError, shown, unreadable

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent.parent
_SHIPPED = _PACKAGE / "_shipped"  # the build maps rules/, data/ and models/ here
MAX_BYTES = 4_000_000
MAX_DEPTH = 40
BIDI = "\u202a-\u202e\u2066-\u2069"
"""Characters, for a regular expression, that make a terminal show text in another order than it is written."""
_MAYBE_CONTROL = re.compile(rf"\\[^\W\dn]|[\x7f-\x9f{BIDI}]")
_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{BIDI}]")
_DOTTED = re.compile(rf"(?:\.[^.=\n]*){{{MAX_DEPTH}}}")  # a key of so many parts, or a text with as many dots
_BRACKETS = re.compile(r"[\[\]{}]")


def folder(name: str) -> Path:
    """The folder `rules`, `data` or `models` that came with this installation."""
    root = _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT
    path = root / name
    if not path.is_dir():
        raise DataError(f"{path}: this folder is part of the installation and is missing")
    return path


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; DataError names the file otherwise."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise DataError(unreadable(path, error)) from None
    if len(content) > limit:
        raise DataError(f"{path}: larger than {limit:,} bytes, the most that is read")
    return content


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """The UTF-8 text of a file (a byte order mark is dropped); DataError names the file and the byte otherwise."""
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8 text") from None


def _is_shipped(path: Path) -> bool:
    root = _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT
    return any(path.is_relative_to(root / name) for name in ("rules", "data"))


def read_toml(path: Path) -> dict[str, Any]:
    """The table in a TOML file; DataError names file, line and column otherwise."""
    text = read_text(path)
    if _is_shipped(path):
        # What came with the installation is as trusted as the program, and the checks take as long as the reading.
        with suppress(rtoml.TomlParsingError):  # said below, with its place
            return rtoml.loads(text)
    return parse_toml(text, str(path))


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The table in a TOML text that came from `name`."""
    import tomli  # which every start of the command does without

    if deepest(text) > MAX_DEPTH:
        raise DataError(f"{name}: nested deeper than {MAX_DEPTH} levels")
    try:
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise DataError(f"{name}: not valid TOML: {error}") from None
    except RecursionError:
        raise DataError(f"{name}: nested too deeply") from None
    except ValueError as error:  # such as a number of more digits than Python converts
        raise DataError(f"{name}: not usable TOML: {error}") from None
    if _DOTTED.search(text) and _levels(table) > MAX_DEPTH:
        raise DataError(f"{name}: nested deeper than {MAX_DEPTH} levels")
    # Only an escape, a C1 character or a change of direction can bring in what TOML itself does not refuse.
    if _MAYBE_CONTROL.search(text) and (found := _control(table)):
        raise DataError(f"{name}: control characters are not read: '{shown(found)}'")
    return table


def _levels(table: dict[str, Any]) -> int:
    """How deep tables lie within tables; without recursion, for which they may be too deep."""
    level, inside = 0, [table]
    while inside:
        level, inside = level + 1, [part for each in inside for part in each.values() if isinstance(part, dict)]
    return level


def _control(value: Any) -> str | None:
    """The first text, key or value, with a character that a terminal could take for a command."""
    if isinstance(value, str):
        return value if _CONTROL.search(value) else None
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for part in parts if (found := _control(part))), None)


def deepest(text: str) -> int:
    """The deepest nesting of brackets; 0 where there are too few to matter."""
    # An upper bound that costs one pass: brackets inside strings count too, which no honest file piles up.
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = most = 0
    for bracket in _BRACKETS.findall(text):
        if bracket in "[{":
            depth += 1
            most = max(most, depth)
        else:
            depth = max(depth - 1, 0)
    return most
