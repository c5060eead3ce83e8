from __future__ import annotations

import csv
import io
import json

from tests.inventory.diff.conftest import BEFORE_15_MINUTES, ROWS, Scorings
from whichcompute.inventory.diff.tables import changes_as_csv, changes_as_json


def test_json_holds_all_that_changed(scorings: Scorings) -> None:
    old = scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES)
    found = scorings.compare(old, scorings.score(ROWS.replace("\nsite,", "\nhome,"), "new.csv"))
    told = json.loads(json.dumps(changes_as_json(found)))
    assert told["rows"] == {"paired": 2, "changed": 1, "any_result": 1, "added": 1, "removed": 1}
    assert (told["key"], told["causes"], told["added"], told["removed"]) == (
        "workload_id", {"facts": 1}, ["home"], ["site"],
    )  # fmt: skip
    assert told["scorings"]["facts"]["lambda.max_duration"] == {"old": "5 min", "new": "15 min"}
    assert told["moves"][0]["rows"] == 1
    (row,) = told["changed"]
    assert (row["row"], row["old"]["recommended_service"], row["new"]["recommended_service"]) == (
        "nightly", "fargate", "lambda",
    )  # fmt: skip
    assert {"id": "lambda.duration-exceeds-limit", "sign": "-"}.items() <= {
        key: value
        for rule in row["rules"]
        if rule["id"] == "lambda.duration-exceeds-limit"
        for key, value in rule.items()
    }.items()
    assert changes_as_json(found, 0)["changed"] == []


def test_csv_has_a_line_for_each_changed_added_and_removed_row(scorings: Scorings) -> None:
    edited = ROWS.replace("thumbs,x,event_handler,5,", "thumbs,x,event_handler,3600,").replace("\nsite,", "\nhome,")
    found = scorings.compare(scorings.score(ROWS, "old.csv"), scorings.score(edited, "new.csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(changes_as_csv(found)).decode())))
    assert [(row["row"], row["change"], row["old_row"], row["new_row"]) for row in rows] == [
        ("thumbs", "changed", "2", "2"),
        ("home", "added", "", "3"),
        ("site", "removed", "3", ""),
    ]
    assert (rows[0]["old_recommended_service"], rows[0]["new_recommended_service"]) == ("lambda", "fargate")
    assert (rows[0]["causes"], rows[0]["input"]) == ("input", "max_duration_s: 5 -> 3600")
    assert "+ lambda.duration-exceeds-limit" in rows[0]["rules"]


def test_csv_of_nothing_is_its_header(scorings: Scorings) -> None:
    old = scorings.score(ROWS, "old.csv")
    assert b"".join(changes_as_csv(scorings.compare(old, old))).decode().count("\n") == 1
