"""Facts: dated, sourced limits and prices, and their values on a given day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from whichcompute.base.entries import EntryError, read_entries
from whichcompute.base.errors import FactError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.base.units import LARGEST
from whichcompute.knowledge import sources as bibliography
from whichcompute.knowledge.sources import Bibliography, Source, parse_sources

Value = float | bool | str | list[str] | list[dict[str, Any]]
STALE_DAYS = 365


def _value(value: Any) -> Value:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        if not abs(value) <= LARGEST:
            raise EntryError(f"'{shown(value)}' must be finite, at most {LARGEST:g} in size")
        return float(value)
    if isinstance(value, list) and len({type(item) for item in value}) == 1 and type(value[0]) in (str, dict):
        return value
    raise EntryError(f"'{shown(value)}' must be a number, true, false, a text, a list of texts or tables")


@dataclass(frozen=True, slots=True)
class Dated:
    """A value, the day from which it was in force (None: as far back as is known), and where that was read."""

    value: Annotated[Value, _value]
    source: str
    read_on: date
    since: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A limit, price or property of a service. `values` are newest first; `hard` means it cannot be raised."""

    id: str
    title: str
    unit: str
    statement: str
    values: tuple[Dated, ...]
    hard: bool | None = None
    variant: str = ""

    def at(self, as_of: date | None) -> Dated | None:
        """The value in force on `as_of` (None: the newest); None when the fact did not exist yet."""
        for dated in self.values:
            if as_of is None or dated.since is None or dated.since <= as_of:
                return dated
        return None

    def is_stale(self, as_of: date) -> bool:
        """Whether the value in force on `as_of` had not been read again for a year."""
        dated = self.at(as_of)
        return dated is not None and (as_of - dated.read_on).days > STALE_DAYS


class Facts(Mapping[str, Value]):
    """Fact values by id as they stood on `as_of` (None: the newest), with the facts behind them."""

    def __init__(self, facts: Iterable[Fact], sources: Bibliography, as_of: date | None = None) -> None:
        self.as_of = as_of
        self.sources = sources
        self._facts = {fact.id: fact for fact in facts}

    @cached_property
    def _in_force(self) -> dict[str, Value]:
        dated = {id_: fact.at(self.as_of) for id_, fact in self._facts.items()}
        return {id_: value.value for id_, value in dated.items() if value is not None}

    def __getitem__(self, id_: str) -> Value:
        return self._in_force[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_force)

    def __len__(self) -> int:
        return len(self._in_force)

    def fact(self, id_: str) -> Fact:
        """The fact with its history; FactError names near ids when there is none."""
        try:
            return self._facts[id_]
        except KeyError:
            near = [other for other in self._facts if other.split(".")[0] == id_.split(".")[0]]
            known = f"known for {id_.split('.')[0]}: {', '.join(near)}" if near else "see `whichcompute facts list`"
            raise FactError(f"unknown fact '{shown(id_)}'; {known}") from None

    def all(self) -> list[Fact]:
        """Every fact, in the order of the files."""
        return list(self._facts.values())

    def extended(self, facts: Iterable[Fact], sources: Iterable[Source]) -> Facts:
        """Facts of a pack on top of these: a fact with the same id replaces ours."""
        return Facts([*self._facts.values(), *facts], self.sources.extended(sources), self.as_of)


def parse_facts(entries: object, name: str) -> list[Fact]:
    """Facts from the `[[fact]]` entries of the file `name`; FactError names file, id and entry otherwise."""
    facts = read_entries(entries, Fact, "fact", name, FactError, "id")
    for fact in facts:
        since = [value.since for value in fact.values if value.since]
        if since != sorted(set(since), reverse=True):
            raise FactError(f"{name}: fact {fact.id}: values must be newest first")
        if any(value.since is None for value in fact.values[:-1]):
            raise FactError(f"{name}: fact {fact.id}: only the oldest value may lack `since`")
    return facts


def load(as_of: date | None = None, path: Path | None = None) -> Facts:
    """The facts in the folder `path` (by default the shipped ones) as they stood on `as_of`."""
    path = path or folder("data") / "facts"
    facts: list[Fact] = []
    extra: list[Source] = []
    for file in sorted(path.glob("*.toml")):
        table = read_toml(file)
        facts += parse_facts(table.get("fact", []), str(file))
        extra += parse_sources(table.get("source", []), str(file))
    sources = bibliography.load(path.parent / "sources.toml").extended(extra)
    if twice := [id_ for id_, times in Counter(fact.id for fact in facts).items() if times > 1]:
        raise FactError(f"{path}: duplicate facts: {', '.join(sorted(twice))}")
    for fact in facts:
        for dated in fact.values:
            if problem := sources.problem(dated.source):
                raise FactError(f"{path}: fact {fact.id}: {problem}")
    return Facts(facts, sources, as_of)
