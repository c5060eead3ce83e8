"""Text or typed columns of a frame to typed descriptor columns, with every cell that cannot be read.

The result equals `Descriptor.read` cell by cell. What is written plainly (nearly all of an inventory) is cast as a
whole column; the rest is read once per distinct value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import polars as pl

from whichcompute.base.errors import InventoryError
from whichcompute.base.units import NUMBER, SUFFIXES
from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, FALSE, TRUE, Derived, Descriptor

_RUST_NUMBER = "(?-u)" + NUMBER  # \s and \d mean ASCII in the scalar reader, so here too
_BOOLEANS = pl.Enum([*TRUE, *FALSE])
_NESTED = (pl.List, pl.Array, pl.Struct, pl.Object, pl.Binary)
_KEPT = 1000
_PROBLEMS = {"row": pl.UInt32, "column": pl.String, "value": pl.String, "reason": pl.String}


@dataclass(frozen=True, slots=True)
class Typed:
    """A frame read: `frame` has every deciding descriptor in table order (null = unknown).

    `problems` has one line per cell that cannot be read (row, column, value, reason), by row and then by column.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame


def _dtype(descriptor: Descriptor) -> pl.DataType:
    if descriptor.type == "number":
        return pl.Float64()
    if descriptor.type == "boolean":
        return pl.Boolean()
    return pl.Enum(list(descriptor.choices)) if descriptor.type == "choice" else pl.String()


_DTYPES = {name: _dtype(descriptor) for name, descriptor in DESCRIPTORS.items()}


def dtype_of(descriptor: Descriptor) -> pl.DataType:
    """The type of a descriptor's column once it is read."""
    return _DTYPES[descriptor.name]


def plain_types(fields: Mapping[int, str]) -> dict[int, pl.DataType]:
    """The types in which text may be read that is written plainly, for those of the named descriptors that allow it.

    Numbers must come as text: a plain cast reads forms that a descriptor does not.
    """
    types: dict[int, pl.DataType] = {}
    for at, name in fields.items():
        descriptor = DESCRIPTORS[name]
        if descriptor.type in ("choice", "boolean"):
            types[at] = dtype_of(descriptor) if descriptor.type == "choice" else _BOOLEANS
    return types


def type_columns(frame: pl.DataFrame) -> Typed:
    """The descriptor columns of `frame` read; columns of other names are left aside, absent ones are unknown."""
    present = [DESCRIPTORS[name] for name in DECIDING if name in frame.columns]
    schema = frame.schema
    given = frame.select(_as_given(descriptor.name, schema[descriptor.name]) for descriptor in present)
    schema = given.schema
    # Two steps, as an eager select would cast a column anew for each comparison.
    cast = given.with_columns(_cast(descriptor.name, schema[descriptor.name]) for descriptor in present)
    plain = cast.with_columns(_in_range(d.name, d.name) for d in present if d.type == "number")
    columns: dict[str, pl.Series] = {}
    problems: list[pl.DataFrame] = []
    for descriptor in present:
        column, cells = plain[descriptor.name], given[descriptor.name]
        if column.null_count() > cells.null_count():
            column, wrong = _read_rest(descriptor, cells, column)
            problems.append(wrong)
        columns[descriptor.name] = column
    absent = [_unknown(name) for name in DECIDING if name not in columns]
    rows = frame.select(pl.int_range(pl.len()).alias("row"))  # keeps the height when no descriptor is there
    return Typed(rows.with_columns(*columns.values(), *absent).select(DECIDING), _sorted(problems))


def with_derived(typed: pl.DataFrame) -> pl.DataFrame:
    """The typed frame and the derived descriptors, unknown where a factor is."""
    return typed.with_columns(_PRODUCTS)


def _product(derived: Derived) -> pl.Expr:
    product = pl.lit(derived.scale)
    for factor in derived.factors:
        product = product * pl.col(factor)
    return product.alias(derived.name)


_PRODUCTS = [_product(derived) for derived in DERIVED.values()]


# Expressions are kept: making them anew for every piece of an inventory takes longer than running them on a few rows.
@lru_cache(_KEPT)
def _as_given(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, _NESTED):
        raise InventoryError(f"column {name}: holds {dtype} values; a column of text or numbers is needed")
    if dtype.is_decimal():
        return column.cast(pl.Float64)
    if isinstance(dtype, pl.Duration):
        in_seconds = DESCRIPTORS[name].unit == "s"
        return column.dt.total_microseconds() / pl.lit(1_000_000) if in_seconds else column.dt.to_string("iso")
    read = dtype in (_DTYPES[name], _BOOLEANS)
    return column.cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) and not read else column


@lru_cache(_KEPT)
def _cast(name: str, dtype: pl.DataType) -> pl.Expr:
    """What a whole-column cast can read for sure; null for unknown and for cells that need a closer look."""
    descriptor, column, nothing = DESCRIPTORS[name], pl.col(name), _unknown(name)
    if descriptor.type == "number":
        return column.cast(pl.Float64, strict=False) if dtype == pl.String or dtype.is_numeric() else nothing
    if descriptor.type == "boolean":
        if dtype in (pl.String, _BOOLEANS):
            return column.cast(_BOOLEANS, strict=False).to_physical() < len(TRUE)
        return column if dtype == pl.Boolean else nothing
    if dtype == dtype_of(descriptor):
        return column
    return column.cast(dtype_of(descriptor), strict=False) if isinstance(dtype, pl.String | pl.Enum) else nothing


@cache
def _unknown(name: str) -> pl.Expr:
    return pl.lit(None, _DTYPES[name]).alias(name)


@lru_cache(_KEPT)
def _in_range(name: str, column: str) -> pl.Expr:
    """The numbers in a column that the descriptor `name` may have."""
    descriptor, number = DESCRIPTORS[name], pl.col(column)
    fits = number.is_between(0, descriptor.maximum) & number.is_finite()
    if descriptor.integer:
        fits &= number == number.floor()
    if descriptor.positive:
        fits &= number > 0
    return pl.when(fits).then(number)


def _read_rest(descriptor: Descriptor, cells: pl.Series, column: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """The column with the cells that the plain cast left open read, and those that cannot be."""
    name = descriptor.name
    rest = pl.DataFrame({"cell": cells, "read": column, "key": cells.cast(pl.String)}).with_row_index("row")
    rest = rest.filter(pl.col("cell").is_not_null() & pl.col("read").is_null()).drop("read")
    known = _distinct(descriptor, rest.select("cell", "key").unique("key", maintain_order=True))
    rest = rest.select("row", "key").join(known, on="key", how="left", maintain_order="left")
    read = rest.filter(pl.col("value").is_not_null())
    column = column.scatter(read["row"], read["value"]) if read.height else column
    wrong = rest.filter(pl.col("reason").is_not_null())
    return column, wrong.select("row", pl.lit(name).alias("column"), pl.col("key").alias("value"), "reason")


def _distinct(descriptor: Descriptor, cells: pl.DataFrame) -> pl.DataFrame:
    """One line per distinct cell: its value (null: unknown or not readable) and why it cannot be read."""
    nothing = pl.lit(None, dtype_of(descriptor))
    numbers = descriptor.type == "number" and cells["cell"].dtype == pl.String
    frame = cells.with_columns(
        (_with_unit(descriptor.unit) if numbers else nothing).alias("value"), pl.lit(None, pl.String).alias("reason")
    )
    if numbers:
        frame = frame.with_columns(_in_range(descriptor.name, "value"))
    rest = frame.filter(pl.col("value").is_null())
    read = [_read_one(descriptor, cell) for cell in rest["cell"]]
    rest = rest.with_columns(
        pl.Series("value", [value for value, _ in read], dtype_of(descriptor)),
        pl.Series("reason", [reason for _, reason in read], pl.String),
    )
    return pl.concat([frame.filter(pl.col("value").is_not_null()), rest]).drop("cell")


def _with_unit(unit: str) -> pl.Expr:
    parts = pl.col("cell").str.extract_groups(_RUST_NUMBER).struct
    suffix = parts.field("2").fill_null("").str.to_lowercase()
    factors = {"": 1.0, **SUFFIXES[unit]}
    factor = suffix.replace_strict(list(factors), list(factors.values()), default=None, return_dtype=pl.Float64)
    return parts.field("1").cast(pl.Float64, strict=False) * factor


def _read_one(descriptor: Descriptor, cell: Any) -> tuple[Any, str | None]:
    try:
        return descriptor.read(cell), None
    except ValueError as error:
        return None, str(error)


def _sorted(problems: Iterable[pl.DataFrame]) -> pl.DataFrame:
    found = pl.concat([pl.DataFrame(schema=_PROBLEMS), *problems])
    return found.sort("row", maintain_order=True) if found.height else found
