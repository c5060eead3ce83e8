from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.conftest import Scorer
from whichcompute import Engine
from whichcompute.inventory.readers.batch import Reject, Trouble
from whichcompute.inventory.rejects import RejectGroups
from whichcompute.presentation.scoring import reject_lines, summary_lines


@pytest.fixture
def scorer(engine: Engine, tmp_path: Path) -> Scorer:
    return Scorer(engine, tmp_path)


def test_the_summary_counts_rows_services_and_rejects(scorer: Scorer) -> None:
    lines = list(summary_lines(scorer(b"kind,vcpus\nwebsite,1\nwebapp,1\nwebsite,x\n", strict=True)))
    assert lines[0].startswith("3 rows read, 1 written: ")
    assert lines[1] == f"2 rows rejected, see {scorer.folder}/out.csv.rejects.csv"
    assert lines[2].startswith("  1 row: kind = 'webapp': allowed: ")
    assert lines[-1].startswith("fingerprint ")
    assert lines[-1].endswith(f", recorded in {scorer.folder}/out.csv.scoring.json")


def test_the_summary_counts_decisions_first_and_cells_that_cannot_be_read(scorer: Scorer) -> None:
    lines = list(summary_lines(scorer(b"kind,vcpus\nwebsite,1\nwebapp,1\nwebsite,x\n")))
    assert lines[0].startswith("3 rows read, 3 written: ")
    assert lines[1] == "2 cells cannot be read and count as unknown"
    assert lines[2].startswith("  1 row: kind = 'webapp': allowed: ")


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
    groups = RejectGroups()
    kind = Reject(2, (Trouble("kind", "webapp", "allowed: web_api"),), (), "cell-not-readable")
    groups.add([kind, kind, Reject(3, (Trouble("", "", "2 cells"),), (), "surplus-cells")])
    assert reject_lines(groups, 1) == ["2 rows: kind = 'webapp': allowed: web_api", "and 1 other reason"]
    assert reject_lines(groups)[-1] == "1 row: 2 cells"
