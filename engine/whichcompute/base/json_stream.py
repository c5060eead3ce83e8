"""Reads one object of a JSON file entry by entry, whatever the size of the file: memory is that of one entry.

The file is held to be JSON as far as it is read; what lies behind the object is not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TextIO

from whichcompute.base.errors import DataError, unreadable

CHUNK = 1 << 20
MAX_ENTRY = 1 << 24
"""The most characters that one entry may have."""
_WALKED = 3  # how deep objects are too large to be read whole
_GOES_ON = "0123456789.eE+-"
_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def entries(path: Path, *names: str, shallow: bool = False) -> Generator[tuple[str, Any], None, None]:
    """The keys and values of the object at `names` in a JSON file; none where there is not one there.

    `shallow`: an entry that is an object is None, whatever its size.

    Raises DataError for text that is not JSON, with its place, and for an entry that is too large.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            stream = _Stream(file, path)
            if _enter(stream, names):
                yield from stream.entries(shallow)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text ({error.reason})") from None
    except OSError as error:
        raise DataError(unreadable(path, error)) from None


def _enter(stream: _Stream, names: tuple[str, ...]) -> bool:
    """Moves to the object at `names`; False when there is none."""
    for name in names:
        for key in stream.names():
            if key == name:
                break
            stream.skip()
        else:
            return False
    return stream.peek() == "{"


class _Stream:
    def __init__(self, file: TextIO, path: Path) -> None:
        self._file, self._path = file, path
        self._text, self._at, self._before, self._ended = "", 0, 0, False

    def _more(self) -> bool:
        """Reads on; False at the end of the file."""
        piece = self._file.read(CHUNK)
        self._before += self._at
        self._text, self._at = self._text[self._at :] + piece, 0
        self._ended = not piece
        return not self._ended

    def _fail(self, what: str) -> DataError:
        return DataError(f"{self._path}: character {self._before + self._at + 1}: {what}")

    def peek(self) -> str:
        """The next character that is not blank; DataError at the end of the file."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise self._fail("the file ends within JSON")

    def _take(self, expected: str) -> str:
        found = self.peek()
        if found not in expected:
            raise self._fail(f"not valid JSON: found {found!r}, one of {' '.join(expected)} must come here")
        self._at += 1
        return found

    def value(self) -> Any:
        """The next value, read whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._fail("nested too deeply") from None
            except ValueError as error:  # cut off, or not JSON
                if len(self._text) - self._at > MAX_ENTRY:
                    raise self._fail(f"not valid JSON, or an entry of more than {MAX_ENTRY:,} characters") from error
                if self._ended or not self._more():
                    raise self._fail(f"not valid JSON: {getattr(error, 'msg', error)}") from None
                continue
            if self._text[end : end + 1] in _GOES_ON and not self._ended and self._more():
                continue  # a number may be cut off
            self._at = end
            return value

    def names(self) -> Iterator[str]:
        """The keys of the object that comes next; the caller takes or skips each value."""
        self._take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self._fail("not valid JSON: a key in quotes must come here")
            key = self.value()
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return

    def entries(self, shallow: bool) -> Iterator[tuple[str, Any]]:
        """The keys and values of the object that comes next."""
        for key in self.names():
            if shallow and self.peek() == "{":
                self.skip()
                yield key, None
            else:
                yield key, self.value()

    def skip(self, depth: int = 0) -> None:
        """Leaves out the next value; objects of any size near the top of the file."""
        if depth < _WALKED and self.peek() == "{":
            for _ in self.names():
                self.skip(depth + 1)
        else:
            self.value()
