from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.conftest import Found, known, likely
from whichcompute.importers.scanning import scan

TASK = """
resource "aws_ecs_task_definition" "api" {
  family                = "api"
  requires_compatibilities = ["FARGATE"]
  container_definitions = templatefile("${path.module}/files/api.json.tpl", {
    image  = var.image
    memory = 1024
    cpu    = var.cpu
    env    = [{ name = "TOKEN", value = var.token }]
  })
}
variable "cpu" { default = 512 }
"""
TEMPLATE = """
[
  {
    "name": "api",
    "image": "${image}",
    "memory": ${memory},
    "cpu": ${cpu},
    "environment": ${jsonencode(env)},
    "portMappings": [{"containerPort": 7000}]
  }
]
"""


def test_a_template_is_read_with_its_variables(found: Found) -> None:
    (workload,) = found({"main.tf": TASK, "files/api.json.tpl": TEMPLATE}).workloads
    assert known(workload)["memory_mb"] == 1024 and likely(workload)["vcpus"] == 0.5
    assert known(workload)["protocol"] == "tcp"
    memory = next(value for value in workload.values if value.field == "memory_mb")
    assert (memory.file, memory.line) == ("files/api.json.tpl", 5)


def test_without_its_file_the_variables_of_a_template_say_it(found: Found) -> None:
    (workload,) = found({"main.tf": TASK}).workloads
    assert known(workload)["memory_mb"] == 1024 and "protocol" not in known(workload)
    assert any("container definitions" in remark for remark in workload.remarks)


def test_the_data_source_of_templates_and_plain_files(found: Found) -> None:
    text = """
    resource "aws_batch_job_definition" "grid" {
      container_properties = data.template_file.grid.rendered
    }
    data "template_file" "grid" {
      template = file("${path.root}/templates/none.tmpl")
      vars = {
        cpu    = 48
        memory = 380000
      }
    }
    resource "aws_batch_job_definition" "plain" { container_properties = file("plain.json") }
    """
    scan = found({"main.tf": text, "plain.json": '{"image": "x", "vcpus": 2, "memory": 2048}'})
    grid = next(one for one in scan.workloads if one.workload_id == "grid")
    plain = next(one for one in scan.workloads if one.workload_id == "plain")
    assert known(grid)["memory_mb"] == 380000 and known(grid)["vcpus"] == 48
    assert known(plain)["memory_mb"] == 2048 and plain.format == "Terraform" and len(scan.workloads) == 2
    assert [item.reason for item in scan.left_out] == ["the configuration in . reads it"]


def test_definitions_in_a_heredoc_keep_what_is_written_in_them(found: Found) -> None:
    text = """
    resource "aws_ecs_task_definition" "old" {
      container_definitions = <<DEFINITION
    [
      {
        "name": "a", "image": "${var.image}",
        "memory": 300, "cpu": ${var.cpu}
      }
    ]
    DEFINITION
    }
    """
    (workload,) = found({"main.tf": text}).workloads
    assert known(workload)["memory_mb"] == 300 and "vcpus" not in known(workload)
    assert next(value.line for value in workload.values if value.field == "memory_mb") == 6


def test_files_of_modules_are_found_however_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "infra/main.tf": 'module "api" { source = "./api" }\n' + TASK.replace('"api"', '"own"'),
        "infra/files/api.json.tpl": TEMPLATE,
        "infra/api/main.tf": TASK,
        "infra/api/files/api.json.tpl": TEMPLATE.replace("7000", "7001"),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    relative, absolute = scan(["."]), scan([tmp_path])
    assert relative == absolute
    assert {known(workload)["protocol"] for workload in relative.workloads} == {"tcp"}
