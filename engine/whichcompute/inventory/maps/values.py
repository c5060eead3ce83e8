"""Values by tables: names of operating systems, words for power states; numbers with thousands separators."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.base.units import NUMBER, SUFFIXES
from whichcompute.knowledge.descriptors import UNKNOWN

_GROUPED = r"^\s*[+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?[A-Za-z\s]*$"

_SIZE_OF_DISK = r"(?:^|,)size=([\d.]+[KMGT]?)(?:,|$)"  # as Proxmox VE writes `local-lvm:vm-100-disk-0,size=32G`
_NO_DISK = r"media=cdrom"
_SHOWN = 60  # characters of a cell in a note

_MISREAD = r"[\x80-\x9f\xa1-\xa9\xab-\xad\xaf-\xb4\xb6\xb8\xb9\xbb-\xbf×÷€‚„…†‡‰‹›‘“”•\x{2500}-\x{25ff}\x{fffd}]"
_OPENING = "[‚„¡¿]"  # what opens a quotation or a sentence follows no letter
_IN_A_WORD = rf"(\p{{L}})(?:{_MISREAD}+(\p{{L}})|{_OPENING}+)|[\x80-\x9f\x{{fffd}}]"
"""A sign within a word: a letter in another encoding, so that `Pr‚production` holds no word `production`."""

_ACCENT = r"[\x{300}-\x{36f}]"  # apart from its letter, as macOS writes names

SEVERAL_WORDS = r"\S\s+\S"

DAY = r"^\s*(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?:\D|$)"
"""The text of a day, as the beginning of a cell."""

PATTERN = re.compile(r"/.+/")
"""A key of a table of values that is a regular expression."""

HINTED = {"product_class": "product_role", "protocol": "web_role"}
"""The descriptors that roles and installed software indicate, and the tables of patterns for them."""

OTHER_PROCESSOR = "other_processor"
"""The table of operating systems that run only on processors which AWS does not offer."""

HINT = "the product that roles or installed software name"
"""The rule by which they do."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern found in a cell, and the value that it means ('': unknown); what `ignore` finds is left out first."""

    match: str
    value: str
    ignore: str = ""


@cache
def tables() -> dict[str, tuple[Pattern, ...]]:
    """The tables of patterns by descriptor."""
    path = folder("data") / "value_patterns.toml"
    try:
        return {name: tuple(_pattern(entry) for entry in entries) for name, entries in read_toml(path).items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: {error}") from None


def _pattern(entry: Mapping[str, Any]) -> Pattern:
    words = rf"(?:^|\P{{L}})(?:{'|'.join(entry['words'])})(?:\P{{L}}|$)" if "words" in entry else entry["match"]
    ignore = f"(?i){entry['ignore']}" if "ignore" in entry else ""
    return Pattern(f"(?i){words}", entry["value"], ignore)


@cache
def power_states() -> dict[str, tuple[str, ...]]:
    """The words for `off`, `gone` (of these), `on`, `yes` and `no`, in lower case, of data/power_states.toml."""
    words = {name: tuple(words) for name, words in read_toml(folder("data") / "power_states.toml").items()}
    return words | {"off": words["off"] + words["gone"]}


def by_pattern(cell: pl.Expr, table: str, otherwise: pl.Expr | None = None) -> pl.Expr:
    """The value that a cell means by the patterns of a table; `otherwise` (or the cell) if no pattern is found."""
    value = cell if otherwise is None else otherwise
    cell = cell.str.replace_all(_ACCENT, "").str.replace_all(_IN_A_WORD, "${1}ˍ${2}")
    for ignore in filter(None, (pattern.ignore for pattern in tables()[table])):
        cell = cell.str.replace_all(ignore, "")
    for pattern in reversed(tables()[table]):
        value = pl.when(cell.str.contains(pattern.match)).then(pl.lit(pattern.value)).otherwise(value)
    return value


def by_value(cell: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """The value that a cell maps to, ignoring case; if it maps to none, what `*` maps to, or else the cell itself.

    A key between slashes is a regular expression for the whole cell, whose groups its value may name (`${1}`). Of an
    address, such as that of a machine type of Google Cloud, the last part counts.
    """
    patterns = {f"(?i)^(?:{key[1:-1]})$": value for key, value in values.items() if PATTERN.fullmatch(key)}
    meant = {given.lower(): value for given, value in values.items()}
    word = cell.str.strip_chars().str.to_lowercase().str.replace(r"^https://\S+/", "")
    known = word.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=pl.String)
    for pattern, value in patterns.items():
        known = pl.coalesce(known, pl.when(word.str.contains(pattern)).then(word.str.replace(pattern, value)))
    if "*" in values:
        cell = pl.when(cell.str.strip_chars() != "").then(pl.lit(values["*"]))
    return pl.coalesce(known, cell)


def listed(cell: pl.Expr, words: Sequence[str], prefix: str, unless: Sequence[str]) -> pl.Expr:
    """Whether a cell is one of `words` or starts with `prefix`, ignoring case; with `unless`: is none of those."""
    word = cell.str.strip_chars().str.to_lowercase()
    if unless:
        return (word != "") & ~word.is_in(unless)
    one = word.is_in(words)
    return one | word.str.starts_with(prefix) if prefix else one


def blank(places: Sequence[str]) -> pl.Expr:
    """Whether a row has nothing in some columns."""
    return ~pl.any_horizontal(pl.col(at).cast(pl.String).str.contains(r"\S").fill_null(value=False) for at in places)


def heading(places: Sequence[str]) -> pl.Expr:
    """Whether a row has several words in the first of some columns, and nothing in the others."""
    spoken = pl.col(places[0]).cast(pl.String).str.contains(SEVERAL_WORDS).fill_null(value=False)
    return spoken & blank(places[1:])


def cite(cell: pl.Expr, name: str) -> pl.Expr:
    """A cell as it is shown in a note, shortened, with the name of its column."""
    text = cell.str.strip_chars().str.replace_all(r"\s+", " ")
    cut = pl.concat_str(text.str.head(_SHOWN), pl.lit("…"))
    return pl.format("'{}' ({})", pl.when(text.str.len_chars() > _SHOWN).then(cut).otherwise(text), pl.lit(name))


def number(cell: pl.Expr) -> pl.Expr:
    """The number in a cell that may have thousands separators; null if it is not a number."""
    return plain_number(cell).str.strip_chars().cast(pl.Float64, strict=False)


def day_of(cell: pl.Expr, name: str) -> pl.Expr:
    """The day that a cell begins with, in a format such as `%Y-%m-%d`; null if it does not."""
    return cell.str.extract(DAY, 1).str.to_date(name, strict=False)


def amount(cell: pl.Expr, unit: str, otherwise: str = "") -> pl.Expr:
    """The amount in a cell in `unit` ("MB", "GB"), with the unit `otherwise` where it names none; else null."""
    factors = SUFFIXES[unit]
    parts = plain_number(cell).str.extract_groups(NUMBER)
    named = parts.struct.field("2").fill_null("").str.to_lowercase()
    factor = named.replace_strict(
        ["", *factors], [factors.get(otherwise, 1.0), *factors.values()], default=None, return_dtype=pl.Float64
    )
    return parts.struct.field("1").cast(pl.Float64, strict=False) * factor


def total(cells: Sequence[pl.Expr], unit: str, otherwise: str) -> pl.Expr:
    """The sum of the amounts in some cells, as text; if any cannot be read, all as text, so that none is lost."""
    # One expression for the elements of a list: one for each cell takes a megabyte of memory a column to plan.
    cell = pl.element()
    size = pl.when(~_no_disk(cell)).then(pl.coalesce(cell.str.extract(_SIZE_OF_DISK, 1), cell))
    known = pl.concat_list(cells).list.eval(size).list.drop_nulls()
    amounts = known.list.eval(amount(cell, unit, otherwise))
    wrong = amounts.list.eval(cell.is_null()).list.any()
    written = amounts.list.sum().cast(pl.String) + unit
    return pl.when(wrong).then(known.list.join(" + ")).when(known.list.len() > 0).then(written)


def _no_disk(cell: pl.Expr) -> pl.Expr:
    """Whether a cell says that there is no disk, or does not know."""
    return cell.str.contains(_NO_DISK) | cell.str.strip_chars().str.to_lowercase().is_in(sorted(UNKNOWN))


def plain_number(cell: pl.Expr) -> pl.Expr:
    """A cell without thousands separators: 16384 for 16,384."""
    return pl.when(cell.str.contains(_GROUPED)).then(cell.str.replace_all(",", "", literal=True)).otherwise(cell)
