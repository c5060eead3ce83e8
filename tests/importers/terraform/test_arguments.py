from __future__ import annotations

import pytest

from whichcompute.importers.nodes import Node
from whichcompute.importers.terraform.arguments import container_of, is_cpu_units, kind_of, renamed


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
    assert kind_of(call(**arguments)) == kind


def test_arguments_get_the_names_of_the_provider() -> None:
    given = dict(call(lambda_timeout="30", memory="512", runtime="${var.runtime}").items())
    assert {name: node.text for name, node in renamed(given, "lambda").items()} == {
        "timeout": "30",
        "memory_size": "512",
    }
    container = container_of(dict(call(container_port="80", container_image="x").items()), 3)
    assert container.get("portMappings", "containerPort").text == "80" and container.get("image").text == "x"


def test_a_number_of_cpu_units_is_told_from_vcpus() -> None:
    assert [is_cpu_units(Node(text, 1)) for text in ("256", "0.5", "4", "x")] == [True, False, False, False]
