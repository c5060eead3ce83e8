"""Resolves the intrinsic functions of a template as far as the template itself says what they give.

The default of a parameter is likely, not certain: a deployment can replace it. Nothing else is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from whichcompute.importers.nodes import NOTHING, Node

_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")
_MOST_STEPS = 40
_PSEUDO = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_MOST_TEXT = 20_000
_NO_VALUE = "AWS::NoValue"
IMPORTED = "imported "
"""Before the name of what another template exports."""


class Resolver:
    """Resolves values against the parameters, mappings and conditions of one template."""

    def __init__(self, template: Node, given: Mapping[str, Node] | None = None) -> None:
        self._given = given or {}  # parameters that the template sets in which this one is nested
        self._parameters = template.get("Parameters")
        self._mappings = template.get("Mappings")
        self.resources = template.get("Resources")

    def resolve(self, node: Node, steps: int = 0) -> Node:
        """The value with its functions resolved; NOTHING where the template alone does not say."""
        if steps > _MOST_STEPS:
            return NOTHING
        if isinstance(node.value, list):
            elements = [self.resolve(element, steps + 1) for element in node.value]
            return Node([element for element in elements if element], node.line, node.certain)
        if not isinstance(node.value, dict):
            return node if "{{resolve:" not in node.text else NOTHING
        if len(node.value) == 1:
            name, argument = next(iter(node.value.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument, steps)
        return Node({key: self.resolve(value, steps + 1) for key, value in node.items()}, node.line, node.certain)

    def _function(self, name: str, argument: Node, steps: int) -> Node:
        if name == "Ref":
            return self._parameter(argument)
        known = {"Sub": self._sub, "Join": self._join, "If": self._either, "FindInMap": self._in_map,
                 "Select": self._select}  # fmt: skip
        return known[name](argument, steps) if name in known else NOTHING

    def _parameter(self, name: Node) -> Node:
        if name.text in self._given:
            return self._given[name.text]
        default = self._parameters.value.get(name.text) if isinstance(self._parameters.value, dict) else None
        given = default.get("Default") if default is not None else NOTHING
        if default is not None and default.get("Type").text.startswith("AWS::SSM::"):
            return NOTHING  # its default is the name of a stored value
        return Node(given.value, name.line, False) if given else NOTHING

    def _sub(self, argument: Node, steps: int) -> Node:
        parts = argument.each()
        template = parts[0].text if parts else ""
        own = dict(parts[1].items()) if len(parts) > 1 else {}
        certain = True

        def fill(match: re.Match[str]) -> str:
            nonlocal certain
            certain = False
            name = match[1].strip()
            value = self.resolve(own[name], steps + 1) if name in own else self._parameter(Node(name, argument.line))
            return value.text or _PSEUDO.get(name, match[0])

        text = _VARIABLE.sub(fill, template)
        return Node(text[:_MOST_TEXT], argument.line, certain) if text else NOTHING

    def _join(self, argument: Node, steps: int) -> Node:
        parts = argument.each()
        if len(parts) != 2:
            return NOTHING
        raw = parts[1].each()
        resolved = [self.resolve(part, steps + 1) for part in raw]
        # What stays unknown keeps its place, so that the rest of a name can still be recognised.
        words = [value.text or "${?}" for value in resolved]
        certain = all(value and value.certain for value in resolved)
        return Node(parts[0].text.join(words)[:_MOST_TEXT], argument.line, certain) if words else NOTHING

    def _either(self, argument: Node, steps: int) -> Node:
        parts = argument.each()
        if len(parts) != 3:
            return NOTHING
        yes, no = (self.resolve(part, steps + 1) for part in parts[1:])
        if yes.text and yes.text == no.text:
            return Node(yes.value, argument.line, yes.certain and no.certain)
        if "prod" in parts[0].text.lower() or parts[2].get("Ref").text == _NO_VALUE:
            return yes.likely()
        return no.likely() if parts[1].get("Ref").text == _NO_VALUE else NOTHING

    def _in_map(self, argument: Node, steps: int) -> Node:
        keys = [self.resolve(part, steps + 1) for part in argument.each()[:3]]
        node = self._mappings
        for key in keys:
            node = dict(node.items()).get(key.text, NOTHING)
        return Node(node.value, argument.line, all(key.certain for key in keys)) if node else NOTHING

    def _select(self, argument: Node, steps: int) -> Node:
        parts = argument.each()
        choices = parts[1].each() if len(parts) == 2 else []
        index = parts[0].text if parts else ""
        return (
            self.resolve(choices[int(index)], steps + 1) if index.isdecimal() and int(index) < len(choices) else NOTHING
        )


def references(node: Node) -> Iterator[str]:
    """The names of resources and parameters that a value refers to, and with a mark those of exports of templates."""
    for inner in node.walk():
        for name, argument in inner.items():
            if name == "Ref" and argument.text:
                yield argument.text
            elif name == "Fn::GetAtt":
                first = argument.each()[0].text if argument.each() else ""
                yield first.partition(".")[0]
            elif name == "Fn::ImportValue" and argument.text:
                yield f"{IMPORTED}{argument.text}"
            elif name == "Fn::Sub":
                template = argument.each()[0].text if argument.each() else ""
                yield from (match[1].split(".")[0].strip() for match in _VARIABLE.finditer(template))
