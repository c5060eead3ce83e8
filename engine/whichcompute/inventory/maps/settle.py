"""Settles a map by the values of the first rows: marks of numbers, units, columns that mean something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.inventory.maps import cores, sizes, uptime
from whichcompute.inventory.maps.entry_parts import UNSETTLED
from whichcompute.inventory.maps.instances import RULE, SIZED, by_type
from whichcompute.inventory.maps.mapping import BoundMap, Column, Skip
from whichcompute.inventory.maps.paths import base, normal, path_of
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.titles import (
    columns_of,
    containers,
    disks_of,
    exact,
    names_machines,
    names_no_machines,
    names_several,
    ordinary,
    totals,
)
from whichcompute.inventory.maps.values import SEVERAL_WORDS, by_value, heading, power_states
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.price_lists import REGION

_AMBIGUOUS = {"state", "kind", "language", "protocol", "traffic"}
_UNMISTAKABLE = {"region": rf"(?i)^\s*{REGION.pattern}[a-z]?\s*$"}
"""What shows in a single cell what a column means, misspelt or not, as a value that can be read does."""
_READABLE, _HARDLY, _FEW, _SOME = 0.5, 0.1, 3, 0.25
_WORD = "[a-z]{2}"
_TYPE = re.compile(r"\d.*[._-]|[._-].*\d")  # of an instance type that is mistaken for nothing else
_NESTED = r"^[{\[]"  # an object or a list, which is no value of a field
_COMMENT = "#"
_POWER = 0.8
_ROWS = 5_000
_NAMING = 500  # columns of which one may name the rows: a table may have very many
_WIDEST = 300  # columns of a table in which lines with a single cell are looked for
_FIRST = 100  # rows in which any instance type must be for a list to be one of types
_OFF = "not running"
_MACHINE = "a list of machines: each as it exists today"


@dataclass(frozen=True, slots=True)
class Settled:
    """The map, what was assumed, and the notes on columns whose values are implausible, by descriptor."""

    map: BoundMap
    notices: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)


def settle(bound: BoundMap, sample: Sample) -> Settled:
    """The map as the values of the sample settle it."""
    units = sizes.row_of_units(bound, sample)
    sample = sample.below(1) if units else sample
    marks = sample.marks(
        {place for column in bound.columns if _is_number(column) for place in bound.places_of(column.descriptor)}
        | {bound.at[base(title)] for title in disks_of(sample.titles) if base(title) in bound.at}
    )
    marks = {at: each for at, each in marks.items() if not (names_several(sample.title(at)) and each.thousands == "")}
    sample = sample.first(_ROWS)  # marks are decided by all numbers, the rest by as many rows as it needs
    bound = replace(bound, marks=marks)
    bound = replace(bound, columns=tuple(_in_units(column, units) for column in bound.columns))
    bound = replace(bound, skips=tuple(_power_states(bound, sample)))
    bound, notices, doubts = _chosen(bound, sample)
    bound = sizes.plausible_marks(bound, sample)
    notices = [*_said(bound, sample), *notices]
    if not bound.name:
        bound = of_machines(replace(bound, id=_id(bound, sample)), sample)
    bound = _running(bound, sample)
    bound = replace(bound, aside=tuple(_no_workloads(bound, sample, units)), headings=_headings(sample))
    for column, said, differ in _twice(bound, sample):
        notices += [] if differ else [said]
        doubts |= {column.descriptor: said} if differ else {}
    for name, said in sizes.doubts(bound, sample):
        doubts[name] = f"{doubts[name]}; {said}" if name in doubts else said
    return Settled(bound, (*notices, *doubts.values()), doubts)


def _twice(bound: BoundMap, sample: Sample) -> Iterator[tuple[Column, str, bool]]:
    """Columns of one name for one descriptor, and whether their cells differ; the first is read."""
    for column in bound.columns:
        places = [
            at for at, title in enumerate(sample.header) if column.names and normal(title) == base(column.names[0])
        ]
        if len(places) > 1:
            titles = " and ".join(f"'{shown(sample.header[at])}'" for at in places[:2])
            cells = [sample.cells[str(at)] for at in places[:2] if str(at) in sample.cells.columns]
            differ = len(cells) == 2 and not cells[0].equals(cells[1])
            text = f"columns {titles} both match {column.descriptor}; the first is read"
            yield column, f"{text}, and their values differ" if differ else text, differ


def _is_number(column: Column) -> bool:
    return DESCRIPTORS[column.descriptor].type == "number"


def _in_units(column: Column, units: Mapping[str, str]) -> Column:
    return replace(column, unit=units[column.descriptor]) if _open(column) and column.descriptor in units else column


def _open(column: Column) -> bool:
    """Whether the values may settle the unit of a column."""
    return column.unit in ("", UNSETTLED) and not column.unit_from


def _said(bound: BoundMap, sample: Sample) -> Iterator[str]:
    """What the marks mean where that is not usual in English."""
    for at, marks in bound.marks.items():
        title = shown(sample.title(at))
        if marks.thousands == ".":
            yield f"column '{title}': a point separates thousands, a comma decimals"
        elif marks.decimal == ",":
            yield f"column '{title}': a comma separates decimals"


def _chosen(bound: BoundMap, sample: Sample) -> tuple[BoundMap, list[str], dict[str, str]]:
    """The map with the columns that its values allow, what was assumed, and what is in doubt."""
    kept: list[Column] = []
    notices: list[str] = []
    doubts: dict[str, str] = {}
    for column in bound.columns:
        if column.descriptor not in bound.usual or _is_own(column) or column.always:
            chosen, said = _own(bound, sample, column)
        else:
            chosen, said = _best(bound, sample, column)
        kept += [chosen] if chosen else []
        notices += said
    if cores.FIELD in bound.usual and cores.FIELD not in {column.descriptor for column in kept}:
        found = cores.counted(bound, sample)
        kept += [found.column] if found.column else []
        notices += [found.said] if found.said else []
        doubts |= {"vcpus": found.doubt} if found.doubt else {}
    bound = replace(bound, columns=tuple(kept))
    if cores.FIELD in bound.usual:
        bound = _with_types(bound, sample)
    bound, said = _with_units(bound, sample)
    if sizes.STORED in bound.usual and sizes.STORED not in {column.descriptor for column in bound.columns}:
        disks, assumed = sizes.of_disks(bound, sample)
        bound = replace(bound, columns=(*bound.columns, disks)) if disks else bound
        said += [assumed] if assumed else []
    else:
        said += sizes.beside(bound, sample)
    return bound, [*notices, *said], doubts


def _is_own(column: Column) -> bool:
    return column.sources == (column.descriptor,)


def _own(bound: BoundMap, sample: Sample, column: Column) -> tuple[Column | None, list[str]]:
    """A column that the map names, or None and why: one named like a descriptor may mean something else."""
    if not _is_own(column) or column.always:
        return column, []
    cells = sample.of(bound, column.sources[0])
    readable = sample.readable(bound, column)
    ambiguous = column.descriptor in _AMBIGUOUS
    few = len(cells) < _FEW and not cells.str.contains(_NESTED).all()
    enough = readable >= _READABLE if ambiguous else readable > _HARDLY or few
    if (like := _UNMISTAKABLE.get(column.descriptor)) is not None:
        known = sample.typed(bound, column)[0].drop_nulls()
        enough = bool(len(known) or cells.str.contains(like).any())
    if not len(cells) or enough:
        return column, []
    if any(base(skip.column) == column.descriptor for skip in bound.skips):
        return None, [f"column '{shown(column.sources[0])}' is not read as a {column.descriptor}: it sets rows aside"]
    return None, [_not_read(column.sources[0], cells[0], column.descriptor)]


def _not_read(title: str, example: str, descriptor: str) -> str:
    return f"column '{shown(title)}' is not read: most cells, such as '{shown(example)}', are no {descriptor}"


def _best(bound: BoundMap, sample: Sample, column: Column) -> tuple[Column | None, list[str]]:
    """The first of the candidates for a descriptor whose cells can be read (of names by a table: all of them)."""
    if column.descriptor == cores.FIELD:
        return None, []  # chosen from all columns that count something
    good: list[str] = []
    notices: list[str] = []
    for title in column.sources:
        tried = replace(column, sources=(title,), unit="b" if column.descriptor in sizes.SIZED else column.unit)
        if sample.readable(bound, tried) >= _READABLE:
            good.append(title)
        elif any(path_of(other) and base(other) == normal(title) for other in column.sources):
            continue  # what its cells hold is tried
        elif len(cells := sample.of(bound, title)) and not good and exact(title, column.descriptor):
            notices.append(_not_read(title, cells[0], column.descriptor))
    if not good:
        return None, notices
    return replace(column, sources=tuple(good) if column.table else tuple(good[:1])), notices


def _with_types(bound: BoundMap, sample: Sample) -> BoundMap:
    """The map with the sizes of instance types, where the inventory lacks them."""
    known = {column.descriptor for column in bound.columns}
    if {"vcpus", "memory_mb"} <= known:
        return bound
    for title in columns_of(sample.titles, "instance_type") or _types_alone(sample):
        cells = sample.of(bound, title)
        sizes_of = {"*": "", **by_type("vcpus")}
        counts = cells.to_frame("cell").select(by_value(pl.col("cell"), sizes_of)).to_series()
        if len(cells) and (counts != "").sum() >= _READABLE * len(cells):
            sized = [Column(name, (title,), values=by_type(name), rule=RULE) for name in SIZED if name not in known]
            return replace(bound, columns=(*bound.columns, *sized))
    return bound


def _types_alone(sample: Sample) -> list[str]:
    """The column that holds names of instance types, if it is the only one and its title says nothing of names."""
    known = {name for name in by_type("vcpus") if _TYPE.search(name)}
    cells = sample.cells.head(_FIRST).unpivot()  # at once: a table may have very many columns
    typed = cells.filter(pl.col("value").str.to_lowercase().is_in(known))
    held = [sample.header[int(at)] for at in typed["variable"].unique()]
    return [title for title in held if not title.lower().endswith("name")] if len(held) == 1 else []


def _with_units(bound: BoundMap, sample: Sample) -> tuple[BoundMap, list[str]]:
    notices, columns, sized = [], [], []
    for column in bound.columns:
        settled = column.descriptor in bound.usual and not (_is_own(column) or column.values) and _open(column)
        if column.descriptor not in sizes.SIZED or not (settled or column.unit == UNSETTLED):
            columns.append(column)
            continue
        found, said = sizes.with_unit(column, bound, sample)
        sized += [found] if found else []
        columns += [found] if found else []
        notices += [said] if said else []
    bound = replace(bound, columns=tuple(columns))
    beside = {column.descriptor: sizes.by_neighbours(column, bound, sample) for column in sized}
    notices += [each for _, said in beside.values() for each in said]
    return replace(bound, beside={name: found for name, (found, _) in beside.items() if found}), notices


def types_of(sample: Sample) -> str:
    """The column that names another instance type in each row, as rows have no other name; '' if there is none.

    Tables of types know more of them than data/instance_types.toml: it is enough that a quarter is known. Parts of the
    names of types, as `A0` of `Basic_A0`, are no other names.
    """
    known = [*by_type("vcpus")]
    first = sample.cells.head(_FIRST).select(pl.all().str.strip_chars().str.to_lowercase())
    if {*known}.isdisjoint(cell for row in first.rows() for cell in row):
        return ""
    named = {title: sample.filled(at).str.to_lowercase() for at, title in enumerate(sample.header)}
    distinct = {title: cells for title, cells in named.items() if len(cells) >= _FEW and cells.n_unique() == len(cells)}
    types = {title for title, cells in distinct.items() if cells.is_in(known).sum() > _SOME * len(cells)}
    parts = [part for title in types for cell in distinct[title] for part in (cell, *cell.split("_"))]
    own = [cells for cells in distinct.values() if cells.is_in(parts).sum() <= _SOME * len(cells)]
    others = [cells for cells in own if cells.str.contains(_WORD).any()]
    ids = [title for title in columns_of(sample.header, "id") if title in distinct]
    return next((title for title in ids[:1] or sample.header if title in types), "") if ids or not others else ""


def _power_states(bound: BoundMap, sample: Sample) -> Iterator[Skip]:
    states = power_states()
    for skip in bound.skips:
        cells = sample.of(bound, skip.column).str.to_lowercase()
        usual = cells.is_in(states["on"] + states["off"]).sum() >= _POWER * len(cells)
        if not skip.guessed or (len(cells) and usual):
            yield skip
        elif cells.is_in(states["gone"]).any():
            yield replace(skip, values=states["gone"], because="retired")


def _id(bound: BoundMap, sample: Sample) -> int | None:
    """The first of the columns that may name the rows whose cells differ; a quantity that is read names nothing."""
    read = {at for column in bound.columns if _is_number(column) for at in bound.positions_of(column.descriptor)}
    places = dict.fromkeys([*([] if bound.id is None else [bound.id]), *range(min(len(sample.header), _NAMING))])
    for at in (at for at in places if at not in read):
        cells = sample.filled(at)
        if len(cells) and cells.n_unique() > _READABLE * sample.cells.height:
            return int(at)
    return None if bound.id in read else bound.id


def of_machines(bound: BoundMap, sample: Sample) -> BoundMap:
    """The map with `packaging` where titles and values say that each row is a machine."""
    known = {column.descriptor: column for column in bound.columns}
    sizes_named = [known[name] for name in ("vcpus", "memory_mb") if name in known]
    ours = bool(sizes_named) and all(
        map(_is_own, sizes_named)
    )  # a list in our own terms says itself how a workload is packaged
    said = (
        "os" in known
        or any(skip.because == _OFF for skip in bound.skips)
        or names_machines(sample.header, virtual=True)
    )
    typed = any(column.rule == RULE for column in bound.columns)
    sized = {"vcpus", "memory_mb"} <= {*known} and ("os" in known or names_machines(sample.header))
    sized = sized and not names_no_machines(sample.header)
    named = typed or sized or (said and names_machines(sample.header))
    if ours or "packaging" in known or not named or _has_containers(sample):
        return bound
    return replace(bound, columns=(*bound.columns, Column("packaging", always="machine_image", rule=_MACHINE)))


def _has_containers(sample: Sample) -> bool:
    places = (sample.header.index(column) for column in columns_of(sample.header, "device_type"))
    return any(sample.filled(at).str.to_lowercase().is_in(containers()).any() for at in places)


def _running(bound: BoundMap, sample: Sample) -> BoundMap:
    """The map with `kind` where a list of machines says how long they have run."""
    known = {column.descriptor: column for column in bound.columns}
    machines = "packaging" in known and known["packaging"].always == "machine_image"
    if not machines or uptime.FIELD not in bound.usual or uptime.FIELD in known:
        return bound
    column = uptime.of_uptime(bound, sample)
    return replace(bound, columns=(*bound.columns, column)) if column else bound


def _headings(sample: Sample) -> tuple[int, ...]:
    """The columns by which lines are headings, which hold words in the first and nothing else; none if no line is one.

    Most names of machines are one word; where they are several, such a line may be a machine of which nothing is known.
    """
    places = sample.cells.columns
    if not 1 < len(places) <= _WIDEST:
        return ()
    named = sample.cells.filter(pl.col(places[0]).str.contains(r"\S"))
    headings = named.select(heading(places)).to_series()
    machines = named.filter(~headings)[places[0]]
    spoken = machines.str.contains(SEVERAL_WORDS).sum()
    alike = not headings.any() or not len(machines) or spoken > _HARDLY * len(machines)
    return () if alike else tuple(map(int, places))


def _no_workloads(bound: BoundMap, sample: Sample, units: Mapping[str, str]) -> Iterator[Skip]:
    """Rows of units, totals and repeated headers."""
    for column in bound.columns:
        if column.descriptor in units:
            yield Skip(column.sources[0], tuple(units.values()), "a row of units")
    for title in ordinary(dict.fromkeys((sample.header[bound.id or 0], sample.header[0]))):
        # Half a character, of a byte that is not UTF-8, is in no cell that is read.
        own = title.strip().lower().encode(errors="backslashreplace").decode()
        words = (own, *totals())
        yield Skip(title, words, "a total or a repeated header, not a workload")
    if sample.header[0].strip().startswith(_COMMENT):
        yield Skip(sample.header[0], because="a comment, not a workload", prefix=_COMMENT)
