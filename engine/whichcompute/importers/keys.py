"""What the keys of a format say: the tables of data/keys.toml, read by one mechanism for all readers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from whichcompute.base.entries import read_entries
from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.importers import catalogue, quantities
from whichcompute.importers.found import Draft
from whichcompute.importers.nodes import Node
from whichcompute.knowledge.descriptors import Value

_UNITS: dict[str, Callable[[str], Value | None]] = {
    **{name: made for name, made in vars(quantities).items() if callable(made) and not name.startswith("_")},
    **{made.__name__: made for made in (
        catalogue.runtime_language, catalogue.image_language, catalogue.platform_language, catalogue.command_language,
        catalogue.product_class, catalogue.capability,
    )},
}  # fmt: skip
_ITSELF = "."


@dataclasses.dataclass(frozen=True)
class Row:
    """What a key says; the head of data/keys.toml explains the parts."""

    at: tuple[str, ...]
    field: str
    unit: str = ""
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    value: str = ""
    when: str = ""
    says: str = ""
    unless: str = ""
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    of: str = ""
    why: str = ""
    likely: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        if bool(self.unit) + bool(self.values) + bool(self.value) != 1 or (self.unit and self.unit not in _UNITS):
            raise ValueError(f"{self.field}: needs one of unit ({', '.join(_UNITS)}), values, value")

    def meaning(self, node: Node) -> Value | None:
        """The value of the field by the text of a node; None where it says nothing."""
        if self.unit:
            return _UNITS[self.unit](_text(node))
        return self.values.get(_text(node).lower()) if self.values else self.value


@cache
def tables() -> Mapping[str, tuple[Row, ...]]:
    """The rows of data/keys.toml by table; DataError when the file cannot be used."""
    path = folder("data") / "keys.toml"
    try:
        return {name: tuple(read_entries(rows, Row, name, str(path), DataError, "field"))
                for name, rows in read_toml(path).items()}  # fmt: skip
    except ValueError as error:
        raise DataError(f"{path}: {error}") from None


def read_keys(draft: Draft, table: str, node: Node, prefix: str = "") -> None:
    """Takes what the keys of a thing say by the rows of a table; `prefix` goes before the keys as they are shown."""
    for row in tables().get(table, ()):
        for found in _found(row, node, draft.line):
            key = prefix + (row.key or row.at[0].replace(" ", ".").strip(_ITSELF))
            draft.take(row.field, row.meaning(found), found, key, row.why, likely=row.likely)


def _found(row: Row, node: Node, line: int) -> Iterator[Node]:
    for path in row.at:
        able = [one for one in (_itself(node, line) if path == _ITSELF else _at(node, path)) if _fits(one, row)]
        if able:
            yield from (one.get(*row.of.split()) if row.of else one for one in able)
            return


def _itself(node: Node, line: int) -> list[Node]:
    return [Node(node.value if node.is_mapping else "", node.line or line)]


def _at(node: Node, path: str) -> list[Node]:
    """What is at a path: nothing where a key is missing, or holds nothing or an empty list."""
    found = [node]
    for key in path.split():
        found = [one for each in found for one in (each.each() if key == "*" else [each.get(key)])]
    return [one for one in found if one and one.value != []]


def _text(node: Node) -> str:
    """The text of a plain value, or of those in a list with blanks between them."""
    return " ".join(node.texts)


def _fits(node: Node, row: Row) -> bool:
    text = _text(node)
    if row.when and not _matches(row.when, text) or row.says and not catalogue.says(row.says, text):
        return False
    if row.unless and catalogue.says(row.unless, text):
        return False
    for key, pattern in row.where.items():
        beside = _at(node, key)
        if not (_matches(pattern, _text(beside[0]) if beside else "") if pattern else beside):
            return False
    return True


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def _matches(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None
