"""Lines between the machines of a list that are headings, and machines that look like one."""

from __future__ import annotations

import pytest

from tests.inventory.conftest import Scorer, read_values


def test_a_heading_between_machines_is_not_taken_for_a_machine(scorer: Scorer) -> None:
    scorer(b"Name,OS,CPUs,RAM (GB)\nSales,,,\na,Linux,4,16\n", values=True)
    assert read_values(scorer, "packaging", "vcpus") == [[None, None], ["machine_image", "4.0"]]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [
        ("Standort Wien,,,\nsrv-1,Linux,4,16\nsrv-2,Linux,2,8\nGesamt: 2 Server,,,\n", 2),
        ("srv-1,Linux,4,16\nsrv-2,,,\n", 0),  # a machine of which nothing is known
        ("Web shop 1,Linux,4,16\nWeb shop 2,,,\n", 0),  # names are such words here
    ],
)
def test_a_line_of_words_between_machines_is_a_heading(scorer: Scorer, rows: str, headings: int) -> None:
    outcome = scorer(f"Name,OS,CPUs,RAM (GB)\n{rows}".encode())
    assert outcome.tally.skips["a heading, not a workload"] == headings


def test_headings_are_told_row_by_row_below_the_sample_too(scorer: Scorer) -> None:
    machines = "".join(f"srv-{at},Linux,4,16\n" for at in range(5_600))
    rows = f"Standort Wien,,,\n{machines}Standort Wien,Linux,4,16\nGesamt: 5600 Server,,,\n"
    outcome = scorer(f"Name,OS,CPUs,RAM (GB)\n{rows}".encode())
    assert outcome.tally.skips == {"a heading, not a workload": 2}


def test_a_machine_whose_other_columns_are_not_read_is_no_heading(scorer: Scorer) -> None:
    rows = "Standort Wien,,,,\nweb shop,,,,Meier\n" + "".join(f"srv-{at},Linux,4,16,\n" for at in range(12))
    outcome = scorer(f"Name,OS,CPUs,RAM (GB),Owner\n{rows}".encode())
    assert outcome.tally.skips == {"a heading, not a workload": 1}
