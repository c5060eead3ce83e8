from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import workloads
from whichcompute.base.errors import InventoryError
from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, FALSE, TRUE, Value
from whichcompute.knowledge.descriptors import with_derived as scalar_with_derived
from whichcompute.recommender.columns.typed import dtype_of, type_columns, with_derived

NUMBERS = st.from_regex(
    r"\s?[+$]?-?\d{0,5}\.?\d{0,5}([eE][+-]?\d{1,5})?\s?(ms|s|m|min|H|d|kb|GB|gib|MB|t|k|bn|vcpu|\$|inf|nan|x)?\s?",
    fullmatch=True,
)
WORDS = st.sampled_from([*(text for d in DESCRIPTORS.values() for text in d.choices), *TRUE, *FALSE]).flatmap(
    lambda word: st.sampled_from(
        [word, word.upper(), f" {word}", f"{word}\u00a0", word.title(), f"{word}\x1c", word[:-1]]
    )
)
ODD = st.sampled_from(
    [
        "inf",
        "-inf",
        "nan",
        "infinity",
        "1_000",
        "0x10",
        "１２",
        "٣",
        "1e0005",
        "1e400",
        "1e-400",
        "-0",
        "+5",
        "5.",
        ".5",
    ]
    + [".", "", "  ", "\x1f", "\u3000", "1,5", "12%", "1E5", "9" * 400, "0." + "1" * 60, "\u212a", "İ"]
)
TIMES = st.sampled_from(["1h30m", "1 h 30 min", "2d 4h", "30m1h", "1h30"])
CELLS = st.one_of(
    st.none(), NUMBERS, TIMES, WORDS, ODD, st.text(max_size=8), st.floats().map(repr), st.integers().map(str)
)


def read_each(name: str, cells: list[object]) -> tuple[list[Value | None], dict[int, str]]:
    values: list[Value | None] = []
    reasons = {}
    for row, cell in enumerate(cells):
        try:
            values.append(DESCRIPTORS[name].read(cell))
        except ValueError as error:
            values.append(None)
            reasons[row] = str(error)
    return values, reasons


@given(st.sampled_from(DECIDING), st.lists(CELLS, max_size=12))
def test_text_is_read_exactly_as_one_cell_is(name: str, cells: list[str | None]) -> None:
    typed = type_columns(pl.DataFrame({name: cells}, schema={name: pl.String}))
    values, reasons = read_each(name, list(cells))
    assert typed.frame[name].to_list() == values
    assert {row: (column, value, why) for row, column, value, why in typed.problems.rows()} == {
        row: (name, cells[row], why) for row, why in reasons.items()
    }


TYPED = st.one_of(
    st.lists(st.none() | st.floats(), max_size=6).map(lambda cells: pl.Series(cells, dtype=pl.Float64)),
    st.lists(st.none() | st.integers(-5, 10**12), max_size=6).map(lambda cells: pl.Series(cells, dtype=pl.Int64)),
    st.lists(st.none() | st.booleans(), max_size=6).map(lambda cells: pl.Series(cells, dtype=pl.Boolean)),
    st.lists(st.none() | st.floats(width=32), max_size=6).map(lambda cells: pl.Series(cells, dtype=pl.Float32)),
)


@given(st.sampled_from(DECIDING), TYPED)
def test_typed_columns_are_read_as_their_values_are(name: str, cells: pl.Series) -> None:
    typed = type_columns(pl.DataFrame({name: cells}))
    values, reasons = read_each(name, cells.to_list())
    assert typed.frame[name].to_list() == values
    assert set(typed.problems["row"]) == set(reasons)


def test_every_descriptor_has_a_column_in_table_order_and_absent_ones_are_unknown() -> None:
    typed = type_columns(pl.DataFrame({"note": ["x", "y"], "memory_mb": ["512", ""]}))
    assert typed.frame.columns == DECIDING
    assert typed.frame["memory_mb"].to_list() == [512.0, None]
    assert typed.frame["os"].null_count() == 2
    assert [typed.frame.schema[name] for name in DECIDING] == [dtype_of(DESCRIPTORS[name]) for name in DECIDING]


def test_a_frame_without_any_descriptor_keeps_its_rows() -> None:
    assert type_columns(pl.DataFrame({"note": ["x", "y", "z"]})).frame.height == 3


def test_problems_come_by_row_and_then_by_column() -> None:
    typed = type_columns(pl.DataFrame({"memory_mb": ["1", "lots", "-7"], "kind": ["wombat", "x", "website"]}))
    assert typed.problems.select("row", "column").rows() == [
        (0, "kind"), (1, "kind"), (1, "memory_mb"), (2, "memory_mb")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (pl.Series(["linux", None], dtype=pl.Categorical), ["linux", None]),
        (pl.Series(["LINUX"], dtype=pl.Enum(["LINUX"])), ["linux"]),
    ],
    ids=["categorical", "enum of another case"],
)
def test_categories_are_read_as_text(cells: pl.Series, expected: list[str | None]) -> None:
    assert type_columns(pl.DataFrame({"os": cells})).frame["os"].to_list() == expected


def test_decimals_are_read_as_numbers() -> None:
    cells = pl.Series([Decimal("1.50"), None], dtype=pl.Decimal(10, 2))
    assert type_columns(pl.DataFrame({"vcpus": cells})).frame["vcpus"].to_list() == [1.5, None]


def test_a_column_of_lists_is_refused_by_name() -> None:
    with pytest.raises(InventoryError, match="column memory_mb: holds List"):
        type_columns(pl.DataFrame({"memory_mb": [[1, 2]]}))


@given(workloads())
def test_derived_columns_equal_the_derived_values(values: dict[str, Value]) -> None:
    frame = with_derived(
        type_columns(pl.DataFrame([values], schema={n: dtype_of(DESCRIPTORS[n]) for n in values})).frame
    )
    complete = scalar_with_derived(values)
    if values:
        assert {name: frame[name][0] for name in DERIVED} == {name: complete.get(name) for name in DERIVED}


def test_a_duration_is_read_in_seconds() -> None:
    typed = type_columns(pl.DataFrame({"max_duration_s": [timedelta(minutes=2), None]}))
    assert typed.frame["max_duration_s"].to_list() == [120.0, None] and not typed.problems.height
    assert type_columns(pl.DataFrame({"memory_mb": [timedelta(minutes=2)]})).problems["value"].to_list() == ["PT2M"]
