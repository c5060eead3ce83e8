"""Reads a scored inventory in two passes: hashes of all rows, then the cells of the rows that matter.

A million rows therefore need memory for a name and a few numbers each only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.encode import as_text
from whichcompute.inventory.maps.paths import normal
from whichcompute.inventory.maps.presets import detected
from whichcompute.inventory.maps.titles import general_map
from whichcompute.inventory.readers.batch import Batch
from whichcompute.inventory.readers.opening import STANDARD, opened
from whichcompute.inventory.record import ScoringRecord, read_record
from whichcompute.inventory.request import record_file
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import NONE
from whichcompute.recommender.columns import RESULTS
from whichcompute.recommender.columns.outside import answer

NEEDED = ("recommended_service", "decision")
ROW, KEY, INPUT = "row", "key", "input"
ANSWER, COST = "answer", "cost"
"""What `hashes` has besides: of the answer as people read it, and what it costs a month."""

_OUTSIDE, _COST = "outside", "monthly_cost_usd"
_NUMBERS = tuple(name for name, dtype in RESULTS.items() if dtype == pl.Float64)


class ScoredFile:
    """A scored inventory: its result columns, its input columns by name, and its record if there is one."""

    def __init__(self, name: str) -> None:
        if name == STANDARD or (Path(name).exists() and not Path(name).is_file() and not Path(name).is_dir()):
            raise InventoryError(
                f"{name}: must be a file, as it is read twice; standard input, pipes and devices cannot be"
            )
        self.name = name
        with opened(name) as file:
            self.columns = file.source.columns
        at = _named(self.columns)
        self._results = {column: at[column] for column in RESULTS if column in at}
        self.inputs: Mapping[str, int] = {column: place for column, place in at.items() if column not in RESULTS}
        if absent := [column for column in NEEDED if column not in self._results]:
            raise InventoryError(f"{name}: no column '{absent[0]}'; an output of `whichcompute score` is needed")
        self.record: ScoringRecord | None = read_record(name)

    @property
    def results(self) -> tuple[str, ...]:
        """The result columns that it has."""
        return tuple(self._results)

    @property
    def alteration(self) -> str:
        """How the file differs from the one that was recorded; empty if it does not."""
        size = Path(self.name).stat().st_size
        if self.record is None or size == self.record.counts.bytes:
            return ""
        of = f"{self.name}: has {size:,} bytes, and {self.record.counts.bytes:,} by {record_file(self.name)}"
        return f"{of}: it was changed after it was scored"

    def read_columns(self) -> set[str]:
        """The input columns that answers depend on."""
        if self.record is not None:
            return {column.strip() for column in self.record.read}
        found = detected(self.columns)
        bound = (found.map if found else general_map(self.columns)).bind(self.columns)
        return {self.columns[place].strip() for place in bound.positions}

    def row_names(self) -> list[str]:
        """The input columns that may name a row, in order of preference."""
        found = detected(self.columns)
        wanted = ["workload_id", *(found.map.ids if found else ()), *([self.record.id] if self.record else ())]
        known: dict[str, str] = {}
        for column in self.inputs:
            known.setdefault(normal(column), column)
        return list(dict.fromkeys(known[normal(name)] for name in wanted if normal(name) in known))

    def hashes(self, key: str | None, inputs: Sequence[str]) -> pl.DataFrame:
        """For each row its number from 1, its name in the column `key`, hashes of what it says, and its cost."""
        places = {**{f"input {name}": self.inputs[name] for name in inputs}, **self._results}
        if key is not None:
            places[KEY] = self.inputs[key]
        parts = [_hashed(cells, list(self._results)) for cells, _ in self._pieces(places)]
        return pl.concat(parts).with_row_index(ROW, offset=1)

    def cells(self, *wanted: tuple[Sequence[str], pl.Series]) -> list[pl.DataFrame]:
        """The cells of columns and (distinct) row numbers as text, in that order; all in one pass."""
        places = {**self.inputs, **self._results}
        # Named by position: a column may have any name.
        columns = [{f"cell {places[name]}": name for name in names} for names, rows in wanted if len(rows)]
        orders = [pl.DataFrame({ROW: rows}).with_row_index("at") for _, rows in wanted if len(rows)]
        found: list[list[pl.DataFrame]] = [[] for _ in columns]
        needed = {cell: places[name] for each in columns for cell, name in each.items()}
        for cells, before in self._pieces(needed):
            numbered = cells.with_row_index(ROW, offset=before + 1)
            for parts, order, each in zip(found, orders, columns, strict=True):
                parts.append(numbered.select(ROW, *each).join(order, on=ROW, how="inner"))
        read = (
            pl.concat(parts).sort("at").select(*each).rename(each) for parts, each in zip(found, columns, strict=True)
        )
        return [
            next(read) if len(rows) else pl.DataFrame(schema=dict.fromkeys(names, pl.String)) for names, rows in wanted
        ]

    def _pieces(self, places: Mapping[str, int]) -> Iterator[tuple[pl.DataFrame, int]]:
        """Pieces with the wanted cells as text ('' if empty), and the number of rows before each."""
        before = 0
        if not places:
            return
        with opened(self.name) as file:
            wanted = sorted(set(places.values()))
            empty = pl.DataFrame(schema=dict.fromkeys(map(str, wanted), pl.String))
            for batch in (file.source.split(piece, wanted) for piece in file.source.pieces()):
                self._refuse(batch)
                cells = as_text(batch.cells)
                text = {name: _text(cells[str(place)]).alias(name) for name, place in places.items()}
                yield pl.DataFrame(text), before
                before += batch.cells.height
            yield pl.DataFrame({name: empty[str(place)] for name, place in places.items()}), before

    def _refuse(self, batch: Batch) -> None:
        for reject in batch.rejects:
            column, value, reason = reject.troubles[0]
            place = f"line {reject.line}" + (f", column '{shown(column)}'" if column else "")
            raise InventoryError(f"{self.name}: {place}: '{shown(value)}': {reason}")


def _named(columns: Sequence[str]) -> dict[str, int]:
    """Positions by name; a repeated name gets a number."""
    at: dict[str, int] = {}
    seen: Counter[str] = Counter()
    for place, column in enumerate(columns):
        name = column.strip()
        times, seen[name] = seen[name], seen[name] + 1
        at[f"{name} ({times + 1})" if times else name] = place
    return at


def _text(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_nested():
        cells = pl.Series([None if cell is None else str(cell) for cell in cells.to_list()], dtype=pl.String)
    return cells.cast(pl.String).fill_null("")


def _hashed(cells: pl.DataFrame, results: Sequence[str]) -> pl.DataFrame:
    given = cells.select(name for name in cells.columns if name.startswith("input "))
    alike = given.hash_rows() if given.width else pl.repeat(0, cells.height, dtype=pl.UInt64, eager=True)
    columns = [cells[KEY]] if KEY in cells.columns else []
    hashes = cells.select(
        *(_plain(name).hash() for name in results),
        (answer() if _OUTSIDE in results else pl.col("recommended_service")).hash().alias(ANSWER),
        (pl.col(_COST).cast(pl.Float64, strict=False) if _COST in results else pl.lit(None, pl.Float64)).alias(COST),
    )
    return pl.DataFrame([*columns, alike.alias(INPUT)]).hstack(hashes)


def answer_of(row: Mapping[str, str]) -> str:
    """The id of the service of a row of results, or of the place where it is none of those compared."""
    service = row["recommended_service"]
    return (row.get(_OUTSIDE, "").partition(";")[0] if service == NONE else "") or service


def _plain(name: str) -> pl.Expr:
    """A result in one spelling: numbers are equal whatever the format of the file."""
    cell = pl.col(name)
    return pl.coalesce(cell.cast(pl.Float64, strict=False).cast(pl.String), cell) if name in _NUMBERS else cell


def by_weight(columns: Sequence[str], read: set[str]) -> list[str]:
    """Columns by relevance: descriptors, others that are read, the rest."""
    known = list(DESCRIPTORS)

    def place(name: str) -> int:
        return known.index(normal(name)) if normal(name) in known else len(known) + (name not in read)

    return sorted(columns, key=place)
