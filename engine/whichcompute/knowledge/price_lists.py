"""Price lists: what differs between the facts and one AWS Region.

A file names its `region`, may bring its own `[[source]]` entries, and holds prices: `id` of the fact, `value`,
`source`, `read_on`, and where they matter `since` and `note`; several of one id are a history, newest first. The value
of a table is a table too, or a mapping from the names of its rows to prices: sizes are those of the fact, and a row
that is not named is not offered in the Region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from whichcompute.base.entries import EntryError, read_entries
from whichcompute.base.errors import FactError, shown
from whichcompute.base.resources import read_toml
from whichcompute.knowledge.dated import Dated, Value, in_bounds, order_problem, read_value
from whichcompute.knowledge.sources import Source, parse_sources

HOME = "us-east-1"
"""The Region whose prices the facts themselves hold; it applies where a workload names none."""
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
"""What the id of a Region looks like: it becomes the name of a file."""
KEYS = {"region", "price", "source"}
MAX_PRICES = 10_000


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return read_value(value)
    if not value:
        raise EntryError("a mapping of row names to prices must not be empty")
    return {name: _number(price) for name, price in value.items()}


def _number(price: Any) -> float:
    if isinstance(price, bool) or not isinstance(price, int | float):
        raise EntryError(f"'{shown(price)}' must be a number: the price of the row with this name")
    return in_bounds(price)


@dataclass(frozen=True, slots=True)
class Price:
    """The value of one fact in a Region, as a price list gives it."""

    id: str
    value: Annotated[Any, _value]
    source: str
    read_on: date
    since: date | None = None
    note: str = ""

    @property
    def dated(self) -> Dated:
        """The same without the id."""
        return Dated(self.value, self.source, self.read_on, self.since, self.note)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one Region by the id of the fact, each newest first, with their sources."""

    region: str
    prices: Mapping[str, tuple[Dated, ...]]
    sources: tuple[Source, ...]
    file: str


def parse_price_list(table: Mapping[str, Any], file: str) -> PriceList:
    """The price list in the parsed file; FactError names file, price and what is wrong."""
    region = table.get("region")
    if not isinstance(region, str) or not REGION.fullmatch(region):
        raise FactError(f"{file}: region is '{shown(region)}'; a price list names its Region, such as {HOME}")
    entries = read_entries(table.get("price", []), Price, "price", file, FactError, "id")
    if len(entries) > MAX_PRICES:
        raise FactError(f"{file}: {len(entries):,} prices; at most {MAX_PRICES:,} are read")
    prices: dict[str, tuple[Dated, ...]] = {}
    for price in entries:
        prices[price.id] = (*prices.get(price.id, ()), price.dated)
    for id_, values in prices.items():
        if problem := order_problem(values):
            raise FactError(f"{file}: price {shown(id_)}: {problem}")
    return PriceList(region, prices, tuple(parse_sources(table.get("source", []), file)), file)


def read_price_list(path: Path) -> PriceList:
    """The price list in a file; FactError says what is wrong."""
    table = read_toml(path)
    if unknown := set(table) - KEYS:
        raise FactError(f"{path}: unknown entry {[shown(key) for key in sorted(unknown)]}; allowed: {sorted(KEYS)}")
    return parse_price_list(table, str(path))


def laid_over(base: Value, value: Value | dict[str, float]) -> Value:
    """The value of a fact in a Region; ValueError names rows that the fact does not have."""
    if not isinstance(value, dict):
        return value
    if not isinstance(base, list) or not isinstance(base[0], dict):
        raise ValueError("is not a table, so its price must be a number")
    rows: dict[str, dict[str, Any]] = {str(next(iter(row.values()))): row for row in base}
    if unknown := [name for name in value if name not in rows]:
        raise ValueError(f"has no row '{shown(unknown[0])}'")
    columns = [name for name in next(iter(rows.values())) if name.startswith("usd")]
    if len(columns) != 1:
        raise ValueError("has several price columns, so each row is needed in full")
    return [{**row, columns[0]: value[name]} for name, row in rows.items() if name in value]
