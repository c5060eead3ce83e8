from __future__ import annotations

import polars as pl

from tests.inventory.diff.conftest import BEFORE_15_MINUTES, PACK, ROWS, Scorings
from whichcompute.presentation.diff import lines


def text(scorings: Scorings, limit: int | None = 20) -> str:
    return "\n".join(lines(scorings.compare(scorings.folder / "old.csv", scorings.folder / "new.csv"), limit))


def test_nothing_changed_is_one_line(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv")
    scorings.score(ROWS, "new.csv")
    assert text(scorings) == "no recommendation changed (3 rows)"


def test_causes_moves_facts_and_rows_are_told(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES)
    scorings.score(ROWS, "new.csv")
    told = text(scorings)
    assert told.startswith("1 of 3 rows: another service, place or decision\nabout $")
    assert " a month for all rows with an estimate\n\nCauses (a row may have several):\n" in told
    for line in (
        "        1  facts: a limit or price has another value",
        "        1  fargate -> lambda",
        "  lambda.max_duration: 5 min -> 15 min  [1 row]",
        "  facts as of 2018-10-09 -> ",
        "  nightly: fargate -> lambda",
        "    cause: facts",
        "    - lambda.duration-exceeds-limit (lambda.max_duration: 5 min -> 15 min)",
    ):
        assert f"\n{line}" in told


def test_what_moves_most_comes_first_and_the_rest_is_counted(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES)
    scorings.score(ROWS, "new.csv")
    told = text(scorings, 1)
    facts = told.partition("Facts with another value:\n")[2].splitlines()
    assert facts[0] == "  lambda.max_duration: 5 min -> 15 min  [1 row]"
    assert facts[1].startswith("  and ")
    assert "more" not in text(scorings, None)


def test_rules_and_input_are_told(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv")
    scorings.score(ROWS, "new.csv", pack=PACK)
    told = text(scorings)
    assert "\nRules:\n  lambda.not-here: rule added  [1 row]\n" in told
    assert "    + lambda.not-here (rule added)" in told


def test_added_and_removed_rows_are_named(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv")
    scorings.score(ROWS.replace("thumbs", "pictures"), "new.csv")
    told = text(scorings)
    assert told.startswith("no recommendation changed (2 rows in both)")
    assert "1 row added:\n  pictures" in told
    assert "1 row removed:\n  thumbs" in told


def test_other_results_are_counted(scorings: Scorings) -> None:
    rows = "workload_id,kind,memory_mb,invocations_per_month,typical_duration_s\na,event_handler,512,2M,1\n"
    scorings.score(rows, "old.csv")
    scorings.score(rows, "new.csv", free_tier=True)
    told = text(scorings)
    assert "In 1 row only other results differ (--cells lists them). Cells that differ: " in told
    assert "monthly_cost_usd 1" in told
    assert "free tier: not counted -> counted" in told
    listed = "\n".join(lines(scorings.compare(scorings.folder / "old.csv", scorings.folder / "new.csv", cells=True)))
    assert "\n    cause: options\n" in listed and "\n    monthly_cost_usd: " in listed


def test_a_row_without_an_answer_is_called_skipped_only_if_it_is(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv")
    scored = pl.read_csv(scorings.folder / "old.csv", infer_schema=False).with_columns(decision=pl.lit("close"))
    scored.write_csv(scorings.folder / "old.csv")
    for decision, name in (("undecided", "no recommendation"), ("skipped", "skipped")):
        without = scored.with_columns(recommended_service=pl.lit(""), decision=pl.lit(decision))
        without.write_csv(scorings.folder / "new.csv")
        assert f"  site: lambda -> {name} (close -> {decision})" in text(scorings)


def test_nothing_in_a_file_reaches_the_terminal_as_a_command(scorings: Scorings) -> None:
    rows = "workload_id,max_duration_s,kind\n\x1b[31mred,5,event_handler\n"
    scorings.score(rows, "old.csv")
    scorings.score(rows.replace(",5,", ",3600,"), "new.csv")
    told = text(scorings)
    assert "\x1b" not in told
    assert "\\x1b[31mred: lambda -> fargate" in told


def test_titles_can_be_styled(scorings: Scorings) -> None:
    scorings.score(ROWS, "old.csv")
    found = scorings.compare(scorings.folder / "old.csv", scorings.folder / "old.csv")
    assert list(lines(found, style=lambda words, role: f"<{role}>{words}")) == [
        "<title>no recommendation changed (3 rows)"
    ]


def test_places_have_names_and_the_cost_of_all_is_told(scorings: Scorings) -> None:
    before = "hostname,os,vcpu,memory gb\na,AIX 7.2,4,16\nb,Ubuntu,4,16\n"
    scorings.score(before, "old.csv")
    scorings.score(before.replace("AIX 7.2", "Ubuntu"), "new.csv")
    told = text(scorings)
    assert told.startswith("1 of 2 rows: another service, place or decision\nabout $")
    assert "a: Where it is -> Amazon EC2" in told and "a month for all rows" in told
