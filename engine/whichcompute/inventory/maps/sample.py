"""The first rows of an inventory, by which its map is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace

import polars as pl

from whichcompute.inventory.maps.cells import as_readable, read_fields
from whichcompute.inventory.maps.mapping import BoundMap, Column
from whichcompute.inventory.maps.numerals import Evidence, Fraction, Marks, evidence
from whichcompute.inventory.maps.paths import Place, base, normal, path_of, values_at
from whichcompute.inventory.maps.titles import ordinary

_CELLS = 5_000
_FIRST = 32
_BARE = r"^[^A-Za-z]*\d(?:[eE][+-]?\d+)?\s*$"


def _without_headers(cells: pl.DataFrame, titles: Sequence[str]) -> pl.DataFrame:
    """The rows that are neither empty nor the header again, by a few columns first: a table may have very many."""
    first = cells.columns[:_FIRST]
    alike = (pl.col(name).fill_null("").str.strip_chars().is_in(["", titles[int(name)]]) for name in first)
    likely = cells.select(pl.all_horizontal(alike)).to_series()
    places = [titles[int(name)] for name in cells.columns]
    rows = cells.filter(likely).iter_rows()
    other = [
        any((cell or "").strip() not in ("", title) for cell, title in zip(row, places, strict=True)) for row in rows
    ]
    return cells.filter(~likely.scatter(likely.arg_true(), [not each for each in other]))


class Sample:
    """The first rows of an inventory as text, columns named by position.

    `points`: the columns with numbers that have a decimal point, and whether texts beside them may have none. `titles`
    are those of the header, and the paths of values within its cells.
    """

    def __init__(
        self,
        cells: pl.DataFrame,
        header: tuple[str, ...],
        points: Mapping[int, bool],
        nested: tuple[str, ...] = (),
    ) -> None:
        held = as_readable(cells)
        held = held.cast({name: pl.String() for name, dtype in held.schema.items() if dtype != pl.String})
        # A title of other bytes than UTF-8 has lone surrogates, which no column of text can hold.
        titles = [title.strip().encode(errors="replace").decode() for title in header]
        self.cells = _without_headers(held, titles) if held.width else held
        self._held = frozenset(held.columns)
        self.header, self.nested, self.titles = header, nested, (*ordinary(header), *nested)
        self._points = points

    def filled(self, position: int) -> pl.Series:
        """The cells of a column that are not empty."""
        if str(position) not in self._held:
            return pl.Series([], dtype=pl.String)
        cells = self.cells[str(position)].drop_nulls().str.strip_chars()
        return cells.filter(cells != "")

    def of(self, bound: BoundMap, source: str) -> pl.Series:
        """The cells of a source that are not empty; a source may end in a path."""
        if str(bound.at[base(source)]) not in self._held:
            return pl.Series([], dtype=pl.String)
        cells = self.cells.select(bound.filled(source).str.strip_chars().alias("cell"))
        return cells.to_series().drop_nulls()

    def below(self, rows: int) -> Sample:
        """The sample without its first rows."""
        return self._of(self.cells.slice(rows))

    def first(self, rows: int) -> Sample:
        """The first rows of the sample."""
        return self if rows >= self.cells.height else self._of(self.cells.head(rows))

    def _of(self, cells: pl.DataFrame) -> Sample:
        """The sample with some of its rows."""
        part = copy(self)
        part.cells = cells
        return part

    def bare(self, bound: BoundMap, source: str) -> bool:
        """Whether any number of a source has no unit itself."""
        return bool(self.of(bound, source).str.contains(_BARE).any())

    def bare_rows(self, bound: BoundMap, source: str) -> pl.Series:
        """Whether the number of a source has no unit itself, by row; null where the cell is empty."""
        return self.cells.select(bound.filled(source).str.contains(_BARE).alias("bare")).to_series()

    def named_unit(self, bound: BoundMap, source: str, units: Iterable[str]) -> str:
        """That of the `units` which most cells of a source name after their number; empty if none does."""
        words = self.of(bound, source).str.extract(r"\d\s*([A-Za-z]+)\s*$").str.to_lowercase().drop_nulls()
        counted = words.filter(words.is_in(list(units))).value_counts(sort=True)
        return str(counted[0, 0]) if counted.height else ""

    def title(self, place: Place) -> str:
        """The title of a column; a source that ends in a path is its own."""
        return self.header[place] if isinstance(place, int) else place

    def evidence(self, place: Place) -> Evidence:
        """What the numbers of a column, or at a path in its cells, say about their marks."""
        if isinstance(place, str):
            values = self._within(place)
            found = evidence(values)
            found.decimal |= {"." for value in values if type(value) is Fraction}
            return found
        cells = self.filled(place).unique(maintain_order=True).head(_CELLS)
        found = evidence(cells)
        marked = cells.filter(cells.str.contains(r"\d[.,]\d"))
        # A number with its unit is a text in a workbook too, with the marks of whoever typed it.
        if place in self._points and not marked.str.contains("[A-Za-z]").all():
            found.decimal.add(".")
        return found

    def _within(self, source: str) -> list[str]:
        """The values at the path that a source ends in."""
        at = next(at for at, title in enumerate(self.header) if normal(title) == base(source))
        return list(values_at(self.filled(at).unique(maintain_order=True).head(_CELLS), path_of(source)[0]))

    def mixed(self, place: Place) -> bool:
        """Whether a column holds texts such as 1.024 beside numbers that have a decimal point."""
        if isinstance(place, int):
            return self._points.get(place, False)
        texts = evidence(value for value in self._within(place) if type(value) is not Fraction)
        return self._pointed(place) and bool(texts.open)

    def _pointed(self, place: Place) -> bool:
        """Whether numbers, no texts, have a decimal point there."""
        if isinstance(place, int):
            return place in self._points
        return any(type(value) is Fraction for value in self._within(place))

    def marks(self, places: set[Place]) -> dict[Place, Marks]:
        """The marks of the numbers at these places that have any."""
        found = {place: self.evidence(place) for place in sorted(places, key=str)}
        # The points of numbers say nothing about texts in other columns.
        decimal = set().union(*(each.decimal for place, each in found.items() if not self._pointed(place)))
        marks = {place: each.marks(decimal) for place, each in found.items()}
        return {place: each for place, each in marks.items() if each is not None}

    def typed(self, bound: BoundMap, column: Column) -> tuple[pl.Series, int]:
        """The values of a descriptor by row, and how many of its cells cannot be read."""
        fields = replace(bound, columns=(column,)).fields(self.cells)
        typed, _ = read_fields(fields.select(column.descriptor))
        return typed.frame[column.descriptor], typed.problems.height

    def readable(self, bound: BoundMap, column: Column) -> float:
        """The share of filled cells that can be read as the descriptor of `column`; 0 if none of the rows is filled."""
        if not self.cells.height:
            return 1.0
        filled = max((len(self.of(bound, name)) for name in column.sources), default=0)
        return 1 - self.typed(bound, column)[1] / filled if filled else 0.0
