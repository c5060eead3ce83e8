"""Comments in the files that are scanned, by which a problem is not reported: `# whichcompute: ignore RULE: REASON`.

A comment at the end of a line is about that line, one that is alone on its lines about the next line that is not a
comment; at the first line of a workload, or of the call of its module, it is about the whole workload. Without a reason
it has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from whichcompute.base.records import Record
from whichcompute.importers.catalogue import concealed
from whichcompute.importers.nodes import Node

_MARK = "whichcompute:"
_COMMENT = re.compile(
    r"(?:#|//|/\*|;)\s*whichcompute:\s*ignore\s+(?P<rules>[\w.,\- ]+?)\s*(?::\s*(?P<reason>.*?))?\s*(?:\*/)?\s*$"
)
_NO_CODE = re.compile(r"\s*(#|//|/\*|;|$)")
_MAX_REASON = 200


@dataclass(frozen=True)
class Suppression(Record):
    """Rules or outcomes whose problems are not reported for one line of a file, and why."""

    file: str
    line: int
    target: int
    rules: tuple[str, ...]
    reason: str

    def covers(self, rule: str, outcome: str, places: tuple[str, ...]) -> bool:
        """Whether it is about a problem of this rule and outcome at one of some places (`FILE:LINE`)."""
        return f"{self.file}:{self.target}" in places and bool({rule, outcome} & set(self.rules))


def comments(file: str, text: str) -> Iterator[Suppression]:
    """The suppressions in the comments of a file."""
    if _MARK not in text:
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line) if _MARK in line else None
        if match is None:
            continue
        target = number
        if not line[: match.start()].strip():
            target = next((at for at in range(number + 1, len(lines) + 1) if not _NO_CODE.match(lines[at - 1])), number)
        rules = tuple(part for part in re.split(r"[,\s]+", match["rules"]) if part)
        yield Suppression(file, number, target, rules, concealed(match["reason"] or "")[:_MAX_REASON])


def metadata(file: str, resource: Node) -> Iterator[Suppression]:
    """The suppressions in the metadata of a resource of CloudFormation: `whichcompute: {ignore: {RULE: REASON}}`."""
    for rule, reason in resource.get("Metadata", "whichcompute", "ignore").items():
        text = concealed(reason.text)[:_MAX_REASON]
        yield Suppression(file, reason.line, resource.line, (rule,), text)
