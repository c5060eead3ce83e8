"""Frames of other libraries in, the same kind out: polars, pandas, pyarrow and lists of mappings.

Only the columns that are descriptors are converted; everything else of a frame stays as it is, its index included. No
library is imported here: whoever brings a frame has imported its library.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar, get_args

import polars as pl

from whichcompute.base.errors import InventoryError, Problem, WorkloadError, shown
from whichcompute.inventory.tally import basic, count_together
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, is_missing
from whichcompute.pricing.portfolio import Portfolio
from whichcompute.recommender.columns import RESULTS, ColumnRecommender
from whichcompute.recommender.columns.reasons import Explain
from whichcompute.recommender.columns.typed import type_columns

if TYPE_CHECKING:
    from whichcompute.knowledge.workload import Workload

Frame = TypeVar("Frame")
_KINDS = "a polars, pandas or pyarrow table, or a list of mappings"


class Scored(NamedTuple, Generic[Frame]):
    """What `score(..., rejects=True)` returns: the scored rows, and one line for each cell that cannot be read.

    `rejects` has `row` (from 0, in the frame that was given), `column`, `value` and `reason`.
    """

    rows: Frame
    rejects: Frame


class _Kind(Protocol):
    """A frame of some library: its descriptor columns, some of its rows, and new frames of the same kind."""

    def given(self) -> pl.DataFrame: ...
    def keep(self, rows: list[int]) -> _Kind: ...
    def with_results(self, results: pl.DataFrame) -> Any: ...
    def made(self, table: pl.DataFrame) -> Any: ...


class _Polars:
    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def given(self) -> pl.DataFrame:
        return _table([self._frame[name] for name in _present(self._frame.columns)], self._frame.height)

    def keep(self, rows: list[int]) -> _Polars:
        return _Polars(self._frame[rows])

    def with_results(self, results: pl.DataFrame) -> pl.DataFrame:
        return self._frame.drop(*RESULTS, strict=False).hstack(results)

    def made(self, table: pl.DataFrame) -> pl.DataFrame:
        return table


class _Pandas:
    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def given(self) -> pl.DataFrame:
        names = [str(name) for name in self._frame.columns]
        if twice := [name for name in _present(names) if names.count(name) > 1]:
            raise InventoryError(f"column {twice[0]}: the frame has it more than once")
        found = {name: self._frame[name] for name in _present(names)}
        columns = [
            _column(name, cells.astype(object).where(cells.notna(), None).tolist()) for name, cells in found.items()
        ]
        return _table(columns, len(self._frame))

    def keep(self, rows: list[int]) -> _Pandas:
        return _Pandas(self._frame.iloc[rows])

    def with_results(self, results: pl.DataFrame) -> Any:
        kept = self._frame.drop(columns=[name for name in RESULTS if name in self._frame.columns])
        return kept.assign(**_lists(results))

    def made(self, table: pl.DataFrame) -> Any:
        return type(self._frame)(_lists(table))


class _Arrow:
    def __init__(self, table: Any) -> None:
        self._table = table

    def given(self) -> pl.DataFrame:
        names = _present(self._table.column_names)
        if not names:
            return _table([], self._table.num_rows)
        read = pl.from_arrow(self._table.select(names))
        assert isinstance(read, pl.DataFrame)
        return read

    def keep(self, rows: list[int]) -> _Arrow:
        return _Arrow(self._table.take(rows))

    def with_results(self, results: pl.DataFrame) -> Any:
        table = self._table.drop_columns([name for name in RESULTS if name in self._table.column_names])
        for column in results:
            table = table.append_column(column.name, column.to_arrow())
        return table

    def made(self, table: pl.DataFrame) -> Any:
        return table.to_arrow()


class _Records:
    def __init__(self, records: Sequence[Mapping[str, Any]]) -> None:
        self._records = records

    def given(self) -> pl.DataFrame:
        names = _present(dict.fromkeys(name for record in self._records for name in record))
        columns = [
            _column(name, [None if is_missing(value := record.get(name)) else value for record in self._records])
            for name in names
        ]
        return _table(columns, len(self._records))

    def keep(self, rows: list[int]) -> _Records:
        return _Records([self._records[row] for row in rows])

    def with_results(self, results: pl.DataFrame) -> list[dict[str, Any]]:
        return [{**record, **result} for record, result in zip(self._records, results.to_dicts(), strict=True)]

    def made(self, table: pl.DataFrame) -> list[dict[str, Any]]:
        return table.to_dicts()


def score(
    columns: ColumnRecommender, data: object, *, rejects: bool, free_tier: bool, explain: Explain
) -> Any | Scored[Any]:
    """The rows with the result columns, as the same kind of frame; see `Engine.score`."""
    if explain not in get_args(Explain):
        raise WorkloadError([Problem("explain", explain, f"allowed: {', '.join(get_args(Explain))}")])
    kind = _kind(data)
    if not rejects:
        return kind.with_results(_results(columns, kind.given(), free_tier, explain))
    problems = type_columns(kind.given()).problems
    bad = set(problems["row"])
    good = kind.keep([row for row in range(kind.given().height) if row not in bad])
    rows = good.with_results(_results(columns, good.given(), free_tier, explain))
    return Scored(rows, kind.made(problems))


def portfolio(columns: ColumnRecommender, data: object, free_tier: bool) -> Portfolio:
    """What the rows cost together; see `Engine.portfolio`."""
    frame = columns.complete(type_columns(_kind(data).given()).frame)
    results = columns.result_columns(columns.weigh(frame, free_tier=free_tier), frame, free_tier=free_tier)
    tally = basic(results)
    count_together(tally, columns, frame, results)
    return tally.portfolio(columns.recommender.costs)


def _results(columns: ColumnRecommender, given: pl.DataFrame, free_tier: bool, explain: Explain) -> pl.DataFrame:
    return columns.score(given, free_tier=free_tier, explain=explain).select(*RESULTS)


def _kind(data: object) -> _Kind:
    """What a frame is; InventoryError says what to do instead when it is none."""
    library = type(data).__module__.partition(".")[0]
    if isinstance(data, pl.LazyFrame):
        return _Polars(data.collect())
    if isinstance(data, pl.DataFrame):
        return _Polars(data)
    if library == "pandas" and hasattr(data, "iloc"):
        if not hasattr(data, "columns"):  # a Series may be a row or a column
            raise InventoryError(_instead(data))
        return _Pandas(data)
    if library == "pyarrow" and hasattr(data, "column_names") and hasattr(data, "append_column"):
        return _Arrow(data)
    if hasattr(data, "__arrow_c_stream__"):
        return _Polars(pl.DataFrame(data))
    if isinstance(data, Iterable) and not isinstance(data, str | bytes | Mapping | os.PathLike):
        return _Records([_record(row, number) for number, row in enumerate(data)])
    raise InventoryError(_instead(data))


def _record(row: Mapping[str, Any] | Workload, number: int) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    if hasattr(row, "known"):
        return row.known()
    raise InventoryError(f"row {number}: {type(row).__name__} '{shown(row)}'; each row must be a mapping of fields")


def _instead(data: object) -> str:
    if isinstance(data, str | bytes | os.PathLike):
        name = shown(os.fspath(data))
        return (
            f"score takes {_KINDS}, not the path '{name}': read it first, for example polars.read_csv('{name}'), "
            f"or score it from file to file with `whichcompute score {name} -o scored.csv`"
        )
    if isinstance(data, Mapping):
        return f"score takes {_KINDS}, not one mapping: call recommend() for one workload, or put it into a list"
    return f"score takes {_KINDS}, not {type(data).__name__}"


def _present(names: Iterable[str]) -> list[str]:
    have = dict.fromkeys(names)
    if have and not have.keys() & DESCRIPTORS.keys():
        found = shown(", ".join(have))
        raise InventoryError(
            f"none of the columns is a field of a workload, such as kind or memory_mb: {found}; rename them, or let "
            "`whichcompute score FILE -o OUT` read the columns of other tools"
        )
    return [name for name in DECIDING if name in have]


def _table(columns: list[pl.Series], height: int) -> pl.DataFrame:
    """The columns as a frame; without any, a frame that still has the rows."""
    return pl.DataFrame(columns or [pl.Series("row", range(height))])


def _column(name: str, values: list[Any]) -> pl.Series:
    """Cells of Python as a column: numbers or booleans where all are, else text, which is read cell by cell."""
    descriptor = DESCRIPTORS[name]
    values = [descriptor.native(value) for value in values]
    known = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in known):
        return pl.Series(name, values, pl.Boolean)
    numbers = all(isinstance(value, float | int) and not isinstance(value, bool) for value in known)
    if descriptor.type == "number" and numbers:
        with suppress(ValueError, OverflowError):  # what is beyond all numbers is named as text
            return pl.Series(name, [None if value is None else float(value) for value in values], pl.Float64)
    return pl.Series(name, [None if value is None else _text(value) for value in values], pl.String)


def _text(value: Any) -> str:
    try:
        return str(value).lower() if isinstance(value, bool) else str(value)
    except ValueError:  # a whole number of more digits than Python writes
        return shown(value)


def _lists(table: pl.DataFrame) -> dict[str, Any]:
    # As arrays numbers keep their type where all are unknown; missing text is None, as in pandas itself.
    return {column.name: column.to_numpy() if column.dtype.is_float() else column.to_list() for column in table}
