"""Resolves variables and locals of one folder of configuration. The default of a variable is likely, not certain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whichcompute.importers.nodes import NOTHING, Node

_WHOLE = re.compile(r"\$\{\s*(var|local)\.([A-Za-z_][\w-]*)((?:\.[A-Za-z_][\w-]*)*)\s*\}")
_PART = re.compile(r"\$\{\s*(var|local)\.([A-Za-z_][\w-]*)\s*\}")
_CONDITION = re.compile(r"\$\{(.*prod.*?)\?\s*(\S+)\s*:\s*(\S+)\s*\}", re.IGNORECASE)
_REFERENCE = re.compile(r"\b((?:aws_|module\.|data\.)[\w-]+)\.([A-Za-z_][\w-]*)")
_MOST_STEPS = 20


class Values:
    """The variables and locals of a folder."""

    def __init__(self, bodies: list[Node]) -> None:
        self._variables: dict[str, Node] = {}
        self._locals: dict[str, Node] = {}
        for body in bodies:
            for name, blocks in body.get("variable").items():
                self._variables[name] = blocks.get("default")
            for block in body.get("locals").each():
                self._locals.update(dict(block.items()))

    def resolve(self, node: Node, steps: int = 0) -> Node:
        """The value with what is known in place of references; the rest of an expression stays text."""
        if steps > _MOST_STEPS:
            return NOTHING
        if isinstance(node.value, dict):
            entries = {key: self.resolve(value, steps + 1) for key, value in node.items()}
            return Node(entries, node.line, node.certain)
        if isinstance(node.value, list):
            return Node([self.resolve(element, steps + 1) for element in node.value], node.line, node.certain)
        if "${" not in node.text:
            return node
        if match := _WHOLE.fullmatch(node.text):
            found = self._named(match[1], match[2], match[3])
            return self._moved(found, node, match[1], steps) if found else node
        if match := _CONDITION.fullmatch(node.text):
            chosen = self.resolve(Node(_unquoted(match[2]), node.line), steps + 1)
            return Node(chosen.value, node.line, False)
        text = _PART.sub(lambda match: self._named(match[1], match[2], "").text or match[0], node.text)
        return Node(text, node.line, False)

    def _named(self, kind: str, name: str, path: str) -> Node:
        found = (self._variables if kind == "var" else self._locals).get(name, NOTHING)
        for key in filter(None, path.split(".")):
            found = dict(found.items()).get(key, NOTHING)
        return found

    def _moved(self, found: Node, node: Node, kind: str, steps: int) -> Node:
        resolved = self.resolve(found, steps + 1)
        certain = kind == "local" and resolved.certain
        return _uncertain(resolved, node.line) if not certain else Node(resolved.value, node.line)


def _uncertain(node: Node, line: int) -> Node:
    if isinstance(node.value, dict):
        return Node({key: _uncertain(value, line) for key, value in node.items()}, line, False)
    if isinstance(node.value, list):
        return Node([_uncertain(element, line) for element in node.value], line, False)
    return Node(node.value, line, False)


def _unquoted(text: str) -> str:
    return text.strip('"') if text.startswith('"') or not re.match(r"(var|local)\.", text) else "${" + text + "}"


def references(node: Node) -> Iterator[str]:
    """The addresses of resources that a value refers to, such as `aws_lambda_function.worker`."""
    for inner in node.walk():
        if "${" in inner.text:
            yield from (f"{match[1]}.{match[2]}" for match in _REFERENCE.finditer(inner.text))
