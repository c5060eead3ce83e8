"""Score: a specification of one workload that names no platform."""

from __future__ import annotations

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.kubernetes import read_limits, read_ports
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.tasks import read_system


def is_score(document: Node, name: str) -> bool:
    """Whether a document is a specification of Score."""
    return document.get("apiVersion").text.startswith("score.dev/") and bool(document.get("containers"))


def read_score(findings: Findings, document: Node) -> None:
    """Adds the workload of a specification to the findings; its `resources` are what it depends on."""
    name = document.get("metadata", "name").text or "workload"
    draft = findings.draft(name, document.line, "Score")
    listed = list(document.get("containers").items())
    main = listed[0][1] if listed else NOTHING
    for other, container in listed[1:]:
        findings.leave_out(f"{name}/{other}", container.line, "a container beside the main one of the same workload")
    read_keys(draft, "image", main.get("image"), "containers.image")
    read_system(draft, main.get("image") or main, "containers.image")
    read_limits(draft, main)
    _reached(draft, document, main)
    _volumes(draft, document, main)


def _resources(document: Node, kind: str) -> list[tuple[str, Node]]:
    return [(name, node) for name, node in document.get("resources").items() if node.get("type").text == kind]


def _reached(draft: Draft, document: Node, main: Node) -> None:
    for _, route in _resources(document, "route"):
        draft.derive("protocol", "http", route, "resources.route", "a route leads to it")
        draft.hint("kind", "web_api", route, "resources.route", "a route leads to it")
    ports = [Node({"containerPort": one.first("targetPort", "port"), "protocol": one.get("protocol")}, one.line)
             for _, one in document.get("service", "ports").items()]  # fmt: skip
    if "protocol" not in draft.values:
        read_ports(draft, Node({**dict(main.items()), "ports": Node(ports, main.line)}, main.line))


def _volumes(draft: Draft, document: Node, main: Node) -> None:
    volumes = {name for name, _ in _resources(document, "volume")}
    mounts = main.get("volumes")
    listed = mounts.each() if not mounts.is_mapping else [node for _, node in mounts.items()]
    for mount in listed:
        source = mount.get("source").text.removeprefix("${resources.").removesuffix("}").removesuffix(".source")
        if source in volumes and not mount.get("readOnly").is_true and not mount.get("read_only").is_true:
            draft.derive("state", "persistent", mount, "containers.volumes", "it keeps data on a volume")
