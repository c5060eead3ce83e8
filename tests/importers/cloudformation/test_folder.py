from __future__ import annotations

import json

import pytest

from tests.importers.conftest import Found, known, likely

INNER = """
Parameters:
  Memory: {Type: Number, Default: 128}
  Seconds: {Type: Number, Default: 30}
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties: {MemorySize: !Ref Memory, Timeout: !Ref Seconds}
"""


def test_a_nested_template_gets_the_parameters_of_the_one_that_nests_it(found: Found) -> None:
    outer = """
    Resources:
      Orders:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: ./inner/work.yaml, Parameters: {Memory: 1024}}
      Bills:
        Type: AWS::Serverless::Application
        Properties: {Location: inner/work.yaml, Parameters: {Memory: 2048}}
      Elsewhere:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: 'https://s3.amazonaws.com/b/t.yaml'}
    """
    scan = found({"main.yaml": outer, "inner/work.yaml": INNER})
    orders, bills = scan.workloads
    assert (orders.workload_id, bills.workload_id) == ("Orders/Work", "Bills/Work")
    assert known(orders) == {"memory_mb": 1024} and known(bills) == {"memory_mb": 2048}
    assert likely(orders)["max_duration_s"] == 30
    memory = orders.values[0]
    assert (memory.file, memory.line) == ("main.yaml", 4)
    assert [item.name for item in scan.left_out] == ["Elsewhere"]


def test_nested_templates_of_cdk_are_found_by_their_asset(found: Found) -> None:
    outer = """
    {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack",
      "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3."]]}, "Parameters": {"Memory": "512"}},
      "Metadata": {"aws:asset:path": "n.nested.template.json"}}}}
    """
    inner = """
    {"Parameters": {"Memory": {"Type": "Number"}}, "Resources": {"F": {"Type": "AWS::Lambda::Function",
      "Properties": {"MemorySize": {"Ref": "Memory"}}}}}
    """
    (workload,) = found({"cdk.out/a.template.json": outer, "cdk.out/n.nested.template.json": inner}).workloads
    assert known(workload) == {"memory_mb": 512} and workload.workload_id == "N/F"


def test_templates_that_nest_one_another_are_read_once(found: Found) -> None:
    text = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: FILE}}\n"
    text += "  F: {Type: AWS::Lambda::Function}\n"
    scan = found({"a.yaml": text.replace("FILE", "b.yaml"), "b.yaml": text.replace("FILE", "a.yaml")})
    assert 1 <= len(scan.workloads) <= 10


def test_what_imports_the_export_of_another_template_invokes_what_is_exported(found: Found) -> None:
    functions = """
    Resources:
      Api: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs20.x}}
      Job: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs20.x}}
    Outputs:
      Api: {Value: !GetAtt Api.Arn, Export: {Name: "Functions:Api"}}
      Job: {Value: !GetAtt Job.Arn, Export: {Name: "Functions:Job"}}
    """
    callers = """
    Resources:
      Allowed:
        Type: AWS::Lambda::Permission
        Properties: {FunctionName: !ImportValue "Functions:Api", Principal: apigateway.amazonaws.com}
      Daily:
        Type: AWS::Events::Rule
        Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !ImportValue "Functions:Job"}]}
    """
    api, job = found({"functions.yml": functions, "callers.yml": callers}).workloads
    assert known(api) == {"kind": "web_api", "protocol": "http", "language": "nodejs"}
    assert known(job)["kind"] == "scheduled_task" and known(job)["invocations_per_month"] == 30


@pytest.mark.parametrize(
    ("place", "region"), [("123456789012/eu-west-1", "eu-west-1"), ("unknown-account/unknown-region", None)]
)
def test_the_manifest_of_cdk_gives_the_region(found: Found, place: str, region: str | None) -> None:
    inner = '{"Resources": {"W": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 30}}}}'
    outer = """
    Resources:
      Api:
        Type: AWS::Lambda::Function
        Properties: {Timeout: 20, MemorySize: 512}
      Inner:
        Type: AWS::CloudFormation::Stack
        Metadata: {'aws:asset:path': Inner.template.json}
    """
    manifest = (
        '{"version": "36.0.0", "artifacts": {"App": {"type": "aws:cloudformation:stack",\n"environment": "aws://%s",\n'
        '"properties": {"templateFile": "App.template.yaml"}}, "App.assets": {"type": "cdk:asset-manifest"}}}\n'
    )
    files = {"manifest.json": manifest % place, "App.template.yaml": outer, "Inner.template.json": inner}
    workloads = found({f"cdk.out/{name}": text for name, text in files.items()}).workloads
    assert [known(one).get("region") for one in workloads] == [region, region]
    places = {(value.file, value.line) for one in workloads for value in one.values if value.field == "region"}
    assert places == ({("cdk.out/manifest.json", 2)} if region else set())


HASH = "d16aa64d0e2942d8c2c25dda504d715f" * 2
FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 60}}


def synthesised(stage: str) -> dict[str, str]:
    """What CDK writes for one stage where nothing asks for metadata, as in the tests of an app."""
    address = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, f"/assets-eu/{HASH}.json"]]}
    outer = {"JobsNestedStackJobsNestedStackResource4FE929C3": {
        "Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}}  # fmt: skip
    inner, folder = f"{stage}AppJobs47DF6A89.nested.template.json", f"cdk.out/assembly-{stage}"
    manifest = {
        "version": "55.0.0",
        "files": {HASH: {"source": {"path": inner, "packaging": "file"}}},
        "dockerImages": {},
    }
    place = {"environment": "aws://1/eu-central-1", "properties": {"templateFile": f"{stage}AppB2A2DCC5.template.json"}}
    stacks = {"version": "55.0.0", "artifacts": {"App": {"type": "aws:cloudformation:stack", **place}}}
    return {
        f"{folder}/{stage}AppB2A2DCC5.template.json": json.dumps({"Resources": outer}),
        f"{folder}/{inner}": json.dumps({"Resources": {"Render1A2B3C4D": FUNCTION}}),
        f"{folder}/{stage}AppB2A2DCC5.assets.json": json.dumps(manifest),
        f"{folder}/manifest.json": json.dumps(stacks),
    }


def test_a_nested_template_of_cdk_is_found_by_the_manifest_of_assets(found: Found) -> None:
    scan = found(synthesised("Prod"))
    (render,) = scan.workloads
    assert render.workload_id == "Jobs/Render"
    assert known(render) == {"max_duration_s": 60, "region": "eu-central-1"}
    assert scan.left_out == ()


def test_of_the_stages_of_cdk_production_counts(found: Found) -> None:
    scan = found({**synthesised("Dev"), **synthesised("Prod")})
    assert [one.file for one in scan.workloads] == ["cdk.out/assembly-Prod/ProdAppJobs47DF6A89.nested.template.json"]
    (lesser,) = scan.left_out
    assert lesser.file == "cdk.out/assembly-Dev/DevAppJobs47DF6A89.nested.template.json"
    assert lesser.reason.startswith("the same workload for another environment")


def test_assets_of_cdk_are_no_workloads(found: Found) -> None:
    scan = found({**synthesised("Prod"), f"cdk.out/asset.{HASH}/Dockerfile": "FROM python:3.12\n"})
    assert [one.workload_id for one in scan.workloads] == ["Jobs/Render"]


def test_what_the_framework_for_custom_resources_calls_is_no_workload(found: Found) -> None:
    called = {"USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["Seed74718524", "Arn"]}}
    framework = {"Timeout": 900, "Handler": "framework.onEvent", "Environment": {"Variables": called}}
    resources = {
        "Seed74718524": FUNCTION,
        "ProvframeworkonEvent4D295293": {"Type": "AWS::Lambda::Function", "Properties": framework},
        "ProvframeworkisCompleteB252445A": {"Type": "AWS::Lambda::Function", "Properties": framework},
        "Rotation": {
            "Type": "AWS::Serverless::Application",
            "Properties": {"Location": {"ApplicationId": {"Fn::FindInMap": ["a", "b", "c"]}}},
        },
    }
    scan = found({"Stack.template.json": json.dumps({"Resources": resources})})
    assert scan.workloads == ()
    reasons = {one.name: one.reason for one in scan.left_out}
    assert reasons["Seed"] == "a function behind a custom resource, which runs for deployments"
    assert "adds for deployments" in reasons["ProvframeworkisComplete"]
    assert "Serverless Application Repository" in reasons["Rotation"]
