from __future__ import annotations

from whichcompute.inventory.readers.tables import SHEET, combined, table_of

MACHINES = [["name", "vcpus", "memory"], ["a", "2", "4096"], ["b", "4", "8192"]]


def test_another_table_below_a_gap_ends_the_table() -> None:
    rows = [*MACHINES, ["host", "cluster", "site"], ["h1", "c", "Rome"]]
    table = table_of(rows, [1, 2, 3, 6, 7], 0)
    assert (table.rows, table.lines, table.next_table) == (MACHINES, [1, 2, 3], 6)


def test_another_table_may_have_a_title_or_known_titles_only() -> None:
    for below in (
        [["Databases"], ["DB", "engine", "size"], ["crm", "Oracle 19c", "500"]],
        [["Devices"], ["device", "type"], ["sw1", "switch"]],
        [["device", "type"], ["sw1", "switch"]],
    ):
        rows = [*MACHINES, *below]
        table = table_of(rows, [1, 2, 3, *range(5, 5 + len(below))], 0)
        assert (table.rows, table.next_table) == (MACHINES, 5)


def test_rows_below_a_heading_belong_to_the_table() -> None:
    rows = [*MACHINES, ["Section two"], ["c", "8", "16384"], ["d", "", "unknown"], ["e", "2", "2048"]]
    assert table_of(rows, [1, 2, 3, 5, 6, 7, 8], 0).rows == rows


def test_rows_after_a_gap_belong_to_the_table() -> None:
    for row in (["c", "8", "16384"], ["Total", "14", "28672"], MACHINES[0], ["Section two", "", ""], ["d", "n/a", "-"]):
        rows = [*MACHINES, row, ["e", "1", "2048"]]
        assert table_of(rows, [1, 2, 3, 6, 7], 0).rows == rows


def test_rows_above_the_header_are_counted_if_they_have_several_cells() -> None:
    rows = [["Our machines"], ["as of", "2026"], *MACHINES]
    assert table_of(rows, [1, 2, 3, 4, 5], 2).above == 1


def test_tables_of_several_sheets_are_one_with_the_name_of_the_sheet() -> None:
    table = table_of(MACHINES, [1, 2, 3], 0)
    short = table_of([MACHINES[0], ["c"]], [4, 5], 0)
    whole = combined({"Rome": table, "Oslo": short})
    assert whole.rows == [
        ["name", "vcpus", "memory", SHEET],
        ["a", "2", "4096", "Rome"],
        ["b", "4", "8192", "Rome"],
        ["c", "", "", "Oslo"],
    ]
    assert whole.lines == [1, 2, 3, 5]
    assert combined({"Rome": table}) is table
