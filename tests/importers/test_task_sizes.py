from __future__ import annotations

import json

import pytest

from tests.importers.conftest import Found
from whichcompute import Engine
from whichcompute.importers.checking import Problem, check


def problems(found: Found, engine: Engine, task: dict[str, object]) -> list[Problem]:
    text = json.dumps({"family": "api", "containerDefinitions": [{"name": "api", "image": "acme/api:1"}], **task})
    result = check(engine.recommender, found({"task.json": text}))
    return [problem for problem in result.problems if problem.outcome == "limit"]


FARGATE = {"requiresCompatibilities": ["FARGATE"]}
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ({"cpu": "300", "memory": "1024"}, "no task of 0.293 vCPU; it has 0.25, 0.5, 1, 2, 4, 8, 16, 32 vCPU"),
        ({"cpu": "256", "memory": "4096"}, "no task of 4096 MB with 0.25 vCPU; it has 0.5 GB; 1 to 2 GB in steps"),
        ({"cpu": "1024", "memory": "2500"}, "no task of 2500 MB with 1 vCPU; it has 2 to 8 GB in steps of 1 GB"),
        ({"cpu": "8 vCPU", "memory": "18 GB"}, "it has 16 to 60 GB in steps of 4 GB"),
        ({"memory": "700"}, "no task of 700 MB; it has"),
        ({"cpu": "512", "memory": "1024", **WINDOWS}, "no Windows task of 0.5 vCPU; it has 1, 2, 4 vCPU"),
    ],
)
def test_a_size_that_fargate_does_not_have_is_a_limit(
    found: Found, engine: Engine, size: dict[str, object], said: str
) -> None:
    (problem,) = problems(found, engine, {**FARGATE, **size})
    assert problem.rule == "check.size" and said in problem.text
    assert problem.sources[0].url == "https://aws.amazon.com/fargate/pricing/"


@pytest.mark.parametrize(
    "task",
    [
        {**FARGATE, "cpu": "256", "memory": "512"},
        {**FARGATE, "cpu": ".25 vCPU", "memory": "2GB"},
        {**FARGATE, "cpu": "8192", "memory": "61440"},
        {**FARGATE, "cpu": "1024"},
        {"requiresCompatibilities": ["EC2"], "cpu": "300", "memory": "700"},
        {"cpu": "300", "memory": "700"},
        {**FARGATE, "containerDefinitions": [{"name": "a", "image": "x", "cpu": 10, "memory": 100}]},
    ],
)
def test_other_sizes_are_none(found: Found, engine: Engine, task: dict[str, object]) -> None:
    assert not problems(found, engine, task)


def test_the_workload_is_said_to_exceed_a_limit_and_jobs_are_held_to_it_too(found: Found, engine: Engine) -> None:
    text = """{"jobDefinitionName": "j", "type": "container", "platformCapabilities": ["%s"], "containerProperties":
    {"image": "x", "resourceRequirements": [{"type": "VCPU", "value": "3"}, {"type": "MEMORY", "value": "8192"}]}}"""
    (job,) = check(engine.recommender, found({"job.json": text % "FARGATE"})).workloads
    assert job.status == "limit" and job.problems[0].line == 2 and "3 vCPU" in job.problems[0].text
    (job,) = check(engine.recommender, found({"job.json": text % "EC2"})).workloads
    assert job.status != "limit"
