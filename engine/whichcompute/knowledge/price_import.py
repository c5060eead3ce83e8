"""Turns AWS price list files into price lists of ours, one a Region (`price_lists` reads them).

data/price_lists.toml says which product is the price of which fact. A price that files give twice with different values
is left out and named; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import FactError
from whichcompute.base.resources import folder
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.offers import Offer, OfferFile, offers, open_offers
from whichcompute.knowledge.price_lists import PriceList

_PREFIX = r"(?:EU-|[A-Z]{2,4}\d-)?"  # of a Region: that of TS-LoadBalancerUsage, a trust store, is none
_DIGITS = 12  # significant digits that are kept: products of prices and scales are no longer exact behind them


@dataclass(frozen=True, slots=True)
class Match:
    """One line of data/price_lists.toml: which product is the price of a fact."""

    fact: str
    offer: str
    usage: str
    family: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    scale: float = 1.0
    tier: int = 1
    row: str = ""

    def holds(self, family: str, attributes: Mapping[str, str]) -> bool:
        """Whether a product of a file of this offer is meant."""
        return (
            _pattern(self.usage).fullmatch(attributes.get("usagetype", "")) is not None
            and self.family in ("", family)
            and all(attributes.get(name) == value for name, value in self.attributes.items())
        )


@dataclass(frozen=True, slots=True)
class ImportedPrice:
    """The price of a fact in a Region: a number, or prices by row of its table."""

    value: float | Mapping[str, float]
    file: OfferFile


@dataclass(frozen=True, slots=True)
class Imported:
    """What price list files gave: prices by Region and fact, and what was left out as files contradict themselves."""

    files: tuple[OfferFile, ...]
    prices: Mapping[str, Mapping[str, ImportedPrice]]
    ambiguous: tuple[str, ...]

    def missing(self, region: str) -> list[str]:
        """The facts of the offers that were read which have no price in this Region."""
        read = {file.code for file in self.files}
        facts = dict.fromkeys(match.fact for match in matches() if match.offer in read)
        return [fact for fact in facts if fact not in self.prices[region]]


@cache
def _pattern(usage: str) -> re.Pattern[str]:
    return re.compile(_PREFIX + ".*".join(map(re.escape, usage.split("*"))))


@cache
def matches() -> tuple[Match, ...]:
    """The lines of data/price_lists.toml."""
    return tuple(entries_of(folder("data") / "price_lists.toml", "match", Match, ""))


def import_prices(files: Iterable[Path], facts: Facts, regions: Sequence[str]) -> Imported:
    """The prices in AWS price list files that facts have a place for, in these Regions; later files win.

    Raises DataError for a file that is not a price list or is broken.
    """
    opened = tuple(open_offers(path) for path in files)
    found: dict[str, dict[str, ImportedPrice]] = defaultdict(dict)
    ambiguous: list[str] = []
    for file in opened:
        for (region, fact), rows in _collected(file, facts, frozenset(regions)).items():
            ambiguous += [f"{file.path}: {fact} in {region}{row and f' ({row})'}" for row in rows if rows[row] is None]
            known = {row: price for row, price in sorted(rows.items()) if price is not None}
            if known:
                found[region][fact] = ImportedPrice(known.get("", known), file)
    return Imported(opened, dict(sorted(found.items())), tuple(ambiguous))


def _collected(
    file: OfferFile, facts: Facts, regions: frozenset[str]
) -> dict[tuple[str, str], dict[str, float | None]]:
    """For each Region and fact the price by row ('' for a number); None where the file gives different ones."""
    ours = [match for match in matches() if match.offer == file.code]
    known_rows = {match.fact: _rows(facts, match.fact) for match in ours if match.row}

    def wanted(family: str, attributes: Mapping[str, str]) -> bool:
        return (
            _region(attributes) in regions
            and attributes.get("locationtype", "AWS Region") == "AWS Region"
            and any(_means(match, family, attributes, known_rows) for match in ours)
        )

    begins: dict[tuple[str, str, str], dict[float, set[float]]] = defaultdict(lambda: defaultdict(set))
    for offer in offers(file, wanted):
        for match in ours:
            if _means(match, offer.family, offer.attributes, known_rows):
                key = _region(offer.attributes), match.fact, offer.attributes.get(match.row, "")
                begins[key][offer.begin].add(_scaled(offer, match))
    tiers = {match.fact: match.tier for match in ours}
    collected: dict[tuple[str, str], dict[str, float | None]] = defaultdict(dict)
    for (region, fact, row), prices in begins.items():
        if tiers[fact] <= len(prices):
            at = prices[sorted(prices)[tiers[fact] - 1]]
            collected[region, fact][row] = next(iter(at)) if len(at) == 1 else None
    return collected


def _region(attributes: Mapping[str, str]) -> str:
    """The Region of a product; data transfer has the one that it leaves."""
    return attributes.get("regioncode") or attributes.get("fromregioncode", "")


def _means(match: Match, family: str, attributes: Mapping[str, str], known_rows: Mapping[str, set[str]]) -> bool:
    if match.row and attributes.get(match.row) not in known_rows[match.fact]:
        return False
    return match.holds(family, attributes)


def _rows(facts: Facts, id_: str) -> set[str]:
    """The names of the rows of a table."""
    table = facts.fact(id_).values[0].value
    return (
        {str(next(iter(row.values()))) for row in table if isinstance(row, dict)} if isinstance(table, list) else set()
    )


def _scaled(offer: Offer, match: Match) -> float:
    return float(f"{offer.usd * match.scale:.{_DIGITS}g}")


def as_toml(imported: Imported, region: str, before: PriceList | None = None) -> str:
    """The price list of one Region, as TOML; what `before` has of other offers is kept, FactError if not of it."""
    if before and before.region != region:
        raise FactError(f"{before.file}: holds prices of {before.region}, not of {region}; choose another folder")
    prices = imported.prices[region]
    used = {price.file.code: price.file for price in prices.values()}
    read = {_key(file.code) for file in imported.files}
    kept = [
        {"id": id_, **asdict(dated)}
        for id_, values in (before.prices if before else {}).items()
        for dated in values
        if id_ not in prices and dated.source not in read
    ]
    cited = {price["source"].partition("#")[0] for price in kept}
    sources = [asdict(source) for source in (before.sources if before else ()) if source.key in cited]
    lines = [f"# Prices in {region}, from AWS price list files.", f"region = {_text(region)}", ""]
    for source in (*sources, *(_source(code, file) for code, file in used.items())):
        lines += ["[[source]]", *_pairs(source), ""]
    for id_, price in prices.items():
        kept.append({"id": id_, "value": price.value, "source": _key(price.file.code), "read_on": price.file.published})
    for entry in kept:
        lines += ["[[price]]", *_pairs(entry), ""]
    return "\n".join(lines)


def _key(code: str) -> str:
    return f"aws-price-list-{code.lower()}"


def _source(code: str, file: OfferFile) -> dict[str, Any]:
    return {
        "key": _key(code),
        "title": f"AWS Price List: {code}, published {file.published}",
        "publisher": "Amazon Web Services",
        "kind": "vendor-doc",
        "url": f"https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{code}/current/index.json",
        "read_on": file.published,
    }


def _pairs(entry: Mapping[str, Any]) -> Iterator[str]:
    return (f"{name} = {_toml(value)}" for name, value in entry.items() if value not in (None, "", ()))


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_text(name)} = {_toml(each)}' for name, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=True)  # a basic string of TOML is written as in JSON
