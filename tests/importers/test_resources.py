from __future__ import annotations

import json

import pytest

from tests.importers.conftest import Found, known, likely

FUNCTIONS = """
resource "aws_lambda_function" "load" {
  function_name = "load"
  runtime       = "python3.12"
}
resource "aws_lambda_function" "store" {
  for_each      = toset(["store", "clean"])
  function_name = each.value
  runtime       = "python3.12"
}
resource "aws_ecs_task_definition" "report" {
  family                = "report"
  container_definitions = jsonencode([{ name = "a", image = "x" }])
}
resource "aws_sfn_state_machine" "flow" { definition = DEFINITION }
"""
STATES = {
    "A": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:1:function:load"},
    "B": {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "store:$LATEST"}},
    "C": {"Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"TaskDefinition": "report"}},
}


@pytest.mark.parametrize("written", ["text", "value"])
def test_a_state_machine_calls_functions_and_tasks_by_name(found: Found, written: str) -> None:
    states = json.dumps({"States": STATES})
    definition = f"<<EOF\n{states}\nEOF\n" if written == "text" else f"jsonencode({states})"
    text = FUNCTIONS.replace(" DEFINITION }", f" {definition}}}" if written == "text" else f" {definition} }}")
    load, store, clean, report = found({"main.tf": text}).workloads
    assert [known(one).get("kind") for one in (load, store, clean)] == ["event_handler", "event_handler", None]
    assert likely(report)["kind"] == "batch_job"


def test_a_function_is_found_behind_its_alias(found: Found) -> None:
    template = """
    Resources:
      F: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9, Code: {S3Bucket: b}}}
      Live: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F, Name: live}}
      Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref Live, AuthType: NONE}}
    """
    assert known(found({"t.yml": template}).workloads[0])["protocol"] == "http"
