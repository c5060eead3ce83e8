"""What a source names: a column, a condition on another column, and a path of values in cells of JSON.

A path is `$.Name`, `$.containers[main].image` for the main one of several containers, or `$[+].size_gb` for the sum
over a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

import polars as pl

from whichcompute.importers.catalogue import is_sidecar
from whichcompute.inventory.maps.numerals import Fraction, evidence

PATH = re.compile(r"\$(?=[.\[])")  # what a path in the cells of a column begins with
CONDITION = re.compile(r"\?(?=[^=?]+=[^=?]+$)")  # what the cell that another column must have begins with
Place = int | str
"""The position of a column, or a source that ends in a path within its cells."""
_HEADERS = 50_000  # titles that are kept in lower case, as each is compared many times
_MAIN, _SUM = "[main]", "[+]"
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


def at_path(cell: pl.Expr, path: str) -> pl.Expr:
    """The value at a path (without its `$`) of a cell, as text; null if there is none.

    `[main]` is the first container of a list that is not a sidecar, as importers of infrastructure code choose it;
    `[+]` adds what the objects of a list have under a key, amounts of one unit; null if any has none, or is a text such
    as 65.536, whose mark may separate thousands.
    """
    before, summed, key = path.partition(_SUM)
    if summed:
        listed = cell if not before else cell.str.json_path_match(f"${before}")
        return listed.map_elements(partial(_sum, key=key.lstrip(".")), return_dtype=pl.String)
    before, main, after = path.partition(_MAIN)
    found = cell.str.json_path_match(f"${before}")
    if not main:
        return found
    return found.map_elements(_main, return_dtype=pl.String).str.json_path_match(f"${after}")


def _main(listed: str) -> str | None:
    found = json.loads(listed) if listed.startswith("[") else None  # a text comes without its quotes
    containers = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    able = (each for each in containers if not is_sidecar(str(each.get("name", "")), str(each.get("image", ""))))
    main = next(able, containers[0] if containers else None)
    return None if main is None else json.dumps(main)


def _sum(listed: str, key: str) -> str | None:
    try:
        found = json.loads(listed)
    except (ValueError, RecursionError):
        return None
    values = [each.get(key) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if any(evidence([value]).open for value in values if isinstance(value, str)):
        return None
    amounts = [_AMOUNT.fullmatch(str(value).strip()) for value in values]
    units = {amount[2].lower() for amount in amounts if amount}
    if None in amounts or len(units) != 1:
        return None
    return f"{sum(float(amount[1]) for amount in amounts if amount):g}{units.pop()}"


def values_at(cells: Iterable[str], path: str) -> Iterator[str]:
    """The texts and numbers at a path of keys (without its `$`) in these cells; numbers not whole as `Fraction`."""
    keys = path.removeprefix(".").split(".")
    for cell in cells:
        try:
            found = json.loads(cell, parse_float=Fraction, parse_int=str)
        except (ValueError, RecursionError):
            continue
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str):
            yield found


def path_of(name: str) -> list[str]:
    """The path in its cells that a source ends in, without its `$`; empty if there is none.

    >>> path_of("State$.Name"), path_of("Tag 1?Category 1=OS")
    (['.Name'], [])
    """
    return PATH.split(CONDITION.split(name, 1)[0], 1)[1:]


def base(name: str) -> str:
    """The normalised name of the column that a source names, without a path in its cells.

    >>> base("State$.Name"), base("Instance State")
    ('state', 'instance_state')
    """
    return bases(name)[0]


def bases(name: str) -> tuple[str, ...]:
    """The normalised names of the columns that a source needs: its own, and that of a condition.

    >>> bases("Tag 1?Category 1=OS")
    ('tag_1', 'category_1')
    """
    own, *condition = CONDITION.split(name, 1)
    return normal(PATH.split(own, 1)[0]), *(normal(each.partition("=")[0]) for each in condition)


@lru_cache(_HEADERS)
def normal(header: str) -> str:
    """A header for comparison: lower case, words joined by `_`, no asterisks.

    >>> normal("*Server Name"), normal("Max-Duration S")
    ('server_name', 'max_duration_s')
    """
    return re.sub(r"[\s_-]+", "_", header.replace("*", "").strip().lower()).strip("_")
