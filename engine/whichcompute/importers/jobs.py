"""A job of AWS Batch: what a job definition says, with the compute environments that stand beside it."""

from __future__ import annotations

import re

from whichcompute.importers.catalogue import image_language, is_host_path
from whichcompute.importers.found import Draft
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import ecs_mb, number
from whichcompute.importers.tasks import read_privileges

_GPU_FAMILY = re.compile(r"(g\d|p\d)[a-z]*(\.|$)", re.IGNORECASE)
_ARM_FAMILY = re.compile(r"[a-z]+\d+g[a-z]*(\.|$)", re.IGNORECASE)


def container_of_job(definition: Node) -> Node:
    """The container properties of a job definition, in each of its shapes: one container, nodes, a task of ECS."""
    nodes = definition.get("nodeProperties", "nodeRangeProperties").each()
    tasks = definition.get("ecsProperties", "taskProperties").each()
    containers = tasks[0].get("containers").each() if tasks else []
    inner = definition.get("containerProperties") or (nodes[0].get("container") if nodes else NOTHING)
    return inner or (containers[0] if containers else NOTHING)


def read_job(draft: Draft, definition: Node, container: Node) -> None:
    """Takes what a job definition says; `container` holds its container properties."""
    draft.derive("kind", "batch_job", definition, "jobDefinition", "it is a job of AWS Batch")
    draft.derive("protocol", "none", definition, "jobDefinition", "no client connects to a job")
    image = container.get("image")
    draft.derive("packaging", "container", definition, "image", "it runs as a container")
    draft.hint("language", image_language(image.text), image, "image", "its image is a base image of the language")
    _sizes(draft, container)
    timeout = definition.get("timeout", "attemptDurationSeconds")
    draft.take("max_duration_s", number(timeout.text), timeout, "timeout.attemptDurationSeconds")
    nodes = definition.get("nodeProperties")
    if nodes:
        draft.derive("tightly_coupled", True, nodes, "nodeProperties", "it is a multi-node parallel job")
        count = nodes.get("numNodes")
        draft.hint("parallel_tasks", number(count.text), count, "nodeProperties.numNodes", "nodes of one job")
    for rule in definition.get("retryStrategy", "evaluateOnExit").each():
        if rule.get("onStatusReason").text.startswith("Host EC2") and rule.get("action").text.upper() == "RETRY":
            why = "it is retried when its host is taken back"
            draft.derive("interruptible", True, rule, "retryStrategy.evaluateOnExit", why)
    read_privileges(draft, container, container)
    for volume in container.get("volumes").each():
        if volume.first("efsVolumeConfiguration"):
            draft.derive("shared_filesystem", True, volume, "volumes", "it mounts a shared file system")
        path = volume.get("host", "sourcePath")
        if path and not is_host_path(path.text):
            draft.derive("host_access", "privileged", path, "volumes.host", "it mounts a folder of its host")


def _sizes(draft: Draft, container: Node) -> None:
    for need in container.get("resourceRequirements").each():
        kind, value = need.get("type").text.upper(), need.get("value")
        amount = ecs_mb(value.text) if kind == "MEMORY" else number(value.text)
        name = {"MEMORY": "memory_mb", "VCPU": "vcpus", "GPU": "gpus"}.get(kind)
        if name and value:
            draft.take(name, amount or None, value, f"resourceRequirements.{kind}")
    memory, vcpus = container.get("memory"), container.get("vcpus")
    size = ecs_mb(memory.text)
    draft.take("memory_mb", size, memory, "memory")
    if size is None and number(memory.text):
        draft.remark(f"memory {memory.text} is a token; sizes are set when a job is submitted")
    else:
        draft.take("vcpus", number(vcpus.text) or None, vcpus, "vcpus")
    scratch = container.get("ephemeralStorage").first("sizeInGiB")
    draft.take("scratch_gb", number(scratch.text), scratch, "ephemeralStorage.sizeInGiB")
    system = container.get("runtimePlatform", "operatingSystemFamily")
    if system:
        name = "windows" if "windows" in system.text.lower() else "linux"
        draft.take("os", name, system, "runtimePlatform.operatingSystemFamily")
    architecture = container.get("runtimePlatform", "cpuArchitecture")
    name = {"arm64": "arm64", "x86_64": "x86_64"}.get(architecture.text.lower(), "")
    draft.take("cpu_architecture", name or None, architecture, "runtimePlatform.cpuArchitecture")


def read_environments(draft: Draft, environments: list[Node]) -> None:
    """Takes what all compute environments of a document say alike; each is given by its compute resources."""
    if not environments:
        return
    types = {environment.get("type").text.upper() for environment in environments}
    first = environments[0]
    if types <= {"SPOT", "FARGATE_SPOT"}:
        why = "every compute environment beside it runs on Spot capacity"
        draft.derive("interruptible", True, first.get("type"), "computeEnvironment.type", why)
    families = [family for environment in environments for family in environment.get("instanceTypes").texts]
    where = first.get("instanceTypes") or NOTHING
    if families and all(_GPU_FAMILY.match(family) for family in families) and "gpus" not in draft.values:
        draft.hint("gpus", 1, where, "computeEnvironment.instanceTypes", "every instance type has a GPU")
    if families and all(_ARM_FAMILY.match(family) for family in families):
        why = "every instance type is an arm64 one"
        draft.hint("cpu_architecture", "arm64", where, "computeEnvironment.instanceTypes", why)
