"""Cells as people write them: `8 cores`, `2 x 16 GB DDR4`, `1,024`, `oui`, `Windows Server 2019`.

Each is an explicit rule, and tried only on cells that cannot be read as they are. Values that no rule covers are left
unchanged, and stay unreadable.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

import polars as pl

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.base.units import SUFFIXES
from whichcompute.inventory.maps.values import by_pattern, plain_number, power_states, tables
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor
from whichcompute.recommender.columns.typed import Typed, type_columns

_LISTS = ("unknown", "counted", "described")
_UNREADABLE = {pl.Duration, pl.Binary, pl.List, pl.Array, pl.Struct}
_NUMBER = r"(?i)^\s*(?:(\d{1,3})\s*[x×*]\s*)?(\d+(?:\.\d+)?)\s*"


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The lists of words of data/cells.toml."""
    path = folder("data") / "cells.toml"
    table = read_toml(path)
    if set(table) != set(_LISTS) or not all(isinstance(table[name], list) for name in _LISTS):
        raise DataError(f"{path}: needs the lists {', '.join(_LISTS)}")
    return {name: tuple(map(str, table[name])) for name in _LISTS}


def as_readable(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with text in place of durations (in seconds), bytes (base64), lists and structures (JSON)."""
    return cells.with_columns(
        _readable(cells[name]) for name, dtype in cells.schema.items() if type(dtype) in _UNREADABLE
    )


def _readable(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.Duration:
        return (cells.dt.total_microseconds() / 1_000_000).cast(pl.String) + "s"
    if cells.dtype == pl.Binary:
        return cells.bin.encode("base64")
    texts = [None if cell is None else json.dumps(cell, default=str, ensure_ascii=False) for cell in cells.to_list()]
    return pl.Series(cells.name, texts, pl.String)


def read_fields(fields: pl.DataFrame) -> tuple[Typed, Counter[str]]:
    """The descriptor columns read, and how many cells of each could be read by the rules of this module only."""
    typed = type_columns(fields)
    normalised: Counter[str] = Counter()
    for name in typed.problems["column"].unique(maintain_order=True):
        wrong = typed.problems.filter(pl.col("column") == name)
        again = type_columns(pl.DataFrame([normalise(name, wrong)]))
        still = again.problems["row"]
        rows = wrong.with_row_index("at").filter(~pl.col("at").is_in(still.implode()))
        if not rows.height:
            continue
        column = typed.frame[name].scatter(rows["row"], again.frame[name].gather(rows["at"]))
        done = rows.select("row", "column")
        left = typed.problems.join(done, on=["row", "column"], how="anti", maintain_order="left")
        typed = Typed(typed.frame.with_columns(column), left)
        normalised[name] += rows.height
    return typed, normalised


def normalise(column: str, cells: pl.DataFrame) -> pl.Series:
    """Cells (column `value`) that cannot be read as this descriptor, normalised by the rules that apply to it."""
    cell = pl.col("value")
    descriptor = DESCRIPTORS[column]
    if descriptor.type == "number":
        cell = _quantity(plain_number(cell), descriptor)
    elif column in tables():
        cell = by_pattern(cell, column)
    meant = dict.fromkeys(words()["unknown"], "")
    if descriptor.type == "boolean":
        meant |= dict.fromkeys(power_states()["yes"], "true") | dict.fromkeys(power_states()["no"], "false")
    word = pl.col("value").str.strip_chars().str.to_lowercase()
    known = word.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=pl.String)
    return cells.select(pl.coalesce(known, cell).alias(column)).to_series()


def _quantity(cell: pl.Expr, descriptor: Descriptor) -> pl.Expr:
    """The number with its unit, without the words that describe it; `2 x 8 GB` is multiplied."""
    sized = descriptor.unit in ("MB", "GB")
    if sized:
        unit = f"({'|'.join(sorted(SUFFIXES['MB'], key=len, reverse=True))})"
    elif descriptor.name in ("vcpus", "gpus"):
        unit = "()"
    else:
        return cell
    after = "|".join(map(re.escape, words()["described" if sized else "counted"]))
    tail = rf"(?:[\s,(/-]*(?:{after})\)?)*\s*$"
    parts = cell.str.extract_groups(f"{_NUMBER}{unit}{tail}")
    times = parts.struct.field("1").cast(pl.Float64, strict=False).fill_null(1.0)
    number = parts.struct.field("2").cast(pl.Float64, strict=False) * times
    return pl.coalesce(number.cast(pl.String) + parts.struct.field("3"), cell)
