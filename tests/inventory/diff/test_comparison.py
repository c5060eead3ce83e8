from __future__ import annotations

import polars as pl

from tests.inventory.diff.conftest import BEFORE_15_MINUTES, PACK, ROWS, Scorings

LAMBDA, FARGATE = "lambda", "fargate"
VMS = "VM,Powerstate,Template,CPUs,Memory\na,poweredOn,False,2,4096\nb,poweredOn,False,2,4096\n"


def test_a_fact_that_changed_is_the_cause(scorings: Scorings) -> None:
    found = scorings.compare(scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES), scorings.score(ROWS, "new.csv"))
    (row,) = found.rows()
    assert (found.changed, dict(found.causes)) == (1, {"facts": 1})
    assert (row.name, row.old["recommended_service"], row.new["recommended_service"]) == ("nightly", FARGATE, LAMBDA)
    assert found.facts["lambda.max_duration"] == 1
    gone = next(move for move in row.why.rules if move.id == "lambda.duration-exceeds-limit")
    assert (gone.sign, gone.why) == ("-", "lambda.max_duration: 5 min -> 15 min")


def test_a_rule_that_was_added_is_the_cause(scorings: Scorings) -> None:
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(ROWS, "new.csv", pack=PACK))
    (row,) = found.rows()
    assert (row.name, row.why.causes, dict(found.rules)) == ("thumbs", ("rules",), {"lambda.not-here": 1})
    assert found.transitions == [((LAMBDA, row.old["decision"], FARGATE, row.new["decision"]), 1)]
    back = scorings.compare(scorings.folder / "new.csv", scorings.folder / "old.csv")
    assert back.changes.rules == {"lambda.not-here": "removed"}
    assert dict(back.causes) == {"rules": 1}


def test_an_edited_cell_is_the_cause(scorings: Scorings) -> None:
    edited = ROWS.replace("thumbs,x,event_handler,5,", "thumbs,y,event_handler,3600,")
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(edited, "new.csv"))
    (row,) = found.rows()
    assert row.why.causes == ("input",)
    assert row.cells == (("max_duration_s", "5", "3600"), ("note", "x", "y"))
    assert dict(found.columns) == {"max_duration_s": 1, "note": 1}


def test_a_column_that_is_not_read_is_no_cause(scorings: Scorings) -> None:
    noted = ROWS.replace(",x,", ",y,")
    found = scorings.compare(scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES), scorings.score(noted, "new.csv"))
    assert dict(found.causes) == {"facts": 1}
    assert dict(found.columns) == {"note": 1}


def test_a_further_column_that_is_read_is_input(scorings: Scorings) -> None:
    lines = ROWS.splitlines()
    more = "\n".join([f"{lines[0]},memory_mb", *(f"{line},20000" for line in lines[1:])]) + "\n"
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(more, "new.csv"))
    assert found.changed
    assert set(found.causes) == {"input"}
    assert any("has the columns memory_mb" in notice for notice in found.notices)


def test_a_number_written_otherwise_is_no_other_input(scorings: Scorings) -> None:
    found = scorings.compare(
        scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES),
        scorings.score(ROWS.replace(",600,", ",600.0,"), "new.csv"),
    )
    assert [row.cells for row in found.rows()] == [()]
    assert dict(found.causes) == {"facts": 1}


def test_the_free_tier_moves_costs_only(scorings: Scorings) -> None:
    text = "workload_id,kind,memory_mb,invocations_per_month,typical_duration_s\na,event_handler,512,2M,1\n"
    old, new = scorings.score(text, "old.csv"), scorings.score(text, "new.csv", free_tier=True)
    assert (scorings.compare(old, new).changed, scorings.compare(old, new).any_result) == (0, 1)
    assert list(scorings.compare(old, new).rows()) == []
    (row,) = scorings.compare(old, new, cells=True).rows()
    assert row.why.causes == ("options",)
    assert float(row.new["monthly_cost_usd"]) < float(row.old["monthly_cost_usd"])


def test_longer_reasons_are_no_change(scorings: Scorings) -> None:
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(ROWS, "new.csv", explain="full"))
    assert (found.any_result, found.changes.options) == (0, {"explain": ("short", "full")})


def test_reordered_rows_are_no_change(scorings: Scorings) -> None:
    head, *rows = ROWS.splitlines(keepends=True)
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(head + "".join(rows[::-1]), "new.csv"))
    assert (found.any_result, found.pairs.added.height, found.pairs.removed.height) == (0, 0, 0)


def test_a_file_edited_by_hand_is_said_so(scorings: Scorings) -> None:
    old = scorings.score(ROWS, "old.csv")
    new = scorings.copy(old, "new.csv")
    new.write_text(new.read_text().replace(",lambda,decided,", ",batch,decided,"))
    found = scorings.compare(old, new)
    assert set(found.causes) == {"edited"}
    assert any("changed after it was scored" in notice for notice in found.notices)


def test_without_records_causes_are_split_into_input_and_everything_else(scorings: Scorings) -> None:
    old = scorings.copy(scorings.score(ROWS, "a.csv", as_of=BEFORE_15_MINUTES), "old.csv", record=False)
    edited = ROWS.replace("thumbs,x,event_handler,5,", "thumbs,x,event_handler,3600,")
    new = scorings.copy(scorings.score(edited, "b.csv"), "new.csv", record=False)
    found = scorings.compare(old, new)
    assert {row.name: row.why.causes for row in found.rows()} == {"nightly": ("unknown",), "thumbs": ("input",)}
    assert sum("no record of the scoring" in notice for notice in found.notices) == 2


def test_every_form_compares_with_every_other(scorings: Scorings) -> None:
    old = scorings.score(ROWS, "old.parquet", as_of=BEFORE_15_MINUTES)
    for name in ("new.csv", "new.csv.gz", "new.parquet", "new.jsonl"):
        found = scorings.compare(old, scorings.score(ROWS, name))
        assert (found.changed, dict(found.causes)) == (1, {"facts": 1})
        assert not scorings.compare(found_path := scorings.folder / name, found_path).any_result


def test_the_export_of_a_known_tool_is_paired_by_its_own_names(scorings: Scorings) -> None:
    off = VMS.replace("b,poweredOn", "b,poweredOff")
    found = scorings.compare(scorings.score(VMS, "old.csv"), scorings.score(off, "new.csv"))
    (row,) = found.rows()
    assert (found.pairs.key, row.name, row.new["decision"]) == ("VM", "b", "skipped")
    assert (row.cells, row.why.causes) == ((("Powerstate", "poweredOn", "poweredOff"),), ("input",))


def test_files_without_rows_compare(scorings: Scorings) -> None:
    empty = scorings.score("workload_id,kind\n", "old.csv")
    found = scorings.compare(empty, scorings.score("workload_id,kind\na,website\n", "new.csv"))
    assert (found.changed, found.pairs.added.height) == (0, 1)
    assert found.cells.schema == {"at": pl.UInt32, "column": pl.String, "old": pl.String, "new": pl.String}


def test_rows_can_be_limited(scorings: Scorings) -> None:
    other = ROWS.replace("stateless", "persistent").replace("600", "90000")
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(other, "new.csv"), cells=True)
    assert len(list(found.rows())) > len(list(found.rows(1))) == 1


def test_another_place_outside_is_another_answer(scorings: Scorings) -> None:
    before = "hostname,os,vcpu,memory gb\na,AIX 7.2,4,16\nb,Ubuntu,4,16\n"
    old, new = scorings.score(before, "old.csv"), scorings.score(before.replace("AIX 7.2", "Ubuntu"), "new.csv")
    found = scorings.compare(old, new)
    assert (found.changed, found.transitions) == (1, [(("keep", "none", "ec2", "none"), 1)])
    (row,) = found.rows()
    assert (row.name, row.cells) == ("a", (("os", "AIX 7.2", "Ubuntu"),))
    cost = float(row.new["monthly_cost_usd"])
    assert found.pairs.costs == (cost, 2 * cost)
