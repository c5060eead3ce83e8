from __future__ import annotations

import polars as pl
import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.inventory.maps.mapping import Column, ColumnMap, Skip
from whichcompute.inventory.maps.paths import normal
from whichcompute.inventory.maps.presets import identity


def read(map_: ColumnMap, header: list[str], *rows: list[str | None]) -> pl.DataFrame:
    cells = pl.DataFrame(list(rows), schema={str(at): pl.String for at in range(len(header))}, orient="row")
    fields = map_.bind(header).fields(cells)
    return fields.drop(cells.columns)


def test_columns_are_found_by_name_in_any_spelling() -> None:
    bound = identity().bind(["Note", " Max Duration-S ", "OS"])
    assert bound.positions == (1, 2)
    assert [column.descriptor for column in bound.columns] == ["max_duration_s", "os"]
    assert bound.positions_of("os") == (2,)


@pytest.mark.parametrize(
    ("column", "header", "row", "value"),
    [
        (Column("memory_mb", ("RAM",), unit="GB"), ["RAM"], ["16"], "16GB"),
        (Column("memory_mb", ("RAM",), unit="GB"), ["RAM"], ["512 MB"], "512 MB"),
        (Column("os", ("A", "B"), table="os"), ["B", "A"], ["Ubuntu", " "], "linux"),
        (Column("os", ("A", "B"), table="os"), ["B", "A"], ["Ubuntu", "Windows"], "windows"),
        (Column("vcpus", ("P",), times=("C",)), ["P", "C"], ["2", "8"], "16.0"),
        (Column("vcpus", ("P",), times=("C",)), ["P", "C"], ["2", ""], None),
        (Column("vcpus", ("P",), times=("C",)), ["P", "C"], ["1,000", "2"], "2000.0"),
        (Column("vcpus", ("P",), times=("C",)), ["P", "C"], ["2", "eight"], "2 x eight"),
        (Column("vcpus", ("U",), factor=1 / 1024), ["U"], ["512"], "0.5"),
        (Column("invocations_per_month", ("N",), factor=30.0, over=("D",)), ["N", "D"], ["10", "7"], "43.0"),
        (Column("packaging", always="container"), ["x"], ["1"], "container"),
        (Column("autoscaling", ("A",), values={"On": "true"}), ["A"], [" ON"], "true"),
        (Column("autoscaling", ("A",), values={"On": "true"}), ["A"], ["maybe"], "maybe"),
    ],
    ids=["a unit", "a cell with its own unit", "the next filled column", "the first column", "a product"]
    + ["a factor that is unknown", "thousands in a product", "a factor that is no number", "a factor", "a whole number"]
    + ["a value for all", "a value for a cell", "a cell without a value"],
)
def test_cells_become_values_by_the_stated_rule(
    column: Column, header: list[str], row: list[str | None], value: str | None
) -> None:
    assert read(ColumnMap("m", (column,)), header, row)[column.descriptor].to_list() == [value]


def test_a_column_with_the_name_of_the_descriptor_counts_for_more() -> None:
    map_ = ColumnMap("m", (Column("memory_mb", ("RAM",), unit="GB"),))
    found = read(map_, ["RAM", "memory_mb", "kind"], ["16", "", "website"], ["16", "512", ""])
    assert found["memory_mb"].to_list() == ["16GB", "512"]
    assert found["kind"].to_list() == ["website", ""]


def test_rows_are_set_aside_by_their_cells() -> None:
    map_ = ColumnMap(
        "m", (Column("vcpus", ("CPUs",)),), (Skip("State", ("off",), "powered off"), Skip("No", ("x",), "y"))
    )
    bound = map_.bind(["CPUs", "State"])
    cells = pl.DataFrame({"0": ["1", "2", "3"], "1": [" OFF ", "on", None]})
    skipped = bound.skipped(cells)
    assert skipped is not None
    assert skipped.to_list() == ["powered off", None, None]
    assert identity().bind(["CPUs"]).skipped(cells) is None


@pytest.mark.parametrize(
    ("column", "origin"),
    [
        (Column("vcpus", ("A",), unit="vcpu"), "given"),
        (Column("vcpus", ("A",), times=("B",)), "derived"),
        (Column("os", ("A",), table="os"), "derived"),
        (Column("packaging", always="container"), "derived"),
    ],
)
def test_a_value_is_given_or_derived(column: Column, origin: str) -> None:
    assert column.origin == origin


def test_a_row_is_named_by_the_best_column_there_is() -> None:
    map_ = ColumnMap("m", (), ids=("Name", "Serial", "workload_id"))
    assert map_.bind(["x", "Serial", "Name"]).id == 2
    assert map_.bind(["x", "workload_id"]).id == 1
    assert map_.bind(["x", "y"]).id == 0


def test_a_map_that_names_a_missing_column_is_refused_with_a_hint() -> None:
    map_ = ColumnMap("our.yaml", (Column("memory_mb", ("Memry",)),))
    with pytest.raises(InventoryError, match=r"our\.yaml: inv\.csv has no column 'Memry' \(did you mean Memory\?\)"):
        map_.check(["Memory", "CPUs"], "inv.csv")
    map_.check([" memry"], "inv.csv")


@pytest.mark.parametrize(
    ("header", "expected"),
    [("*Server name", "server_name"), ("CPU.NumberOfCores", "cpu.numberofcores"), ("Memory (In MB)", "memory_(in_mb)")],
)
def test_headers_are_compared_in_one_form(header: str, expected: str) -> None:
    assert normal(header) == expected
