from __future__ import annotations

import json
from typing import Any

import pytest

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
    function = entry("aws_lambda_function", "f", timeout=60, arn="arn:aws:lambda:us-east-1:1:function:f")
    target = {"function_name": "arn:aws:lambda:us-east-1:1:function:f", "event_source_arn": "arn:aws:sqs:us-east-1:1:q"}
    mapping = entry("aws_lambda_event_source_mapping", "m", **target)
    (workload,) = found(state(function, mapping)).workloads
    assert known(workload)["max_duration_s"] == 60 and known(workload)["kind"] == "queue_worker"


def entry(kind: str, label: str, *instances: dict[str, object], **attributes: object) -> dict[str, object]:
    listed = list(instances) or [{"attributes": attributes}]
    return {"mode": "managed", "type": kind, "name": label, "instances": listed}


def state(*resources: dict[str, object]) -> dict[str, str]:
    return {"terraform.tfstate": json.dumps({"version": 4, "terraform_version": "1.7.4", "resources": resources})}


def arn(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:1:function:{name}"


def test_empty_values_of_a_state_are_not_set(found: Found) -> None:
    """The provider writes an empty image and an empty load balancer for those that are not there."""
    empty: dict[str, object] = {"image_uri": "", "image_config": [], "file_system_config": []}
    function = entry("aws_lambda_function", "f", package_type="Zip", runtime="python3.12",
                     ephemeral_storage=[{"size": 512}], **empty)  # fmt: skip
    (workload,) = found(state(function)).workloads
    assert known(workload) == {"language": "python"}
    assert [(hint.field, hint.value) for hint in workload.hints] == [("packaging", "source")]


def test_a_service_of_a_state_is_joined_with_its_task(found: Found) -> None:
    task = entry("aws_ecs_task_definition", "t", arn="arn:aws:ecs:us-east-1:1:task-definition/t:17", cpu="512",
                 memory="1024", container_definitions=json.dumps([{"name": "a", "image": "x"}]))  # fmt: skip
    service = entry("aws_ecs_service", "s", launch_type="EC2", load_balancer=[],
                    task_definition="arn:aws:ecs:us-east-1:1:task-definition/t:17")  # fmt: skip
    scan = found(state(task, service))
    (workload,) = scan.workloads
    assert workload.present_service == "ecs_ec2" and scan.left_out == ()
    assert "protocol" not in {hint.field for hint in workload.hints if hint.value == "http"}


def test_a_scaling_target_of_a_state_names_its_service(found: Found) -> None:
    task = entry("aws_ecs_task_definition", "t", arn="arn:aws:ecs:us-east-1:1:task-definition/t:17", memory="1024")
    service = entry("aws_ecs_service", "s", id="arn:aws:ecs:us-east-1:1:service/main/s", launch_type="FARGATE",
                    task_definition="arn:aws:ecs:us-east-1:1:task-definition/t:17")  # fmt: skip
    scaling = [entry("aws_appautoscaling_target", name, resource_id=f"service/main/{name}", max_capacity=8)
               for name in ("s", "other")]  # fmt: skip
    assert known(found(state(task, service, *scaling)).workloads[0])["autoscaling"] is True
    assert "autoscaling" not in known(found(state(task, service, scaling[1])).workloads[0])


def test_a_version_of_a_function_is_the_function(found: Found) -> None:
    function = entry("aws_lambda_function", "f", arn=arn("viewer"), function_name="viewer", timeout=5)
    behavior = {"lambda_function_association": [{"event_type": "viewer-request", "lambda_arn": f"{arn('viewer')}:3"}]}
    scan = found(state(function, entry("aws_cloudfront_distribution", "c", default_cache_behavior=[behavior])))
    assert scan.workloads == () and "Lambda@Edge" in scan.left_out[0].reason


@pytest.mark.parametrize(
    ("blueprint", "says"),
    [
        ("wordpress", {"app_stack": "wordpress", "os": "linux"}),
        ("lamp_8_bitnami", {"app_stack": "lamp", "os": "linux"}),
        ("windows_server_2022", {"os": "windows"}),
        ("ubuntu_22_04", {"os": "linux"}),
        ("freebsd_12", {}),
    ],
)
def test_a_blueprint_of_lightsail_is_a_stack_or_a_system(blueprint: str, says: dict[str, str], found: Found) -> None:
    (workload,) = found(state(entry("aws_lightsail_instance", "blog", blueprint_id=blueprint))).workloads
    assert known(workload) == says


def test_instances_of_a_state_have_triggers_of_their_own(found: Found) -> None:
    each = [{"index_key": key, "attributes": {"arn": arn(key), "function_name": key, "timeout": 10, "memory_size": 256}}
            for key in ("a", "b")]  # fmt: skip
    queue = entry("aws_lambda_event_source_mapping", "m", function_name=arn("a"),
                  event_source_arn="arn:aws:sqs:us-east-1:1:q")  # fmt: skip
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn('b')}/invocations"
    integration = entry("aws_api_gateway_integration", "i", type="AWS_PROXY", uri=uri)
    workloads = found(state(entry("aws_lambda_function", "each", *each), queue, integration)).workloads
    kinds = [(workload.workload_id, known(workload).get("kind")) for workload in workloads]
    assert kinds == [("each[a]", "queue_worker"), ("each[b]", "web_api")]


def test_further_instances_of_a_count_are_the_same_workload(found: Found) -> None:
    each = [{"index_key": key, "attributes": {"timeout": 10}} for key in (0, 1)]
    (workload,) = found(state(entry("aws_lambda_function", "f", *each))).workloads
    assert workload.workload_id == "f"


def test_rules_and_permissions_name_what_they_are_about(found: Found) -> None:
    function = entry("aws_lambda_function", "f", arn=arn("nightly"), function_name="nightly", timeout=120)
    rule = entry(
        "aws_cloudwatch_event_rule", "night", name="night", schedule_expression="rate(1 day)", event_pattern=""
    )
    target = entry("aws_cloudwatch_event_target", "t", arn=arn("nightly"), rule="night")
    (workload,) = found(state(function, rule, target)).workloads
    assert known(workload)["kind"] == "scheduled_task" and known(workload)["invocations_per_month"] == 30
    permission = entry("aws_lambda_permission", "p", function_name="nightly", principal="apigateway.amazonaws.com")
    (workload,) = found(state(function, permission)).workloads
    assert known(workload)["kind"] == "web_api"


def test_states_and_logs_that_cannot_be_read_are_named(found: Found) -> None:
    old = {"version": 3, "terraform_version": "0.11.7", "modules": [{"path": ["root"], "resources": {}}]}
    line = {"@level": "info", "@module": "terraform.ui", "terraform": "1.13.4", "type": "version"}
    log = "\n".join([json.dumps(line)] * 2)
    reasons = {
        one.file: (one.reason, one.advice) for one in found({"a.tfstate": json.dumps(old), "plan.json": log}).unreadable
    }
    assert "before 0.12" in reasons["a.tfstate"][0] and "terraform show -json" in reasons["a.tfstate"][1]
    assert "log" in reasons["plan.json"][0] and "terraform show -json" in reasons["plan.json"][1]


def test_sources_and_targets_that_are_known_after_apply_are_joined_by_their_expressions(found: Found) -> None:
    def planned(kind: str, name: str, values: object, expressions: object) -> tuple[object, object]:
        address = f"{kind}.{name}"
        return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}, {
            "address": address, "mode": "managed", "type": kind, "name": name, "expressions": expressions,
        }  # fmt: skip

    def to(*names: str) -> dict[str, list[str]]:
        return {"references": [f"{name}.arn" for name in names] + list(names)}

    pairs = [
        planned("aws_lambda_function", "f", {"runtime": "python3.12"}, {}),
        planned("aws_lambda_function", "g", {"runtime": "python3.12"}, {}),
        planned("aws_lambda_alias", "live", {"name": "live"}, {"function_name": to("aws_lambda_function.f")}),
        planned("aws_sqs_queue", "q", {"name": "q"}, {}),
        planned("aws_kinesis_stream", "k", {"name": "k"}, {}),
        planned("aws_lambda_event_source_mapping", "m", {"batch_size": 9}, {
            "function_name": to("aws_lambda_alias.live"), "event_source_arn": to("aws_kinesis_stream.k"),
            "destination_config": [{"on_failure": [{"destination_arn": to("aws_sqs_queue.q")}]}],
        }),
        planned("aws_pipes_pipe", "p", {"name": "p"}, {
            "source": to("aws_sqs_queue.q"), "target": to("aws_lambda_function.g"),
        }),
    ]  # fmt: skip
    plan = {
        "planned_values": {"root_module": {"resources": [values for values, _ in pairs]}},
        "configuration": {"root_module": {"resources": [written for _, written in pairs]}},
    }
    streamed, piped = found({"plan.json": json.dumps(plan)}).workloads
    assert known(streamed)["kind"] == "stream_processor" and known(piped)["kind"] == "queue_worker"


def test_a_plan_names_the_region_of_each_provider(found: Found) -> None:
    def resource(name: str, provider: str, **values: str) -> tuple[dict[str, Any], dict[str, Any]]:
        address = f"aws_lambda_function.{name}"
        plain = {"address": address, "mode": "managed", "type": "aws_lambda_function"}
        return {**plain, "values": values}, {**plain, "provider_config_key": provider, "expressions": {}}

    made = [
        resource("near", "aws"),
        resource("far", "aws.far"),
        resource("known", "aws.none", arn="arn:aws:lambda:eu-north-1:1:function:x"),
        resource("open", "aws.none"),
    ]
    plan = {
        "terraform_version": "1.9.0",
        "variables": {"far": {"value": "us-west-2"}},
        "planned_values": {"root_module": {"resources": [planned for planned, _ in made]}},
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}},
                "aws.far": {"name": "aws", "expressions": {"region": {"references": ["var.far"]}}},
                "aws.none": {"name": "aws"},
            },
            "root_module": {"resources": [configured for _, configured in made]},
        },
    }
    workloads = found({"plan.json": json.dumps(plan)}).workloads
    assert {one.workload_id: known(one).get("region") for one in workloads} == {
        "near": "eu-west-1", "far": "us-west-2", "known": "eu-north-1", "open": None,
    }  # fmt: skip


F = "aws_lambda_function.f"


@pytest.mark.parametrize(
    ("references", "key", "kinds"),
    [
        ([f'{F}["b"].arn', f'{F}["b"]', F], "", [None, "event_handler"]),
        ([F, "each.key"], '["a"]', ["event_handler", None]),
        ([F, "each.key"], '["c"]', ["event_handler", "event_handler"]),
        ([F], "", ["event_handler", "event_handler"]),
    ],
)
def test_a_reference_to_one_instance_is_one_to_it_alone(
    found: Found, references: list[str], key: str, kinds: list[str | None]
) -> None:
    kind, subscribed = "aws_sns_topic_subscription", "aws_sns_topic_subscription.s"
    functions = [
        {"address": f'{F}["{name}"]', "type": "aws_lambda_function", "values": {"timeout": 9}} for name in "ab"
    ]
    listed = [*functions, {"address": subscribed + key, "type": kind, "values": {}}]
    configured = {"address": subscribed, "expressions": {"endpoint": {"references": references}}}
    plan = {
        "planned_values": {"root_module": {"resources": listed}},
        "configuration": {"root_module": {"resources": [configured]}},
    }
    assert [known(one).get("kind") for one in found({"plan.json": json.dumps(plan)}).workloads] == kinds
