"""Facts: dated, sourced limits and prices, their values on a given day, and prices by Region.

The facts hold the prices of us-east-1. Any other Region has a price list: `regions/<region>.toml` beside the facts,
read when the Region is first asked for, and those of packs over it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import nan
from pathlib import Path

from whichcompute.base.entries import read_entries
from whichcompute.base.errors import FactError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.base.words import did_you_mean
from whichcompute.knowledge import sources as bibliography
from whichcompute.knowledge.dated import Dated, Value, in_force, order_problem
from whichcompute.knowledge.price_lists import HOME, REGION, PriceList, laid_over, read_price_list
from whichcompute.knowledge.sources import Bibliography, Source, parse_sources

STALE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Fact:
    """A limit, price or property of a service.

    `values` are newest first; `hard` means it cannot be raised; `everywhere`, that a price is the same in all Regions.
    """

    id: str
    title: str
    unit: str
    statement: str
    values: tuple[Dated, ...]
    hard: bool | None = None
    variant: str = ""
    everywhere: bool = False

    def at(self, as_of: date | None) -> Dated | None:
        """The value in force on `as_of` (None: the newest); None when the fact did not exist yet."""
        return in_force(self.values, as_of)

    def is_stale(self, as_of: date) -> bool:
        """Whether the value in force on `as_of` had not been read again for a year."""
        dated = self.at(as_of)
        return dated is not None and (as_of - dated.read_on).days > STALE_DAYS

    @property
    def by_region(self) -> bool:
        """Whether it is a price that each Region has its own of."""
        if self.everywhere:
            return False
        table = self.values[0].value
        first = table[0] if isinstance(table, list) and table else None
        return self.unit.startswith("USD") or (isinstance(first, dict) and any(key.startswith("usd") for key in first))


class Facts(Mapping[str, Value]):
    """Fact values by id as they stood on `as_of` (None: the newest), with the facts behind them.

    `folder` holds the price lists of other Regions; `lists` are those that packs brought, in order.
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        sources: Bibliography,
        as_of: date | None = None,
        folder: Path | None = None,
        lists: Sequence[PriceList] = (),
    ) -> None:
        self.as_of = as_of
        self.sources = sources
        self.folder = folder
        self.lists = tuple(lists)
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
            hint = did_you_mean(id_, self._facts, 3)
            raise FactError(f"unknown fact '{shown(id_)}'{hint}; `whichcompute facts list` lists them") from None

    def all(self) -> list[Fact]:
        """Every fact, in the order of the files."""
        return list(self._facts.values())

    def extended(self, facts: Iterable[Fact], sources: Iterable[Source], lists: Sequence[PriceList] = ()) -> Facts:
        """Facts and price lists of a pack on top of these: a fact or price with the same id replaces ours.

        These themselves where the pack brings nothing. Raises FactError where a list has no fact for a price, or cites
        nothing.
        """
        brought = [*sources, *(source for each in lists for source in each.sources)]
        own = [*facts]
        if not (own or brought or lists):
            return self
        known = Facts([*self._facts.values(), *own], self.sources.extended(brought), self.as_of, self.folder)
        for each in lists:
            laid = known._laid(each)
            if each.region == HOME:
                known._facts.update(laid)
        known.lists = (*self.lists, *lists)
        return known

    def in_region(self, region: str) -> Facts | None:
        """These facts with the prices of a Region; None where none are known.

        A price that the Region's list lacks has no value in force there: a number is NaN, a table is empty.
        """
        if region == HOME:
            return self
        lists = [*self._shipped_list(region), *(each for each in self.lists if each.region == region)]
        if not lists:
            return None
        sources = self.sources.extended(source for each in lists for source in each.sources)
        known = Facts(self._facts.values(), sources, self.as_of)
        priced = {id_: fact for each in lists for id_, fact in known._laid(each).items() if fact.at(self.as_of)}
        unknown = {fact.id: _without_price(fact) for fact in self._facts.values() if fact.by_region}
        known._facts.update({**unknown, **priced})
        return known

    def regions(self) -> list[str]:
        """The Regions whose prices are known, us-east-1 first."""
        files = [] if self.folder is None else [path.stem for path in self.folder.glob("*.toml")]
        return [HOME, *sorted({*files, *(each.region for each in self.lists)} - {HOME})]

    def _shipped_list(self, region: str) -> list[PriceList]:
        if self.folder is None or not REGION.fullmatch(region):
            return []
        path = self.folder / f"{region}.toml"
        if not path.is_file():
            return []
        found = read_price_list(path)
        if found.region != region:
            raise FactError(f"{path}: region is '{found.region}'; the file is named after another")
        return [found]

    def _laid(self, prices: PriceList) -> dict[str, Fact]:
        """The facts that a price list gives values to, with those values."""
        laid: dict[str, Fact] = {}
        sources = self.sources.extended(prices.sources)
        for id_, values in prices.prices.items():
            place = f"{prices.file}: price {shown(id_)}"
            fact = self._facts.get(id_)
            if fact is None or not (fact.by_region or fact.everywhere or prices.region == HOME):
                raise FactError(f"{place}: no price has this id; see `whichcompute facts list`")
            for dated in values:
                if problem := sources.problem(dated.source):
                    raise FactError(f"{place}: {problem}")
            base = fact.at(self.as_of) or fact.values[0]
            try:
                laid_values = [replace(dated, value=laid_over(base.value, dated.value)) for dated in values]
            except ValueError as error:
                raise FactError(f"{place}: the fact {error}") from None
            if type(laid_values[0].value) is not type(base.value):
                raise FactError(f"{place}: '{shown(values[0].value)}' is not of the kind of the fact's own value")
            laid[id_] = replace(fact, values=tuple(laid_values))
        return laid


NO_FACTS = Facts((), Bibliography(()))
"""For condition lines that name none."""


def _without_price(fact: Fact) -> Fact:
    nothing: Value = [] if isinstance(fact.values[0].value, list) else nan
    return replace(fact, values=(replace(fact.values[-1], value=nothing, since=None, note="not known in this Region"),))


def parse_facts(entries: object, name: str) -> list[Fact]:
    """Facts from the `[[fact]]` entries of the file `name`; FactError names file, id and entry otherwise."""
    facts = read_entries(entries, Fact, "fact", name, FactError, "id")
    for fact in facts:
        if problem := order_problem(fact.values):
            raise FactError(f"{name}: fact {fact.id}: {problem}")
    return facts


def load(as_of: date | None = None, path: Path | None = None) -> Facts:
    """The facts in the folder `path` (by default the shipped ones) as they stood on `as_of`."""
    path = path or folder("data") / "facts"
    if not path.is_dir():
        raise FactError(f"{path}: no such folder of facts")
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
    return Facts(facts, sources, as_of, path / "regions")
