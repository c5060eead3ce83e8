"""Maps read from files: the presets for inventories of known tools (TOML), and maps of users (YAML)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from whichcompute.base.documents import refuse_aliases, refuse_twins, yaml_errors
from whichcompute.base.entries import EntryError, read_entry
from whichcompute.base.errors import InventoryError, printable, shown
from whichcompute.base.resources import folder, read_text, read_toml
from whichcompute.base.units import SUFFIXES
from whichcompute.base.words import did_you_mean
from whichcompute.inventory.maps.entry_parts import UNSETTLED, Texts
from whichcompute.inventory.maps.instances import RULE, SIZED, by_type
from whichcompute.inventory.maps.mapping import Column, ColumnMap, Skip
from whichcompute.inventory.maps.paths import at_path, normal, path_of
from whichcompute.inventory.maps.values import HINT, HINTED
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Join:
    """A column of another sheet for a descriptor that a sheet lacks: the first of `take`, added as column `title`.

    `keys`: lists of titles, by the first of which that both sheets have rows belong together; `sum`: the cells of a key
    are added.
    """

    field: str
    sheet: str
    take: Texts
    keys: tuple[Texts, ...]
    title: str = ""
    sum: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """The map for a known tool: a file with all the headers of one `detect` list is recognised as one of the tool.

    `rows` are the paths of the rows in a JSON document, such as `Reservations.Instances`; `sheet` is the one of a
    workbook that is read first, `join` the columns of others. `others` are lists of the tool that hold no workloads:
    what each is, and its headers. The rest is what `map` is made of.
    """

    map: ColumnMap
    title: str = ""
    detect: tuple[Texts, ...] = ()
    seen_in: Texts = ()
    rows: Texts = ()
    join: tuple[Join, ...] = ()
    sheet: str = ""
    others: Mapping[str, tuple[Texts, ...]] = field(default_factory=dict)
    ids: Texts = ()
    notes: Texts = ()
    columns: Mapping[str, Any] = field(default_factory=dict)
    skip: tuple[Mapping[str, Any], ...] = ()
    machine: bool = False
    instance_type: Texts = ()
    environment: Texts = ()
    roles: Texts = ()

    def fit(self, header: Iterable[str]) -> int:
        """How many of its headers identify an inventory as one of the tool; 0 if it is none."""
        names = {normal(name) for name in header}
        return max((len(headers) for headers in self.detect if names.issuperset(map(normal, headers))), default=0)

    def other(self, header: Iterable[str]) -> str:
        """Which list of the tool without workloads has this header; '' if none."""
        names = {normal(name) for name in header}
        listed = ((what, headers) for what, lists in self.others.items() for headers in lists)
        return next((what for what, headers in listed if names.issuperset(map(normal, headers))), "")


def identity() -> ColumnMap:
    """The map of an inventory whose columns are named like descriptors."""
    return ColumnMap("", tuple(Column(name, (name,)) for name in DECIDING))


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
        if isinstance(table, dict) and table.get("columns", ...) is None:  # all lines are comments, as in some drafts
            table["columns"] = {}
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
    try:
        read = read_entry(table, Preset, map=ColumnMap(name, ()))
        entries = [*read.columns.items(), *_usual(read).items()]  # a descriptor may be in both: the first that fits
        if not entries and "columns" not in table:
            raise EntryError("columns must map descriptors to the columns they are read from")
        columns = tuple(
            _column(field, entry)
            for field, listed in entries
            for entry in (listed if isinstance(listed, list) and listed and isinstance(listed[0], dict) else [listed])
        )
        skips = tuple(skip for entry in read.skip for skip in _skips(entry))
    except EntryError as problem:
        raise InventoryError(f"{place}: {problem}") from None
    map_ = ColumnMap(name, columns, skips, (*read.ids, "workload_id"), read.notes)
    return replace(read, map=map_, title=read.title or name)


def _usual(read: Preset) -> dict[str, Any]:
    """The entries that `machine`, `instance_type`, `environment` and `roles` are short for."""
    entries: dict[str, Any] = {}
    if types := [*read.instance_type]:
        entries |= {field: {"from": types, "instance_type": True, "rule": RULE} for field in SIZED}
    if names := [*read.environment]:
        entries["environment"] = {"from": names, "table": "environment", "rule": "the name of the environment"}
    if names := [*read.roles]:
        entries |= {
            field: {"from": names, "table": patterns, "hint": True, "rule": HINT} for field, patterns in HINTED.items()
        }
    if read.machine:
        entries["packaging"] = {"always": "machine_image", "rule": "a machine, as it exists today"}
    return entries


def _column(field: Any, entry: Any) -> Column:
    """How a descriptor is read; an entry may be the name or the names of columns alone."""
    if field not in DECIDING:
        raise EntryError(f"columns.{shown(field)}: unknown descriptor{did_you_mean(str(field), DECIDING)}")
    entry = {"from": entry} if isinstance(entry, str | list) else entry
    try:
        sized = isinstance(entry, dict) and (entry := {**entry}).pop("instance_type", False)
        if sized and field not in SIZED:
            raise EntryError(f"an instance type gives {', '.join(SIZED)} only")
        column = read_entry(entry, Column, descriptor=field)
        column = replace(column, values=by_type(field)) if sized else column
        allowed = SUFFIXES.get(DESCRIPTORS[field].unit, {})
        if column.unit and column.unit != UNSETTLED and column.table != "uptime" and column.unit.lower() not in allowed:
            raise EntryError(f"unit '{shown(column.unit)}'; allowed: {', '.join(allowed) or 'none'}")
        if bool(column.sources) == bool(column.always):
            raise EntryError("set either `from` (columns) or `always` (a constant)")
    except EntryError as problem:
        raise EntryError(f"columns.{field}: {problem}") from None
    return column


def _skips(entry: Mapping[str, Any]) -> Iterator[Skip]:
    """The rows to skip, by each of the columns that an entry names."""
    columns = entry.get("column")
    for column in columns if isinstance(columns, list) and columns else [columns]:
        try:
            skip = read_entry({**entry, "column": column}, Skip, guessed=False)
            if not skip.because or not {"values", "prefix", "unless"} & {*entry}:
                raise EntryError("column, values (or prefix) and because (a text) are required")
        except EntryError as problem:
            raise EntryError(f"skip: {problem}") from None
        yield replace(skip, because=printable(skip.because))
