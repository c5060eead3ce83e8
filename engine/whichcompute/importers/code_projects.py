"""Projects whose infrastructure a program makes: they are named with the command that makes readable files of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from whichcompute.base.entries import entries_of
from whichcompute.base.resources import folder
from whichcompute.importers.found import Findings


@dataclass(frozen=True)
class Project:
    """A kind of such projects; `made` is the folder in which the readable files lie, empty where there is none."""

    file: str
    what: str
    advice: str
    mark: str = ""
    made: str = ""


@cache
def _projects() -> list[Project]:
    return entries_of(folder("data") / "code_projects.toml", "project", Project, key="file")


def is_project(name: str) -> bool:
    """Whether a file marks a project of one of the kinds, by its name."""
    return any(re.fullmatch(project.file, name) for project in _projects())


def name_project(findings: Findings, name: str, text: str) -> bool:
    """Says that a file marks a project that a program makes, and what to do; whether it does."""
    for project in _projects():
        if re.fullmatch(project.file, name) and re.search(project.mark, text):
            findings.cannot_read(1, project.what, project.advice)
            findings.made = posixpath.join(posixpath.dirname(findings.file), project.made, "") if project.made else ""
            return True
    return False


def without_made(found: Sequence[Findings]) -> None:
    """Takes back what is said of projects whose readable files are among those that are scanned."""
    for findings in found:
        if findings.made and any(one.file.startswith(findings.made) for one in found):
            findings.unreadable.clear()
