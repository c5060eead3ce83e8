from __future__ import annotations

import json

from tests.importers.conftest import Found, known, likely

CONTAINER = {"name": "bot", "image": "x/bot:1", "environment": [{"name": "TOKEN", "value": "hush-hush-1"}]}
TASK = {"family": "bot", "cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"]}


def test_a_task_definition_without_ports(found: Found) -> None:
    scan = found({"task-definition.json": json.dumps({**TASK, "containerDefinitions": [CONTAINER]}, indent=1)})
    (workload,) = scan.workloads
    assert (workload.workload_id, workload.present_service, workload.format) == ("bot", "fargate", "ECS")
    assert known(workload) == {
        "memory_mb": 512, "vcpus": 0.25, "packaging": "container", "os": "linux", "protocol": "none",
    }  # fmt: skip
    assert "hush-hush-1" not in scan.model_dump_json()


def test_wrappers_dumps_and_lists_of_containers(found: Found) -> None:
    wrapped = {"taskDefinition": {**TASK, "revision": 7, "status": "ACTIVE", "containerDefinitions": [CONTAINER]}}
    scan = found({"a.json": json.dumps(wrapped), "b/app.json": json.dumps([{**CONTAINER, "memory": 300}])})
    assert [known(workload)["memory_mb"] for workload in scan.workloads] == [512, 300]


def test_a_dump_of_jobs_lists_the_highest_active_revision(found: Found) -> None:
    def job(revision: int, status: str, memory: int) -> dict[str, object]:
        needs = [{"type": "MEMORY", "value": str(memory)}, {"type": "VCPU", "value": "2"}]
        container = {"image": "x", "resourceRequirements": needs}
        return {"jobDefinitionName": "j", "revision": revision, "status": status, "containerProperties": container}

    dump = {"jobDefinitions": [job(1, "ACTIVE", 1000), job(3, "INACTIVE", 3000), job(2, "ACTIVE", 2000)]}
    (workload,) = found({"jobs.json": json.dumps(dump)}).workloads
    assert known(workload) == {
        "kind": "batch_job", "memory_mb": 2000, "vcpus": 2, "packaging": "container", "protocol": "none",
    }  # fmt: skip
    assert workload.present_service == "batch"


def test_container_properties_alone_are_named_by_their_file(found: Found) -> None:
    text = '{"image": "x", "vcpus": 2, "memory": 4096, "command": ["Ref::a"], "jobRoleArn": "${role}"}'
    scan = found({"default.json": text, "job.yml": "image: x\nvcpus: 1\nmemory: 4\nprivileged: true\n"})
    first, second = scan.workloads
    assert first.workload_id == "default" and known(first)["memory_mb"] == 4096 and known(first)["vcpus"] == 2
    assert known(second)["host_access"] == "privileged" and "memory_mb" not in known(second)


def test_dockerrun_of_beanstalk(found: Found) -> None:
    text = '{"AWSEBDockerrunVersion": "1", "Image": {"Name": "x"}, "Ports": [{"ContainerPort": 80}]}'
    (workload,) = found({"Dockerrun.aws.json": text}).workloads
    assert known(workload) == {"packaging": "container", "os": "linux"} and workload.present_service == "beanstalk"
    assert likely(workload)["protocol"] == "http"


def test_other_files_with_images_are_nothing(found: Found) -> None:
    files = {"a.json": '[{"image": "cat.png"}]', "b.yml": "image: x\nstages: [a]\n", "c.json": '{"image": {"a": 1}}'}
    assert not found(files).workloads


def test_a_proxy_of_the_same_task_takes_the_requests(found: Found) -> None:
    text = """{"AWSEBDockerrunVersion": 2, "containerDefinitions": [
    {"name": "app", "image": "shop/app:1"}, {"name": "db", "image": "postgres"},
    {"name": "nginx", "image": "nginx", "portMappings": [{"containerPort": 8000, "hostPort": 8000}]}]}"""
    (app,) = found({"Dockerrun.aws.json": text}).workloads
    assert "protocol" not in known(app) and likely(app)["protocol"] == "http"


def test_a_dockerrun_file_without_ports_does_not_say_that_nobody_connects(found: Found) -> None:
    text = '{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{"name": "a", "image": "acme/a", "memory": 1024}]}'
    (workload,) = found({"Dockerrun.aws.json": text}).workloads
    assert "protocol" not in known(workload) and known(workload)["memory_mb"] == 1024


def test_a_task_is_joined_with_its_service_and_others_are_named(found: Found) -> None:
    ports = [{"containerPort": 9123}]
    task = {**TASK, "requiresCompatibilities": ["EC2", "FARGATE"],
            "containerDefinitions": [{**CONTAINER, "portMappings": ports}]}  # fmt: skip
    service = {
        "serviceName": "bots", "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/bot:3",
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}],
        "loadBalancers": [{"targetGroupArn": "arn:x", "containerPort": 9123}],
    }  # fmt: skip
    alone = found({"task.json": json.dumps(task)}).workloads[0]
    assert alone.present_service == "" and known(alone)["protocol"] == "tcp"
    other = {"serviceName": "x", "taskDefinition": "else"}
    gone = {"serviceName": "old", "taskDefinition": "bot:1", "status": "INACTIVE", "launchType": "EC2"}
    for written in (service, {"service": service}, {"services": [gone, service, other]}):
        scan = found({"task.json": json.dumps(task), "service.json": json.dumps(written)})
        (workload,) = scan.workloads
        assert workload.present_service == "fargate" and known(workload)["interruptible"] is True
        assert "protocol" not in known(workload)  # the load balancer says it, not the port
        assert [one.name for one in scan.left_out] == (["x"] if "services" in written else [])
    apart = found({"a/task.json": json.dumps(task), "b/service.json": json.dumps(service)})
    assert next(one for one in apart.workloads if one.file == "a/task.json").present_service == ""
    assert ("bots", "b/service.json") in [(one.name, one.file) for one in apart.left_out]


def test_a_job_is_joined_with_the_compute_environments_beside_it(found: Found) -> None:
    needs = [{"type": "MEMORY", "value": "4096"}, {"type": "VCPU", "value": "2"}]
    job = {"jobDefinitionName": "j", "containerProperties": {"image": "x", "resourceRequirements": needs}}

    def environment(name: str, kind: str, state: str = "ENABLED") -> dict[str, object]:
        resources = {"type": kind, "instanceTypes": ["g5.xlarge"], "maxvCpus": 16}
        return {"computeEnvironmentName": name, "state": state, "computeResources": resources}

    def read(*environments: object) -> bool:
        files = {"job.json": json.dumps(job), "ce.json": json.dumps({"computeEnvironments": environments})}
        (workload,) = found(files).workloads
        assert likely(workload)["gpus"] == 1
        return known(workload).get("interruptible") is True

    assert read(environment("a", "SPOT"), environment("b", "EC2", "DISABLED"))
    assert not read(environment("a", "SPOT"), environment("b", "EC2"))
    single = found({"job.json": json.dumps(job), "ce.json": json.dumps(environment("a", "SPOT"))})
    assert known(single.workloads[0])["interruptible"] is True


def test_a_template_of_a_definition_has_the_name_without_its_endings(found: Found) -> None:
    text = '[{"name": "a", "image": "x", "essential": true}, {"name": "b", "image": "y"}]'
    assert [one.workload_id for one in found({"web.json.tpl": text}).workloads] == ["web"]


def test_the_arn_of_a_definition_tells_its_region_and_its_logs_hint_at_one(found: Found) -> None:
    text = """{"family": "f", %s "containerDefinitions": [{"name": "a", "image": "x", "logConfiguration":
    {"logDriver": "awslogs", "options": {"awslogs-region": "eu-west-1"}}}]}"""
    (plain,) = found({"t.json": text % ""}).workloads
    assert "region" not in known(plain) and likely(plain)["region"] == "eu-west-1"
    arn = '"taskDefinitionArn": "arn:aws:ecs:us-west-2:1:task-definition/f:1",'
    assert known(found({"t.json": text % arn}).workloads[0])["region"] == "us-west-2"
