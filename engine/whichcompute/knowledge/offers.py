"""AWS price list files (offer files), JSON or CSV, read in a stream: what is offered on demand, with its price.

Both forms hold the same: products with attributes, and terms with prices. Attributes are named here as in JSON but in
small letters and without blanks (`instancetype`), so that both forms match. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

from whichcompute.base.errors import DataError, shown, unreadable
from whichcompute.base.json_stream import entries

MAX_LINE = 1 << 20
MAX_KEPT = 1_000_000
"""The most products of a file that may be kept: far more than any offer has in the Regions of today."""
_NAME = re.compile(r"[^a-z0-9]")
_CODE = re.compile(r"\w{1,60}")
_HEAD = 20  # lines within which the header of a CSV file comes


@dataclass(frozen=True, slots=True)
class Offer:
    """One price on demand: USD per `unit`, for quantities from `begin` on."""

    code: str
    family: str
    attributes: Mapping[str, str]
    begin: float
    unit: str
    usd: float


@dataclass(frozen=True, slots=True)
class OfferFile:
    """A price list file: the code of its offer (such as AmazonEC2), and the day on which it was published."""

    path: Path
    code: str
    published: date
    form: str


Wanted = Callable[[str, Mapping[str, str]], bool]
"""Whether a product of this family with these attributes is wanted."""


def open_offers(path: Path) -> OfferFile:
    """What a price list file is; DataError where it is none."""
    try:
        with path.open("rb") as file:
            first = file.read(4).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    except OSError as error:
        raise DataError(unreadable(path, error)) from None
    head = _json_head(path) if first == b"{" else _csv_head(path)
    code, day = head.get("offercode", ""), head.get("publicationdate", "")[:10]
    try:
        if _CODE.fullmatch(code):
            return OfferFile(path, code, date.fromisoformat(day), "json" if first == b"{" else "csv")
    except ValueError:
        pass
    raise DataError(
        f"{path}: is not an AWS price list file: offer code '{shown(code)}', publication date '{shown(day)}'; give "
        "the index.json or index.csv of an offer, as AWS publishes it"
    )


def offers(file: OfferFile, wanted: Wanted) -> Iterator[Offer]:
    """The prices on demand, in USD, of the products that are wanted; DataError names the place of what is broken."""
    return _from_json(file, wanted) if file.form == "json" else _from_csv(file, wanted)


def _json_head(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    with closing(entries(path, shallow=True)) as head:
        for key, value in head:
            if isinstance(value, str):
                found[_plain(key)] = value
            if {"offercode", "publicationdate"} <= found.keys():
                break
    return found


def _from_json(file: OfferFile, wanted: Wanted) -> Iterator[Offer]:
    kept: dict[str, tuple[str, dict[str, str]]] = {}
    for sku, product in entries(file.path, "products"):
        family, attributes = _product(product)
        if wanted(family, attributes):
            kept[sku] = family, attributes
            if len(kept) > MAX_KEPT:
                raise DataError(f"{file.path}: more than {MAX_KEPT:,} products; give the file of one Region")
    for sku, terms in entries(file.path, "terms", "OnDemand"):
        if sku in kept:
            for begin, unit, usd in _prices(terms, f"{file.path}: terms of {shown(sku)}"):
                yield Offer(file.code, *kept[sku], begin, unit, usd)


def _product(product: Any) -> tuple[str, dict[str, str]]:
    attributes = product.get("attributes") if isinstance(product, dict) else None
    if not isinstance(attributes, dict):
        return "", {}
    family = product.get("productFamily")
    named = {_plain(name): value for name, value in attributes.items() if isinstance(value, str)}
    return family if isinstance(family, str) else "", named


def _prices(terms: Any, place: str) -> Iterator[tuple[float, str, float]]:
    try:
        for term in terms.values():
            for dimension in term["priceDimensions"].values():
                if "USD" in dimension["pricePerUnit"]:
                    unit, price = dimension["unit"], dimension["pricePerUnit"]["USD"]
                    yield _number(dimension.get("beginRange") or 0, place), str(unit), _number(price, place)
    except (AttributeError, KeyError, TypeError):
        raise DataError(f"{place}: not the form of a price list: terms with priceDimensions and pricePerUnit") from None


def _number(text: Any, place: str) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number) or number < 0:
        raise DataError(f"{place}: '{shown(text)}' is not a price or quantity")
    return number


@lru_cache(maxsize=1000)  # the same few names come with every product
def _plain(name: str) -> str:
    return _NAME.sub("", name.lower())


def _csv_head(path: Path) -> dict[str, str]:
    with closing(_rows(path)) as rows:
        return {_plain(row[0]): row[1] for row, _ in zip(rows, range(_HEAD), strict=False) if len(row) == 2}


def _from_csv(file: OfferFile, wanted: Wanted) -> Iterator[Offer]:
    rows = _rows(file.path)
    names: list[str] = []
    for row, _ in zip(rows, range(_HEAD), strict=False):
        names = [_plain(name) for name in row]
        if {"sku", "priceperunit", "termtype", "currency"} <= set(names):
            break
    else:
        raise DataError(f"{file.path}: has no header with SKU, TermType, PricePerUnit and Currency")
    term, currency = names.index("termtype"), names.index("currency")
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise DataError(f"{file.path}: row {number} after the header has {len(row)} cells, the header {len(names)}")
        if row[term] != "OnDemand" or row[currency] != "USD":
            continue
        cells = dict(zip(names, row, strict=True))
        family = cells.get("productfamily", "")
        if wanted(family, cells):
            place = f"{file.path}: row {number} after the header"
            begin = _number(cells.get("startingrange") or 0, place)
            yield Offer(file.code, family, cells, begin, cells.get("unit", ""), _number(cells["priceperunit"], place))


def _rows(path: Path) -> Generator[list[str], None, None]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(_lines(file, path))
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text ({error.reason})") from None
    except csv.Error as error:
        raise DataError(f"{path}: not valid CSV: {error}") from None
    except OSError as error:
        raise DataError(unreadable(path, error)) from None


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise DataError(f"{path}: a line of more than {MAX_LINE:,} characters")
        yield line
