from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from tests.inventory.diff.conftest import ROWS, Scorings
from whichcompute import InventoryError
from whichcompute.inventory.diff.reading import INPUT, KEY, ROW, ScoredFile, by_weight
from whichcompute.inventory.readers import csv_source
from whichcompute.recommender.columns import RESULTS


def test_input_and_results_are_told_apart(scorings: Scorings) -> None:
    file = ScoredFile(str(scorings.score(ROWS, "a.csv")))
    assert list(file.inputs) == ["workload_id", "note", "kind", "max_duration_s", "state", "splittable"]
    assert file.results[:2] == ("recommended_service", "decision")
    assert len(file.results) == len(RESULTS)
    assert file.read_columns() == {"kind", "max_duration_s", "state", "splittable"}


def test_every_form_has_the_same_hashes(scorings: Scorings) -> None:
    found = []
    for name in ("a.csv", "a.csv.gz", "a.parquet", "a.jsonl"):
        file = ScoredFile(str(scorings.score(ROWS, name)))
        found.append(file.hashes("workload_id", ["note", "kind", "max_duration_s", "state"]))
    assert all(each.equals(found[0]) for each in found[1:])
    assert found[0][KEY].to_list() == ["nightly", "thumbs", "site"]
    assert found[0][ROW].to_list() == [1, 2, 3]
    assert found[0][INPUT].n_unique() == 3


def test_the_size_of_blocks_changes_nothing(scorings: Scorings, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ROWS.splitlines(keepends=True)[0] + "".join(f"w{n},x,website,{n},stateless\n" for n in range(200))
    file = ScoredFile(str(scorings.score(text, "a.csv.gz")))
    rows = pl.Series([150, 3, 77], dtype=pl.UInt32)
    whole = file.hashes("workload_id", ["kind"])
    monkeypatch.setattr(csv_source, "BLOCK", 512)
    monkeypatch.setattr("whichcompute.inventory.readers.opening._block", lambda size: 512)
    assert file.hashes("workload_id", ["kind"]).equals(whole)
    (cells,) = file.cells((["workload_id", "max_duration_s"], rows))
    assert cells["max_duration_s"].to_list() == ["149", "2", "76"]


def test_cells_of_several_rows_come_in_one_pass_in_the_order_asked_for(scorings: Scorings) -> None:
    file = ScoredFile(str(scorings.score(ROWS, "a.csv")))
    rows, none = pl.Series([3, 1], dtype=pl.UInt32), pl.Series([], dtype=pl.UInt32)
    names, kinds, nothing = file.cells((["workload_id"], rows), (["kind", "note"], rows), (["state"], none))
    assert names["workload_id"].to_list() == ["site", "nightly"]
    assert (kinds.columns, kinds["kind"].to_list()) == (["kind", "note"], ["website", "scheduled_task"])
    assert (nothing.columns, nothing.height) == (["state"], 0)


def test_columns_may_bear_any_name_and_one_name_twice(scorings: Scorings) -> None:
    file = ScoredFile(str(scorings.score("row,at,key,input,x,x,vcpus\n1,2,3,4,5,6,7\n", "a.csv")))
    assert list(file.inputs) == ["row", "at", "key", "input", "x", "x (2)", "vcpus"]
    (cells,) = file.cells((list(file.inputs), pl.Series([1], dtype=pl.UInt32)))
    assert cells.row(0) == ("1", "2", "3", "4", "5", "6", "7")
    assert file.hashes("key", list(file.inputs)).height == 1


def test_a_file_without_rows_has_no_hashes(scorings: Scorings) -> None:
    file = ScoredFile(str(scorings.score("workload_id,kind\n", "a.csv")))
    assert file.hashes("workload_id", ["kind"]).height == 0


def test_without_a_record_the_header_tells_what_is_read(scorings: Scorings) -> None:
    text = "VM,Powerstate,Template,CPUs,Memory,Owner\na,poweredOn,False,2,4096,x\n"
    scored = scorings.score(text, "a.csv")
    file = ScoredFile(str(scorings.copy(scored, "b.csv", record=False)))
    assert file.record is None
    assert file.read_columns() == {"VM", "Powerstate", "Template", "CPUs", "Memory"}
    assert file.row_names() == ["VM"]


def test_a_file_that_was_changed_after_it_was_scored_is_told_by_its_size(scorings: Scorings) -> None:
    scored = scorings.score(ROWS, "a.csv")
    assert ScoredFile(str(scored)).alteration == ""
    with scored.open("a") as file:
        file.write("\n")
    assert "changed after it was scored" in ScoredFile(str(scored)).alteration


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("-", None, "is read twice"),
        ("nowhere.csv", None, "nowhere.csv: no such file"),
        ("plain.csv", "kind\nwebsite\n", "plain.csv: no column 'recommended_service'"),
        ("half.csv", "recommended_service\nlambda\n", "half.csv: no column 'decision'"),
    ],
    ids=["standard input", "no such file", "not scored", "no decision"],
)
def test_what_is_no_scored_file_is_refused(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InventoryError, match=said):
        ScoredFile(name if name == "-" else str(tmp_path / name))


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InventoryError, match="is read twice"):
        ScoredFile(str(tmp_path / "pipe.csv"))


def test_a_row_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("recommended_service,decision\nlambda,decided\nlambda,decided,more\n")
    with pytest.raises(InventoryError, match=r"a\.csv: line 3: "):
        ScoredFile(str(tmp_path / "a.csv")).hashes(None, [])


def test_descriptors_come_first_and_what_is_not_read_last() -> None:
    assert by_weight(["note", "CPUs", "state", "kind"], {"CPUs"}) == ["kind", "state", "CPUs", "note"]
