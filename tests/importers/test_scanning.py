from __future__ import annotations

from pathlib import Path

import pytest

import whichcompute
from tests.importers.conftest import Found, known
from whichcompute.base.errors import DataError
from whichcompute.importers.scanning import scan

COMPOSE = "services: {app: {image: x/app, mem_limit: 1g}}\n"


def test_the_same_name_in_two_folders_is_two_workloads(found: Found) -> None:
    result = found({"a/docker-compose.yml": COMPOSE, "b/docker-compose.yml": COMPOSE})
    assert [w.workload_id for w in result.workloads] == ["app (a/docker-compose.yml)", "app (b/docker-compose.yml)"]


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "docker-compose.yml"
    file.write_text(COMPOSE)
    assert len(scan([tmp_path, file, str(file)]).workloads) == 1


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match="no such file"):
        scan(["nowhere"])


def test_binary_files_do_not_end_a_scan(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"\xff\xfe\x00services")
    (tmp_path / "docker-compose.yml").write_text(COMPOSE)
    result = scan([tmp_path])
    assert len(result.workloads) == 1 and "UTF-8" in result.unreadable[0].reason


def test_the_public_functions_give_typed_objects(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(COMPOSE)
    found = whichcompute.scan(tmp_path)
    assert found.workloads[0].need == {
        "workload_id": "app", "memory_mb": 1024, "os": "linux", "packaging": "container",
    }  # fmt: skip
    assert whichcompute.check(tmp_path).workloads[0].status == "undeclared"


def test_templates_with_the_same_names_beside_each_other_are_workloads_of_their_own(found: Found) -> None:
    text = "Resources:\n  Function:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: 30}\n"
    scan = found({"orders.yaml": text, "billing.yaml": text, "orders-staging.yaml": text})
    assert [one.file for one in scan.workloads] == ["billing.yaml", "orders.yaml"]
    assert [(one.file, one.reason) for one in scan.left_out] == [
        ("orders-staging.yaml", "the same workload for another environment; orders.yaml is used")
    ]


def test_a_folder_for_each_environment_is_one_workload(found: Found) -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api-X}\nspec: {template: {spec: {containers: []}}}\n"
    )
    scan = found({f"k8s/{name}/api.yml": text.replace("X", name) for name in ("staging", "production")})
    assert [one.file for one in scan.workloads] == ["k8s/production/api.yml"]


def test_an_overlay_of_kustomize_is_laid_over_its_base(found: Found) -> None:
    base = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
          - name: web
            image: x
            ports: [{name: http, containerPort: 8080}]
            resources: {limits: {memory: 256Mi, cpu: 250m}}
    """
    overlay = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
          - name: web
            resources: {limits: {memory: %s}}
    """
    files = {
        "k8s/base/web.yaml": base,
        "k8s/overlays/prod/memory.yaml": overlay % "2Gi",
        "k8s/overlays/dev/memory.yaml": overlay % "128Mi",
    }
    scan = found(files)
    (workload,) = scan.workloads
    assert workload.file == "k8s/overlays/prod/memory.yaml" and workload.workload_id == "web"
    assert known(workload) == {
        "memory_mb": 2048, "vcpus": 0.25, "protocol": "http", "os": "linux", "packaging": "container",
    }  # fmt: skip
    assert {one.file for one in scan.left_out} == {"k8s/base/web.yaml", "k8s/overlays/dev/memory.yaml"}
