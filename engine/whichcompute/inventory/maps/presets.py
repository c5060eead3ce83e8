"""Maps read from files: the presets for inventories of known tools (TOML), and maps of users (YAML)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from whichcompute.base.documents import refuse_aliases, refuse_twins, yaml_errors
from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.resources import folder, read_text, read_toml
from whichcompute.base.units import SUFFIXES
from whichcompute.base.words import did_you_mean
from whichcompute.inventory.maps.instances import RULE, SIZED, by_type
from whichcompute.inventory.maps.mapping import UNSETTLED, Column, ColumnMap, Skip, normal
from whichcompute.inventory.maps.paths import at_path, path_of
from whichcompute.inventory.maps.values import HINT, HINTED, power_states, tables
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

_MAP_KEYS = {
    *("title", "detect", "rows", "ids", "seen_in", "notes", "columns", "skip"),
    *("machine", "instance_type", "environment", "roles", "join", "sheet", "others"),
}
_COLUMN_KEYS = {
    *("from", "unit", "unit_from", "times", "times_if_known", "plus", "since", "single", "over", "factor"),
    *("table", "values", "always", "rule", "instance_type", "hint"),
}
_JOIN_KEYS = {"field", "sheet", "take", "title", "keys", "sum"}
_SKIP_KEYS = {"column", "values", "prefix", "unless", "because"}
_WORDS = ("@off", "@on", "@yes", "@no")  # all words of data/power_states.toml
_MAX_BYTES = 1_000_000
_LARGEST_FACTOR = 1e12
_NUMBERED = 20  # columns of one kind, such as Tag 1 to Tag 20


@dataclass(frozen=True, slots=True)
class Join:
    """A column of another sheet for a descriptor that a sheet lacks: the first of `take`, added as column `title`.

    `keys`: lists of titles, by the first of which that both sheets have rows belong together; `sum`: the cells of a key
    are added.
    """

    field: str
    sheet: str
    take: tuple[str, ...]
    title: str
    keys: tuple[tuple[str, ...], ...]
    sum: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """The map for a known tool: a file with all the headers of one `detect` list is recognised as one of the tool.

    `rows` are the paths of the rows in a JSON document, such as `Reservations.Instances`; `sheet` is the one of a
    workbook that is read first, `joins` the columns of others. `others` are lists of the tool that hold no workloads:
    what each is, and its headers.
    """

    map: ColumnMap
    title: str
    detect: tuple[tuple[str, ...], ...] = ()
    seen_in: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    sheet: str = ""
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def fit(self, header: Iterable[str]) -> int:
        """How many of its headers identify an inventory as one of the tool; 0 if it is none."""
        names = {normal(name) for name in header}
        return max((len(headers) for headers in self.detect if names.issuperset(map(normal, headers))), default=0)

    def other(self, header: Iterable[str]) -> str:
        """Which list of the tool without workloads has this header; '' if none."""
        names = {normal(name) for name in header}
        return next((what for what, headers in self.others if names.issuperset(map(normal, headers))), "")


@cache
def presets() -> dict[str, Preset]:
    """The shipped presets by name."""
    files = sorted((folder("data") / "presets").glob("*.toml"))
    return {path.stem: parse_preset(read_toml(path), path.stem, str(path)) for path in files}


def preset(name: str) -> Preset:
    """The preset with this name; InventoryError lists those there are."""
    if name not in presets():
        raise InventoryError(f"unknown preset '{shown(name)}'; allowed: {', '.join(presets())}, none")
    return presets()[name]


def detected(header: Sequence[str]) -> Preset | None:
    """The preset that an inventory's header identifies by most columns; None if none does, or several alike."""
    best = fitting(header)
    return best[0] if len(best) == 1 else None


def fitting(header: Sequence[str]) -> list[Preset]:
    """The presets that an inventory's header identifies by most columns."""
    fits = [(preset.fit(header), preset) for preset in presets().values()]
    most = max(fit for fit, _ in fits)
    return [preset for fit, preset in fits if fit == most and fit]


def no_workloads(header: Sequence[str]) -> str:
    """What an inventory is whose header is that of a list of a known tool without workloads; '' if it is none."""
    found = (f"{other} of {preset.title}" for preset in presets().values() if (other := preset.other(header)))
    return next(found, "")


def read_map(path: Path) -> ColumnMap:
    """The map in a user's YAML file; InventoryError names file, entry and what is allowed."""
    import yaml

    text = read_text(path, _MAX_BYTES)
    with yaml_errors(str(path), InventoryError):
        refuse_aliases(text, str(path), InventoryError)
        refuse_twins(yaml.compose(text, Loader=yaml.SafeLoader), str(path), InventoryError)
        table = yaml.safe_load(text)
        # A lone surrogate such as \ud800 cannot be written.
        json.dumps(table, ensure_ascii=False, default=str, skipkeys=True).encode()
    read = parse_preset(table, str(path), str(path)).map
    for name in (*(name for column in read.columns for name in column.sources), *(skip.column for skip in read.skips)):
        _check_path(name, str(path))
    return read


def _check_path(source: str, place: str) -> None:
    """InventoryError when the path that a source ends in cannot be read."""
    try:
        for path in path_of(source):
            pl.select(at_path(pl.lit("{}"), path))
    except pl.exceptions.ComputeError:
        raise InventoryError(f"{place}: '{shown(source)}' ends in a path that cannot be read") from None


def parse_preset(table: Any, name: str, place: str) -> Preset:
    """The preset in a table; `place` starts every error message."""
    _check_keys(table, _MAP_KEYS, place)
    entries, usual = table.get("columns") or {}, _usual(table, place)
    if not isinstance(entries, dict) or not (entries or usual or "columns" in table):
        raise InventoryError(f"{place}: columns must map descriptors to the columns they are read from")
    columns = tuple(
        _column(field, entry, f"{place}: columns.{shown(field)}")
        for field, listed in (*entries.items(), *usual.items())
        for entry in (listed if isinstance(listed, list) and listed and isinstance(listed[0], dict) else [listed])
    )
    skips = tuple(
        skip for entry in _list(table.get("skip", []), f"{place}: skip") for skip in _skips(entry, f"{place}: skip")
    )
    ids = (*_texts(table.get("ids", []), f"{place}: ids"), "workload_id")
    notes = _texts(table.get("notes", []), f"{place}: notes")
    detect = tuple(_texts(each, f"{place}: detect") for each in _list(table.get("detect", []), f"{place}: detect"))
    seen_in = _texts(table.get("seen_in", []), f"{place}: seen_in")
    rows = _texts(table.get("rows", []), f"{place}: rows")
    joins = tuple(_join(entry, f"{place}: join") for entry in _list(table.get("join", []), f"{place}: join"))
    map_ = ColumnMap(name, columns, skips, ids, notes)
    others = table.get("others") or {}
    _check_keys(others, {*others}, f"{place}: others")
    unlike = tuple(
        (str(what), _texts(headers, f"{place}: others"))
        for what, lists in others.items()
        for headers in _list(lists, f"{place}: others")
    )
    return Preset(
        map_, str(table.get("title", name)), detect, seen_in, rows, joins, str(table.get("sheet", "")), unlike
    )


def _join(entry: Any, place: str) -> Join:
    _check_keys(entry, _JOIN_KEYS, place)
    take = _texts(entry.get("take"), f"{place}: take")
    keys = tuple(_texts(key, f"{place}: keys") for key in _list(entry.get("keys"), f"{place}: keys"))
    title = entry.get("title", take[0])
    return Join(str(entry.get("field")), str(entry.get("sheet")), take, str(title), keys, bool(entry.get("sum")))


def _usual(table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The entries that `machine`, `instance_type`, `environment` and `roles` are short for."""
    entries: dict[str, Any] = {}
    if types := _texts(table.get("instance_type", []), f"{place}: instance_type"):
        entries |= {field: {"from": [*types], "instance_type": True, "rule": RULE} for field in SIZED}
    if names := _texts(table.get("environment", []), f"{place}: environment"):
        entries["environment"] = {"from": [*names], "table": "environment", "rule": "the name of the environment"}
    if names := _texts(table.get("roles", []), f"{place}: roles"):
        entries |= {
            field: {"from": [*names], "table": patterns, "hint": True, "rule": HINT}
            for field, patterns in HINTED.items()
        }
    if table.get("machine"):
        entries["packaging"] = {"always": "machine_image", "rule": "a machine, as it exists today"}
    return entries


def _column(field: Any, entry: Any, place: str) -> Column:
    if field not in DECIDING:
        raise InventoryError(f"{place}: unknown descriptor{did_you_mean(str(field), DECIDING)}")
    entry = {"from": entry} if isinstance(entry, str | list) else entry
    _check_keys(entry, _COLUMN_KEYS, place)
    unit, factor, values = entry.get("unit", ""), entry.get("factor", 1.0), entry.get("values", {})
    if (
        unit
        and unit != UNSETTLED
        and entry.get("table") != "uptime"
        and str(unit).lower() not in SUFFIXES.get(DESCRIPTORS[field].unit, {})
    ):
        allowed = ", ".join(SUFFIXES.get(DESCRIPTORS[field].unit, {})) or "none"
        raise InventoryError(f"{place}: unit '{shown(unit)}'; allowed: {allowed}")
    if type(factor) not in (int, float) or not 0 < factor <= _LARGEST_FACTOR:
        raise InventoryError(f"{place}: factor '{shown(factor)}' must be above 0 and at most {_LARGEST_FACTOR:g}")
    if not isinstance(values, dict):
        raise InventoryError(f"{place}: values must map cells to the values they mean")
    if (table := entry.get("table", "")) and (not isinstance(table, str) or table not in tables()):
        raise InventoryError(f"{place}: unknown table '{shown(table)}'; allowed: {', '.join(tables())}")
    if entry.get("instance_type"):
        if field not in SIZED:
            raise InventoryError(f"{place}: an instance type gives {', '.join(SIZED)} only")
        values = by_type(field)
    meant = {_cell(given): _cell(value) for given, value in values.items()}
    _refuse_twins(meant, f"{place}: values")
    sources, always = _numbered(_texts(entry.get("from", []), f"{place}.from")), str(entry.get("always", ""))
    if bool(sources) == bool(always):
        raise InventoryError(f"{place}: set either `from` (columns) or `always` (a constant)")
    return Column(
        field,
        sources,
        str(unit),
        _texts(entry.get("times", []), f"{place}.times"),
        _texts(entry.get("over", []), f"{place}.over"),
        float(factor),
        table,
        meant,
        always,
        str(entry.get("rule", "")),
        _texts(entry.get("times_if_known", []), f"{place}.times_if_known"),
        bool(entry.get("single")),
        bool(entry.get("hint")),
        str(entry.get("unit_from", "")),
        _texts(entry.get("plus", []), f"{place}.plus"),
        _since(entry.get("since", ["", ""]), f"{place}.since"),
    )


def _refuse_twins(meant: dict[str, str], place: str) -> None:
    """InventoryError where two spellings of a cell, which case alone tells apart, mean different values."""
    spelled: dict[str, str] = {}
    for given, value in meant.items():
        first = spelled.setdefault(given.lower(), given)
        if meant[first] != value:
            raise InventoryError(
                f"{place}: '{shown(first)}' means '{shown(meant[first])}' and '{shown(given)}' means '{shown(value)}', "
                "but case is ignored; keep one of them"
            )


def _since(value: Any, place: str) -> tuple[str, str]:
    """A format of days and a day, such as `['%Y-%m-%d', '2026-01-31']`."""
    texts = _texts(value, place)
    try:
        name, day = texts
        if name or day:
            date.fromisoformat(day).strftime(name)
    except ValueError:
        raise InventoryError(
            f"{place}: must be a format of days and a day, such as ['%Y-%m-%d', '2026-01-31']"
        ) from None
    return name, day


def _numbered(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Sources with `{n}` once for each number, as in `Tag {n}?Tag Category {n}=Language`."""
    return tuple(
        each
        for source in sources
        for each in ([source.replace("{n}", str(n)) for n in range(1, _NUMBERED + 1)] if "{n}" in source else [source])
    )


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)  # YAML reads a bare yes or off as a boolean


def _skips(entry: Any, place: str) -> list[Skip]:
    _check_keys(entry, _SKIP_KEYS, place)
    values = _words(entry.get("values", [] if {"prefix", "unless"} & {*entry} else None), f"{place}: values")
    unless = _words(entry.get("unless", []), f"{place}: unless")
    because, columns = entry.get("because", ""), entry.get("column")
    columns = [columns] if isinstance(columns, str) else columns
    named = isinstance(columns, list) and columns and all(isinstance(column, str) for column in columns)
    if not named or not isinstance(because, str) or not because:
        raise InventoryError(f"{place}: column, values (or prefix) and because (a text) are required")
    return [Skip(column, values, because, str(entry.get("prefix", "")).lower(), unless) for column in columns]


def _words(value: Any, place: str) -> tuple[str, ...]:
    """Cells in lower case; a name such as `@off` means all words of data/power_states.toml under it."""
    words = [_cell(each).strip().lower() for each in _list(value, place)]
    return tuple(each for word in words for each in (power_states()[word[1:]] if word in _WORDS else (word,)))


def _check_keys(table: Any, allowed: set[str], place: str) -> None:
    if not isinstance(table, Mapping):
        raise InventoryError(f"{place}: must be a table of {', '.join(sorted(allowed))}")
    if unknown := [key for key in table if key not in allowed]:
        raise InventoryError(f"{place}: unknown entry '{shown(unknown[0])}'; allowed: {', '.join(sorted(allowed))}")


def _list(value: Any, place: str) -> list[Any]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise InventoryError(f"{place}: must be a list")
    return value


def _texts(value: Any, place: str) -> tuple[str, ...]:
    texts = _list(value, place)
    if not all(isinstance(text, str) for text in texts):
        raise InventoryError(f"{place}: must be a list of texts")
    return tuple(texts)
