from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.inventory.conftest import Scorer
from whichcompute import Engine, InventoryError
from whichcompute.base.errors import NothingRead
from whichcompute.base.resources import folder
from whichcompute.inventory.diff import compare
from whichcompute.inventory.readers import csv_source
from whichcompute.inventory.request import ScoringRequest
from whichcompute.inventory.run import suggestion
from whichcompute.recommender.columns import RESULTS

MIXED = (
    b'workload_id,kind,memory_mb,note\na,web_api,512,"x, y"\nb,webapp,512,\nc,web_api,lots,"two\nlines"\n'
    b"d,batch_job,,\ne,web_api,1,extra,cells\nf,server,2GiB,=1+1\n"
)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_cell_that_cannot_be_read_is_unknown_and_noted(scorer: Scorer) -> None:
    outcome = scorer(MIXED)
    good = {row["workload_id"]: row for row in rows(scorer.read("out.csv"))}
    assert list(good) == ["a", "b", "c", "d", "f"]
    cost = (
        "No cost of AWS Lambda: it needs invocations_per_month and a duration (typical_duration_s or max_duration_s).; "
    )
    assert good["b"]["notes"] == f"{cost}kind: 'webapp' cannot be read"
    assert good["c"]["notes"] == f"{cost}memory_mb: 'lots' cannot be read"
    assert [(trouble[:2], count) for trouble, count in outcome.tally.unread.items()] == [
        (("kind", "webapp"), 1),
        (("memory_mb", "lots"), 1),
    ]


def test_short_rows_are_filled_and_empty_surplus_cells_left_out(scorer: Scorer) -> None:
    outcome = scorer(b"kind,vcpus,note\nserver,2,,,\nserver\n")
    assert outcome.tally.rejects == 0
    assert [(row["kind"], row["vcpus"], row["note"]) for row in rows(scorer.read("out.csv"))] == [
        ("server", "2", ""),
        ("server", "", ""),
    ]


def test_rows_in_are_rows_out_and_rejects(scorer: Scorer) -> None:
    outcome = scorer(MIXED, strict=True)
    good, bad = rows(scorer.read("out.csv")), rows(scorer.read("out.csv.rejects.csv"))
    assert [row["workload_id"] for row in good] == ["a", "d", "f"]
    assert [(row["line"], row["column"], row["value"], row["workload_id"]) for row in bad] == [
        ("3", "kind", "webapp", "b"),
        ("4", "memory_mb", "lots", "c"),
        ("7", "", "cells", "e"),
    ]
    assert (outcome.rows, outcome.tally.count, outcome.tally.rejects) == (6, 3, 3)
    assert bad[1]["note"] == "two\nlines"


def test_input_columns_stay_as_they_are_and_the_results_stand_behind(scorer: Scorer) -> None:
    scorer(MIXED)
    first = rows(scorer.read("out.csv"))[0]
    assert list(first) == ["workload_id", "kind", "memory_mb", "note", *RESULTS]
    assert first["note"] == "x, y"


def test_a_mended_rejects_file_can_be_scored_as_it_is(scorer: Scorer) -> None:
    scorer(MIXED, strict=True)
    corrected = scorer.read("out.csv.rejects.csv").replace(b",webapp,", b",web_api,").replace(b",lots,", b",64,")
    outcome = scorer(corrected.replace(b"b,webapp", b"b,web_api"), "again.csv")
    assert outcome.tally.rejects == 0
    assert [row["workload_id"] for row in rows(scorer.read("again.csv"))] == ["b", "c", "e"]


def test_an_output_can_be_scored_again_and_says_so(scorer: Scorer) -> None:
    scorer(b"kind\nwebsite\nserver\n", "one.csv")
    scorer("one.csv", "two.csv")
    assert rows(scorer.read("one.csv")) == rows(scorer.read("two.csv"))
    assert "columns named like results are replaced by them: recommended_service" in scorer.said[0]


def test_a_list_of_instance_types_is_refused_unless_a_map_or_preset_is_named(scorer: Scorer) -> None:
    listed = b"Name,vCPUs,MemoryGB\nStandard_B1ms,1,2\nStandard_B2s,2,4\nStandard_D2s_v3,2,8\n"
    with pytest.raises(NothingRead, match="column 'Name' names an instance type in each row"):
        scorer(listed)
    assert scorer(listed, preset="none").rows == 3
    assert "# Check: column 'Name' names an instance type in each row" in suggestion(f"{scorer.folder}/in.csv")


def test_a_single_line_that_is_no_header_is_refused(scorer: Scorer) -> None:
    with pytest.raises(NothingRead, match="so nothing is scored"):
        scorer(b"jameson,192.168.1.52,1024,2\n")
    assert scorer(b"name,vcpus\n").rows == 0


def test_every_form_holds_the_same_answers(scorer: Scorer) -> None:
    scorer(str(folder("data") / "inventories" / "sample.csv"), "a.csv")
    chain = [("a.csv", "b.parquet"), ("b.parquet", "c.jsonl"), ("c.jsonl", "d.jsonl"), ("d.jsonl", "e.csv.gz")]
    for source, target in chain:
        scorer(source, target)
    expected = rows(scorer.read("a.csv"))
    parquet = pl.read_parquet(scorer.folder / "b.parquet")
    assert {name: parquet.schema[name] for name in RESULTS} == RESULTS
    assert parquet["recommended_service"].fill_null("").to_list() == [row["recommended_service"] for row in expected]
    objects = [json.loads(line) for line in scorer.read("d.jsonl").splitlines()]
    assert [row["reasons"] for row in objects] == [row["reasons"] for row in expected]
    last = rows(gzip.decompress(scorer.read("e.csv.gz")))
    assert [dict(row) for row in last] == expected


@pytest.mark.parametrize(
    "cells",
    [[timedelta(minutes=5), None], [b"a\xff", None], [time(1, 2), None], [date(2026, 1, 2), None], [[1, 2], None]]
    + [[{"vcpus": 2}, None], [Decimal("1.5"), None], [float("nan"), float("inf")], [None, None], [True, None]],
    ids=["duration", "bytes", "time", "date", "list", "structure", "decimal", "not finite", "nothing", "boolean"],
)
def test_a_column_of_any_type_may_stand_anywhere(scorer: Scorer, cells: list[object]) -> None:
    column, name = pl.Series(cells, strict=False), scorer.folder / "in.parquet"
    given = pl.DataFrame({"workload_id": column, "kind": ["website", "server"], "max_duration_s": column, "x": column})
    given.write_parquet(name)
    for out in ("out.parquet", "out.jsonl" if column.dtype.is_nested() else "out.csv"):
        assert scorer(str(name), out, report="r.html").rows == 2
        assert not compare(str(scorer.folder / out), str(scorer.folder / out)).any_result
    assert pl.read_parquet(scorer.folder / "out.parquet").select(given.columns).equals(given)


def test_the_same_input_gives_the_same_bytes(scorer: Scorer) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        scorer(str(folder("data") / "inventories" / "sample.csv"), name)
    assert scorer.read("a.csv.gz") == scorer.read("b.csv.gz")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=st.integers(40, 2000))
def test_the_size_of_blocks_changes_nothing(scorer: Scorer, block: int) -> None:
    before = csv_source.BLOCK
    try:
        csv_source.BLOCK = block
        scorer(MIXED * 1 + b"g,website,1,\n" * 40, "small.csv", rejects="small.rejects.csv")
    finally:
        csv_source.BLOCK = before
    scorer(MIXED * 1 + b"g,website,1,\n" * 40, "large.csv", rejects="large.rejects.csv")
    assert scorer.read("small.csv") == scorer.read("large.csv")
    assert scorer.read("small.rejects.csv") == scorer.read("large.rejects.csv")


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"kind;note\nwebsite;a,b\n", "a,b"),
        ("kind,note\nwebsite,ä\n".encode("cp1252"), "ä"),
        ("kind,note\nwebsite,ä\n".encode("utf-16"), "ä"),
        ("kind,note\r\nwebsite,ä\r\n".encode("utf-8-sig"), "ä"),
    ],
    ids=["semicolons", "windows-1252", "utf-16", "byte order mark and CRLF"],
)
def test_other_separators_and_encodings_come_out_as_plain_csv(scorer: Scorer, data: bytes, kept: str) -> None:
    scorer(data)
    (row,) = rows(scorer.read("out.csv"))
    assert (row["kind"], row["note"]) == ("website", kept)
    assert row["decision"]


def test_decimal_commas_count_in_files_with_semicolons_only(scorer: Scorer) -> None:
    scorer(b"kind;vcpus\nserver;1,5\n", values=True)
    assert rows(scorer.read("out.csv"))[0]["read_vcpus"] == "1.5"
    outcome = scorer(b'kind,vcpus\nserver,"1,5"\nserver,"1,024"\n')
    assert outcome.tally.unread.total() == 0


def test_a_tool_is_recognised_and_its_rows_set_aside(scorer: Scorer) -> None:
    data = b"VM,Powerstate,Template,CPUs,Memory\na,poweredOn,False,2,4096\nb,poweredOff,False,2,4096\n"
    outcome = scorer(data)
    assert "read as RVTools" in scorer.said[0]
    on, off = rows(scorer.read("out.csv"))
    assert on["decision"] != "skipped"
    assert (off["decision"], off["recommended_service"], off["reasons"]) == ("skipped", "", "skipped: powered off")
    assert outcome.tally.skips == {"powered off": 1}


def test_a_preset_can_be_named_or_switched_off(scorer: Scorer) -> None:
    data = b"VM,Powerstate,Template,CPUs,Memory\na,poweredOff,False,2,4096\n"
    with pytest.raises(NothingRead, match="so nothing is scored. Columns: 'VM', .*--map"):
        scorer(data, preset="none")
    assert not (scorer.folder / "out.csv").exists()
    with pytest.raises(InventoryError, match="unknown preset 'x'"):
        scorer(data, preset="x")


def test_a_map_of_ones_own_is_used(scorer: Scorer) -> None:
    (scorer.folder / "our.yaml").write_text("columns:\n  max_duration_s: {from: Longest, unit: m}\n")
    scorer(b"Longest\n20\n10s\n", map_file="our.yaml")
    assert [row["ruled_out"] for row in rows(scorer.read("out.csv"))] == ["lambda", ""]


def test_values_that_a_rule_mends_are_counted_and_stay_as_they_were(scorer: Scorer) -> None:
    outcome = scorer(b'os,memory_mb\nMicrosoft Windows Server 2019 (64-bit),"16,384"\nBeOS,1\n')
    assert outcome.tally.normalised == {"os": 1}
    row, _ = rows(scorer.read("out.csv"))
    assert row["memory_mb"] == "16,384"
    assert "lambda" in row["ruled_out"]


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl"])
def test_an_inventory_without_rows_gives_an_output_without_rows(scorer: Scorer, name: str) -> None:
    scorer(b"kind,note\n", name)
    if name == "out.parquet":
        frame = pl.read_parquet(scorer.folder / name)
        assert (frame.height, frame.columns) == (0, ["kind", "note", *RESULTS])
    else:
        assert scorer.read(name) == b""


def test_an_inventory_without_rows_gets_its_header(scorer: Scorer) -> None:
    outcome = scorer(b"kind,note\n")
    assert scorer.read("out.csv").decode().strip() == ",".join(["kind", "note", *RESULTS])
    assert outcome.rows == 0
    assert not (scorer.folder / "out.csv.rejects.csv").exists()


def test_a_named_rejects_file_is_written_even_if_empty(scorer: Scorer) -> None:
    scorer(b"kind\nwebsite\n", rejects="bad.csv")
    assert scorer.read("bad.csv") == b"line,column,value,code,reason,kind\n"


def test_rejects_of_an_earlier_run_do_not_stay_beside_a_clean_output(scorer: Scorer) -> None:
    scorer(b"kind\nserver\nx,y\n")
    assert (scorer.folder / "out.csv.rejects.csv").exists()
    scorer(b"kind\nwebsite\n")
    assert not (scorer.folder / "out.csv.rejects.csv").exists()
    assert "removed" in scorer.said[-1]


@pytest.mark.parametrize(
    "options",
    [{"rejects": "in.csv"}, {"rejects": "out.csv"}, {"report": "out.csv"}, {"report": "in.csv"}],
    ids=[
        "rejects over the inventory",
        "rejects over the output",
        "report over the output",
        "report over the inventory",
    ],
)
def test_two_files_of_one_name_are_refused_before_anything_is_written(scorer: Scorer, options: dict[str, str]) -> None:
    with pytest.raises(InventoryError, match="used for both the"):
        scorer(b"kind\nwebsite\n", **options)
    assert scorer.read("in.csv") == b"kind\nwebsite\n"
    assert not (scorer.folder / "out.csv").exists()


def test_the_output_may_take_the_place_of_the_inventory(scorer: Scorer) -> None:
    with pytest.raises(InventoryError, match="is the inventory itself; choose another output, or give --in-place"):
        scorer(b"kind\nwebsite\n", "in.csv")
    scorer("in.csv", "in.csv", in_place=True, force=False)
    assert len(rows(scorer.read("in.csv"))) == 1


def test_a_workbook_is_not_replaced_as_it_holds_more_than_its_rows(scorer: Scorer) -> None:
    (scorer.folder / "in.xlsx").write_bytes(b"mine")
    with pytest.raises(InventoryError, match=r"in\.xlsx: not replaced, as other sheets, formats and formulas of a"):
        scorer("in.xlsx", "in.xlsx", in_place=True)
    assert scorer.read("in.xlsx") == b"mine"


def test_an_inventory_with_rejected_rows_is_not_replaced(scorer: Scorer) -> None:
    before = b"kind,os\nwebsite,linux,surplus\nserver,linux\n"
    with pytest.raises(InventoryError, match=r"in\.csv: not replaced, as 1 of its rows cannot be read"):
        scorer(before, "in.csv", in_place=True)
    assert scorer.read("in.csv") == before
    assert [path.name for path in scorer.folder.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("there", ["out.csv", "out.csv.scoring.json", "out.csv.rejects.csv", "report.html"])
def test_no_output_that_exists_is_overwritten_without_force(scorer: Scorer, there: str) -> None:
    (scorer.folder / there).write_text("mine")
    with pytest.raises(InventoryError, match=f"{there}: exists; choose another output, or give --force"):
        scorer(b"kind\nwebsite\n", report="report.html", force=False)
    assert scorer.read(there) == b"mine"
    scorer("in.csv", report="report.html")


def test_nothing_is_written_when_the_inventory_breaks_off(scorer: Scorer) -> None:
    whole = gzip.compress(b"kind\n" + b"website\nserver\n" * 200_000)
    (scorer.folder / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InventoryError, match="damaged gzip"):
        scorer("cut.csv.gz")
    assert [path.name for path in scorer.folder.iterdir()] == ["cut.csv.gz"]


def test_an_interrupt_leaves_nothing_behind(engine: Engine, tmp_path: Path) -> None:
    from whichcompute.inventory import score_inventory

    def stop(_rows: int, _share: float | None) -> None:
        raise KeyboardInterrupt

    (tmp_path / "in.csv").write_bytes(b"kind\nwebsite\nwebsit\n")
    with pytest.raises(KeyboardInterrupt):
        score_inventory(
            ScoringRequest(str(tmp_path / "in.csv"), str(tmp_path / "out.parquet")),
            engine.columns,
            print,
            stop,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_progress_is_told_with_rows_and_share(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_source, "BLOCK", 64)
    scorer(b"kind\n" + b"website\n" * 50)
    assert scorer.progress[-1] == (50, 1.0)
    assert [done for done, _ in scorer.progress] == sorted(done for done, _ in scorer.progress)


def test_a_draft_of_a_map_is_made_from_the_header(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Host,Memory (GB)\na,1\n")
    assert "memory_mb: {from: 'Memory (GB)', unit: gb}" in suggestion(str(tmp_path / "x.csv"))


def test_a_table_of_very_many_columns_is_read(scorer: Scorer) -> None:
    header = ",".join(f"c{at}" for at in range(20_000))
    text = f"name,cpus,memory_gb,{header}\n" + f"a,2,8,{'x,' * 19_999}x\n" * 3
    assert scorer(text.encode(), values=True).tally.read["vcpus"] == 3


@pytest.mark.parametrize(("title", "answer"), [("CPU config", "yes"), ("CPU config", "no")])
def test_what_is_answered_may_show_that_each_row_is_a_machine(scorer: Scorer, title: str, answer: str) -> None:
    (scorer.folder / "in.csv").write_text(f"Hostname;{title};RAM GB\na;4;16\nb;2;8\n")
    drafted = suggestion(f"{scorer.folder}/in.csv", ask=lambda question: answer)
    assert ("packaging: {always: 'machine_image'}" in drafted) == (answer == "yes")
