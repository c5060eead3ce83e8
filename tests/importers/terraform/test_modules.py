from __future__ import annotations

import json

from tests.importers.conftest import Found, known
from whichcompute.importers.terraform.folder import MAX_MODULES

CALLS = """
module "orders" {
  source  = "git::https://example.com/company/service.git?ref=v1"
  timeout = 40
}
module "gone" {
  source = "git::https://example.com/company/thing.git"
}
resource "aws_sqs_queue" "q" {}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_sqs_queue.q.arn
  function_name    = module.orders.arn
}
"""
SERVICE = """
variable "timeout" { default = 5 }
resource "aws_lambda_function" "this" {
  runtime     = "python3.12"
  timeout     = var.timeout
  memory_size = 512
}
output "arn" { value = aws_lambda_function.this.arn }
module "inner" { source = "./inner" }
module "deep" { source = "x/y/aws" }
"""
INNER = 'resource "aws_lambda_function" "second" {\n  memory_size = 256\n}\n'
PLACES = {
    "": ".", "orders": ".terraform/modules/orders", "orders.inner": ".terraform/modules/orders/inner",
    "orders.deep": ".terraform/modules/deep", "away": "../../../../etc", "empty": ".terraform/modules/empty",
}  # fmt: skip
LIST = json.dumps({"Modules": [{"Key": key, "Source": "s", "Dir": place} for key, place in PLACES.items()]})
FILES = {
    "live/main.tf": CALLS,
    "live/.terraform/modules/modules.json": LIST,
    "live/.terraform/modules/orders/main.tf": SERVICE,
    "live/.terraform/modules/orders/inner/main.tf": INNER,
    "live/.terraform/modules/deep/main.tf": 'resource "aws_instance" "vm" {}\n',
    "live/.terraform/modules/deep/broken.tf": "resource {\n",
}


def test_modules_that_are_fetched_are_read_for_their_calls(found: Found) -> None:
    scan = found(FILES)
    second, vm, this = scan.workloads
    assert [one.workload_id for one in scan.workloads] == ["orders.inner.second", "orders.deep.vm", "orders.this"]
    # All that a call makes is found at the call; its values have the places where they are written.
    assert {(one.file, one.line) for one in (second, vm, this)} == {("live/main.tf", 1)}
    assert known(this) == {"kind": "queue_worker", "max_duration_s": 40, "memory_mb": 512, "protocol": "none",
                           "language": "python"}  # fmt: skip
    places = {value.field: (value.file, value.line) for value in this.values}
    assert places["max_duration_s"] == ("live/main.tf", 3)
    assert places["memory_mb"] == ("live/.terraform/modules/orders/main.tf", 5)
    assert [one.reason.rpartition(": ")[2] for one in scan.unreadable] == ["'gone'"]


def test_a_list_of_fetched_modules_that_is_none(found: Found) -> None:
    for text in ("{", "[]", '{"Modules": {"Key": 1}}'):
        scan = found({**FILES, "live/.terraform/modules/modules.json": text})
        assert scan.workloads == () and "'orders', 'gone'" in scan.unreadable[0].reason


def test_modules_that_call_one_another_many_times_end(found: Found) -> None:
    calls = "".join(f'module "m{number}" {{ source = "../SIDE" }}\n' for number in range(20))
    scan = found({"a/main.tf": calls.replace("SIDE", "b") + INNER, "b/main.tf": calls.replace("SIDE", "a"),
                  "main.tf": 'module "first" { source = "./a" }\n'})  # fmt: skip
    assert 1 < len(scan.workloads) <= MAX_MODULES
