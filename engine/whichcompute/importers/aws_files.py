"""Files in the shapes of the AWS API: ECS (tasks, services), AWS Batch (jobs, compute environments), Dockerrun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from whichcompute.importers.arguments import without_silence
from whichcompute.importers.found import Findings
from whichcompute.importers.jobs import container_of_job, read_environments, read_job
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number
from whichcompute.importers.tasks import ELSEWHERE, LINUX, present_service, read_service, read_task
from whichcompute.importers.walk import without_template

_JOB_KEYS = ("resourceRequirements", "vcpus", "jobRoleArn", "executionRoleArn", "mountPoints", "command", "privileged")
_WRAPPERS = ("taskDefinition", "taskDefinitions", "jobDefinition", "jobDefinitions")


def is_aws_file(document: Node, name: str) -> bool:
    """Whether a document is a definition in the shape of the AWS API."""
    definitions = _definitions(document)
    return bool(document.get("AWSEBDockerrunVersion") or _services(document) or _environments(document)) or any(
        _is_definition(node) for node in definitions
    )


def read_aws_files(together: Sequence[Findings]) -> None:
    """Adds the tasks and jobs in the files of one folder to their findings, with the services that run them."""
    documents = [(findings, document) for findings in together for document in findings.kept["definitions"]]
    services = [(findings, one) for findings, document in documents for one in _services(document)]
    environments = [one.get("computeResources") for _, document in documents for one in _environments(document)]
    families = set()
    for findings, document in documents:
        if document.get("AWSEBDockerrunVersion"):
            _dockerrun(findings, document)
            continue
        for definition in _latest(findings, _definitions(document)):
            if _containers(definition):
                families.add(definition.get("family").text)
                _task(
                    findings, definition, [one for _, one in services if _family(one) == definition.get("family").text]
                )
            else:
                _job(findings, definition, environments)
    for findings, service in services:
        if _family(service) not in families:
            findings.leave_out(service.get("serviceName").text or _stem(findings), service.line, ELSEWHERE)


def _services(document: Node) -> list[Node]:
    """The services of ECS in a document: a list of them, one in its wrapper, or what one is created from."""
    listed = document.first("services", "service").each() if document.is_mapping else []
    named = [one for one in (*listed, document) if one.get("taskDefinition").text and one.get("serviceName").text]
    return [one for one in named if one.get("status").text.upper() != "INACTIVE"]


def _environments(document: Node) -> list[Node]:
    """The compute environments of AWS Batch in a document that are not switched off."""
    listed = document.get("computeEnvironments").each() if document.is_mapping else []
    able = [one for one in (*listed, document) if one.get("computeEnvironmentName") and one.get("computeResources")]
    return [one for one in able if one.get("state").text.upper() != "DISABLED"]


def _family(service: Node) -> str:
    """The family of the task definition that a service names, by itself, with its revision or as an ARN."""
    return service.get("taskDefinition").text.rpartition("/")[2].partition(":")[0]


def _definitions(document: Node) -> list[Node]:
    """The definitions in a document, without what wraps them; a list of containers is one definition."""
    wrapped = document.first(*_WRAPPERS) if document.is_mapping else NOTHING
    if wrapped and not wrapped.text:
        return wrapped.each()
    listed = document.each() if not document.is_mapping else []
    if listed and all(one.get("image") and one.get("name") for one in listed):
        return [Node({"containerDefinitions": document}, document.line)]
    return listed or [document]


def _containers(definition: Node) -> Node:
    return definition.get("containerDefinitions")


def _is_definition(node: Node) -> bool:
    if any(one.get("image") for one in _containers(node).each()):
        return True
    if node.get("containerProperties") or container_of_job(node):
        return True
    return _is_container_of_job(node)


def _is_container_of_job(node: Node) -> bool:
    """Whether a document holds container properties alone, as a Terraform module reads them from a file."""
    named = [key for key in _JOB_KEYS if node.get(key)]
    sized = node.get("resourceRequirements") or (node.get("vcpus") and node.get("memory"))
    return bool(node.get("image")) and (bool(sized) or len(named) >= 3) and not node.get("services")


def _latest(findings: Findings, definitions: list[Node]) -> list[Node]:
    """The highest active revision of each name, as a dump lists all of them."""
    latest: dict[str, Node] = {}
    for position, definition in enumerate(definitions):
        if not _is_definition(definition) or definition.get("status").text.upper() == "INACTIVE":
            continue
        name = _label(definition, f"#{position}")
        other = latest.get(name)
        if other is None or _revision(definition) > _revision(other):
            latest[name] = definition
    return list(latest.values())


def _revision(definition: Node) -> float:
    return number(definition.get("revision").text) or 0.0


def _label(definition: Node, otherwise: str) -> str:
    return definition.first("family", "jobDefinitionName").text or otherwise


def _stem(findings: Findings) -> str:
    return PurePath(without_template(findings.file)).stem


def _task(findings: Findings, definition: Node, services: list[Node]) -> None:
    containers = _containers(definition)
    only = containers.each()[0].get("name").text if len(containers.each()) == 1 else ""
    draft = findings.draft(_label(definition, only or _stem(findings)), definition.line, "ECS")
    draft.present = present_service(definition, services[0] if services else NOTHING)
    for one in services:
        read_service(draft, one, [])
    balanced = any(one.get("loadBalancers").each() for one in services)
    read_task(draft, findings, definition, containers, balanced=balanced)


def _job(findings: Findings, definition: Node, environments: list[Node]) -> None:
    draft = findings.draft(_label(definition, _stem(findings)), definition.line, "Batch", "batch")
    read_job(draft, definition, container_of_job(definition) or definition)
    read_environments(draft, definition, environments)


def _dockerrun(findings: Findings, document: Node) -> None:
    containers = _containers(document)
    draft = findings.draft("app", document.line, "Elastic Beanstalk", "beanstalk")
    if containers:
        read_task(draft, findings, document, containers)
        without_silence(draft)  # an environment can be one of the web all the same
        return
    image = document.get("Image")
    place = Node("", image.line or document.line)
    draft.derive("packaging", "container", place, "Image", "it runs as a container")
    draft.derive("os", "linux", place, "Image", LINUX)
    ports = document.get("Ports").each()
    if ports:
        draft.hint("protocol", "http", ports[0], "Ports", "Beanstalk puts a web proxy before it")
