from __future__ import annotations

from tests.importers.conftest import Found, known


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
