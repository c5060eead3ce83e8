from __future__ import annotations

import json

from tests.importers.conftest import Found, known


def resource(kind: str, address: str, **values: object) -> dict[str, object]:
    return {"address": address, "mode": "managed", "type": kind, "name": address.split(".")[-1], "values": values}


def test_defaults_of_the_provider_are_not_needs(found: Found) -> None:
    function = resource(
        "aws_lambda_function", "aws_lambda_function.this", timeout=20, memory_size=128, runtime="python3.12"
    )
    data = {**resource("aws_lambda_function", "data.aws_lambda_function.x", timeout=1), "mode": "data"}
    written = {"address": "aws_lambda_function.this", "expressions": {"timeout": {"constant_value": 20}}}
    plan = {
        "planned_values": {"root_module": {"resources": [function, data]}},
        "configuration": {"root_module": {"resources": [written]}},
    }
    (workload,) = found({"plan.json": json.dumps(plan, indent=1)}).workloads
    assert workload.workload_id == "this" and known(workload) == {"max_duration_s": 20, "language": "python"}
    assert workload.line == 5


def test_modules_are_read_and_joined_by_what_is_configured(found: Found) -> None:
    task = resource("aws_ecs_task_definition", "module.api.aws_ecs_task_definition.t", cpu="512", memory="1024",
                    container_definitions=json.dumps([{"name": "a", "image": "x"}]))  # fmt: skip
    service = resource("aws_ecs_service", "module.api.aws_ecs_service.s[0]", launch_type="FARGATE")
    refers = {"task_definition": {"references": ["aws_ecs_task_definition.t.arn", "aws_ecs_task_definition.t"]}}
    call = {"module": {"resources": [{"address": "aws_ecs_service.s", "expressions": refers}]}}
    plan = {
        "planned_values": {"root_module": {"child_modules": [{"resources": [task, service]}]}},
        "configuration": {"root_module": {"module_calls": {"api": call}}},
    }
    (workload,) = found({"plan.json": json.dumps(plan)}).workloads
    assert workload.workload_id == "api.t" and workload.present_service == "fargate"
    assert known(workload)["memory_mb"] == 1024 and known(workload)["vcpus"] == 0.5


def test_a_state_is_joined_by_arns(found: Found) -> None:
    def entry(kind: str, name: str, **attributes: object) -> dict[str, object]:
        return {"mode": "managed", "type": kind, "name": name, "instances": [{"attributes": attributes}]}

    function = entry("aws_lambda_function", "f", timeout=60, arn="arn:aws:lambda:us-east-1:1:function:f")
    target = {"function_name": "arn:aws:lambda:us-east-1:1:function:f", "event_source_arn": "arn:aws:sqs:us-east-1:1:q"}
    mapping = entry("aws_lambda_event_source_mapping", "m", **target)
    state = {"version": 4, "terraform_version": "1.5.0", "resources": [function, mapping]}
    (workload,) = found({"terraform.tfstate": json.dumps(state)}).workloads
    assert known(workload)["max_duration_s"] == 60 and known(workload)["kind"] == "queue_worker"
