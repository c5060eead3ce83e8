"""YAML and JSON as trees with line numbers. Nothing is executed; size, depth and expansion of aliases are bounded.

YAML is read event by event: every scalar stays text, so `22:22` is not a number in base 60, nor the key `on` a boolean.
The short tags of CloudFormation become what they are short for (`!Ref A` is `{Ref: A}`); other tags build nothing.
"""

from __future__ import annotations

import json
import json.scanner
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import deepest
from whichcompute.importers.nodes import Node

if TYPE_CHECKING:
    from yaml.events import Event

MAX_TEXT = 2_000_000
"""Characters of a file that is not JSON."""
MAX_DEPTH = 60
MAX_VALUES = 500_000
"""Values of one document at most, those that aliases repeat counted each time."""
_NESTED_BLOCKS = re.compile(rf"(?:[-?:][ \t]+){{{MAX_DEPTH}}}")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_SPACE = " \t\r\n"


class ParsingError(DataError):
    """A document cannot be read; `line` says where, 0 when the whole of it is meant."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def parse_json(text: str) -> Node:
    """The value of a JSON text; ParsingError says line and reason."""
    if len(text) > 1 and deepest(text) > MAX_DEPTH:
        raise ParsingError(f"nested deeper than {MAX_DEPTH} levels")
    ends = [match.start() for match in re.finditer("\n", text)]
    try:
        node, end = _placing(ends)(text, len(text) - len(text.lstrip(_SPACE)))
    except json.JSONDecodeError as error:
        raise ParsingError(f"not valid JSON: {error.msg}", error.lineno) from None
    except StopIteration as error:
        raise ParsingError("not valid JSON: a value is missing", bisect_left(ends, error.value) + 1) from None
    if rest := text[end:].lstrip(_SPACE):
        raise ParsingError("not valid JSON: more text after the value", bisect_left(ends, len(text) - len(rest)) + 1)
    return node


def _placing(ends: list[int]) -> Callable[[str, int], tuple[Node, int]]:
    """The scanner of the standard library, with a line at every value; `ends` are the ends of the lines."""
    reading: Any = json.decoder  # its parts in Python call back for each value, which those in C do not
    scanning: Any = json.scanner
    context: Any = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda name: None, strict=False)

    def placed(text: str, at: int) -> tuple[Node, int]:
        value, end = once(text, at)
        return Node(str(value).lower() if isinstance(value, bool) else value, bisect_left(ends, at) + 1), end

    context.parse_object = lambda start, *_: reading.JSONObject(start, False, placed, None, None, {})
    context.parse_array = lambda start, _: reading.JSONArray(start, placed)
    once = scanning.py_make_scanner(context)
    return placed


def check_size(text: str) -> None:
    """Raises ParsingError for a text that is longer than what is read of any format but JSON."""
    if len(text) > MAX_TEXT:
        raise ParsingError(f"more than {MAX_TEXT:,} characters, the most that is read of such a file")


def parse_yaml(text: str) -> list[Node]:
    """The documents of a YAML text; ParsingError says line and reason."""
    import yaml

    check_size(text)
    if deepest(text) > MAX_DEPTH or _NESTED_BLOCKS.search(text):
        raise ParsingError(f"nested deeper than {MAX_DEPTH} levels")
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(_Documents(yaml.parse(text, Loader=loader)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = shown(getattr(error, "problem", None) or str(error))
        raise ParsingError(f"not valid YAML: {reason}", mark.line + 1 if mark else 0) from None
    except (RecursionError, ValueError):
        raise ParsingError("not usable YAML: nested too deeply, or a character that YAML does not allow") from None


class _Documents:
    """The documents in a stream of YAML events."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}  # values in a node that has an anchor, by its identity

    def __iter__(self) -> Iterator[Node]:
        import yaml

        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors, self._sizes = {}, {}
                node, size = self._node(next(self._events), 0)
                if size > MAX_VALUES:
                    raise ParsingError(f"more than {MAX_VALUES:,} values, aliases included")
                yield node

    def _node(self, event: Event, depth: int) -> tuple[Node, int]:
        import yaml

        line = _line(event)
        if depth > MAX_DEPTH:
            raise ParsingError(f"nested deeper than {MAX_DEPTH} levels", line)
        if isinstance(event, yaml.AliasEvent):
            node = self._anchors.get(event.anchor or "")
            if node is None:
                raise ParsingError(f"alias '*{shown(event.anchor or '')}' without an anchor before it", line)
            return node, self._sizes[id(node)]
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.ScalarEvent):
            null = event.implicit[0] and event.value in _NULLS and not event.tag
            node, size = Node(None if null else event.value, line), 1
        elif isinstance(event, yaml.SequenceStartEvent):
            node, size = self._sequence(line, depth)
        else:
            node, size = self._mapping(line, depth)
        node = _untagged(node, getattr(event, "tag", None))
        if anchor:
            self._anchors[anchor] = node
            self._sizes[id(node)] = size
        return node, size

    def _sequence(self, line: int, depth: int) -> tuple[Node, int]:
        import yaml

        elements: list[Node] = []
        total = 1
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            node, size = self._node(event, depth + 1)
            elements.append(node)
            total += size
        return Node(elements, line), total

    def _mapping(self, line: int, depth: int) -> tuple[Node, int]:
        import yaml

        entries: dict[str, Node] = {}
        merged: list[Node] = []
        total = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise ParsingError("a key that is not a plain text", _line(event))
            value = next(self._events)
            node, size = self._node(value, depth + 1)
            if not isinstance(value, yaml.AliasEvent):
                node.line = _line(event)  # a mapping begins where its name is
            total += size
            if event.value == "<<" and event.implicit[0]:
                merged += node.each()
            else:
                if event.value in entries and not _same(entries[event.value], node):
                    node = node.likely()  # readers of YAML take the last one, or none
                entries[event.value] = node
        for node in merged:
            entries = {**dict(node.items()), **entries}
        return Node(entries, line), total


def _same(one: Node, other: Node) -> bool:
    return isinstance(one.value, str) and one.value == other.value


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _untagged(node: Node, tag: str | None) -> Node:
    if not tag or tag == "!" or not tag.startswith("!"):
        return node
    name = tag[1:]
    if name == "GetAtt" and node.text:
        resource, _, attribute = node.text.partition(".")
        node = Node([Node(resource, node.line), Node(attribute, node.line)], node.line)
    return Node({name if name in ("Ref", "Condition") else f"Fn::{name}": node}, node.line)
