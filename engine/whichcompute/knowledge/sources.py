"""The bibliography: every document that a fact or a rule cites, with the day it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from whichcompute.base.entries import read_entries
from whichcompute.base.errors import FactError, shown
from whichcompute.base.resources import folder, read_toml

Kind = Literal["founding-document", "vendor-doc", "measurement", "field-report", "judgement"]


@dataclass(frozen=True, slots=True)
class Source:
    """One document: `read_on` is the day it was last read; `sections` are the parts that may be cited by name."""

    key: str
    title: str
    kind: Kind
    publisher: str = ""
    url: str = ""
    read_on: date | None = None
    sections: tuple[str, ...] = ()


class Bibliography(Mapping[str, Source]):
    """Sources by key; `cite` resolves a reference such as `compute-notes#batch-vs-lambda`."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.key: source for source in sources}

    def __getitem__(self, key: str) -> Source:
        return self._sources[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def extended(self, sources: Iterable[Source]) -> Bibliography:
        """A bibliography with further sources; one with the same key replaces the older."""
        return Bibliography([*self._sources.values(), *sources])

    def problem(self, reference: str) -> str | None:
        """Why `reference` does not resolve, or None when it does."""
        key, _, section = reference.partition("#")
        source = self._sources.get(key)
        if source is None:
            return f"source '{shown(reference)}' is not in the bibliography; a [[source]] with this key adds it"
        if section and section not in source.sections:
            return f"source '{key}' has no section '{shown(section)}'; known: {', '.join(source.sections) or 'none'}"
        return None

    def cite(self, reference: str) -> Citation:
        """The citation that a reader sees; FactError when the reference does not resolve."""
        if problem := self.problem(reference):
            raise FactError(problem)
        key, _, section = reference.partition("#")
        return Citation(self._sources[key], section)


@dataclass(frozen=True, slots=True)
class Citation:
    """A source, and the section of it that is meant (empty: the whole)."""

    source: Source
    section: str = ""

    def __str__(self) -> str:
        source = self.source
        section = f"section {self.section}" if self.section else ""
        read_on = f"read {source.read_on}" if source.read_on else ""
        return ", ".join(part for part in (source.title, section, source.url, read_on) if part)


def parse_sources(entries: object, name: str) -> list[Source]:
    """Sources from the `[[source]]` entries of the file `name`; FactError names file and key otherwise."""
    return read_entries(entries, Source, "source", name, FactError, "key")


def load(path: Path | None = None) -> Bibliography:
    """The bibliography in `path`, by default the shipped one."""
    path = path or folder("data") / "sources.toml"
    return Bibliography(parse_sources(read_toml(path).get("source", []), str(path)))
