"""Projects whose infrastructure a program makes: they are named with the command that makes readable files of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.importers.found import Findings


@dataclass(frozen=True)
class Project:
    """A kind of such projects; `made` is the folder in which the readable files lie, empty where there is none."""

    file: re.Pattern[str]
    mark: re.Pattern[str]
    what: str
    advice: str
    made: str


@cache
def _projects() -> tuple[Project, ...]:
    path = folder("data") / "code_projects.toml"
    try:
        return tuple(
            Project(
                re.compile(one["file"]),
                re.compile(one.get("mark", "")),
                one["what"],
                one["advice"],
                one.get("made", ""),
            )
            for one in read_toml(path)["project"]
        )
    except (KeyError, TypeError, re.error) as error:
        raise DataError(f"{path}: {error}") from None


def is_project(name: str) -> bool:
    """Whether a file marks a project of one of the kinds, by its name."""
    return any(project.file.fullmatch(name) for project in _projects())


def name_project(findings: Findings, name: str, text: str) -> bool:
    """Says that a file marks a project that a program makes, and what to do; whether it does."""
    for project in _projects():
        if project.file.fullmatch(name) and project.mark.search(text):
            findings.cannot_read(1, project.what, project.advice)
            findings.made = posixpath.join(posixpath.dirname(findings.file), project.made, "") if project.made else ""
            return True
    return False


def without_made(found: Sequence[Findings]) -> None:
    """Takes back what is said of projects whose readable files are among those that are scanned."""
    for findings in found:
        if findings.made and any(one.file.startswith(findings.made) for one in found):
            findings.unreadable.clear()
