from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.inventory.conftest import Scorer
from whichcompute import Engine
from whichcompute.inventory.readers.batch import Trouble
from whichcompute.inventory.tally import Tally
from whichcompute.presentation.scoring import reject_lines, summary_lines


@pytest.fixture
def scorer(engine: Engine, tmp_path: Path) -> Scorer:
    return Scorer(engine, tmp_path)


def test_the_summary_counts_rows_services_and_rejects(scorer: Scorer) -> None:
    lines = list(summary_lines(scorer(b"kind,vcpus\nwebsite,1\nwebapp,1\nwebsite,x\n", strict=True)))
    assert lines[0].startswith("3 rows read, 1 written: ")
    assert f"2 rows rejected, see {scorer.folder}/out.csv.rejects.csv" in lines
    assert any(line.startswith("  1 row: kind = 'webapp': allowed: ") for line in lines)
    assert lines[-1].startswith("fingerprint ")
    assert lines[-1].endswith(f", recorded in {scorer.folder}/out.csv.scoring.json")


def test_the_summary_counts_decisions_first_and_cells_that_cannot_be_read(scorer: Scorer) -> None:
    lines = list(summary_lines(scorer(b"kind,vcpus\nwebsite,1\nwebapp,1\nwebsite,x\n")))
    assert lines[0].startswith("3 rows read, 3 written: ")
    at = lines.index("  read under their own names, in so many of 3 rows: kind 2, vcpus 2")
    assert lines[at - 1].startswith("about $") and lines[at - 1].endswith(
        " for 3 rows with an estimate, 0% of it for rows that are settled (decided or none)"
    )
    at = lines.index("2 cells cannot be read and count as unknown")
    assert lines[at + 1].startswith("  1 row: kind = 'webapp': allowed: ")


def test_the_summary_says_what_was_read_from_where_in_which_unit(scorer: Scorer) -> None:
    data = b"Server name,Total CPUs,Cores Per CPU,RAM,OS\na,1,4,16,Debian\nb,2,1,8,Windows Server\n"
    lines = list(summary_lines(scorer(data)))
    assert "  memory_mb from 'RAM' in GB" in lines
    assert "  vcpus from 'Total CPUs' x 'Cores Per CPU'" in lines
    assert any(line.startswith("  packaging = machine_image in every row with a value (") for line in lines)


def test_the_summary_says_where_outside_most_rows_go(scorer: Scorer) -> None:
    data = b"Name,OS,CPUs,Role\na,Linux,4,PostgreSQL database\nb,Windows Server 2019,4,\nc,Windows Server 2019,8,\n"
    lines = list(summary_lines(scorer(data)))
    assert "  outside: Amazon EC2 2, a managed database 1" in lines


def test_the_summary_names_the_columns_that_are_not_read(scorer: Scorer) -> None:
    lines = list(summary_lines(scorer(b"Name,OS,CPUs,Cost centre,Remark\na,Linux,4,12,x\n")))
    assert "  not read: 'Cost centre' and 'Remark'" in lines
    assert not any("not read" in line for line in summary_lines(scorer(b"workload_id,kind\na,website\n")))


def test_the_summary_says_why_most_rows_are_undecided(scorer: Scorer) -> None:
    lines = list(summary_lines(scorer(b"Name,Environment\na,PRD\nb,Training\n")))
    assert "2 undecided: only environment could be read; `whichcompute map` helps to name further columns" in lines


def test_like_reasons_are_one_line(scorer: Scorer) -> None:
    data = b"kind,vcpus\n" + b"".join(b"website,v%d\n" % n for n in range(5)) + b"website,1\n" * 20 + b"a,1,2\nb,1,2\n"
    lines = list(summary_lines(scorer(data)))
    (line,) = [line for line in lines if "vcpus = " in line]
    assert line.startswith("  5 rows: vcpus = 'v0', 'v1', 'v2' and 2 other values: ")
    assert "  2 rows: cells in the row: 3; columns in the header: 2" in lines


def test_the_summary_counts_skipped_rows(scorer: Scorer) -> None:
    outcome = scorer(b"VM,Powerstate,Template,CPUs,Memory\na,poweredOff,False,2,4096\n")
    assert "skipped 1" in next(summary_lines(outcome))


def test_the_summary_counts_normalised_values(scorer: Scorer) -> None:
    outcome = scorer(b"os\nMicrosoft Windows Server 2019 (64-bit)\n")
    assert "1 value of os normalised" in list(summary_lines(outcome))


def test_an_output_without_a_record_names_none(scorer: Scorer) -> None:
    outcome = scorer(b"kind\nwebsite\n")
    outcome.record_file = None
    assert list(summary_lines(outcome))[-1] == f"fingerprint {outcome.fingerprint}"


def test_the_largest_groups_of_rejects_are_listed() -> None:
    groups = Tally(rejected=Counter({Trouble("kind", "webapp", "allowed: web_api"): 2, Trouble("", "", "2 cells"): 1}))
    assert reject_lines(groups, 1) == ["2 rows: kind = 'webapp': allowed: web_api", "and 1 other reason"]
    assert reject_lines(groups)[-1] == "1 row: 2 cells"
