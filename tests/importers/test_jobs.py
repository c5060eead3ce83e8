from __future__ import annotations

import json
from collections.abc import Sequence

from tests.importers.conftest import Found, known, likely
from whichcompute.importers.found import Draft, FoundWorkload
from whichcompute.importers.jobs import container_of_job, read_environments, read_job
from whichcompute.importers.parsing import parse_json


def read(definition: dict[str, object], environments: Sequence[dict[str, object]] = ()) -> FoundWorkload:
    draft = Draft("j", "t.json", 1, "Test")
    node = parse_json(json.dumps(definition))
    read_job(draft, node, node.get("containerProperties"))
    read_environments(draft, node, [parse_json(json.dumps(environment)) for environment in environments])
    return draft.finished()


def test_a_job_with_sizes_as_texts() -> None:
    needs = [{"type": "MEMORY", "value": "32000"}, {"type": "VCPU", "value": "16"}, {"type": "GPU", "value": "1"}]
    container = {
        "image": "x",
        "resourceRequirements": needs,
        "privileged": True,
        "ephemeralStorage": {"sizeInGib": 200},
    }
    found = read({"containerProperties": container, "timeout": {"attemptDurationSeconds": 7200}}, [{"type": "SPOT"}])
    assert known(found) == {
        "kind": "batch_job", "memory_mb": 32000, "vcpus": 16, "gpus": 1, "packaging": "container", "protocol": "none",
        "host_access": "privileged", "interruptible": True, "max_duration_s": 7200, "scratch_gb": 200,
    }  # fmt: skip


def test_a_timeout_inside_the_container_has_no_effect() -> None:
    assert "max_duration_s" not in known(read({"containerProperties": {"timeout": {"attemptDurationSeconds": 60}}}))


def test_token_sizes_and_names_say_nothing() -> None:
    found = read({"containerProperties": {"memory": 4, "vcpus": 1}}, [{"type": "EC2", "instanceTypes": ["m4.large"]}])
    assert "memory_mb" not in known(found) and "interruptible" not in known(found) and "vcpus" not in known(found)


def test_environments_of_another_platform_say_nothing() -> None:
    on_fargate = {"platformCapabilities": ["FARGATE"], "containerProperties": {"image": "x"}}
    spot = {"type": "SPOT", "instanceTypes": ["g4dn.xlarge"]}
    found = read(on_fargate, [spot])
    assert "interruptible" not in known(found) and "gpus" not in likely(found)
    assert known(read(on_fargate, [spot, {"type": "FARGATE_SPOT"}]))["interruptible"] is True


def test_parallel_nodes_are_tightly_coupled() -> None:
    found = read(
        {
            "nodeProperties": {"numNodes": 8},
            "retryStrategy": {"evaluateOnExit": [{"onStatusReason": "Host EC2*", "action": "RETRY"}]},
        }
    )
    assert known(found)["tightly_coupled"] is True and known(found)["interruptible"] is True
    assert likely(found)["parallel_tasks"] == 8


def test_instance_families_are_hints() -> None:
    hints = likely(read({}, [{"type": "EC2", "instanceTypes": ["g5g.xlarge"]}]))
    assert hints["gpus"] == 1 and hints["cpu_architecture"] == "arm64"
    assert likely(read({}, [{"type": "EC2", "instance_type": ["a1.medium"]}])) == {"cpu_architecture": "arm64"}


def test_only_environments_on_which_a_job_can_run_count() -> None:
    both = [{"type": "SPOT"}, {"type": "FARGATE"}]
    assert known(read({}, both))["interruptible"] is True
    assert "interruptible" not in known(read({"platformCapabilities": ["FARGATE"]}, both))
    spot = [{"type": "EC2"}, {"type": "FARGATE_SPOT"}]
    assert known(read({"platformCapabilities": ["FARGATE"]}, spot))["interruptible"] is True


def test_the_containers_of_a_job_in_the_shape_of_ecs() -> None:
    needs = [{"type": "MEMORY", "value": "2048"}, {"type": "VCPU", "value": "1"}]
    tasks = [{"containers": [{"image": "x", "resourceRequirements": needs}]}]
    definition = parse_json(json.dumps({"ecsProperties": {"taskProperties": tasks}}))
    draft = Draft("j", "t.json", 1, "Test")
    read_job(draft, definition, container_of_job(definition))
    assert known(draft.finished())["memory_mb"] == 2048
    assert not container_of_job(parse_json("{}"))


def test_the_command_of_a_job_tells_its_language(found: Found) -> None:
    text = """{"jobDefinitionName": "j", "type": "container", "containerProperties": {
    "image": "acme/job", "memory": 1024, "vcpus": 1, "command": ["python", "run.py"]}}"""
    (workload,) = found({"job.json": text}).workloads
    assert likely(workload) == {"language": "python"}
