from __future__ import annotations

import pytest

from tests.inventory.diff.conftest import BEFORE_15_MINUTES, ROWS, Scorings
from whichcompute import InventoryError
from whichcompute.inventory.diff.pairs import ANY_RESULT, CHANGED, NEW, OLD, pair
from whichcompute.inventory.diff.reading import INPUT, KEY, ROW, ScoredFile

HEAD, FIRST, SECOND, THIRD = ROWS.splitlines(keepends=True)


def files(scorings: Scorings, old: str, new: str) -> tuple[ScoredFile, ScoredFile]:
    return ScoredFile(str(scorings.score(old, "old.csv"))), ScoredFile(str(scorings.score(new, "new.csv")))


def test_rows_are_paired_by_name_in_any_order(scorings: Scorings) -> None:
    found = pair(*files(scorings, ROWS, HEAD + THIRD + FIRST + SECOND))
    assert (found.key, found.notices) == ("workload_id", ())
    assert found.frame.select(KEY, OLD, NEW).rows() == [("site", 3, 1), ("nightly", 1, 2), ("thumbs", 2, 3)]
    assert not found.frame[ANY_RESULT].any()
    assert not found.frame[INPUT].any()


def test_rows_in_one_file_only_are_listed(scorings: Scorings) -> None:
    found = pair(*files(scorings, HEAD + FIRST + SECOND, HEAD + SECOND + THIRD))
    assert found.removed.select(ROW, KEY).rows() == [(1, "nightly")]
    assert found.added.select(ROW, KEY).rows() == [(2, "site")]
    assert found.frame.height == 1


def test_what_differs_is_told_by_result(scorings: Scorings) -> None:
    old = ScoredFile(str(scorings.score(ROWS, "old.csv", as_of=BEFORE_15_MINUTES)))
    found = pair(old, ScoredFile(str(scorings.score(ROWS, "new.csv"))))
    (moved,) = found.frame.filter(CHANGED).to_dicts()
    assert (moved[KEY], moved["recommended_service"], moved[INPUT]) == ("nightly", True, False)


def test_reasons_are_left_out_where_they_are_not_worth_comparing(scorings: Scorings) -> None:
    assert "reasons" not in pair(*files(scorings, ROWS, ROWS), reasons=False).results


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (HEAD + FIRST + FIRST, "new.csv: column 'workload_id' holds 'nightly' more than once"),
        (HEAD + FIRST + FIRST.replace("nightly", ""), "new.csv: column 'workload_id' is empty in 1 row"),
        ((HEAD + FIRST + SECOND).replace("workload_id", "other"), "no column identifies the rows in both files"),
    ],
    ids=["twice", "empty", "absent"],
)
def test_without_names_rows_are_paired_by_their_number(scorings: Scorings, rows: str, said: str) -> None:
    found = pair(*files(scorings, HEAD + FIRST + SECOND, rows))
    assert found.key is None
    assert said in found.notices[0]
    assert "paired by number" in found.notices[0]
    assert found.frame[KEY].to_list() == ["row 1", "row 2"]
    assert found.frame[OLD].to_list() == found.frame[NEW].to_list() == [1, 2]


def test_rows_without_a_name_of_their_own_are_paired_in_their_order(scorings: Scorings) -> None:
    """Of an inventory with headings and one name twice, a removed machine once moved all rows after it by one."""
    nameless, twice = "," + FIRST.partition(",")[2], THIRD.replace("site", "nightly")
    old = HEAD + FIRST + SECOND + nameless + THIRD + twice
    new = HEAD + nameless + THIRD + FIRST + twice + THIRD.replace("site", "shop")
    found = pair(*files(scorings, old, new))
    assert found.key == "workload_id"
    assert "rows of the same name are paired in their order" in found.notices[0]
    pairs = found.frame.select(KEY, OLD, NEW).rows()
    assert pairs == [("no name (1)", 3, 1), ("site", 4, 2), ("nightly", 1, 3), ("nightly (2)", 5, 4)]
    assert found.removed[KEY].to_list() == ["thumbs"]
    assert found.added[KEY].to_list() == ["shop"]
    assert not found.frame[INPUT].any()


def test_files_of_different_length_are_not_paired_by_number(scorings: Scorings) -> None:
    old, new = files(scorings, HEAD + FIRST + SECOND, ROWS.replace("workload_id", "other"))
    with pytest.raises(
        InventoryError, match=r"no column identifies the rows.*files with 2 and 3 rows cannot be paired"
    ):
        pair(old, new)


def test_the_next_column_that_names_rows_is_tried(scorings: Scorings) -> None:
    head = "VM,Powerstate,CPUs,Memory,DNS Name\n"
    rows = ["a,poweredOn,2,4096,a.x\n", "a,poweredOn,4,8192,b.x\n"]
    found = pair(*files(scorings, head + "".join(rows), head + "".join(reversed(rows))))
    assert (found.key, found.notices) == ("DNS Name", ())
    assert found.frame.select(OLD, NEW).rows() == [(2, 1), (1, 2)]


def test_a_file_without_rows_has_nothing_to_pair(scorings: Scorings) -> None:
    nameless = ROWS.replace("workload_id", "other")
    found = pair(*files(scorings, nameless, nameless.partition("\n")[0] + "\n"))
    assert (found.frame.height, found.removed[ROW].to_list(), found.added.height) == (0, [1, 2, 3], 0)


def test_a_column_that_is_named_must_be_there_and_name_rows(scorings: Scorings) -> None:
    both = files(scorings, ROWS, ROWS)
    assert pair(*both, key="kind").key == "kind"
    with pytest.raises(InventoryError, match=r"old\.csv: no input column 'nope'"):
        pair(*both, key="nope")
    with pytest.raises(InventoryError, match="column 'note' holds 'x' more than once, so it cannot pair rows"):
        pair(*both, key="note")


def test_the_column_of_a_known_tool_names_rows(scorings: Scorings) -> None:
    text = "VM,Powerstate,Template,CPUs,Memory\na,poweredOn,False,2,4096\nb,poweredOff,False,2,4096\n"
    assert pair(*files(scorings, text, text)).key == "VM"
