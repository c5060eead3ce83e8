"""Evaluates expressions of HCL as far as the files say what they give; nothing but pure functions is called.

An expression is interpreted where it is. What the files do not say is UNKNOWN, which everything made of it is too;
the steps of one evaluation are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.terraform.functions import call, chosen, combined, elements, inside, truth

UNKNOWN = NOTHING
"""What an expression gives that the files do not decide. A value known to be null is another empty node."""
Lookup: TypeAlias = Callable[[str, str], "Node | None"]
"""Root and first name of a reference, such as `var` and `size`, to its value; None where the root is not one."""
Special: TypeAlias = "Mapping[str, Callable[[list[Node]], Node]]"
"""Functions that need more than their arguments, such as `file`."""

MAX_STEPS = 20_000
MAX_DEPTH = 60
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_PLAIN = re.compile(r"[^$%\\\"]+")
_HEREDOC = re.compile(r"<<-?[A-Za-z_]")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Stuck(Exception):
    """An expression that cannot be interpreted."""


def evaluate(text: str, line: int, lookup: Lookup, special: Special) -> Node:
    """The value of a text with interpolations, UNKNOWN where the files do not decide it."""
    with suppress(Stuck, RecursionError):
        return joined(Expression(text, line, lookup, special).parts(), line)
    return UNKNOWN


def _inner(bound: Mapping[str, Node], outer: Lookup, root: str, name: str) -> Node | None:
    """What a name means within `for`: a bare name is one that it binds, a dotted one is looked up outside."""
    return outer(root, name) if name else bound.get(root)


def joined(parts: list[Node | str], line: int) -> Node:
    """The text that plain parts and values make together; a single value stays what it is."""
    if len(parts) == 1 and isinstance(parts[0], Node):
        return parts[0]
    texts = [part.value if isinstance(part, Node) else part for part in parts]
    certain = all(isinstance(part, str) or (part.certain and isinstance(part.value, str)) for part in parts)
    return Node("".join(text if isinstance(text, str) else "${?}" for text in texts), line, certain)


class Expression:
    """The text of an expression and the place up to which it is interpreted."""

    def __init__(self, text: str, line: int, lookup: Lookup, special: Special) -> None:
        self._text = text
        self._line = line
        self._lookup = lookup
        self._special = special
        self._steps = MAX_STEPS
        self._at = 0
        self._depth = 0

    def _step(self) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise Stuck("too many steps")

    def _skip(self) -> None:
        if match := _SPACE.match(self._text, self._at):
            self._at = match.end()

    def _take(self, text: str) -> bool:
        self._skip()
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Stuck(f"'{text}' is missing")

    def _word(self) -> str:
        self._skip()
        match = _IDENTIFIER.match(self._text, self._at)
        if match is None:
            raise Stuck("a name is missing")
        self._at = match.end()
        return match[0]

    def _conditional(self) -> Node:
        self._step()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Stuck("nested too deeply")
        start = self._at
        node = self._binary(0)
        if self._take("?"):
            condition = self._text[start : self._at]
            yes = self._conditional()
            self._need(":")
            node = chosen(node, condition, yes, self._conditional())
        self._depth -= 1
        return node

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while operator := self._operator(_LEVELS[level]):
            left = combined(operator, left, self._binary(level + 1), self._line)
        return left

    def _operator(self, among: tuple[str, ...]) -> str:
        self._skip()
        for operator in among:
            if self._text.startswith(operator, self._at) and not self._text.startswith("=>", self._at):
                self._at += len(operator)
                return operator
        return ""

    def _unary(self) -> Node:
        if self._take("!"):
            node = self._unary()
            known = truth(node)
            return UNKNOWN if known is None else Node("false" if known else "true", self._line, node.certain)
        if self._take("-"):
            node = self._unary()
            return Node(f"-{node.text}", self._line, node.certain) if node.text else UNKNOWN
        return self._postfix(self._primary())

    def _postfix(self, node: Node) -> Node:
        while True:
            if self._text.startswith(".", self._at) and not self._text.startswith("...", self._at):
                self._at += 1
                if self._take("*"):
                    node = UNKNOWN
                    continue
                match = re.compile(r"\d+|[A-Za-z_][\w-]*").match(self._text, self._at)
                if match is None:
                    raise Stuck("a name is missing")
                self._at = match.end()
                node = inside(node, match[0])
            elif self._text.startswith("[", self._at):
                self._at += 1
                if self._take("*"):
                    self._need("]")
                    node = UNKNOWN
                    continue
                key = self._conditional()
                self._need("]")
                node = inside(node, key.text, key.certain) if key.text else UNKNOWN
            else:
                return node

    def _primary(self) -> Node:
        self._step()
        self._skip()
        character = self._text[self._at : self._at + 1]
        if character == "(":
            self._at += 1
            node = self._conditional()
            self._need(")")
            return node
        if character == '"':
            return self._template()
        if character == "[":
            return self._list()
        if character == "{":
            return self._object()
        if match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            return Node(match[0], self._line)
        if _HEREDOC.match(self._text, self._at):
            raise Stuck("a heredoc inside an expression")
        return self._named()

    def _named(self) -> Node:
        name = self._word()
        if name in ("true", "false", "null"):
            return Node(None if name == "null" else name, self._line)
        if self._text.startswith("(", self._at):
            self._at += 1
            arguments = self._arguments()
            known = self._special.get(name)
            return known(arguments) if known else call(name, arguments, self._line)
        if (node := self._lookup(name, "")) is not None:
            return node
        if not self._text.startswith(".", self._at):
            return UNKNOWN
        start = self._at
        self._at += 1
        match = _IDENTIFIER.match(self._text, self._at)
        if match is None:
            self._at = start
            return UNKNOWN
        self._at = match.end()
        found = self._lookup(name, match[0])
        return UNKNOWN if found is None else found

    def _arguments(self) -> list[Node]:
        found: list[Node] = []
        while not self._take(")"):
            found.append(self._conditional())
            if self._take("..."):
                found[-1:] = found[-1].value if isinstance(found[-1].value, list) else [UNKNOWN]
            if not self._take(","):
                self._need(")")
                break
        return found

    def _template(self) -> Node:
        """A quoted text with what is known in place of its interpolations."""
        self._at += 1
        return joined(self.parts('"'), self._line)

    def parts(self, end: str = "") -> list[Node | str]:
        """The plain parts of a text and the values of its interpolations, up to a quote or to the end of all text."""
        found: list[Node | str] = []
        plain: list[str] = []
        while not (self._text.startswith('"', self._at) if end else self._at >= len(self._text)):
            if self._at >= len(self._text) or self._text.startswith("%{", self._at):
                raise Stuck("a quoted text that does not end, or a directive in one")
            if self._text.startswith("${", self._at):
                found += ["".join(plain)] if plain else []
                plain = []
                self._at += 2
                found.append(self._conditional())
                self._need("}")
            else:
                plain.append(self._character(bool(end)))
        self._at += len(end)
        return [*found, "".join(plain)] if plain or not found else found

    def _character(self, escaped: bool) -> str:
        self._step()
        start = self._at
        if self._text.startswith(("$${", "%%{"), start):
            self._at += 3
            return self._text[start + 1 : start + 3]
        if escaped and self._text[start] == "\\":
            self._at += 2
            return _ESCAPES.get(self._text[start + 1 : start + 2], self._text[start + 1 : start + 2])
        match = _PLAIN.match(self._text, start)
        self._at = match.end() if match else start + 1
        return self._text[start : self._at]

    def _list(self) -> Node:
        self._at += 1
        if self._is_loop():
            return self._loop("]")
        found: list[Node] = []
        while not self._take("]"):
            found.append(self._conditional())
            if not self._take(","):
                self._need("]")
                break
        return Node(found, self._line)

    def _object(self) -> Node:
        self._at += 1
        if self._is_loop():
            return self._loop("}")
        found: dict[str, Node] = {}
        while not self._take("}"):
            key = self._key()
            if not self._take("="):
                self._need(":")
            found[key] = self._conditional()
            self._take(",")
        return Node(found, self._line)

    def _key(self) -> str:
        self._skip()
        match = _IDENTIFIER.match(self._text, self._at)
        if match:
            self._at = match.end()
            return match[0]
        node = self._primary()
        if not node.text:
            raise Stuck("a key that is not known")
        return node.text

    def _is_loop(self) -> bool:
        self._skip()
        return re.compile(r"for\s").match(self._text, self._at) is not None

    def _loop(self, end: str) -> Node:
        """A `for` expression: its body is interpreted for each element, and once at least, to find its end.

        Of a list that is not known there is one element, which says what is the same in all of them.
        """
        self._word()
        names = [self._word()]
        if self._take(","):
            names.append(self._word())
        self._need("in")
        over = self._conditional()
        self._need(":")
        start, outer = self._at, self._lookup
        listed: list[Node] = []
        mapped: dict[str, Node] = {}
        known = elements(over)
        for key, value in known or [(UNKNOWN, UNKNOWN)]:
            bound = dict(zip(names, (key, value) if len(names) > 1 else (value,), strict=True))
            self._at = start
            self._lookup = partial(_inner, bound, outer)
            wanted, name, node = self._turn(end)
            if wanted and name is None:
                listed.append(node)
            elif wanted and name:
                mapped[name] = node
        self._lookup = outer
        self._need(end)
        if known is None:
            return Node(listed, self._line) if listed and listed[0].is_mapping else UNKNOWN
        if not known:
            listed, mapped = [], {}
        return Node(mapped if end == "}" else listed, self._line, over.certain)

    def _turn(self, end: str) -> tuple[bool, str | None, Node]:
        node, name = self._conditional(), None
        if end == "}":
            name = node.text
            self._need("=>")
            node = self._conditional()
            self._take("...")
        wanted = True
        self._skip()
        if re.compile(r"if\s").match(self._text, self._at):
            self._at += 2
            condition = truth(self._conditional())
            wanted = condition is not False
            node = node if condition else Node(node.value, node.line, False)
        return wanted, name, node
