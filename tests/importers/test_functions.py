from __future__ import annotations

import json

import pytest

from tests.importers.conftest import Found, known, likely
from whichcompute.importers.found import Draft
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import parse_json


def read(**properties: object) -> Draft:
    draft = Draft("f", "t.yml", 1, "Test")
    read_function(draft, parse_json(json.dumps(properties)))
    return draft


def test_stated_values_are_given_and_defaults_are_not() -> None:
    found = read(Timeout=50, MemorySize="512", Runtime="nodejs20.x", Architectures=["x86_64"]).finished()
    assert known(found) == {
        "max_duration_s": 50, "memory_mb": 512, "language": "nodejs", "cpu_architecture": "x86_64",
    }  # fmt: skip
    assert likely(found) == {"packaging": "source"}
    assert [value.how for value in found.values] == ["given"] * 4
    nothing = read(Runtime="provided.al2023").finished()
    assert known(nothing) == {} and len(nothing.remarks) == 2


def test_further_properties() -> None:
    found = read(
        timeout=900, ephemeral_storage=[{"size": 2048}], package_type="Image", file_system_config=[{"arn": "a"}],
        reserved_concurrent_executions=5, vpc_config=[{"subnet_ids": ["a"]}],
    ).finished()  # fmt: skip
    assert known(found) == {
        "max_duration_s": 900, "scratch_gb": 2, "packaging": "container", "shared_filesystem": True,
    }  # fmt: skip
    assert likely(found) == {"peak_concurrency": 5, "private_network": True}
    assert any("largest that Lambda allows" in remark for remark in found.remarks)


def triggers(*kinds: str, expression: str = "rate(1 hour)") -> Draft:
    draft = Draft("f", "t.yml", 1, "Test")
    node = Node(expression, 3)
    read_triggers(draft, [Trigger(kind, node, kind, node if kind == "schedule" else None) for kind in kinds])
    return draft


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("api", {"kind": "web_api", "protocol": "http"}),
        ("url", {"protocol": "http"}),
        ("websocket", {"protocol": "websocket"}),
        ("queue", {"kind": "queue_worker", "protocol": "none"}),
        ("stream", {"kind": "stream_processor", "protocol": "none"}),
        ("event", {"kind": "event_handler", "protocol": "none"}),
        ("schedule", {"kind": "scheduled_task", "protocol": "none", "invocations_per_month": 730}),
    ],
)
def test_what_follows_from_a_trigger(kind: str, expected: dict[str, object]) -> None:
    assert known(triggers(kind).finished()) == expected


def test_schedules_add_up_and_an_unreadable_one_leaves_them_unknown() -> None:
    assert known(triggers("schedule", "schedule").finished())["invocations_per_month"] == 1460
    assert "invocations_per_month" not in known(triggers("schedule", expression="cron(x)").finished())


def test_several_kinds_leave_the_kind_open() -> None:
    found = triggers("api", "queue").finished()
    assert known(found) == {"protocol": "http"} and "several triggers" in found.remarks[0]


def test_disabled_triggers_invoke_nothing() -> None:
    draft = Draft("f", "t.yml", 1, "Test")
    read_triggers(draft, [Trigger("queue", Node("", 1), "q", enabled=False)])
    assert not draft.finished().values


def test_an_image_has_no_runtime_and_an_empty_configuration_makes_none() -> None:
    draft = Draft("f", "t.yml", 1, "Test")
    read_function(draft, parse_json('{"PackageType": "Image", "Runtime": "python3.12"}'))
    assert known(draft.finished()) == {"packaging": "container"}
    planned = Draft("f", "plan.json", 1, "Test")
    read_function(planned, parse_json('{"image_config": [], "image_uri": null, "runtime": "python3.12"}'))
    assert known(planned.finished()) == {"language": "python"} and likely(planned.finished())["packaging"] == "source"


def test_that_there_is_a_schedule_is_certain_where_how_often_is_not(found: Found) -> None:
    text = """
    Transform: AWS::Serverless-2016-10-31
    Parameters: {Every: {Type: String, Default: rate(1 hour)}}
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {Runtime: python3.12, Events: {E: {Type: Schedule, Properties: {Schedule: !Ref Every}}}}
    """
    (workload,) = found({"template.yaml": text}).workloads
    assert known(workload) == {"kind": "scheduled_task", "protocol": "none", "language": "python"}
    assert likely(workload)["invocations_per_month"] == 730
