"""A job of AWS Batch: what a job definition says, with the compute environments that stand beside it."""

from __future__ import annotations

import re

from whichcompute.importers.found import Draft
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import ecs_mb, number
from whichcompute.importers.tasks import read_privileges

_GPU_FAMILY = re.compile(r"(g\d|p\d)[a-z]*(\.|$)", re.IGNORECASE)
_ARM_FAMILY = re.compile(r"(a1|[a-z]+\d+g[a-z]*)(\.|$)", re.IGNORECASE)


def container_of_job(definition: Node) -> Node:
    """The container properties of a job definition, in each of its shapes: one container, nodes, a task of ECS."""
    nodes = definition.get("nodeProperties", "nodeRangeProperties").each()
    tasks = definition.get("ecsProperties", "taskProperties").each()
    containers = tasks[0].get("containers").each() if tasks else []
    inner = definition.get("containerProperties") or (nodes[0].get("container") if nodes else NOTHING)
    return inner or (containers[0] if containers else NOTHING)


def read_job(draft: Draft, definition: Node, container: Node) -> None:
    """Takes what a job definition says; `container` holds its container properties."""
    read_keys(draft, "job", definition)
    draft.capacity = "fargate" if definition.get("platformCapabilities").texts == ["FARGATE"] else ""
    read_keys(draft, "image", container.get("image"), "image")
    read_keys(draft, "job_container", container)
    read_keys(draft, "command", container)
    memory, vcpus = container.get("memory"), container.get("vcpus")
    if number(memory.text) and ecs_mb(memory.text) is None:
        draft.remark(f"memory {memory.text} is a token; sizes are set when a job is submitted")
    else:
        draft.take("vcpus", number(vcpus.text) or None, vcpus, "vcpus")
    read_privileges(draft, container, container)
    read_keys(draft, "job_volumes", container)


def read_environments(draft: Draft, definition: Node, environments: list[Node]) -> None:
    """Takes what all compute environments on which a job can run say alike; each is given by its compute resources."""
    fargate = "FARGATE" in definition.get("platformCapabilities").texts
    able = [one for one in environments if one.get("type").text.upper().startswith("FARGATE") == fargate]
    # A definition that names no platform may be one for Fargate that lacks the name; one that does runs nowhere else.
    environments = able if definition.get("platformCapabilities") else able or environments
    if not environments:
        return
    types = {environment.get("type").text.upper() for environment in environments}
    first = environments[0]
    if types <= {"SPOT", "FARGATE_SPOT"}:
        why = "every compute environment on which it can run has Spot capacity"
        draft.derive("interruptible", True, first.get("type"), "computeEnvironment.type", why)
    families = [family for one in environments for family in one.first("instanceTypes", "instance_type").texts]
    where = first.first("instanceTypes", "instance_type")
    if families and all(_GPU_FAMILY.match(family) for family in families) and "gpus" not in draft.values:
        draft.hint("gpus", 1, where, "computeEnvironment.instanceTypes", "every instance type has a GPU")
    if families and all(_ARM_FAMILY.match(family) for family in families):
        why = "every instance type is an arm64 one"
        draft.hint("cpu_architecture", "arm64", where, "computeEnvironment.instanceTypes", why)
