"""Units of memory and storage: by title, by cells, by a row of units, or by magnitude; and what is implausible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.base.units import SUFFIXES, say
from whichcompute.inventory.maps.mapping import BoundMap, Column
from whichcompute.inventory.maps.neighbours import PER_VCPU, UNKNOWN, Neighbours
from whichcompute.inventory.maps.numerals import Marks
from whichcompute.inventory.maps.paths import base
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.titles import (
    columns_of,
    disks_of,
    names_memory_or_disks,
    names_one_of_several,
    names_several,
    split,
)
from whichcompute.knowledge.descriptors import DESCRIPTORS

MEMORY, STORED, VCPUS = "memory_mb", "stored_data_gb", "vcpus"
SIZED = (MEMORY, STORED)
_PER_VCPU = ((128, "gb"), (1 << 18, "mb"), (1 << 28, "kb"), (float("inf"), "b"))
"""Memory of one vCPU below which a number without a unit is in this unit: machines have 128 MB to 256 GB a vCPU."""

_DISK = ((4, ""), (1 << 14, "gb"), (1 << 24, "mb"), (1 << 34, "kb"), (float("inf"), "b"))
"""Half of the disks below which numbers without a unit are in this one; fewer than 4 may be terabytes or disks."""

_USUAL_VCPUS, _ODD = 9, 0.3  # machines seldom have an odd number of vCPUs above 9
_PERCENT = 100
_LARGE = 32  # above it machines have a multiple of four
_DISKS = 64  # the most disks of one machine that a column may count
_READABLE = 0.5
_USUAL_PER_VCPU = 8 << 10  # MB; machines have up to 8 GB, only those made for memory more
_MANY_PER_VCPU = 32 << 10  # MB; only a few machines have more
_MIXED = "hold thousands: there are texts such as 1.024 beside numbers with decimals"
_LEAST_MB, _MOST_MB, _MOST_VCPUS, _MOST_DISK_GB = 128, 1 << 20, 1_000, 64 << 10


def with_unit(column: Column, bound: BoundMap, sample: Sample) -> tuple[Column | None, str]:
    """The column with the unit that its title or magnitude says, and what was assumed; None if its unit is unknown."""
    title = column.sources[0]
    unit = split(title)[1]
    column = replace(column, unit=unit)
    if column.computed or unit or not sample.bare(bound, title):
        return column, ""
    values = _numbers(column, bound, sample)
    if named := _unit_beside(column, values, bound, sample):
        others = f"numbers of column '{shown(title)}' without a unit are read in {named.upper()}, as its others name it"
        return replace(column, unit=named), others
    unit = _unit(column.descriptor, values, bound, sample)
    most = values.max()
    if column.descriptor == STORED and names_several(title) and isinstance(most, float) and most <= _DISKS:
        return None, f"column '{shown(title)}' is not read: it may count disks; name its unit with --map"
    if column.descriptor == STORED and names_one_of_several(title, sample.header):
        return None, f"column '{shown(title)}' is not read: it may be the size of one of several disks"
    if not unit:
        return None, f"column '{shown(title)}' is not read: its unit is unknown; name it with --map"
    return replace(
        column, unit=unit
    ), f"column '{shown(title)}' names no unit; read in {unit.upper()}, as its values suggest"


def by_neighbours(column: Column, bound: BoundMap, sample: Sample) -> tuple[Neighbours | None, list[str]]:
    """The amounts beside those without a unit, and which of these have another unit than their column, or none.

    A title that names the unit settles it.
    """
    if column.computed or split(column.sources[0])[1]:
        return None, []
    bare = sample.bare_rows(bound, column.sources[0])
    amounts = sample.typed(bound, column)[0].set(bare.fill_null(value=False), None)
    least, most = amounts.min(), amounts.max()
    of = DESCRIPTORS[column.descriptor].unit
    if not bare.any() or not isinstance(least, float) or not isinstance(most, float):
        return None, []
    found = Neighbours(least, most, of, column.unit, by_vcpus=column.descriptor == MEMORY)
    cells = replace(bound, beside={column.descriptor: found}).fields(sample.cells)
    read = cells.filter(bare)[column.descriptor].str.extract_groups(r"^(.*\d)(\D+)$").struct.unnest()
    title, said = shown(column.sources[0]), []
    for (unit,), rows in read.filter(pl.col("2") != column.unit).group_by("2", maintain_order=True):
        how = "unknown: no unit" if unit == UNKNOWN else f"read in {str(unit).upper()}, as only that"
        said.append(f"column '{title}': numbers such as {rows['1'][0]} are {how} fits them and their neighbours")
    return found, said


def of_disks(bound: BoundMap, sample: Sample) -> tuple[Column | None, str]:
    """The sum of several columns with the size of one disk each, and what was assumed; None if there are none."""
    listed = [title for title in disks_of(sample.titles) if base(title) in bound.at]
    titles = [title for title in listed if _holds_sizes(title, bound, sample)]
    if not titles:
        return None, ""
    if len({split(title)[1] for title in titles}) > 1:
        named = ", ".join(f"'{shown(title)}'" for title in titles)
        return None, f"columns {named} are not read: they name different units"
    if len(titles) < len(listed):
        left = ", ".join(f"'{shown(title)}'" for title in listed if title not in titles)
        return None, f"the sizes of disks are not read: most cells of {left} are no sizes"
    column, said = with_unit(Column(STORED, (titles[0],)), bound, sample)
    if column is None or len(titles) == 1:
        return column, said
    return replace(column, plus=tuple(titles[1:]), rule="the sum of its disks"), said


def beside(bound: BoundMap, sample: Sample) -> Iterator[str]:
    """The columns for one of several disks each that are not added, as another one is read as the whole."""
    column = next((column for column in bound.columns if column.descriptor == STORED and column.sources), None)
    if column is None or STORED not in bound.usual:
        return
    read = {base(name) for name in column.names}
    for title in disks_of(sample.titles):
        if base(title) in bound.at and base(title) not in read and _holds_sizes(title, bound, sample):
            whole = shown(column.sources[0])
            yield f"column '{shown(title)}' is not added to '{whole}', which is read as all disks; --map can add it"


def _holds_sizes(title: str, bound: BoundMap, sample: Sample) -> bool:
    """Whether the cells of a column are amounts; those that are empty in the sample may be some below it."""
    empty = not len(sample.of(bound, title))
    return empty or sample.readable(bound, Column(STORED, (title,), unit="b")) >= _READABLE


def _numbers(column: Column, bound: BoundMap, sample: Sample) -> pl.Series:
    """The numbers of a column that have no unit themselves, by row; null elsewhere."""
    in_bytes, _ = sample.typed(bound, replace(column, unit="b"))  # no number is too large for bytes
    numbers = in_bytes / SUFFIXES[DESCRIPTORS[column.descriptor].unit]["b"]
    bare = sample.bare_rows(bound, column.sources[0]).fill_null(value=False)
    return numbers.set(~bare, None)


def _unit_beside(column: Column, values: pl.Series, bound: BoundMap, sample: Sample) -> str:
    """The unit that other cells of a column name, where the numbers without one are plausible in it; else empty."""
    suffixes = SUFFIXES[DESCRIPTORS[column.descriptor].unit]
    unit = sample.named_unit(bound, column.sources[0], suffixes)
    middle = values.median()
    if not unit or not isinstance(middle, float):
        return ""
    least, most = (_LEAST_MB, _MOST_MB) if column.descriptor == MEMORY else (0, _MOST_DISK_GB)
    return unit if least <= middle * suffixes[unit] <= most else ""


def _unit(descriptor: str, values: pl.Series, bound: BoundMap, sample: Sample) -> str:
    middle = values.median()
    if not isinstance(middle, float):
        return "mb" if descriptor == MEMORY else ""
    if descriptor == STORED:
        return next(unit for most, unit in _DISK if middle < most)
    vcpus = _vcpus(bound, sample)
    ratio = None if vcpus is None else (values / vcpus).median()
    ratio = ratio if isinstance(ratio, float) else middle
    return next(unit for most, unit in _PER_VCPU if ratio < most)


def _vcpus(bound: BoundMap, sample: Sample) -> pl.Series | None:
    column = next((column for column in bound.columns if column.descriptor == VCPUS), None)
    if column is None or column.always:
        return None
    values, _ = sample.typed(bound, column)
    return values.replace(0, None)


def plausible_marks(bound: BoundMap, sample: Sample) -> BoundMap:
    """The map with decimals where groups of three digits are no thousands: 65.536 GB for 4 vCPUs are no 64 TB."""
    column = next((column for column in bound.columns if column.descriptor == MEMORY and not column.computed), None)
    if column is None or column.always:
        return bound
    at = bound.place(column.sources[0])
    found = sample.evidence(at)
    if found.decimal or found.thousands or len(found.open) != 1:
        return bound
    as_decimals = replace(bound, marks={**bound.marks, at: Marks("", *found.open)})
    if _plausible(bound, column, sample) or not _plausible(as_decimals, column, sample):
        return bound
    return as_decimals


def _plausible(bound: BoundMap, column: Column, sample: Sample) -> bool:
    """Whether half of the machines may have that much memory, for each vCPU where their number is known."""
    vcpus = _vcpus(bound, sample)
    values = sample.typed(bound, column)[0]
    middle = (values if vcpus is None else values / vcpus).median()
    return isinstance(middle, float) and _LEAST_MB <= middle <= (_MOST_MB if vcpus is None else PER_VCPU[1])


def row_of_units(bound: BoundMap, sample: Sample) -> dict[str, str]:
    """The units that the first row names instead of values, by descriptor; empty if it is an ordinary row."""
    if not sample.cells.height:
        return {}
    first = sample.cells.row(0, named=True)
    units = {}
    for column in bound.columns:
        if column.descriptor not in SIZED or not column.sources:
            continue
        cell = (first.get(str(bound.at[base(column.sources[0])])) or "").strip(" ()[]").lower()
        if cell in SUFFIXES["MB"]:
            units[column.descriptor] = cell
    return units


def doubts(bound: BoundMap, sample: Sample) -> Iterator[tuple[str, str]]:
    """What is implausible about columns, by descriptor."""
    found = {VCPUS: _doubt_of_vcpus, MEMORY: _doubt_of_memory, STORED: _doubt_of_storage}
    for column in bound.columns:
        if column.descriptor in found and column.sources and not column.values:
            mixed = sample.mixed(bound.place(column.sources[0]))
            doubt = _MIXED if mixed else found[column.descriptor](column, bound, sample)
            if doubt:
                yield column.descriptor, f"'{shown(column.sources[0])}' may {doubt}"


def _doubt_of_vcpus(column: Column, bound: BoundMap, sample: Sample) -> str:
    values = sample.typed(bound, column)[0]
    most, odd = values.max(), _odd_beside(values, bound, sample)
    if isinstance(most, float) and most > _MOST_VCPUS:
        return f"not be vCPUs: there are values up to {most:,.0f}"
    return f"be a usage in percent, not vCPUs: there are values such as {odd:g}" if odd else ""


def _doubt_of_memory(column: Column, bound: BoundMap, sample: Sample) -> str:
    values, vcpus = sample.typed(bound, column)[0], _vcpus(bound, sample)
    middle = values.median()
    if isinstance(middle, float) and not _LEAST_MB <= middle <= _MOST_MB:
        return f"have another unit: half of its values are at most {say(middle, 'MB')}"
    each = None if vcpus is None else (values / vcpus).median()
    much = not isinstance(each, float) or each > _USUAL_PER_VCPU
    if (
        much
        and names_memory_or_disks(column.sources[0])
        and STORED not in {other.descriptor for other in bound.columns}
    ):
        return "be disks, not memory: no other column names any"
    if split(column.sources[0])[1] or not sample.bare(bound, column.sources[0]):
        return ""
    if vcpus is None and column.unit in ("kb", "b") and column.descriptor in bound.usual:
        return "be in bytes or KB: no number of vCPUs shows which"
    if column.unit == "gb" and isinstance(each, float) and each > _MANY_PER_VCPU:
        return f"have another unit: half of its values are {say(each, 'MB')} or more for each vCPU"
    most = sample.typed(bound, replace(column, unit="mb"))[0].max()
    shares = _shares(sample, bound) if vcpus is None else _odd_beside(vcpus, bound, sample)
    percent = shares and isinstance(most, float) and most <= _PERCENT
    return f"be a usage in percent too: no value is above {_PERCENT}" if percent else ""


def _shares(sample: Sample, bound: BoundMap) -> bool:
    """Whether numbers of CPUs are not read as such: they are mostly fractions, such as 12.4."""
    titles = columns_of(sample.titles, "processors")
    return any(sample.readable(bound, Column(VCPUS, (title,))) >= _READABLE for title in titles)


def _doubt_of_storage(column: Column, bound: BoundMap, sample: Sample) -> str:
    middle = sample.typed(bound, column)[0].median()
    if not isinstance(middle, float) or middle <= _MOST_DISK_GB:
        return ""
    return f"have another unit: half of its values are at most {say(middle, 'GB')}"


def _odd(numbers: pl.Series, share: float = _ODD) -> float | None:
    """A number that machines seldom have, if more than a share of the different numbers are such; else None."""
    distinct = numbers.drop_nulls().unique().sort()
    odd = distinct.filter((distinct > _USUAL_VCPUS) & (distinct % 2 != 0) | (distinct > _LARGE) & (distinct % 4 != 0))
    return float(odd[0]) if len(odd) > share * len(distinct) else None


def _odd_beside(vcpus: pl.Series, bound: BoundMap, sample: Sample) -> float | None:
    """A number of vCPUs that machines seldom have: one is enough beside memory without a unit of which most is so."""
    memory = next((column for column in bound.columns if column.descriptor == MEMORY and column.sources), None)
    if memory is None or split(memory.sources[0])[1] or not sample.bare(bound, memory.sources[0]):
        return _odd(vcpus)
    numbers = _numbers(memory, bound, sample)
    most = pl.concat([numbers, vcpus]).max()
    shares = isinstance(most, float) and most <= _PERCENT and _odd(numbers, _READABLE)
    return _odd(vcpus, 0 if shares else _ODD)
