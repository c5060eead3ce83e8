from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known
from whichcompute.importers.arguments import container_of, kind_of, renamed
from whichcompute.importers.nodes import Node


def call(**arguments: str) -> Node:
    return Node({name: Node(value, 1) for name, value in arguments.items()}, 1)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"source": "terraform-aws-modules/lambda/aws", "handler": "a.b"}, "lambda"),
        ({"source": "../generic_lambda", "timeout_seconds": "60"}, "lambda"),
        ({"source": "../lambda-alarms", "threshold": "1"}, ""),
        ({"source": "x/ecs-fargate/aws", "cpu": "256"}, "fargate"),
        ({"source": "terraform-aws-modules/ecs/aws//modules/service", "cpu": "256"}, "ecs"),
        ({"source": "./vpc", "cpu": "256"}, ""),
    ],
)
def test_the_kind_of_a_module(arguments: dict[str, str], kind: str) -> None:
    assert kind_of(arguments["source"], call(**arguments)) == kind


def test_arguments_get_the_names_of_the_provider() -> None:
    given = dict(call(lambda_timeout="30", memory="512", runtime="${var.runtime}").items())
    assert {name: node.text for name, node in renamed(given, "lambda").items()} == {
        "timeout": "30",
        "memory_size": "512",
    }
    container = container_of(dict(call(container_port="80", container_image="x").items()), 3)
    assert container.get("portMappings", "containerPort").text == "80" and container.get("image").text == "x"


@pytest.mark.parametrize(
    ("cpu", "memory", "vcpus", "megabytes"),
    [("256", "512", 0.25, 512), ("0.5", "1", 0.5, 1024), ("10", "x", None, None)],
)
def test_the_unit_of_a_size_is_told_by_the_number(
    found: Found, cpu: str, memory: str, vcpus: float | None, megabytes: float | None
) -> None:
    text = f'module "a" {{\n  source = "x/fargate/aws"\n  cpu = "{cpu}"\n  memory = "{memory}"\n}}\n'
    (workload,) = found({"main.tf": text}).workloads
    assert (known(workload).get("vcpus"), known(workload).get("memory_mb")) == (vcpus, megabytes)


def test_a_module_of_functions_names_its_triggers_itself(found: Found) -> None:
    text = """
    module "api" {
      source           = "terraform-aws-modules/lambda/aws"
      runtime          = "nodejs20.x"
      allowed_triggers = { gateway = { service = "apigateway" } }
    }
    module "worker" {
      source               = "terraform-aws-modules/lambda/aws"
      runtime              = "python3.12"
      event_source_mapping = { sqs = { event_source_arn = aws_sqs_queue.this.arn } }
    }
    """
    api, worker = found({"main.tf": text}).workloads
    assert known(api)["protocol"] == "http" and known(worker)["kind"] == "queue_worker"
