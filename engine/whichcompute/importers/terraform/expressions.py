"""Evaluates expressions of HCL as far as the files say what they give; nothing but pure functions is called.

An expression is interpreted where it is. What the files do not say is UNKNOWN, which everything made of it is too;
the steps of one evaluation are bounded. The parser of files (hcl) reads expressions by the same code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.terraform.functions import SAME, call, chosen, combined, elements, inside, truth
from whichcompute.importers.terraform.scanner import BLANK, IDENTIFIER, Scanner, Stuck

UNKNOWN = NOTHING
"""What an expression gives that the files do not decide. A value known to be null is another empty node."""
Lookup: TypeAlias = Callable[[str, str], "Node | None"]
"""Root and first name of a reference, such as `var` and `size`, to its value; None where the root is not one."""
Special: TypeAlias = "Mapping[str, Callable[[list[Node]], Node]]"
"""Functions that need more than their arguments, such as `file`."""

MAX_STEPS = 20_000
MAX_DEPTH = 60
MAX_TEXT = 1_000_000
_OPERATOR = re.compile(BLANK + r"(\|\||&&|[=!<>]=|[<>+*/%-])", re.DOTALL)
_ATTRIBUTE = re.compile(r"\d+|[A-Za-z_][\w-]*")
_LOOP = re.compile(r"for\s")
_IF = re.compile(r"if\s")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_PLAIN = re.compile(r"[^$%\\\"\n]+")
_KEY = re.compile(rf"{IDENTIFIER.pattern}(?:\.{IDENTIFIER.pattern})*")  # a map of providers has names such as aws.west
_HEREDOC = re.compile(r"<<-?([A-Za-z_]\w*)[ \t]*\r?\n")
_LEVELS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<=": 4, ">=": 4, "<": 4, ">": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


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
    if sum(len(text) for text in texts if isinstance(text, str)) > MAX_TEXT:
        raise Stuck("too long a text")
    certain = all(isinstance(part, str) or (part.certain and isinstance(part.value, str)) for part in parts)
    return Node("".join(text if isinstance(text, str) else "${?}" for text in texts), line, certain)


class Expression(Scanner):
    """The text of an expression and the place up to which it is interpreted.

    `literal` says whether all that was read is known without anything else: no reference, call, operator or loop.
    """

    def __init__(self, text: str, line: int, lookup: Lookup, special: Special, steps: float = MAX_STEPS) -> None:
        super().__init__(text, line)
        self._lookup = lookup
        self._special = special
        self._steps = steps
        self._depth = 0
        self.literal = True

    def _step(self) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise Stuck("too many steps")

    def _conditional(self) -> Node:
        self._step()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Stuck(f"nested deeper than {MAX_DEPTH} levels")
        start = self._at
        node = self._binary(1)
        if self._take("?"):
            self.literal = False
            condition = self._text[start : self._at]
            yes = self._conditional()
            self._need(":")
            node = chosen(node, condition, yes, self._conditional())
        self._depth -= 1
        return node

    def _element(self) -> Node:
        """An element of a list, an entry of an object, an argument of a function."""
        return self._conditional()

    def _binary(self, least: int) -> Node:
        """Operands with operators that bind at least as strongly as that."""
        left = self._unary()
        while (match := _OPERATOR.match(self._text, self._at)) and _LEVELS[match[1]] >= least:
            self.literal = False
            self._at = match.end()
            left = combined(match[1], left, self._binary(_LEVELS[match[1]] + 1), self.here())
        return left

    def _unary(self) -> Node:
        self._skip()
        if not self._text.startswith(("!", "-"), self._at):
            return self._postfix(self._primary())
        if self._take("!"):
            self.literal = False
            node = self._unary()
            known = truth(node)
            return UNKNOWN if known is None else Node("false" if known else "true", self.here(), node.certain)
        self._need("-")
        node = self._unary()
        return Node(f"-{node.text}", node.line, node.certain) if node.text else UNKNOWN

    def _postfix(self, node: Node) -> Node:
        while self._text.startswith((".", "["), self._at) and not self._text.startswith("...", self._at):
            self.literal = False
            bracket = self._text[self._at] == "["
            self._at += 1
            if self._take("*"):
                node = UNKNOWN
            elif bracket:
                key = self._conditional()
                node = inside(node, key.text, key.certain) if key.text else UNKNOWN
            elif match := self._match(_ATTRIBUTE):
                node = inside(node, match[0])
            else:
                raise Stuck("a name is missing")
            if bracket:
                self._need("]")
        return node

    def _primary(self) -> Node:
        self._step()
        self._skip()
        line = self.here()
        if self._take("("):
            node = self._conditional()
            self._need(")")
            return node
        if self._take('"'):
            return joined(self.parts('"'), line)
        if self._take("["):
            return self._list(line)
        if self._take("{"):
            return self._object(line)
        if match := self._match(_NUMBER):
            return Node(match[0], line)
        if match := self._match(_HEREDOC):
            return self._heredoc(match[1], line)
        return self._named(line)

    def _named(self, line: int) -> Node:
        name = self._word()
        if name in ("true", "false", "null"):
            return Node(None if name == "null" else name, line)
        if self._text.startswith("(", self._at):
            self._at += 1
            arguments = self._arguments()
            self.literal = self.literal and name in SAME
            known = self._special.get(name)
            return known(arguments) if known else call(name, arguments, line)
        self.literal = False
        if (node := self._lookup(name, "")) is not None:
            return node
        match = IDENTIFIER.match(self._text, self._at + 1) if self._text.startswith(".", self._at) else None
        if match is None:
            return UNKNOWN
        self._at = match.end()
        found = self._lookup(name, match[0])
        return UNKNOWN if found is None else found

    def _arguments(self) -> list[Node]:
        found: list[Node] = []
        while not self._take(")"):
            found.append(self._element())
            if self._take("..."):
                found[-1:] = found[-1].value if isinstance(found[-1].value, list) else [UNKNOWN]
            if not self._take(","):
                self._need(")")
                break
        return found

    def _heredoc(self, mark: str, line: int) -> Node:
        """A heredoc with what is known in place of its interpolations."""
        text = self._until(mark)
        return joined(Expression(text, line + 1, self._lookup, self._special, self._steps).parts(), line)

    def parts(self, end: str = "") -> list[Node | str]:
        """The plain parts of a text and the values of its interpolations, up to a quote or to the end of all text."""
        found: list[Node | str] = []
        plain: list[str] = []
        while not (self._text.startswith('"', self._at) if end else self._at >= len(self._text)):
            if self._at >= len(self._text) or (end and self._text[self._at] == "\n"):
                raise Stuck("a quoted text does not end")
            if self._text.startswith(("${", "%{"), self._at):
                found += ["".join(plain)] if plain else []
                plain = []
                found.append(self._interpolation())
            else:
                plain.append(self._character(bool(end)))
        self._at += len(end)
        return [*found, "".join(plain)] if plain or not found else found

    def _interpolation(self) -> Node | str:
        """The value of `${ }`; directives (`%{ }`) are not interpreted."""
        if self._text.startswith("%", self._at):
            raise Stuck("a directive in a text")
        self._at += 2
        self._take("~")
        node = self._conditional()
        self._take("~")
        self._need("}")
        return node

    def _character(self, escaped: bool) -> str:
        self._step()
        start = self._at
        if self._text.startswith(("$${", "%%{"), start):
            self._at += 3
            return self._text[start + 1 : start + 3]
        if escaped and self._text[start] == "\\":
            self._at += 2
            return _ESCAPES.get(self._text[start + 1 : start + 2], self._text[start + 1 : start + 2])
        if self._match(_PLAIN) is None:
            self._at += 1
        return self._text[start : self._at]

    def _list(self, line: int) -> Node:
        if self._is_loop():
            return self._loop("]", line)
        found: list[Node] = []
        while not self._take("]"):
            found.append(self._element())
            if not self._take(","):
                self._need("]")
                break
        return Node(found, line)

    def _object(self, line: int) -> Node:
        if self._is_loop():
            return self._loop("}", line)
        found: dict[str, Node] = {}
        while not self._take("}"):
            self._skip()
            key = self._key()
            if not self._take("="):
                self._need(":")
            found[key] = self._element()
            self._take(",")
        return Node(found, line)

    def _key(self) -> str:
        if match := self._match(_KEY):
            return match[0]
        node = self._primary()
        if not node.text:
            raise Stuck("a key that is not known")
        return node.text

    def _is_loop(self) -> bool:
        self._skip()
        return _LOOP.match(self._text, self._at) is not None

    def _loop(self, end: str, line: int) -> Node:
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
        known = self._turns(over)
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
        self.literal = False
        if known is None:
            return Node(listed, line) if listed and listed[0].is_mapping else UNKNOWN
        if not known:
            listed, mapped = [], {}
        return Node(mapped if end == "}" else listed, line, over.certain)

    def _turns(self, over: Node) -> list[tuple[Node, Node]] | None:
        """What a loop goes over; None where it is not known."""
        return elements(over)

    def _turn(self, end: str) -> tuple[bool, str | None, Node]:
        node, name = self._conditional(), None
        if end == "}":
            name = node.text
            self._need("=>")
            node = self._conditional()
            self._take("...")
        wanted = True
        self._skip()
        if self._match(_IF):
            condition = truth(self._conditional())
            wanted = condition is not False
            node = node if condition else node.likely()
        return wanted, name, node
