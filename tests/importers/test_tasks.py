from __future__ import annotations

import json

import pytest

from tests.importers.conftest import Found, known, likely
from whichcompute.importers.found import Draft, Findings, FoundWorkload
from whichcompute.importers.parsing import parse_json
from whichcompute.importers.tasks import present_service, read_service, read_task


def read(findings: Findings | None = None, **task: object) -> FoundWorkload:
    draft = Draft("t", "t.json", 1, "Test")
    node = parse_json(json.dumps(task))
    read_task(draft, findings or Findings("t.json"), node, node.get("containerDefinitions"))
    return draft.finished()


def test_the_size_of_the_task_counts_and_sidecars_are_left_out() -> None:
    findings = Findings("t.json")
    found = read(
        findings,
        cpu="2048",
        memory="4096",
        containerDefinitions=[
            {
                "name": "datadog-agent",
                "image": "datadog/agent",
                "portMappings": [{"containerPort": 8125, "protocol": "udp"}],
            },
            {"name": "app", "image": "x/app:1", "portMappings": [{"containerPort": 6011, "protocol": "tcp"}]},
        ],
    )
    assert known(found) == {
        "memory_mb": 4096, "vcpus": 2, "packaging": "container", "os": "linux", "protocol": "tcp", "sidecars": True,
    }  # fmt: skip
    assert [item.name for item in findings.left_out] == ["t/datadog-agent"]


def test_without_a_task_size_containers_add_up_or_nothing_is_said() -> None:
    container = {"name": "a", "image": "x", "cpu": 256, "memoryReservation": 512}
    assert known(read(containerDefinitions=[container, {**container, "name": "b"}]))["memory_mb"] == 1024
    found = known(read(containerDefinitions=[container, {"name": "b", "image": "y", "cpu": 0}]))
    assert "memory_mb" not in found and "vcpus" not in found


def test_web_ports_are_only_likely_to_speak_http() -> None:
    found = read(containerDefinitions=[{"name": "a", "image": "x", "portMappings": [{"containerPort": 8080}]}])
    assert "protocol" not in known(found) and likely(found)["protocol"] == "http"
    grpc = {"name": "a", "image": "x", "portMappings": [{"containerPort": 1, "appProtocol": "grpc"}]}
    assert known(read(containerDefinitions=[grpc]))["protocol"] == "grpc"


@pytest.mark.parametrize(
    "task",
    [
        {"networkMode": "host"},
        {"pidMode": "host"},
        {"volumes": [{"host": {"sourcePath": "/var/run/docker.sock"}}]},
        {"containerDefinitions": [{"privileged": True}]},
        {"containerDefinitions": [{"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}}]},
        {"containerDefinitions": [{"linuxParameters": {"devices": [{"hostPath": "/dev/kvm"}]}}]},
    ],
)
def test_privilege_has_many_spellings(task: dict[str, object]) -> None:
    assert known(read(**task))["host_access"] == "privileged"


def test_platform_gpu_and_file_systems() -> None:
    found = read(
        runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "X86_64"},
        volumes=[{"efsVolumeConfiguration": {"fileSystemId": "fs"}}],
        ephemeralStorage={"sizeInGiB": 100},
        containerDefinitions=[{"name": "a", "image": "x", "resourceRequirements": [{"type": "GPU", "value": "2"}]}],
    )
    have = known(found)
    assert have["os"] == "windows" and have["cpu_architecture"] == "x86_64" and have["gpus"] == 2
    assert have["shared_filesystem"] is True and have["scratch_gb"] == 100


@pytest.mark.parametrize(
    ("task", "service", "present"),
    [
        ({"requiresCompatibilities": ["FARGATE"]}, {}, "fargate"),
        ({"requiresCompatibilities": ["EC2"]}, {}, "ecs_ec2"),
        ({"requiresCompatibilities": ["EC2", "FARGATE"]}, {}, ""),
        ({"requiresCompatibilities": ["EC2", "FARGATE"]}, {"launchType": "FARGATE"}, "fargate"),
        ({}, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}, "fargate"),
        ({}, {"capacityProviderStrategy": [{"capacityProvider": "own"}]}, "ecs_ec2"),
        ({}, {"launchType": "EXTERNAL"}, ""),
    ],
)
def test_where_a_task_runs_today(task: dict[str, object], service: dict[str, object], present: str) -> None:
    assert present_service(parse_json(json.dumps(task)), parse_json(json.dumps(service))) == present


def test_what_a_service_says() -> None:
    draft = Draft("t", "t.json", 1, "Test")
    service = {"schedulingStrategy": "DAEMON", "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}
    read_service(draft, parse_json(json.dumps(service)), [parse_json('"HTTPS"')])
    assert known(draft.finished()) == {"host_access": "privileged", "interruptible": True, "protocol": "http"}


def test_what_only_a_container_for_telemetry_mounts_is_no_need_of_the_task() -> None:
    draft = Draft("t", "t.json", 1, "Test")
    app = {
        "name": "app",
        "image": "x",
        "mountPoints": [{"sourceVolume": "data"}],
        "portMappings": [{"containerPort": 7}],
    }
    agent = {"name": "datadog-agent", "image": "a", "privileged": True, "mountPoints": [{"sourceVolume": "socket"}]}
    volumes = [{"name": "data"}, {"name": "socket", "host": {"sourcePath": "/var/run/docker.sock"}}]
    task = parse_json(json.dumps({"volumes": volumes, "containerDefinitions": [app, agent]}))
    read_task(draft, Findings("t.json"), task, task.get("containerDefinitions"))
    assert "host_access" not in known(draft.finished()) and known(draft.finished())["protocol"] == "tcp"


def test_behind_a_load_balancer_a_port_says_little() -> None:
    draft = Draft("t", "t.json", 1, "Test")
    containers = parse_json('[{"name": "a", "image": "x", "portMappings": [{"containerPort": 6011}]}]')
    read_task(draft, Findings("t.json"), parse_json("{}"), containers, balanced=True)
    assert "protocol" not in known(draft.finished()) and likely(draft.finished())["protocol"] == "tcp"


def _of_port(found: Found, port: int, more: str) -> FoundWorkload:
    text = """{"family": "f", "containerDefinitions": [{"name": "f", "image": "a",
    "portMappings": [{"containerPort": %d, "protocol": "tcp" %s}] %s}]}"""
    extra = more if more.startswith(', "appProtocol"') else ""
    (workload,) = found({"task.json": text % (port, extra, "" if extra else more)}).workloads
    return workload


def test_a_health_check_over_http_tells_a_web_server_on_an_unusual_port(found: Found) -> None:
    check = ', "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:7861 || exit 1"]}'
    workload = _of_port(found, 7861, check)
    assert "protocol" not in known(workload) and likely(workload)["protocol"] == "http"
    assert known(_of_port(found, 7861, ""))["protocol"] == "tcp"
    # It asks another port, one of monitoring, than the one that clients reach.
    assert known(_of_port(found, 4222, check))["protocol"] == "tcp"


def test_the_http_that_the_console_writes_at_every_port_is_none_of_ssh(found: Found) -> None:
    assert known(_of_port(found, 22, ', "appProtocol": "http"'))["protocol"] == "tcp"
    assert known(_of_port(found, 7860, ', "appProtocol": "http"'))["protocol"] == "http"


def test_a_port_that_is_not_known_can_be_one_of_the_web_whatever_its_transport_is(found: Found) -> None:
    text = """
    resource "aws_ecs_task_definition" "%s" {
      container_definitions = jsonencode([{ name = "a", image = "b", portMappings = [{
        containerPort = var.port, protocol = "tcp" %s }] }])
    }
    """
    known_host, open_ = found({"main.tf": text % ("known_host", ", hostPort = 80") + text % ("open", "")}).workloads
    assert "protocol" not in known(open_) and likely(open_)["protocol"] == "tcp"
    assert likely(known_host) == {"protocol": "http", "kind": "web_api"}


def test_a_load_balancer_that_speaks_http_makes_it_a_web_api(found: Found) -> None:
    text = """
    resource "aws_ecs_task_definition" "t" {
      container_definitions = jsonencode([{ name = "a", image = "b", portMappings = [{ containerPort = 7001 }] }])
    }
    resource "aws_lb_target_group" "g" { protocol = "HTTP" }
    resource "aws_ecs_service" "s" {
      task_definition = aws_ecs_task_definition.t.arn
      load_balancer { target_group_arn = aws_lb_target_group.g.arn }
    }
    """
    (task,) = found({"main.tf": text}).workloads
    assert known(task)["protocol"] == "http" and likely(task)["kind"] == "web_api"


def test_a_container_that_others_await_is_not_the_main_one(found: Found) -> None:
    text = """
    {"family": "chat", "cpu": "512", "memory": "1024", "containerDefinitions": [
      {"name": "tor", "image": "tor", "portMappings": [{"containerPort": 9050, "protocol": "tcp"}]},
      {"name": "app", "image": "chat", "portMappings": [{"containerPort": 5000, "protocol": "tcp"}],
       "dependsOn": [{"containerName": "tor", "condition": "HEALTHY"}]}
    ]}
    """
    scan = found({"task.json": text})
    assert likely(scan.workloads[0])["protocol"] == "http" and "protocol" not in known(scan.workloads[0])
    assert [one.name for one in scan.left_out] == ["chat/tor"]


@pytest.mark.parametrize(
    ("volume", "mounts", "kept"),
    [
        ({}, [["data"]], True),
        ({}, [["data"], ["data"]], False),  # the containers exchange files
        ({"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}, [["data"]], True),  # by another rule
        ({"dockerVolumeConfiguration": {"driver": "rexray"}}, [["data"]], True),
        ({}, [[]], False),
    ],
)
def test_a_volume_of_a_task_on_fargate_likely_keeps_data(
    volume: dict[str, object], mounts: list[list[str]], kept: bool
) -> None:
    containers = [
        {
            "name": f"c{at}",
            "image": "x",
            "mountPoints": [{"sourceVolume": name, "containerPath": "/data"} for name in own],
        }
        for at, own in enumerate(mounts)
    ]
    task = {"volumes": [{"name": "data", **volume}], "containerDefinitions": containers}
    assert (likely(read(requiresCompatibilities=["FARGATE"], **task)).get("state") == "persistent") == kept
    if not volume:
        assert "state" not in likely(read(requiresCompatibilities=["EC2"], **task))


def test_fargate_does_not_accept_a_path_of_the_host() -> None:
    mounted = [{"name": "c", "image": "x", "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}]
    volumes = [{"name": "data", "host": {"sourcePath": "/srv/data"}}]
    found = read(requiresCompatibilities=["FARGATE"], volumes=volumes, containerDefinitions=mounted)
    assert found.remarks == ("volume 'data' names a path of the host, which Fargate does not accept",)
