"""A text of HCL and the place up to which it is read: blanks, comments, names, heredocs, lines."""

from __future__ import annotations

import re

BLANK = r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*+"
"""Blanks, ends of lines and comments, as a pattern."""
_SPACE = re.compile(BLANK, re.DOTALL)
IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*(?:::[A-Za-z_][\w-]*)*")


class Stuck(Exception):
    """A text that cannot be interpreted from here on."""


class Scanner:
    """A text and the place up to which it is read; `line` is that of its beginning."""

    def __init__(self, text: str, line: int) -> None:
        self._text = text
        self._line = line
        self._counted = 0
        self._at = 0

    def here(self) -> int:
        """The line of the place up to which it is read."""
        first, last = sorted((self._counted, self._at))
        lines = self._text.count("\n", first, last)
        self._line += lines if self._at > self._counted else -lines
        self._counted = self._at
        return self._line

    def _skip(self) -> None:
        self._match(_SPACE)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern finds at this place, which is then behind it."""
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _take(self, text: str) -> bool:
        """Whether a text is next, which is then read; blanks before another one are not."""
        blank = _SPACE.match(self._text, self._at)
        place = blank.end() if blank else self._at
        found = self._text.startswith(text, place)
        self._at = place + len(text) if found else self._at
        return found

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Stuck(f"'{text}' is missing")

    def _word(self) -> str:
        self._skip()
        match = self._match(IDENTIFIER)
        if match is None:
            raise Stuck("a name is missing")
        return match[0]

    def _until(self, mark: str) -> str:
        """The text of a heredoc, up to the line that has its mark alone."""
        start = self._at
        end = re.compile(rf"^[ \t]*{mark}(?=[ \t]*\r?$)", re.MULTILINE).search(self._text, start)
        if end is None:
            raise Stuck("a heredoc does not end")
        self._at = end.end()
        return self._text[start : end.start()]
