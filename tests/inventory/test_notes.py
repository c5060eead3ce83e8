from __future__ import annotations

import polars as pl

from whichcompute.inventory.notes import unread, with_notes, with_unread
from whichcompute.inventory.readers.batch import Trouble

PROBLEMS = pl.DataFrame(
    {"row": [1, 1, 2], "column": ["os", "kind", "os"], "value": ["x", "y", "x"], "reason": ["allowed: linux"] * 3},
    schema_overrides={"row": pl.UInt32},
)
ORIGINS = {("os", "x"): ("OS name", "x"), ("kind", "y"): ("kind", "y")}


def test_cells_are_counted_by_the_columns_of_the_inventory() -> None:
    assert unread(PROBLEMS, ORIGINS) == {
        Trouble("OS name", "x", "allowed: linux"): 2,
        Trouble("kind", "y", "allowed: linux"): 1,
    }


def test_every_row_says_what_of_it_cannot_be_read() -> None:
    results = pl.DataFrame({"notes": ["", "own", None]}, schema={"notes": pl.String})
    assert with_unread(results, PROBLEMS, ORIGINS)["notes"].to_list() == [
        "",
        "own; OS name: 'x' cannot be read; kind: 'y' cannot be read",
        "OS name: 'x' cannot be read",
    ]


def test_notes_are_added_to_those_there_are() -> None:
    results = pl.DataFrame({"notes": ["a", ""]})
    added = with_notes(results, pl.Series([0], dtype=pl.UInt32), pl.Series(["b"]))
    assert added["notes"].to_list() == ["a; b", ""]


def test_a_note_that_begins_with_the_name_of_a_column_is_no_formula() -> None:
    origins = {("os", "x"): ("=1+1", "x"), ("kind", "y"): ("kind", "y")}
    told = with_unread(pl.DataFrame({"notes": [""] * 3}), PROBLEMS, origins)["notes"]
    assert told[2] == "'=1+1: 'x' cannot be read"
