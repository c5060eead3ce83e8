"""HCL as trees with line numbers: blocks, literals, lists, objects and the calls that only encode.

What is neither stays the text of its expression in `${ }`, for the resolver of variables. A separate parser because
the known one takes more than a second to start and gives no lines. Nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError

MAX_TEXT = 2_000_000
MAX_DEPTH = 60
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_INLINE = re.compile(r"(?:[ \t\r]+|/\*.*?\*/)+", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_HEREDOC = re.compile(r"<<(-?)([A-Za-z_]\w*)[ \t]*\r?\n")
_ENCODERS = ("jsonencode", "yamlencode", "tostring", "tonumber", "tolist", "toset", "tomap", "tobool")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_ENDS = re.compile(r"[\s,)\]}]|$|#|//")


def parse_hcl(text: str) -> Node:
    """The body of a configuration file: attributes by name, blocks as lists of bodies below their labels."""
    if len(text) > MAX_TEXT:
        raise ParsingError(f"more than {MAX_TEXT:,} characters, the most that is read of HCL")
    return _Hcl(text.removeprefix("\ufeff")).body(0)


class _Hcl:
    """A text and the place up to which it is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0

    def _here(self) -> int:
        if self._at > self._counted:
            self._line += self._text.count("\n", self._counted, self._at)
            self._counted = self._at
        return self._line

    def _error(self, reason: str) -> ParsingError:
        return ParsingError(f"not valid HCL: {reason}", self._here())

    def _skip(self, pattern: re.Pattern[str] = _SPACE) -> None:
        if match := pattern.match(self._text, self._at):
            self._at = match.end()

    def _take(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _name(self) -> str:
        if self._text.startswith('"', self._at):
            return self._string()
        match = _IDENTIFIER.match(self._text, self._at)
        if match is None:
            raise self._error("a name is missing")
        self._at = match.end()
        return match[0]

    def body(self, depth: int) -> Node:
        """The attributes and blocks up to the closing brace, or to the end of the text."""
        if depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels")
        line = self._here()
        entries: dict[str, Node] = {}
        while True:
            self._skip()
            if self._at >= len(self._text) or self._text[self._at] == "}":
                if (depth == 0) != (self._at >= len(self._text)):
                    raise self._error("braces do not match")
                return Node(entries, line)
            start = self._here()
            name = self._name()
            self._skip(_INLINE)
            if self._text.startswith("=", self._at) and not self._text.startswith("==", self._at):
                self._at += 1
                entries[name] = self._expression(depth + 1)
                entries[name].line = start
            else:
                self._block(entries, name, start, depth)

    def _block(self, entries: dict[str, Node], name: str, line: int, depth: int) -> None:
        labels: list[str] = []
        while not self._take("{"):
            labels.append(self._name())
            self._skip(_INLINE)
        body = self.body(depth + 1)
        body.line = line
        if not self._take("}"):
            raise self._error("'}' is missing")
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
            raise self._error(f"block '{label}' has another number of labels than one before it")
        return place.value.setdefault(label, Node([] if last else {}, line))

    def _expression(self, depth: int) -> Node:
        """A value; everything that is more than a literal stays text."""
        if depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels")
        self._skip()
        line, start = self._here(), self._at
        node = self._literal(depth, line)
        if node is not None:
            self._skip(_INLINE)
            if _ENDS.match(self._text, self._at):
                return node
        self._at = start
        return Node("${" + self._raw() + "}", line)

    def _literal(self, depth: int, line: int) -> Node | None:
        character = self._text[self._at : self._at + 1]
        if character == '"':
            return Node(self._string(), line)
        if character == "[":
            return self._list(depth, line)
        if character == "{":
            return self._object(depth, line)
        if match := _HEREDOC.match(self._text, self._at):
            return Node(self._heredoc(match), line)
        if match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            return Node(match[0], line)
        return self._word(depth, line)

    def _word(self, depth: int, line: int) -> Node | None:
        match = _IDENTIFIER.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        if match[0] in ("true", "false", "null"):
            return Node(None if match[0] == "null" else match[0], line)
        if match[0] in _ENCODERS and self._take("("):
            node = self._expression(depth + 1)
            self._skip()
            self._take(",")
            self._skip()
            return node if self._take(")") else None
        return None

    def _list(self, depth: int, line: int) -> Node | None:
        self._at += 1
        elements: list[Node] = []
        while True:
            self._skip()
            if self._take("]"):
                return Node(elements, line)
            if self._at >= len(self._text):
                raise self._error("']' is missing")
            if not elements and re.compile(r"for\s").match(self._text, self._at):
                return None
            elements.append(self._expression(depth + 1))
            self._skip()
            if not self._take(",") and not self._text.startswith("]", self._at):
                return None

    def _object(self, depth: int, line: int) -> Node | None:
        self._at += 1
        entries: dict[str, Node] = {}
        while True:
            self._skip()
            if self._take("}"):
                return Node(entries, line)
            if self._at >= len(self._text):
                raise self._error("'}' is missing")
            if not self._key(entries, depth):
                return None
            self._skip()
            self._take(",")

    def _key(self, entries: dict[str, Node], depth: int) -> bool:
        """Reads an entry of an object; whether there is one that can be read."""
        if re.compile(r"for\s").match(self._text, self._at) and not entries:
            return False
        match = _IDENTIFIER.match(self._text, self._at)
        if match is None and not self._text.startswith('"', self._at):
            if not self._text.startswith("(", self._at):
                return False
            self._raw()
            name = f"(computed {len(entries)})"
        else:
            name = self._name()
        self._skip(_INLINE)
        if not (self._take("=") or self._take(":")):
            return False
        entries[name] = self._expression(depth + 1)
        return True

    def _string(self) -> str:
        """A quoted text; its templates stay in it."""
        self._at += 1
        parts: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._at += 1
                return "".join(parts)
            if character == "\n":
                break
            if character == "\\":
                parts.append(_ESCAPES.get(self._text[self._at + 1 : self._at + 2], ""))
                self._at += 2
            elif self._text.startswith(("$${", "%%{"), self._at):
                parts.append(self._text[self._at : self._at + 3])  # resolved with the other expressions
                self._at += 3
            elif self._text.startswith(("${", "%{"), self._at):
                start = self._at
                self._at += 1
                self._balanced()
                parts.append(self._text[start : self._at])
            else:
                parts.append(character)
                self._at += 1
        raise self._error("a quoted text does not end")

    def _heredoc(self, match: re.Match[str]) -> str:
        end = re.compile(rf"^[ \t]*{re.escape(match[2])}[ \t]*\r?$", re.MULTILINE).search(self._text, match.end())
        if end is None:
            raise self._error("a heredoc does not end")
        self._at = end.start() + len(end[0].rstrip("\r"))
        return self._text[match.end() : end.start()]

    def _balanced(self) -> None:
        """Goes behind the bracket that closes the one at this place."""
        depth = 0
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._string()
                continue
            if character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
            self._at += 1
            if depth == 0:
                return
        raise self._error("a bracket is not closed")

    def _raw(self) -> str:
        """The text of an expression that is not a literal: up to the end of its line or of what encloses it."""
        start = self._at
        for _ in self._pieces():
            pass
        return self._text[start : self._at].strip()

    def _pieces(self) -> Iterator[None]:
        while self._at < len(self._text):
            character = self._text[self._at]
            if character in "([{":
                self._balanced()
            elif character == '"':
                self._string()
            elif match := _HEREDOC.match(self._text, self._at):
                self._heredoc(match)
            elif character in ",)]}\n" or self._text.startswith(("#", "//"), self._at):
                if character == "\n" and re.compile(r"\s*(\?|:(?!:)|&&|\|\|)").match(self._text, self._at):
                    self._at += 1  # a condition that goes on in the next line
                    continue
                return
            else:
                self._at += 1
            yield
