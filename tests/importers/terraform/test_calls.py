from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known
from whichcompute.importers.terraform.calls import may_make


def test_a_call_of_a_module_elsewhere_is_a_workload_by_its_arguments(found: Found) -> None:
    text = """
    module "worker" {
      source      = "terraform-aws-modules/lambda/aws"
      runtime     = "python3.12"
      memory_size = 512
      event_source_mapping = {
        queue = { event_source_arn = "arn:aws:sqs:eu-west-1:1:jobs" }
      }
    }
    module "vpc" {
      source = "terraform-aws-modules/vpc/aws"
      cpu    = 4
    }
    """
    (worker,) = found({"main.tf": text}).workloads
    assert worker.present_service == "lambda"
    assert known(worker) == {"memory_mb": 512, "language": "python", "kind": "queue_worker", "protocol": "none"}


def test_a_rule_beside_a_call_is_its_schedule(found: Found) -> None:
    text = """
    module "report" {
      source  = "terraform-aws-modules/lambda/aws"
      handler = "a.b"
    }
    resource "aws_cloudwatch_event_rule" "daily" { schedule_expression = "rate(1 day)" }
    resource "aws_cloudwatch_event_target" "t" {
      rule = aws_cloudwatch_event_rule.daily.name
      arn  = module.report.lambda_function_arn
    }
    """
    (report,) = found({"main.tf": text}).workloads
    assert known(report)["invocations_per_month"] == 30


@pytest.mark.parametrize(
    ("source", "may"),
    [
        ("git@github.com:acme/infra.git//lambda-worker", True), ("git::ssh://git@example.com/api.git?ref=v1", True),
        ("app.terraform.io/acme/service/aws", True), ("app.terraform.io/acme/vpc/aws", False), ("../missing/svc", True),
        ("../missing/network", False), ("github.com/acme/terraform-aws-vpc", False), ("cloudposse/label/null", False),
        ("s3::https://s3-eu-west-1.amazonaws.com/acme/api.zip", True), ("", False),
    ],
)  # fmt: skip
def test_modules_of_networks_and_stores_make_no_workloads(source: str, may: bool) -> None:
    assert may_make(source) is may


def test_modules_that_cannot_be_read_are_named_once_a_file(found: Found) -> None:
    text = """
    module "vpc" { source = "terraform-aws-modules/vpc/aws" }
    module "api" {
      source   = "git::https://example.com/acme/modules.git//api?ref=v1"
      for_each = toset(["a", "b"])
    }
    module "web" { source = "../web" }
    """
    scan = found({"main.tf": text, "examples/all/main.tf": 'module "x" {\n  source = "acme/x/aws"\n}\n'})
    (unread,) = scan.unreadable
    assert (unread.file, unread.line) == ("main.tf", 2) and unread.reason.endswith(": 'api', 'web'")
    assert "terraform show -json" in unread.advice


def test_modules_that_are_scanned_too_are_not_named(found: Found) -> None:
    files = {"main.tf": 'module "x" {\n  source = "./x"\n}\n', "x/main.tf": 'resource "aws_s3_bucket" "b" {}\n'}
    assert found(files).unreadable == ()


def test_a_service_behind_a_load_balancer_is_not_reached_by_its_port(found: Found) -> None:
    text = """
    module "api" {
      source        = "terraform-aws-modules/ecs/aws//modules/service"
      cpu           = 256
      memory        = 512
      launch_type   = "EC2"
      container_definitions = { api = { image = "x", port_mappings = [{ containerPort = 7070, protocol = "tcp" }] } }
      load_balancer = { service = { target_group_arn = %s, container_port = 7070 } }
      runtime_platform = { cpu_architecture = "ARM64", operating_system_family = "LINUX" }
    }
    resource "aws_lb_target_group" "api" { protocol = "HTTP" }
    """
    (elsewhere,) = found({"main.tf": text % "var.group"}).workloads
    assert "protocol" not in known(elsewhere)
    assert (elsewhere.present_service, known(elsewhere)["cpu_architecture"]) == ("ecs_ec2", "arm64")
    (joined,) = found({"main.tf": text % "aws_lb_target_group.api.arn"}).workloads
    assert known(joined)["protocol"] == "http"
