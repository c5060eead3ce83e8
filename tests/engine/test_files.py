from __future__ import annotations

import json
from pathlib import Path

import pytest

import whichcompute
from whichcompute import Engine, InventoryError
from whichcompute.engine import (
    changes_as_json,
    compare,
    read_case_file,
    save_answers,
    save_changes,
    scan_as_csv,
    scan_as_json,
    suggestion,
)


@pytest.fixture
def scored(engine: Engine, tmp_path: Path) -> tuple[str, str]:
    """Two scorings of one row, whose kind differs."""
    for name, kind in (("old", "event_handler"), ("new", "batch_job")):
        (tmp_path / f"{name}.in.csv").write_text(f"workload_id,kind,max_duration_s\na,{kind},12\n")
        engine.score_inventory(str(tmp_path / f"{name}.in.csv"), str(tmp_path / f"{name}.csv"), notify=print)
    return str(tmp_path / "old.csv"), str(tmp_path / "new.csv")


def test_two_scorings_are_compared_and_the_changes_saved(scored: tuple[str, str], tmp_path: Path) -> None:
    comparison = compare(*scored, key="workload_id")
    assert changes_as_json(comparison)["rows"]["paired"] == 1
    save_changes(comparison, str(tmp_path / "changes.csv"))
    assert (tmp_path / "changes.csv").read_text().startswith("row,change,")
    with pytest.raises(InventoryError, match="exists"):
        save_changes(comparison, str(tmp_path / "changes.csv"))
    save_changes(comparison, str(tmp_path / "changes.csv"), force=True)


def test_a_file_that_is_compared_is_never_overwritten(scored: tuple[str, str]) -> None:
    with pytest.raises(InventoryError, match="one of the files that are compared"):
        save_changes(compare(*scored), scored[0], force=True)


def test_answers_and_maps_and_columns(engine: Engine, tmp_path: Path) -> None:
    save_answers(engine.interview({"kind": "website"}), tmp_path / "answers.yaml")
    assert "kind: website" in (tmp_path / "answers.yaml").read_text()
    (tmp_path / "in.csv").write_text("kind,team,label\nwebsite,blue,lightsail\n")
    assert "team" in suggestion(str(tmp_path / "in.csv"))
    assert read_case_file(tmp_path / "in.csv").unread == ("team",)


def test_a_scan_as_an_inventory(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text("services: {api: {image: example/api}}\n")
    found = whichcompute.scan(tmp_path)
    assert "workload_id" in scan_as_csv(found).splitlines()[0]
    assert json.loads(scan_as_json(found))
