"""What the names of arguments say where their module or template is not at hand: calls of modules, nested templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from whichcompute.base.entries import entries_of
from whichcompute.base.resources import folder
from whichcompute.importers.catalogue import table
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.jobs import read_job
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number
from whichcompute.importers.tasks import read_task

_FARGATE_CPUS = (0.25, 0.5, 1, 2, 4, 8, 16)  # vCPU; other numbers are CPU units, of which 1,024 are one vCPU
_MOST_GB = 32  # up to here a number is one of GB, above it one of MiB
_TASK = ("cpu", "memory", "runtime_platform", "ephemeral_storage")
"""What arguments say of a whole task."""
TEMPLATE = "template variables"
"""Under this key stand the variables of a template whose file is not at hand."""


@dataclass(frozen=True)
class Kind:
    """A kind of modules: the service that they make, words in their source, and arguments of which one is set."""

    service: str
    sources: tuple[str, ...]
    arguments: tuple[str, ...]


@cache
def _kinds() -> list[Kind]:
    return entries_of(folder("data") / "module_arguments.toml", "kind", Kind, key="service")


def kind_of(source: str, given: Node) -> str:
    """The service that a module makes, by its source: `lambda`, `batch`, `fargate`, `ecs`, or empty for all others."""
    for kind in _kinds():
        if any(word in source.lower() for word in kind.sources) and any(given.has(name) for name in kind.arguments):
            return kind.service
    return ""


def renamed(given: Mapping[str, Node], service: str) -> dict[str, Node]:
    """Arguments under the names of the AWS provider; those without a meaning are left out."""
    arguments = Node(dict(given), 0)
    found: dict[str, Node] = {}
    for key, names in table("module_arguments")[service].items():
        node = arguments.first(*names)
        if node and "${" not in node.text:
            found[key] = node
    return found


def container_of(given: Mapping[str, Node], line: int) -> Node:
    """The container, or the container properties, that arguments describe, in the names of the AWS API."""
    found = renamed(given, "ecs")
    port = found.pop("container_port", NOTHING)
    if port.text:
        found["portMappings"] = Node([Node({"containerPort": port}, port.line)], port.line)
    return Node({**found, "name": Node("app", line)}, line)


def read_call(
    draft: Draft,
    findings: Findings,
    service: str,
    call: Node,
    embedded: Node = NOTHING,
    triggers: Iterable[Trigger] = (),
) -> None:
    """Takes what the arguments of a call say; `embedded` are its container definitions, as far as they are given."""
    given = dict(call.items())
    if service == "lambda":
        read_function(draft, Node(renamed(given, "lambda"), call.line))
    elif service == "batch":
        read_job(draft, call, Node(renamed(given, "batch"), call.line))
    else:
        _task(draft, findings, call, embedded)
    read_triggers(draft, [*triggers, *_schedules(given)])
    draft.reason("an argument of the module says it, by its name")


def _task(draft: Draft, findings: Findings, call: Node, embedded: Node) -> None:
    given = dict(call.items())
    entries = renamed(given, "ecs")
    body = {key: _sized(key, node) for key, node in entries.items() if key in _TASK}
    if "cpu_architecture" in entries or "operating_system_family" in entries:
        body["runtimePlatform"] = Node(entries, call.line)
    listed = embedded
    if listed.is_mapping:  # by the name of each container
        listed = Node([_with_name(name, one) for name, one in listed.items()], listed.line)
    containers = listed if listed.each() else Node([container_of(given, call.line)], call.line)
    balanced = any(call.has(name) for name in table("module_arguments")["balanced"]["ecs"])
    read_task(draft, findings, Node(body, call.line), containers, balanced=balanced)
    if not listed.each():
        without_silence(draft)


def _sized(key: str, node: Node) -> Node:
    """A size with its unit, which the arguments of a module leave out: vCPU or CPU units, GB or MiB."""
    size = number(node.text)
    if size is None or (key == "cpu" and size not in _FARGATE_CPUS) or (key == "memory" and size > _MOST_GB):
        return node
    return Node(f"{node.text} {'vCPU' if key == 'cpu' else 'GB'}", node.line, node.certain, node.file)


def _with_name(name: str, container: Node) -> Node:
    return Node({"name": Node(name, container.line), **dict(container.items())}, container.line, container.certain)


def without_silence(draft: Draft) -> None:
    """Takes back that there is no port, as not all of the container is known."""
    value = draft.values.get("protocol")
    if value is not None and value.value == "none" and value.key == "portMappings":
        del draft.values["protocol"]


def _schedules(given: Mapping[str, Node]) -> list[Trigger]:
    expression = renamed(given, "schedule").get("schedule_expression", NOTHING)
    return [Trigger("schedule", expression, "schedule_expression", expression)] if expression.text else []
