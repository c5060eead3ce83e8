"""Paths of values in cells of JSON: `$.Name`, `$.containers[main].image` for the main one of several containers, and
`$[+].size_gb` for the sum over a list.
"""

from __future__ import annotations

import json
import re
from functools import partial

import polars as pl

from whichcompute.importers.catalogue import is_sidecar

PATH = re.compile(r"\$(?=[.\[])")  # what a path in the cells of a column begins with

CONDITION = re.compile(r"\?(?=[^=?]+=[^=?]+$)")  # what the cell that another column must have begins with
_MAIN, _SUM = "[main]", "[+]"
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


def at_path(cell: pl.Expr, path: str) -> pl.Expr:
    """The value at a path (without its `$`) of a cell, as text; null if there is none.

    `[main]` is the first container of a list that is not a sidecar, as importers of infrastructure code choose it;
    `[+]` adds what the objects of a list have under a key, amounts of one unit; null if any has none.
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
    amounts = [_AMOUNT.fullmatch(str(value).strip()) for value in values]
    units = {amount[2].lower() for amount in amounts if amount}
    if None in amounts or len(units) != 1:
        return None
    return f"{sum(float(amount[1]) for amount in amounts if amount):g}{units.pop()}"


def path_of(name: str) -> list[str]:
    """The path in its cells that a source ends in, without its `$`; empty if there is none.

    >>> path_of("State$.Name"), path_of("Tag 1?Category 1=OS")
    (['.Name'], [])
    """
    return PATH.split(CONDITION.split(name, 1)[0], 1)[1:]
