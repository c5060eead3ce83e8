from __future__ import annotations

import pytest

from whichcompute.importers.nodes import Node
from whichcompute.importers.terraform.hcl import parse_hcl
from whichcompute.importers.terraform.values import Values, references

TEXT = """
variable "size" { default = 512 }
variable "open" {}
locals {
  plain  = 256
  derived = var.size
  nested = { a = 1 }
  loop = local.loop
}
"""


@pytest.mark.parametrize(
    ("text", "value", "certain"),
    [
        ("${local.plain}", "256", True), ("${var.size}", "512", False), ("${local.derived}", "512", False),
        ("${local.nested.a}", "1", True), ("${var.open}", "${var.open}", True), ("x-${var.size}", "x-512", False),
        ('${var.env == "prod" ? 1024 : 256}', "1024", False), ("plain", "plain", True),
        ("${local.loop}", "${local.loop}", True),
    ],
)  # fmt: skip
def test_what_the_files_say_is_resolved(text: str, value: str, certain: bool) -> None:
    found = Values([parse_hcl(TEXT)]).resolve(Node(text, 1))
    assert (found.text, found.certain) == (value, certain)


def test_references_are_addresses() -> None:
    node = parse_hcl('a = [aws_x.y.arn, "${module.z.w}", "aws_no.reference"]')
    assert set(references(node)) == {"aws_x.y", "module.z", "module.z.w"}
