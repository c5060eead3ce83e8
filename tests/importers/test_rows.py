from __future__ import annotations

import csv
import io
import json

from tests.importers.conftest import Found
from whichcompute.importers.rows import scan_as_csv, scan_as_json

TEXT = "services:\n  app:\n    image: x\n    mem_limit: 1g\n    privileged: true\n"


def test_a_row_has_the_fields_the_place_and_the_provenance(found: Found) -> None:
    scan = found({"docker-compose.yml": TEXT})
    (row,) = csv.DictReader(io.StringIO(scan_as_csv(scan)))
    assert row["workload_id"] == "app" and float(row["memory_mb"]) == 1024 and row["host_access"] == "privileged"
    assert row["source"] == "docker-compose.yml:2" and "mem_limit (docker-compose.yml:4)" in row["provenance"]
    assert row["present_service"] == "" and row["vcpus"] == ""


def test_json_has_the_same_with_lines(found: Found) -> None:
    data = json.loads(scan_as_json(found({"docker-compose.yml": TEXT})))
    value = next(value for value in data["workloads"][0]["values"] if value["field"] == "memory_mb")
    assert (value["line"], value["how"], value["key"]) == (4, "given", "mem_limit")


def test_no_cell_is_a_formula(found: Found) -> None:
    scan = found({"docker-compose.yml": "services: {'=HYPERLINK(1)': {image: x}}\n"})
    (row,) = csv.DictReader(io.StringIO(scan_as_csv(scan)))
    assert row["workload_id"].startswith("'=")
