"""The files below some folders that may hold infrastructure code, without those that `.gitignore` excludes.

`.whichcomputeignore` has lines of the same kind, for files that are kept and not meant.

Symbolic links are followed neither to folders nor out of the folder where the walk began.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from fnmatch import translate
from pathlib import Path

from whichcompute.base.errors import DataError
from whichcompute.importers.catalogue import members
from whichcompute.importers.code_projects import is_project

MAX_FILES = 200_000
MAX_DEPTH = 40
_NAME = re.compile(
    r"(docker-?)?compose.*\.ya?ml|.*dockerfile.*|containerfile|procfile(\..+)?|fly(\..+)?\.toml|"
    r"(.*[-_.])?(crontab|cron)(\.txt|\.tab)?|.*\.(cron|crontab)|.*\.(json|ya?ml)\.(tpl|tmpl|tftpl|j2)",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"(\.(?:json|ya?ml))\.(tpl|tmpl|tftpl|j2)$")
_ASSET = re.compile(r"asset\.[0-9a-f]{64}")  # of CDK: code and images, which the templates beside them describe
CRON_FOLDERS = ("cron.d", "crontabs")
"""Each file in them is a crontab, whatever its name is."""
_MAX_IGNORE = 200_000  # bytes of a file that excludes
_IGNORING = (".gitignore", ".whichcomputeignore")


def without_template(name: str) -> str:
    """The name of the file that a template of one makes.

    >>> without_template("task.json.tpl")
    'task.json'
    """
    return _TEMPLATE.sub(r"\1", name)


def candidates(root: Path) -> Iterator[Path]:
    """The files that may be read, in the order of their names; a file given as root is always one of them."""
    if root.is_file():
        yield root
        return
    if not root.is_dir():
        raise DataError(f"{root}: no such file or directory")
    yield from _below(root, root.resolve(), [], 0, [0])


def _below(folder: Path, top: Path, rules: list[Ignore], depth: int, seen: list[int]) -> Iterator[Path]:
    rules = [*rules, *(rule for name in _IGNORING for rule in _ignore_file(folder, folder / name))]
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    folders: list[Path] = []
    for entry in entries:
        seen[0] += 1
        if seen[0] > MAX_FILES:
            raise DataError(f"{folder}: more than {MAX_FILES:,} files; name the folders that hold infrastructure code")
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            if not _skipped(entry.name) and not _ignored(path, rules, is_folder=True):
                folders.append(path)
        elif _may_matter(entry.name, folder.name) and not _ignored(path, rules) and _inside(entry, top):
            yield path
    for path in folders if depth < MAX_DEPTH else ():
        yield from _below(path, top, rules, depth + 1, seen)


def _skipped(folder: str) -> bool:
    return folder in members("skipped_folders") or _ASSET.fullmatch(folder) is not None


def _may_matter(name: str, folder: str) -> bool:
    if name.endswith(".config"):
        return folder == ".ebextensions"
    if folder in CRON_FOLDERS:
        return "." not in name
    return name.endswith(tuple(members("read_endings"))) or _NAME.fullmatch(name) is not None or is_project(name)


def _inside(entry: os.DirEntry[str], top: Path) -> bool:
    try:
        if not entry.is_symlink():
            return entry.is_file()
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    return target.is_file() and target.is_relative_to(top)


class Ignore:
    """One line of such a file: paths below `folder` that it excludes, or includes again."""

    __slots__ = ("_folder", "_only_folders", "_segments", "again")

    def __init__(self, folder: Path, line: str) -> None:
        self._folder = folder
        self.again = line.startswith("!")
        line = line[1:] if self.again else line
        self._only_folders = line.endswith("/")
        segments = line.strip("/").split("/")
        if "/" not in line.rstrip("/"):  # such a line concerns names at every level
            segments.insert(0, "**")
        self._segments = [None if segment == "**" else re.compile(translate(segment)) for segment in segments]

    def matches(self, path: Path, is_folder: bool) -> bool:
        """Whether the line concerns this path."""
        if self._only_folders and not is_folder:
            return False
        return _match(self._segments, path.relative_to(self._folder).parts)


def _match(segments: list[re.Pattern[str] | None], parts: tuple[str, ...]) -> bool:
    """Whether the segments of a pattern (None: any number of folders) match all parts of a path."""
    segment = part = 0
    any_segment, any_part = -1, 0
    while part < len(parts):
        pattern = segments[segment] if segment < len(segments) else re.compile("(?!)")
        if pattern is None:
            any_segment, any_part = segment, part
            segment += 1
        elif pattern.fullmatch(parts[part]):
            segment += 1
            part += 1
        elif any_segment >= 0:  # let the last `**` take one folder more
            any_part += 1
            segment, part = any_segment + 1, any_part
        else:
            return False
    return all(pattern is None for pattern in segments[segment:])


def _ignore_file(folder: Path, path: Path) -> Iterator[Ignore]:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # git does not follow such a link either
            return
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(_MAX_IGNORE).splitlines()
    except OSError:
        return
    for line in lines:
        text = line.rstrip()
        if text and not text.startswith("#") and text.strip("!/"):
            yield Ignore(folder, text.removeprefix("\\"))


def _ignored(path: Path, rules: list[Ignore], *, is_folder: bool = False) -> bool:
    for rule in reversed(rules):  # the last line that matches decides
        if rule.matches(path, is_folder):
            return not rule.again
    return False
