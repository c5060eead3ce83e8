from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import get_args

import polars as pl

from whichcompute.inventory.readers.batch import ReasonCode, Reject, Trouble
from whichcompute.inventory.rejects import (
    PLACE,
    rejects_text,
    unread,
    with_notes,
    with_unread,
)

ONE = Reject(3, (Trouble("kind", "webapi", "allowed: web_api"),), ("b", "webapi"), "cell-not-readable")
TWO = Reject(9, (Trouble("kind", "x", "no"), Trouble("gpus", "-1", "low")), ("c", "x,\ny"), "cell-not-readable")


def rows(columns: list[str], *rejects: Reject) -> list[dict[str, str]]:
    text = rejects_text(columns) + rejects_text(columns, rejects)
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def test_a_reject_is_one_row_with_its_own_cells() -> None:
    first, second = rows(["id", "kind"], ONE, TWO)
    assert tuple(first) == (*PLACE, "id", "kind")
    assert tuple(first.values()) == ("3", "kind", "webapi", "cell-not-readable", "allowed: web_api", "b", "webapi")
    assert (second["column"], second["value"], second["reason"]) == ("kind; gpus", "x; -1", "kind: no; gpus: low")
    assert second["kind"] == "x,\ny"


def test_a_rejects_file_that_is_rejected_again_keeps_one_set_of_our_columns() -> None:
    earlier = ("3", "kind", "webapi", "cell-not-readable", "old", "b")
    (row,) = rows([*PLACE, "id"], Reject(2, ONE.troubles, earlier, ONE.code))
    assert tuple(row) == (*PLACE, "id")
    assert tuple(row.values()) == ("2", "kind", "webapi", "cell-not-readable", "allowed: web_api", "b")


def test_formulas_in_values_are_defused_and_own_cells_left_alone() -> None:
    (row,) = rows(["kind"], Reject(2, (Trouble("kind", "=cmd()", "no"),), ("=cmd()",), ONE.code))
    assert (row["value"], row["kind"]) == ("'=cmd()", "=cmd()")


def test_every_reason_code_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "inventories.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z]+-[a-z-]+)` \|", text, re.MULTILINE) == list(get_args(ReasonCode))


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


def test_no_cell_of_a_rejected_row_is_cut() -> None:
    surplus = "y" * 3_000
    (row,) = rows(["kind"], Reject(2, (Trouble("", surplus, "r" * 3_000),), ("website",), "surplus-cells"))
    assert row["value"] == surplus
    assert len(row["reason"]) == 1_000
