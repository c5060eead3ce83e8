"""Paths of values in cells of JSON: `$.Name`, and `$.containers[main].image` for the main one of several containers."""

from __future__ import annotations

import json
import re

import polars as pl

from whichcompute.importers.catalogue import is_sidecar

PATH = re.compile(r"\$(?=[.\[])")  # what a path in the cells of a column begins with

CONDITION = re.compile(r"\?(?=[^=?]+=[^=?]+$)")  # what the cell that another column must have begins with
_MAIN = "[main]"


def at_path(cell: pl.Expr, path: str) -> pl.Expr:
    """The value at a path (without its `$`) of a cell, as text; null if there is none.

    `[main]` is the first container of a list that is not a sidecar, as importers of infrastructure code choose it.
    """
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


def path_of(name: str) -> list[str]:
    """The path in its cells that a source ends in, without its `$`; empty if there is none.

    >>> path_of("State$.Name"), path_of("Tag 1?Category 1=OS")
    (['.Name'], [])
    """
    return PATH.split(CONDITION.split(name, 1)[0], 1)[1:]
