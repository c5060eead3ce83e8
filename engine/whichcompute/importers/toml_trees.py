"""TOML as a tree with line numbers."""

from __future__ import annotations

import re
from typing import Any

from whichcompute.base.errors import DataError
from whichcompute.base.resources import parse_toml
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError

_TABLE = re.compile(r"\s*\[\[?([\w.\-\"']+)\]?\]")
_KEY = re.compile(r"\s*([\w\-\"']+)\s*=")


def parse_toml_tree(text: str) -> Node:
    """The table of a TOML text; ParsingError says what is wrong with it."""
    try:
        table = parse_toml(text, "")
    except DataError as error:
        raise ParsingError(str(error).removeprefix(": ")) from None
    return _tree(table, _lines(text), "")


def _lines(text: str) -> dict[str, int]:
    """The line of each table and of each key in it, by dotted name; the first of several."""
    found: dict[str, int] = {}
    table = ""
    for number_, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = match[1].strip("\"'") + "."
            found.setdefault(table[:-1], number_)
        elif match := _KEY.match(line):
            found.setdefault(table + match[1].strip("\"'"), number_)
    return found


def _tree(value: Any, lines: dict[str, int], path: str, above: int = 1) -> Node:
    line = lines.get(path, above)
    if isinstance(value, dict):
        return Node({key: _tree(inner, lines, f"{path}.{key}".lstrip("."), line) for key, inner in value.items()}, line)
    if isinstance(value, list):
        return Node([_tree(inner, lines, path, line) for inner in value], line)
    return Node(str(value).lower() if isinstance(value, bool) else str(value), line)
