"""AWS Chalice: `.chalice/config.json`. Schedules and routes are decorators in the code, and so not to be found."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.importers.arguments import renamed
from whichcompute.importers.catalogue import environment_rank
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import read_function
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node

_API = "api_handler"  # the function of the routes


def is_chalice(document: Node, name: str) -> bool:
    """Whether a document is the configuration of a Chalice application."""
    return name == "config.json" and bool(document.get("app_name").text) and bool(document.get("version").text)


def read_chalice(findings: Findings, document: Node) -> None:
    """Adds the application, and the functions that have their own settings, to the findings."""
    stage = chosen_stage(findings, document.get("stages"))
    name = document.get("app_name").text
    layers = [stage, document]
    _function(findings.draft(name, document.get("app_name").line, "Chalice", "lambda"), [*_own(_API, layers), *layers])
    for function, settings in _functions(layers):
        draft = findings.draft(f"{name}/{function}", settings.line, "Chalice", "lambda")
        _function(draft, [*_own(function, layers), *layers], api=False)


def chosen_stage(findings: Findings, stages: Node) -> Node:
    """The stage of production, else the only or the first one; the others are listed as left out."""
    listed = [(name, stage) for name, stage in stages.items() if stage.is_mapping]
    if not listed:
        return NOTHING
    name, stage = min(listed, key=lambda one: environment_rank(one[0]))
    for other, node in listed:
        if other != name:
            findings.leave_out(other, node.line, f"a stage of the same application; '{name}' is used")
    return stage


def _functions(layers: list[Node]) -> Iterator[tuple[str, Node]]:
    seen: set[str] = {_API}
    for layer in layers:
        for name, settings in layer.get("lambda_functions").items():
            if name not in seen:
                seen.add(name)
                yield name, settings


def _own(function: str, layers: list[Node]) -> list[Node]:
    return [layer.get("lambda_functions", function) for layer in layers]


def _function(draft: Draft, layers: list[Node], *, api: bool = True) -> None:
    """Takes what the first of some layers of settings says for each key."""
    place = next((layer for layer in layers if layer), NOTHING)
    settings = Node({key: node for layer in reversed(layers) for key, node in layer.items()}, place.line)
    found = renamed(dict(settings.items()), "chalice")
    if subnets := settings.get("subnet_ids"):
        found["VpcConfig"] = Node({"SubnetIds": subnets}, subnets.line)
    read_function(draft, Node(found, place.line))
    for table in ("chalice", "chalice_routes") if api else ("chalice",):
        read_keys(draft, table, settings)
