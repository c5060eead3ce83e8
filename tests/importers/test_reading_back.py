from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.importers.reading_back import found_workload
from whichcompute.importers.rows import scan_as_json
from whichcompute.importers.scanning import scan

TEXT = "services:\n  api: {image: x, mem_limit: 512m, ports: ['8080']}\n  work: {image: y, privileged: true}\n"


@pytest.fixture
def compose(tmp_path: Path) -> Path:
    path = tmp_path / "docker-compose.yml"
    path.write_text(TEXT)
    return path


def test_a_scan_that_was_written_gives_the_same_workload(compose: Path, tmp_path: Path) -> None:
    found = scan([compose])
    written = tmp_path / "found.json"
    written.write_text(scan_as_json(found))
    assert found_workload(written, "api") == found.workloads[0] == found_workload(compose, "api")


def test_one_workload_needs_no_name_and_several_do(compose: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has 2 workloads; name one with --workload: api, work"):
        found_workload(compose)
    with pytest.raises(DataError, match=r"has no workload 'apis'.*api"):
        found_workload(compose, "apis")
    only = tmp_path / "Procfile"
    only.write_text("web: gunicorn a:b\n")
    assert found_workload(only).workload_id == "web"


@pytest.mark.parametrize("text", ['{"workloads": [1], "left_out": [], "unreadable": []}', "[]", "{", '{"a": 1}'])
def test_a_file_without_workloads_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "found.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"found\.json"):
        found_workload(path)
