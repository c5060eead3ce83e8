"""What people wrote into a decision record, kept apart from what was drafted, and put into the record that replaces it.

A record carries a short hash of each line that was drafted. A line without one is somebody's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

_HEAD = re.compile(r"- ([A-Z][A-Za-z ]*):")
_RENEWED = ("Status", "Date", "Supersedes")  # lines of the head that a new record states anew
_SIZE = 6


def hashes(lines: Iterable[str]) -> str:
    """A short hash of each line that says something, as one text."""
    return " ".join(dict.fromkeys(_hash(line) for line in lines if line.strip()))


def _hash(line: str) -> str:
    return sha256(line.strip().encode()).hexdigest()[:_SIZE]


@dataclass(frozen=True, slots=True)
class OwnText:
    """Somebody's own lines: those of the head by their name, and the others below the heading they stand under."""

    head: dict[str, str]
    sections: dict[str, list[str]]

    def __bool__(self) -> bool:
        return bool(self.head or self.sections)


def own_text(record: Iterable[str], drafted: str) -> OwnText:
    """The lines of a record, block aside, that were not drafted; `drafted` is what `hashes` made of those that were."""
    known = set(drafted.split())
    head: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    heading = ""
    for line in record:
        own = bool(line.strip()) and _hash(line) not in known
        if line.startswith("## "):
            heading = line
            if own:
                sections.setdefault(heading, [])
        elif not heading and (found := _HEAD.match(line)):
            if own and found[1] not in _RENEWED:
                head[found[1]] = line
        elif own and not line.startswith("# "):
            sections.setdefault(heading, []).append(line)
        elif not line.strip() and sections.get(heading):
            sections[heading].append("")
    return OwnText(head, {name: _trimmed(lines) for name, lines in sections.items()})


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


def with_own_text(record: list[str], own: OwnText, origin: str) -> list[str]:
    """A record with somebody's own lines, which come from the record `origin`: each below the heading it stood under.

    A heading that the record does not have comes before its sources.
    """
    left = dict(own.sections)
    lines: list[str] = []
    heading = ""
    head = dict(own.head)
    for line in record:
        if line.startswith("## "):
            lines += [*_spaced(left.pop(heading, []), origin)]
            if line == "## Sources":
                lines += [added for name in [*left] for added in (name, "", *_spaced(left.pop(name), ""))]
            heading = line
        found = None if heading else _HEAD.match(line)
        if not heading and not line and head and lines and _HEAD.match(lines[-1]):
            lines += [*head.values()]
            head = {}
        lines.append(head.pop(found[1], line) if found else line)
    return lines


def _spaced(lines: list[str], origin: str) -> Iterator[str]:
    if lines and origin:
        yield from (f"Kept from {origin}:", "")
    if lines:
        yield from (*lines, "")
