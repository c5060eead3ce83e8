from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.conftest import Found
from whichcompute.importers.scanning import scan

TEMPLATE = '{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 5}}}}'


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("cdk.json", '{"app": "npx ts-node bin/app.ts"}', "cdk synth"),
        ("cdktf.json", '{"language": "typescript", "app": "npx ts-node main.ts"}', "cdktf synth"),
        ("serverless.ts", "export default {}\n", "serverless print"),
        ("terragrunt.hcl", 'include "root" {}\n', "terragrunt show -json"),
        ("Pulumi.yaml", "name: a\nruntime: nodejs\n", "whichcompute ask"),
    ],
)
def test_a_project_that_a_program_makes_is_named_with_the_command(
    found: Found, name: str, text: str, command: str
) -> None:
    (lost,) = found({f"infra/{name}": text}).unreadable
    assert lost.file == f"infra/{name}" and command in lost.advice


def test_nothing_is_said_where_what_is_made_is_scanned_too(found: Found) -> None:
    result = found({"cdk.json": '{"app": "node app.js"}', "cdk.out/a.template.json": TEMPLATE})
    assert not result.unreadable and len(result.workloads) == 1


def test_a_file_that_is_given_and_holds_nothing_known_is_named(found: Found, tmp_path: Path) -> None:
    assert not found({"app.ts": "new Stack()\n", "vpc.yml": "Resources: {V: {Type: 'AWS::EC2::VPC'}}\n"}).unreadable
    (lost,) = scan([tmp_path / "app.ts", tmp_path / "vpc.yml"]).unreadable
    assert lost.file.endswith("app.ts") and "no workload" in lost.reason
