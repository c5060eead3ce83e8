"""HCL as trees with line numbers: blocks, literals, lists, objects and the calls that only encode.

What is neither stays the text of its expression in `${ }`, for the resolver of variables. A separate parser because
the known one takes more than a second to start and gives no lines. Nothing is evaluated.
"""

from __future__ import annotations

import re

from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError, check_size
from whichcompute.importers.terraform.expressions import UNKNOWN, Expression
from whichcompute.importers.terraform.scanner import Stuck

MAX_DEPTH = 60
_DIRECTIVE = re.compile(r"%\{~?\s*(?:else|endif|endfor|(if)|(for)\s+\w+(?:\s*,\s*\w+)?\s+in)\b")


def parse_hcl(text: str) -> Node:
    """The body of a configuration file: attributes by name, blocks as lists of bodies below their labels."""
    check_size(text)
    file = _File(text.removeprefix("\ufeff"))
    try:
        return file.body(0)
    except Stuck as error:
        raise ParsingError(f"not valid HCL: {error}", file.here()) from None
    except RecursionError:
        raise ParsingError("not usable HCL: nested too deeply") from None


class _File(Expression):
    """A text and the place up to which it is read; what expressions refer to is not looked up yet."""

    def __init__(self, text: str) -> None:
        super().__init__(text, 1, lambda root, name: UNKNOWN if name else None, {}, steps=float("inf"))

    def body(self, depth: int) -> Node:
        """The attributes and blocks up to the closing brace, or to the end of the text."""
        if depth > MAX_DEPTH:
            raise Stuck(f"nested deeper than {MAX_DEPTH} levels")
        line = self.here()
        entries: dict[str, Node] = {}
        while True:
            self._skip()
            if self._at >= len(self._text) or self._text[self._at] == "}":
                if (depth == 0) != (self._at >= len(self._text)):
                    raise Stuck("braces do not match")
                return Node(entries, line)
            start = self.here()
            name = self._name()
            if self._take("="):
                entries[name] = self._element()
                entries[name].line = start
            else:
                self._block(entries, name, start, depth)

    def _name(self) -> str:
        self._skip()
        return self._primary().text if self._text.startswith('"', self._at) else self._word()

    def _block(self, entries: dict[str, Node], name: str, line: int, depth: int) -> None:
        labels: list[str] = []
        while not self._take("{"):
            labels.append(self._name())
        body = self.body(depth + 1)
        body.line = line
        self._need("}")
        if name == "dynamic" and labels:  # its content is what it makes of each element, of which there may be none
            name, labels, body = labels[0], [], body.get("content").likely()
        place = entries.setdefault(name, Node({} if labels else [], line))
        for label in labels[:-1]:
            place = self._inner(place, label, line)
        if labels:
            place = self._inner(place, labels[-1], line, last=True)
        if isinstance(place.value, list):
            place.value.append(body)

    def _inner(self, place: Node, label: str, line: int, *, last: bool = False) -> Node:
        if not isinstance(place.value, dict):
            raise Stuck(f"block '{label}' has another number of labels than one before it")
        return place.value.setdefault(label, Node([] if last else {}, line))

    def _element(self) -> Node:
        """A value; everything that is more than a literal stays text."""
        self._skip()
        outer, self.literal = self.literal, True
        start, line = self._at, self.here()
        node = self._conditional()
        if not self.literal or node is UNKNOWN:
            node = Node("${" + self._text[start : self._at] + "}", line)
        self.literal = outer
        return node

    def _interpolation(self) -> str:
        """A template in a text, which stays in it."""
        outer, start = self.literal, self._at
        if match := self._match(_DIRECTIVE):
            if match[1] or match[2]:
                self._conditional()
            self._take("~")
            self._need("}")
        else:
            super()._interpolation()
        self.literal = outer
        return self._text[start : self._at]

    def _character(self, escaped: bool) -> str:
        found = super()._character(escaped)
        return found[0] + found if found in ("${", "%{") else found  # resolved with the other expressions

    def _heredoc(self, mark: str, line: int) -> Node:
        return Node(self._until(mark), line)

    def _key(self) -> str:
        if self._text.startswith("(", self._at):
            outer, start = self.literal, self._at
            self._primary()
            self.literal = outer
            return f"(computed {start})"
        return super()._key()

    def _turns(self, over: Node) -> None:
        """Nothing: the body of a loop is only read to find its end."""
