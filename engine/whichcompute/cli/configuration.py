"""The configuration file: `whichcompute.toml`, or `[tool.whichcompute]` in a pyproject.toml.

It is given with --config, or found in the working directory or the nearest folder above. One that was found may come
from anybody (a cloned repository), so it reads nothing outside its own folder; no configuration ever runs code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from whichcompute.base.entries import EntryError, read_entry
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import read_toml
from whichcompute.knowledge.descriptors import DESCRIPTORS

OWN, SHARED = "whichcompute.toml", "pyproject.toml"
OUTCOMES = {
    "recommend": ("undecided", "close", "none"),
    "score": ("undecided", "close", "none"),
    "check": ("limit", "contradiction", "caution", "margin", "none", "undecided", "close"),
    "review": ("changed",),
}
"""What --fail-on takes, by command."""
MAX_FILES = 1000
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/(?:[A-Za-z0-9._~/-]|\{version\})*)?")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Problems that `check` does not report: of a rule (or outcome), in some files, until a day, for a reason."""

    rule: str
    reason: str
    paths: tuple[str, ...] = ()
    until: date | None = None

    def is_over(self, day: date) -> bool:
        """Whether it has ended by that day."""
        return self.until is not None and self.until < day


@dataclass(frozen=True, slots=True)
class _Entry:
    """A configuration file as it is written."""

    rules: tuple[str, ...] = ()
    model: str = ""
    region: str = ""
    free_tier: bool = False
    documents: str = ""
    fail_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suppress: tuple[Suppression, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration file sets; `file` is None where there is none. Paths are absolute or relative to here."""

    file: Path | None = None
    keys: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    model: Path | None = None
    region: str = ""
    free_tier: bool = False
    documents: str = ""
    fail_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suppress: tuple[Suppression, ...] = ()

    def suppression(self, rule: str, outcome: str, file: str) -> Suppression | None:
        """The first suppression that names the rule or outcome, and the file by a pattern relative to our folder."""
        place = (
            os.path.relpath(Path(file).resolve(), self.file.parent.resolve()).replace(os.sep, "/")
            if self.file
            else file
        )
        for each in self.suppress:
            if each.rule in (rule, outcome) and any(fnmatch(place, path) for path in each.paths or ("*",)):
                return each
        return None

    def defaults(self, command: str) -> dict[str, Any]:
        """The defaults of a command's options, as click takes them."""
        found: dict[str, Any] = {"free_tier": True} if self.free_tier else {}
        return {**found, "fail_on": ",".join(self.fail_on[command])} if command in self.fail_on else found


def find(start: Path) -> Configuration:
    """The nearest configuration in a folder or above it; an empty one where there is none."""
    for folder in (start, *start.parents):
        for name in (OWN, SHARED):
            path = folder / name
            if name == OWN and path.is_file():
                _stay(path, path, folder, OWN)
            if path.is_file() and (table := _table(path)) is not None:
                return _read(path, table, inside=folder)
    return Configuration()


def read(path: Path) -> Configuration:
    """The configuration in a file that was named; it may read any path. DataError says what is wrong with it."""
    table = _table(path)
    if table is None:
        raise DataError(f"{path}: has no [tool.whichcompute]")
    return _read(path, table, inside=None)


def _table(path: Path) -> dict[str, Any] | None:
    """The settings in a file; None for a pyproject.toml that has none of ours."""
    if path.name != SHARED:
        return read_toml(path)
    try:
        whole = read_toml(path)
    except DataError:
        # A broken pyproject.toml that never mentions us is the business of other tools.
        if b"tool.whichcompute" in path.read_bytes()[: 4 << 20]:
            raise
        return None
    tool = whole.get("tool")
    found = tool.get("whichcompute") if isinstance(tool, dict) else None
    return found if isinstance(found, dict) else None


def _read(path: Path, table: dict[str, Any], inside: Path | None) -> Configuration:
    try:
        entry = read_entry(table, _Entry)
        region = str(DESCRIPTORS["region"].read(entry.region) or "")
        _check_fail_on(entry.fail_on)
        if entry.documents and not _ADDRESS.fullmatch(entry.documents):
            raise EntryError(
                f"documents: '{shown(entry.documents)}' is not an address; allowed: https://..., with {{version}}"
            )
    except EntryError as problem:
        raise DataError(f"{path}: {problem}") from None
    except ValueError as problem:
        raise DataError(f"{path}: region: '{shown(entry.region)}' is not an AWS Region; {problem}") from None
    if inside is not None:
        _stay(path, path, inside, OWN)
    rules = [_path(path, name, inside, "rules") for name in entry.rules]
    model = _path(path, entry.model, inside, "model") if entry.model else None
    return Configuration(
        path, tuple(table), tuple(rules), model, region, entry.free_tier, entry.documents, entry.fail_on, entry.suppress
    )


def _check_fail_on(given: Mapping[str, tuple[str, ...]]) -> None:
    for command, outcomes in given.items():
        if command not in OUTCOMES:
            raise EntryError(f"fail_on: {shown(command)}: unknown; allowed: {', '.join(OUTCOMES)}")
        if odd := [outcome for outcome in outcomes if outcome not in OUTCOMES[command]]:
            raise EntryError(f"fail_on: {command}: '{shown(odd[0])}'; allowed: {', '.join(OUTCOMES[command])}")


def _path(file: Path, name: str, inside: Path | None, key: str) -> Path:
    path = file.parent / name
    try:
        for each in _all_of(path) if inside is not None else ():
            _stay(file, each, inside or path, f"{key}: '{shown(name)}'")
    except (OSError, RuntimeError) as error:  # a name that is too long, or a loop of symbolic links
        raise DataError(f"{file}: {key}: '{shown(name)}': cannot be read ({shown(str(error))})") from None
    return path


def _all_of(path: Path) -> Iterator[Path]:
    """The path, and what is read of it where it is a folder."""
    yield path
    if path.is_dir():
        for number, each in enumerate(path.iterdir()):
            if number >= MAX_FILES:
                raise DataError(f"{path}: more than {MAX_FILES:,} files; give a folder that holds only what is read")
            yield each


def _stay(file: Path, path: Path, inside: Path, what: str) -> None:
    if not path.resolve().is_relative_to(inside.resolve()):
        raise DataError(
            f"{file}: {what} leads out of {inside}; a configuration that was found reads nothing outside its folder "
            f"(name it with --config {file} to allow that)"
        )
