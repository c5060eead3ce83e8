"""The error tree: everything a user can correct.

WhichcomputeError
├── DataError       a shipped or supplied data file is broken (file, place, what is allowed)
│   ├── FactError   a fact or a source
│   └── RuleError   a rule or a rule pack
├── WorkloadError   a workload has bad fields; names all of them at once
├── InventoryError  an inventory or its mapping cannot be read
└── ModelError      a model folder is refused
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN_LENGTH = 80
_ADVICE = {
    (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
    ): "; free some space or choose another location; existing files are unchanged",
    (errno.EACCES, errno.EPERM, errno.EROFS): "; choose a writable location",
    (errno.ENOENT, errno.ENOTDIR): "; create the folder first, or choose another",
}


def printable(text: str) -> str:
    """The text as one line without control characters, which a terminal could obey: they are escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shown(value: object) -> str:
    """A value as one line that is safe to print, cut when it is long."""
    try:
        text = printable(value if isinstance(value, str) else repr(value))
    except Exception:  # a whole number of more digits than Python writes, or an object that cannot say what it is
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


def unwritable(target: object, error: OSError) -> str:
    """Why a file cannot be written, and what to do about it; an existing file is unchanged."""
    advice = next((words for codes, words in _ADVICE.items() if error.errno in codes), "")
    return f"{target}: cannot be written ({error.strerror}){advice}"


def unreadable(source: object, error: OSError) -> str:
    """Why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return f"{source}: no such file"
    if isinstance(error, IsADirectoryError):
        return f"{source}: is a directory; a file is needed"
    return f"{source}: cannot be read ({error.strerror})"


class WhichcomputeError(Exception):
    """Something in the input or its files that the user can correct; the command line prints it and exits with 2.

    Messages quote input and names of files, so control characters are escaped here, once; a message of several lines
    is given line by line.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__(*map(printable, lines))

    def __str__(self) -> str:
        return "\n".join(self.args)


class DataError(WhichcomputeError):
    """A data file is broken: the message names file, place, what was found and what is allowed."""


class FactError(DataError):
    """A fact or a source is broken, unknown, or has no value on the day asked for."""


class RuleError(DataError):
    """A rule or a rule pack is broken."""


class InventoryError(WhichcomputeError):
    """An inventory, or the mapping of its columns, cannot be read."""


class NothingRead(InventoryError):
    """No row of an inventory has a value that decides, so nothing was scored."""


class ModelError(WhichcomputeError):
    """A model folder is refused: unknown files, a hash that does not match, wrong shapes or values."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad field of a workload: its name, the value found, and what would be allowed."""

    field: str
    value: object
    reason: str

    def __str__(self) -> str:
        return f"{shown(self.field)} = '{shown(self.value)}': {self.reason}"


class WorkloadError(WhichcomputeError):
    """A workload has bad fields; `problems` holds every one of them. `place` is the file they were read from."""

    def __init__(self, problems: Iterable[Problem], place: str = "") -> None:
        self.problems = tuple(problems)
        self.place = place
        text = "; ".join(str(p) for p in self.problems)
        super().__init__(f"{place}: {text}" if place else text)

    def __reduce__(self) -> tuple[type[WorkloadError], tuple[tuple[Problem, ...], str]]:
        return type(self), (self.problems, self.place)
