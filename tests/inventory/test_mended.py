from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.inventory import workbooks
from tests.inventory.conftest import Scorer
from whichcompute import InventoryError

ROWS = "workload_id,kind,memory_mb\na,web_api,512\nb,webapp,512\nc,server,1,extra\nd,batch_job,64\n"


def mend(scorer: Scorer, **cells: str) -> None:
    """Changes cells of the rejects file of out.csv, by what they were."""
    path = scorer.folder / "out.csv.rejects.csv"
    rows = list(csv.reader(path.read_text().splitlines()))
    changed = [[*row[:5], *(cells.get(cell, cell) for cell in row[5:])] for row in rows]
    with (scorer.folder / "mended.csv").open("w", newline="") as out:
        csv.writer(out).writerows(changed)


def merged(scorer: Scorer, inventory: str | bytes, out: str = "again.csv", **options: object) -> list[dict[str, str]]:
    outcome = scorer(inventory, out, merge=str(scorer.folder / "mended.csv"), **options)
    rows = list(csv.DictReader(scorer.read(out).decode().splitlines()))
    assert outcome.rows == outcome.tally.count + outcome.tally.rejects
    return rows


@pytest.mark.parametrize("separator", [",", ";"], ids=["raw", "written anew"])
def test_corrected_rows_take_their_places(scorer: Scorer, separator: str) -> None:
    content = ROWS.replace(",", separator).encode()
    assert scorer(content, strict=True).tally.rejects == 2
    mend(scorer, webapp="website", c="c2")
    rows = merged(scorer, content, strict=True)
    assert [(row["workload_id"], row["kind"]) for row in rows] == [
        ("a", "web_api"),
        ("b", "website"),
        ("c2", "server"),
        ("d", "batch_job"),
    ]
    assert scorer.said[-1].endswith("mended.csv: 2 rows put back")


def test_a_row_without_a_correction_stays_rejected(scorer: Scorer) -> None:
    scorer(ROWS.encode(), strict=True)
    mend(scorer, webapp="website")
    rows = merged(scorer, ROWS.encode(), strict=True)
    assert [row["workload_id"] for row in rows] == ["a", "b", "d"]
    assert scorer.said[-1].endswith(
        "mended.csv: 1 row put back; 1 row without a correction (empty its reason to take it as it is)"
    )
    rejected = list(csv.DictReader(scorer.read("again.csv.rejects.csv").decode().splitlines()))
    assert [(row["line"], row["value"]) for row in rejected] == [("4", "extra")]


def test_a_row_is_taken_as_it_is_where_its_reason_was_emptied(scorer: Scorer) -> None:
    scorer(ROWS.encode())
    path = scorer.folder / "out.csv.rejects.csv"
    head, (line, column, value, code, _, *cells) = csv.reader(path.read_text().splitlines())
    with (scorer.folder / "mended.csv").open("w", newline="") as out:
        csv.writer(out).writerows([head, [line, column, value, code, "", *cells]])
    rows = merged(scorer, ROWS.encode())
    assert [row["workload_id"] for row in rows] == ["a", "b", "c", "d"]
    assert not (scorer.folder / "again.csv.rejects.csv").exists()


def test_rows_of_several_sheets_are_not_taken_for_one_another(scorer: Scorer) -> None:
    sheets = {name: [["workload_id", "memory_mb"], [name, "x"], [f"{name}2", "64"]] for name in ("one", "two")}
    workbooks.write(scorer.folder / "in.xlsx", sheets)
    scorer("in.xlsx", strict=True)
    path = scorer.folder / "out.csv.rejects.csv"
    head, first, _ = path.read_text().splitlines()
    (scorer.folder / "mended.csv").write_text(f"{head}\n{first.replace(',x', ',64')}\n")
    with pytest.raises(InventoryError, match="cannot tell apart rows of several sheets; name one with --sheet"):
        merged(scorer, "in.xlsx", strict=True)


def test_objects_are_mended_too(scorer: Scorer) -> None:
    lines = '{"workload_id":"a","memory_mb":512}\n{"workload_id":"b","memory_mb":"x"}\n'
    (scorer.folder / "in.jsonl").write_text(lines)
    scorer("in.jsonl", strict=True)
    mend(scorer, x="64")
    merged(scorer, "in.jsonl", strict=True)
    scorer("in.jsonl", "again.jsonl", strict=True, merge=str(scorer.folder / "mended.csv"))
    found = [json.loads(line) for line in scorer.read("again.jsonl").decode().splitlines()]
    assert [(row["workload_id"], row["memory_mb"]) for row in found] == [("a", 512), ("b", "64")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("workload_id,kind,memory_mb\nb,website,512\n", "must be a rejects file"),
        ("line,column,value,code,reason,kind\n3,,,,,website\n", "must be a rejects file"),
        ("line,column,value,code,reason,workload_id,kind,memory_mb\n9,,,,,b,website,1\n", "has no row in line 9"),
        ("line,column,value,code,reason,workload_id,kind,memory_mb\nx,,,,,b,website,1\n", "line 'x' is not a number"),
        (
            "line,column,value,code,reason,workload_id,kind,memory_mb\n3,,,,,b,website,1\n3,,,,,b,website,1\n",
            "given more than once",
        ),
    ],
    ids=["no rejects file", "of another inventory", "no such line", "no line", "twice"],
)
def test_what_cannot_be_put_back_is_refused(scorer: Scorer, text: str, said: str) -> None:
    (scorer.folder / "mended.csv").write_text(text)
    with pytest.raises(InventoryError, match=said):
        merged(scorer, ROWS.encode())
    assert not (scorer.folder / "again.csv").exists()


def test_the_merged_file_is_neither_replaced_nor_removed(scorer: Scorer, tmp_path: Path) -> None:
    scorer(ROWS.encode(), strict=True)
    rejects = tmp_path / "out.csv.rejects.csv"
    rejects.write_text(rejects.read_text().replace("b,webapp", "b,website").replace("c,server", "c2,server"))
    before = rejects.read_text()
    assert scorer(ROWS.encode(), strict=True, merge=str(rejects)).tally.rejects == 0
    assert rejects.read_text() == before
    with pytest.raises(InventoryError, match="used for both the rejects and the merged file"):
        scorer(ROWS.encode(), strict=True, merge=str(rejects), rejects="out.csv.rejects.csv")


@pytest.mark.parametrize(
    ("row", "have"),
    [("b,website", 7), ("website,512", 7), ("b,website,512,", 9)],
    ids=["lost its last cell", "lost its first cell", "has one more"],
)
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_corrected_row_with_other_than_its_cells_is_refused(
    scorer: Scorer, separator: str, row: str, have: int
) -> None:
    scorer(ROWS.encode(), strict=True)
    text = (scorer.folder / "out.csv.rejects.csv").read_text().splitlines()[0]
    text = f"{text}\n3,,,,,{row}\n".replace(",", separator)
    (scorer.folder / "mended.csv").write_text(text)
    with pytest.raises(InventoryError, match=f"mended.csv: line 2: cells in the row: {have}; columns in the header: 8"):
        merged(scorer, ROWS.encode(), strict=True)


def test_a_short_row_without_a_correction_stays_rejected(scorer: Scorer) -> None:
    inventory = b'workload_id,kind,memory_mb\na,web_api,512\nb,"web\n'
    assert scorer(inventory).tally.rejects == 1
    mend(scorer)
    assert [row["workload_id"] for row in merged(scorer, inventory)] == ["a"]


LONG = "x" * 200_000


@pytest.mark.parametrize("row", [f"b,{LONG},1", f"b,server,1,{LONG}"], ids=["in a cell", "in a surplus cell"])
def test_a_cell_that_no_reader_of_csv_takes_is_cut_and_never_put_back(scorer: Scorer, row: str) -> None:
    content = f"workload_id,kind,memory_mb\na,web_api,512\n{row}\n".encode()
    scorer(content)
    rows = list(csv.reader(scorer.read("out.csv.rejects.csv").decode().splitlines()))
    assert [row[0] for row in rows] == ["line", "3"]
    assert any(cell.endswith("(cut: only the inventory holds all of it)") for cell in rows[1])
    mend(scorer)
    assert len(merged(scorer, content)) == 1
    assert scorer.said[-1].endswith("1 row without a correction (empty its reason to take it as it is)")


def test_a_row_with_a_cell_that_is_cut_is_refused_until_it_is_written_whole(scorer: Scorer) -> None:
    content = json.dumps({"name": "a", "kind": "server"}) + "\n"
    content += json.dumps({"name": LONG, "kind": "sever"}) + "\n"
    (scorer.folder / "in.jsonl").write_text(content)
    scorer("in.jsonl", "out.jsonl", strict=True)
    (scorer.folder / "out.jsonl.rejects.csv").rename(scorer.folder / "out.csv.rejects.csv")
    mend(scorer, sever="server")
    with pytest.raises(InventoryError, match="the row of line 2 has a cell that is cut; write it whole"):
        merged(scorer, "in.jsonl", "again.jsonl", strict=True)
