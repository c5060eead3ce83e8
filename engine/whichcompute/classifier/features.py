"""What a classifier may look at: condition lines, conjunctions of them, and the reference distribution of their cells.

A choice has a condition for every value that may be a reason, a boolean one for yes; a number has "at least" each of
its cuts, and a choice whose values are ordered likewise. The cells of a field are what its conditions can tell apart.
The reference distribution gives each cell a share: what a workload is like on average, as far as answers depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from whichcompute.base.entries import EntryError, read_entry
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.conditions import Condition, ConditionError, parse
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, unread
from whichcompute.knowledge.facts import Facts

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Term: TypeAlias = tuple[int, ...]
"""Numbers of the conditions that are read together; one condition or several, on different fields."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Field:
    """A descriptor as a classifier sees it: its condition lines, and one value of each of its cells."""

    name: str
    lines: tuple[str, ...]
    cells: tuple[Value, ...]
    cuts: tuple[float, ...] = ()

    def cell(self, value: Value) -> int:
        """The number of the cell in which a value lies."""
        if self.cuts:
            return int(np.searchsorted(self.cuts, float(value), side="right"))
        return self.cells.index(value)


class Features:
    """Fields, conditions and conjunctions; `shares` are those of the cells in the reference distribution."""

    def __init__(
        self,
        fields: Sequence[Field],
        facts: Facts,
        interactions: Sequence[Sequence[str]] = (),
        shares: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        self.fields = tuple(fields)
        self.lines = tuple(line for field in fields for line in field.lines)
        self.conditions: tuple[Condition, ...] = tuple(parse(line, facts) for line in self.lines)
        numbers = {line: number for number, line in enumerate(self.lines)}
        single: list[Term] = [(number,) for number in range(len(self.lines))]
        self.terms: tuple[Term, ...] = (*single, *(_term(lines, numbers, self.conditions) for lines in interactions))
        self.shares: Mapping[str, Sequence[float]] = shares or {}

    @cached_property
    def reference(self) -> Floats:
        """The share of the reference distribution in which each condition holds."""
        shares = np.concatenate([np.asarray(self.shares[field.name], float) for field in self.fields])
        reference: Floats = self.holds_in @ shares
        return reference

    @cached_property
    def holds_in(self) -> Floats:
        """1 where a condition (row) holds in a cell (column, the cells of all fields in order), else 0."""
        cells = [(field.name, value) for field in self.fields for value in field.cells]
        rows = [[float(c.field == name and c.test(value)) for name, value in cells] for c in self.conditions]
        return np.array(rows)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """For each field its columns among the cells of all fields."""
        ends = np.cumsum([len(field.cells) for field in self.fields]).tolist()
        return tuple(slice(end - len(f.cells), end) for f, end in zip(self.fields, ends, strict=True))

    def truth(self, workloads: Sequence[Mapping[str, Value]]) -> tuple[Floats, Floats]:
        """For each workload and condition: whether its field is known, and whether it holds (n x conditions)."""
        known = np.zeros((len(workloads), len(self.conditions)))
        holds = np.zeros_like(known)
        for column, condition in enumerate(self.conditions):
            for row, values in enumerate(workloads):
                value = values.get(condition.field)
                if value is not None and not unread(condition.field, values):
                    known[row, column] = 1.0
                    holds[row, column] = condition.test(value)
        return known, holds

    def degrees(self, workloads: Sequence[Mapping[str, Value]]) -> Floats:
        """For each workload and condition: 1 or 0 where its field is known, else its share in the reference."""
        known, holds = self.truth(workloads)
        degrees: Floats = holds + (1 - known) * self.reference
        return degrees

    def columns(self, degrees: Floats, terms: Sequence[Term] | None = None) -> Floats:
        """For each workload and term: the product of its degrees less what it is on average (n x terms)."""
        chosen = self.terms if terms is None else terms
        columns = [degrees[:, list(term)].prod(axis=1) - self.reference[list(term)].prod() for term in chosen]
        return np.stack(columns, axis=1) if columns else np.zeros((len(degrees), 0))


def _term(lines: Sequence[str], numbers: Mapping[str, int], conditions: Sequence[Condition]) -> Term:
    unknown = [line for line in lines if line not in numbers]
    if unknown:
        raise ConditionError(f"interaction: '{shown(unknown[0])}' is not a condition of the features")
    term = tuple(numbers[line] for line in lines)
    if len({conditions[number].field for number in term}) < len(term):
        raise ConditionError(f"interaction {shown(list(lines))}: two conditions on one field")
    return term


def load(facts: Facts, features: Path | None = None, reference: Path | None = None) -> Features:
    """The features with their reference distribution; DataError names file and entry."""
    path = features or shipped()
    known = fields(path)
    shares = read_shares(known, reference or folder("data") / "reference.toml")
    try:
        return Features(known, facts, _read(path).interactions, shares)
    except ConditionError as error:
        raise DataError(f"{path}: {error}") from None


def shipped() -> Path:
    """The feature file that came with this installation."""
    return folder("data") / "features.toml"


def fields(path: Path) -> tuple[Field, ...]:
    """The fields by a feature file, in the order of the descriptor table; DataError names file and entry."""
    return tuple(_fields(_read(path)))


def set_shares(path: Path) -> dict[str, list[float]]:
    """The shares of the reference distribution that a feature file sets, so that they are not learned."""
    file = _read(path)
    choices = {name: [row[value] for value in DESCRIPTORS[name].choices] for name, row in file.shares.items()}
    return {**choices, **{name: list(row) for name, row in file.cell_shares.items()}}


@dataclass(frozen=True, slots=True)
class _File:
    """A feature file: cuts of numbers, choices with an order, values that are not read, shares that are set."""

    interactions: tuple[tuple[str, ...], ...] = ()
    cuts: dict[str, tuple[float, ...]] = field(default_factory=dict)
    ordered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unread: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shares: dict[str, dict[str, float]] = field(default_factory=dict)
    cell_shares: dict[str, tuple[float, ...]] = field(default_factory=dict)


def _read(path: Path) -> _File:
    try:
        file = read_entry(read_toml(path), _File)
        _check(file)
    except EntryError as problem:
        raise DataError(f"{path}: {problem}") from None
    return file


def _check(file: _File) -> None:
    for names, kind in ((file.cuts, "number"), (file.ordered, "choice"), (file.unread, "choice")):
        if odd := [n for n in names if n not in DESCRIPTORS or DESCRIPTORS[n].type != kind]:
            raise EntryError(f"'{shown(odd[0])}' is not a descriptor of type {kind}")
    for name, values in file.ordered.items():
        if sorted(values) != sorted(DESCRIPTORS[name].choices):
            raise EntryError(f"ordered.{name} must list each of {', '.join(DESCRIPTORS[name].choices)}")
    for name, points in file.cuts.items():
        if not points or sorted(set(points)) != list(points) or points[0] <= 0:
            raise EntryError(f"cuts.{name} must be rising numbers above 0")
    for name, row in file.shares.items():
        if (
            name not in DESCRIPTORS
            or set(row) != set(DESCRIPTORS[name].choices)
            or abs(sum(row.values()) - 1) > _ROUNDING
        ):
            raise EntryError(f"shares.{shown(name)} must name each value of a choice, with shares that add up to 1")
    for name, cells in file.cell_shares.items():
        count = 2 if name in DESCRIPTORS and DESCRIPTORS[name].type == "boolean" else len(file.cuts.get(name, ())) + 1
        if len(cells) != count or min(cells) < 0 or abs(sum(cells) - 1) > _ROUNDING:
            raise EntryError(
                f"cell_shares.{shown(name)} must give a share below each cut and one above, adding up to 1"
            )
    for name, values in file.unread.items():
        if odd := [value for value in values if value not in DESCRIPTORS[name].choices]:
            raise EntryError(f"unread.{name}: '{shown(odd[0])}' is not a value of {name}")


def _fields(file: _File) -> Iterator[Field]:
    for name in DECIDING:
        kind = DESCRIPTORS[name].type
        if name in file.ordered:
            values = file.ordered[name]
            rest = ", ".join(f"'{value}'" for value in values[1:])
            yield Field(name, (f"{name} in [{rest}]", f"{name} == '{values[-1]}'"), values)
        elif kind == "choice" and name != "region":
            choices = tuple(DESCRIPTORS[name].choices)
            read = [value for value in choices if value not in file.unread.get(name, ())]
            yield Field(name, tuple(f"{name} == '{value}'" for value in read), choices)
        elif kind == "boolean":
            yield Field(name, (f"{name} == true",), (False, True))
        elif name in file.cuts:
            points = tuple(map(float, file.cuts[name]))
            lines = tuple(f"{name} >= {point:.12g}" for point in points)
            yield Field(name, lines, (points[0] / 2, *points), points)


def read_shares(fields: Sequence[Field], path: Path) -> dict[str, list[float]]:
    """The share of each cell of each field in a reference file; DataError when a field lacks them or they sum to 0."""
    table = read_toml(path).get("shares", {})
    found = {}
    for one in fields:
        row = table.get(one.name)
        if isinstance(row, dict) and set(row) <= set(map(str, one.cells)):
            row = [row.get(value, 0.0) for value in map(str, one.cells)]
        numbers = isinstance(row, list) and len(row) == len(one.cells)
        if not numbers or not all(isinstance(n, int | float) and n >= 0 for n in row) or sum(row) <= 0:
            raise DataError(f"{path}: {one.name}: needs {len(one.cells)} shares from 0, one for each cell")
        found[one.name] = [share / sum(row) for share in row]
    return found
