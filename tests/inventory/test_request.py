from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute import InventoryError
from whichcompute.inventory.request import ScoringRequest, targets_of


@pytest.mark.parametrize(
    ("inventory", "out", "rejects", "expected"),
    [
        ("in.csv", "out.csv", None, "out.csv.rejects.csv"),
        ("in.csv", "out.csv", "bad.csv", "bad.csv"),
        ("in/x.csv", "-", None, "/dev/stderr"),
        ("-", "-", None, "/dev/stderr"),
        ("in.csv", "/dev/null", None, "/dev/stderr"),
        ("d/o.csv.rejects.csv", "d/o.csv", None, "d/o.csv.rejects.csv.rejects.csv"),
    ],
    ids=[
        "beside the output",
        "where it is said",
        "standard output",
        "both standard",
        "a device",
        "never over the inventory",
    ],
)
def test_where_rejects_go(inventory: str, out: str, rejects: str | None, expected: str) -> None:
    assert targets_of(ScoringRequest(inventory, out, rejects)).rejects == expected


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ScoringRequest("in.csv", "out.csv", rejects="in.csv"), "in.csv: used for both the rejects and the inventory"),
        (ScoringRequest("in.csv", "out.csv", rejects="./out.csv"), "out.csv: used for both the output and the rejects"),
        (ScoringRequest("in.csv", "-", rejects="-"), "-: used for both the output and the rejects"),
        (ScoringRequest("in.csv", "./m.yaml", map_file="m.yaml"), "./m.yaml: used for both the output and the map"),
        (ScoringRequest("in.csv", "out.csv", report="out.csv"), "out.csv: used for both the output and the report"),
        (
            ScoringRequest("in.csv", "out.csv", report="out.csv.scoring.json"),
            "out.csv.scoring.json: used for both the record and the report",
        ),
    ],
    ids=[
        "rejects over the inventory",
        "another spelling",
        "one stream for two",
        "over the map",
        "report over the output",
        "report over the record",
    ],
)
def test_a_file_named_twice_is_refused(request_: ScoringRequest, message: str) -> None:
    with pytest.raises(InventoryError, match=message):
        targets_of(request_)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            ScoringRequest("in.csv", "out.csv", report="z.pdf"),
            r"z.pdf: what is written there is HTML; end its name in \.html or \.htm",
        ),
        (
            ScoringRequest("in.csv", "out.csv", portfolio="all.csv"),
            r"all.csv: what is written there is JSON; end its name in \.json",
        ),
    ],
    ids=["page", "portfolio"],
)
def test_no_file_is_named_as_what_it_is_not(request_: ScoringRequest, message: str) -> None:
    with pytest.raises(InventoryError, match=message):
        targets_of(request_)
    assert targets_of(ScoringRequest("in.csv", "out.csv", report="/dev/null")).named["report"] == "/dev/null"


def test_the_output_may_replace_the_inventory() -> None:
    assert targets_of(ScoringRequest("in.csv", "in.csv", in_place=True)).record == "in.csv.scoring.json"
    assert targets_of(ScoringRequest("in.csv", "-", rejects="/dev/stderr")).record is None


@pytest.mark.parametrize(
    ("rejects", "there", "expected"),
    [
        (None, "line,column,value,code,reason,kind\n", True),
        (None, "", False),
        (None, "line,note\n", False),
        ("out.csv.rejects.csv", "line,column,value,code,reason,kind\n", False),
    ],
    ids=["of an earlier run", "none", "of somebody else", "named by the user"],
)
def test_only_a_rejects_file_at_the_default_place_is_a_leftover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rejects: str | None, there: str, expected: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if there:
        Path("out.csv.rejects.csv").write_text(there)
    leftover = targets_of(ScoringRequest("in.csv", "out.csv", rejects, force=True)).leftover
    assert leftover == (Path("out.csv.rejects.csv") if expected else None)
