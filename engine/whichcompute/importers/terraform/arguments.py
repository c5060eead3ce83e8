"""Calls of modules whose files are not at hand, and templates without theirs: what the names of arguments say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.importers.nodes import NOTHING, Node

_CPU_UNITS = 128  # from here on a number is one of CPU units, below it one of vCPUs
TEMPLATE = "template variables"
"""Under this key stand the variables of a template whose file is not at hand."""


@dataclass(frozen=True)
class Kind:
    """A kind of modules: the service that they make, words in their source, and arguments of which one is set."""

    service: str
    sources: tuple[str, ...]
    arguments: frozenset[str]


@cache
def _tables() -> tuple[tuple[Kind, ...], dict[str, dict[str, list[str]]]]:
    path = folder("data") / "module_arguments.toml"
    table: dict[str, Any] = read_toml(path)
    try:
        kinds = tuple(
            Kind(one["service"], tuple(one["sources"]), frozenset(one["arguments"])) for one in table.pop("kind")
        )
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: {error}") from None
    return kinds, table


def kind_of(call: Node) -> str:
    """The service of the call of a module: `lambda`, `batch`, `fargate`, `ecs`, or empty for all other modules."""
    source = call.get("source").text.lower()
    given = {name for name, _ in call.items()}
    for kind in _tables()[0]:
        if any(word in source for word in kind.sources) and given & kind.arguments:
            return kind.service
    return ""


def renamed(given: Mapping[str, Node], service: str) -> dict[str, Node]:
    """Arguments under the names of the AWS provider; those without a meaning are left out."""
    found: dict[str, Node] = {}
    for key, names in _tables()[1][service].items():
        node = next((given[name] for name in names if name in given), NOTHING)
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


def is_cpu_units(node: Node) -> bool:
    """Whether a number is one of CPU units, of which 1,024 are one vCPU."""
    try:
        return float(node.text) >= _CPU_UNITS
    except ValueError:
        return False
