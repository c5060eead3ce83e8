"""Settles a map by the values of the first rows: marks of numbers, units, columns that mean something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.inventory.maps.mapping import UNSETTLED, BoundMap, Column, Skip, normal
from whichcompute.inventory.maps.numerals import Marks, evidence
from whichcompute.inventory.maps.titles import split
from whichcompute.inventory.maps.values import power_states
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.recommender.columns.typed import type_columns

_AMBIGUOUS = {"state", "kind", "language", "protocol", "traffic"}
_READABLE = 0.5
_POWER = 0.8
_CELLS = 5_000
_MEMORY, _LEAST_MB, _MOST_VCPUS, _MOST_MB = "memory_mb", 128, 1_000, 1 << 20
_PER_VCPU = ((128, "gb"), (1 << 18, "mb"), (1 << 28, "kb"), (float("inf"), "b"))
"""Memory of one vCPU below which a number without a unit is in this unit: machines have 128 MB to 256 GB a vCPU."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The map, what was assumed, and the notes on columns whose values are implausible, by descriptor."""

    map: BoundMap
    notices: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)


class Sample:
    """The first rows of an inventory, read as text: columns named by position."""

    def __init__(self, cells: pl.DataFrame, header: tuple[str, ...], points: bool) -> None:
        texts = [column.name for column in cells if not column.dtype.is_nested()]
        self.cells = cells.select(pl.col(texts).cast(pl.String))
        self.header = header
        self._points = points

    def filled(self, position: int) -> pl.Series:
        """The cells of a column that are not empty."""
        if str(position) not in self.cells.columns:
            return pl.Series([], dtype=pl.String)
        cells = self.cells[str(position)].drop_nulls().str.strip_chars()
        return cells.filter(cells != "")

    def marks(self, positions: set[int]) -> dict[int, Marks]:
        """The marks of the columns at these positions that have any."""
        found = {at: evidence(self.filled(at).unique(maintain_order=True).head(_CELLS)) for at in sorted(positions)}
        if self._points:  # numbers of other forms than CSV have a decimal point
            for each in found.values():
                each.decimal.add(".")
        decimal = set().union(*(each.decimal for each in found.values()))
        marks = {at: each.marks(decimal) for at, each in found.items()}
        return {at: each for at, each in marks.items() if each is not None}

    def typed(self, bound: BoundMap, column: Column) -> tuple[pl.Series, int]:
        """The values of a descriptor, and how many of its cells cannot be read."""
        fields = replace(bound, columns=(column,)).fields(self.cells)
        typed = type_columns(fields.select(column.descriptor))
        return typed.frame[column.descriptor], typed.problems.height


def settle(bound: BoundMap, sample: Sample) -> Settled:
    """The map as the values of the sample settle it."""
    notices: list[str] = []
    numbers = {
        at
        for column in bound.columns
        if DESCRIPTORS[column.descriptor].type == "number"
        for at in bound.positions_of(column.descriptor)
    }
    marks = sample.marks(numbers)
    bound = replace(bound, marks=marks)
    for at, each in marks.items():
        if each.thousands == "." or each.decimal == ",":
            notices.append(_said(sample, at, each))
    kept = []
    for column in bound.columns:
        settled, said = _settled(bound, sample, column)
        notices += said
        kept += [settled] if settled is not None else []
    bound = replace(bound, columns=tuple(kept))
    bound, said = _with_memory_unit(bound, sample)
    notices += said
    if not bound.name:
        bound = replace(bound, skips=tuple(_skips(bound, sample)), id=_id(bound, sample))
    doubts = dict(_doubts(bound, sample))
    return Settled(bound, (*notices, *doubts.values()), doubts)


def _said(sample: Sample, at: int, marks: Marks) -> str:
    title = shown(sample.header[at])
    if marks.thousands == ".":
        return f"column '{title}': a point separates thousands, a comma decimals"
    return f"column '{title}': a comma separates decimals"


def _settled(bound: BoundMap, sample: Sample, column: Column) -> tuple[Column | None, list[str]]:
    """The column with its unit, or None and why it is not read."""
    own = column.sources == (column.descriptor,)
    doubtful = own and column.descriptor in _AMBIGUOUS
    if column.always or (not doubtful and (bound.name or own)):
        return column, []
    notices = []
    for source in column.sources if column.table == "" else (column.sources,):
        names = (source,) if isinstance(source, str) else source
        tried = replace(column, sources=names)
        filled = max(len(sample.filled(bound.at[normal(name)])) for name in names)
        values, wrong = sample.typed(bound, tried)
        if wrong and column.descriptor == _MEMORY and not split(names[0])[1]:
            tried = replace(tried, unit="b")  # numbers of bytes are beyond all numbers of megabytes
            values, wrong = sample.typed(bound, tried)
        if wrong and wrong > (1 - _READABLE) * filled:
            example = shown(sample.filled(bound.at[normal(names[0])])[0])
            notices.append(
                f"column '{shown(names[0])}' is not read: most cells, such as '{example}', are no {column.descriptor}"
            )
            continue
        if own:
            return tried, notices
        notices.append(f"column '{shown(names[0])}' is read as {column.descriptor}")
        if column.table:
            return tried, notices
        unit = split(names[0])[1] or tried.unit
        if column.descriptor == "stored_data_gb" and not unit and values.drop_nulls().len():
            notices.append(f"column '{shown(names[0])}' is not read: its unit is unknown; name it with --map")
            continue
        return replace(
            tried, unit=unit if DESCRIPTORS[column.descriptor].unit in ("MB", "GB") else column.unit
        ), notices
    return None, notices


def _with_memory_unit(bound: BoundMap, sample: Sample) -> tuple[BoundMap, list[str]]:
    """The map with a unit for memory whose header names none, by the memory of one vCPU."""
    by_field = {column.descriptor: column for column in bound.columns}
    memory = by_field.get(_MEMORY)
    if memory is None or memory.sources == (_MEMORY,):
        return bound, []
    if memory.unit_from or (memory.unit if memory.unit != UNSETTLED else bound.name and not memory.unit):
        return bound, []
    unit, said = _memory_unit(bound, sample, replace(memory, unit=""), by_field.get("vcpus"))
    columns = tuple(replace(column, unit=unit) if column is memory else column for column in bound.columns)
    return replace(bound, columns=columns), said


def _memory_unit(bound: BoundMap, sample: Sample, memory: Column, vcpus: Column | None) -> tuple[str, list[str]]:
    values, wrong = sample.typed(bound, memory)
    if wrong > (1 - _READABLE) * len(values):  # numbers of bytes are beyond all numbers of megabytes
        values = sample.typed(bound, replace(memory, unit="b"))[0] * (1 << 20)
    ratio = (values / sample.typed(bound, vcpus)[0]).median() if vcpus is not None else None
    ratio = ratio if ratio is not None else values.median()
    if not isinstance(ratio, float):
        return "", []
    unit = next(unit for most, unit in _PER_VCPU if ratio < most)
    title = shown(memory.sources[0])
    return unit, [f"column '{title}' names no unit; read in {unit.upper()}, as its values suggest"]


def _skips(bound: BoundMap, sample: Sample) -> Iterator[Skip]:
    states = power_states()
    for skip in bound.skips:
        cells = sample.filled(bound.at[normal(skip.column)]).str.to_lowercase()
        usual = cells.is_in(states["on"] + states["off"]).sum() >= _POWER * len(cells)
        if skip.because == "a template" or (len(cells) and usual):
            yield skip


def _id(bound: BoundMap, sample: Sample) -> int | None:
    """The first of the columns that may name the rows whose cells differ."""
    for at in dict.fromkeys([*([] if bound.id is None else [bound.id]), *range(len(sample.header))]):
        cells = sample.filled(at)
        if len(cells) and cells.n_unique() > _READABLE * sample.cells.height:
            return int(at)
    return bound.id


def _doubts(bound: BoundMap, sample: Sample) -> Iterator[tuple[str, str]]:
    for column in bound.columns:
        title = shown(column.sources[0]) if column.sources else ""
        if column.descriptor == "vcpus" and not column.always:
            most = sample.typed(bound, column)[0].max()
            if isinstance(most, float) and most > _MOST_VCPUS:
                yield "vcpus", f"'{title}' may not be vCPUs: there are values up to {most:,.0f}"
        elif column.descriptor == _MEMORY and not column.always:
            middle = sample.typed(bound, column)[0].median()
            if isinstance(middle, float) and not _LEAST_MB <= middle <= _MOST_MB:
                yield _MEMORY, f"'{title}' may have another unit: half of its values are at most {middle:,.4g} MB"
