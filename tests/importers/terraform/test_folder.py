from __future__ import annotations

from tests.importers.conftest import Found, known, likely


def test_files_of_a_folder_are_one_configuration(found: Found) -> None:
    scan = found(
        {
            "main.tf": 'resource "aws_lambda_function" "f" {\ntimeout = local.timeout\nmemory_size = var.memory\n}\n',
            "variables.tf": 'variable "memory" { default = 512 }\nlocals { timeout = 60 }\n',
            "other/main.tf": 'resource "aws_lambda_function" "g" { memory_size = var.memory }\n',
        }
    )
    first, second = scan.workloads
    assert known(first) == {"max_duration_s": 60} and likely(first)["memory_mb"] == 512
    assert known(second) == {} and (first.file, first.line) == ("main.tf", 1)


def test_a_file_that_is_not_hcl_is_named(found: Found) -> None:
    lost = found({"main.tf": "resource {\n"}).unreadable[0]
    assert "terraform show -json" in lost.advice
