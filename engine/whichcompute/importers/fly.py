"""fly.toml of Fly.io."""

from __future__ import annotations

import re

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node

_HTTP = ("http", "tls")
_SIZE = re.compile(r"(shared-cpu|performance)-(\d+)x")


def is_fly(document: Node, name: str) -> bool:
    """Whether a document is the configuration of an application on Fly.io."""
    return name.lower().startswith("fly") and name.endswith(".toml") and bool(document.get("app").text)


def read_fly(findings: Findings, document: Node) -> None:
    """Adds the application of a fly.toml, or each of its groups of processes, to the findings."""
    processes = dict(document.get("processes").items()) or {"app": document.get("app")}
    first = "app" if "app" in processes else min(processes)
    for name, place in processes.items():
        groups = (name, "") if name == first else (name,)
        label = document.get("app").text if len(processes) == 1 else f"{document.get('app').text}/{name}"
        draft = findings.draft(label, place.line, "Fly.io", "keep")
        read_keys(draft, "fly", document)
        _reached(draft, document, groups, alone=len(processes) == 1)
        for mounts in _of(document.first("mounts", "mount"), groups):
            read_keys(draft, "fly_mounts", mounts)
        for machine in _of(document.get("vm"), (name, "")):
            _machine(draft, machine)


def _of(tables: Node, groups: tuple[str, ...]) -> list[Node]:
    """The tables that are for one of some groups of processes, the empty one being that of tables that name none."""
    return [one for one in tables.each() if {*groups} & {*(one.get("processes").texts or [""])}]


def _reached(draft: Draft, document: Node, groups: tuple[str, ...], *, alone: bool) -> None:
    web = _of(document.get("http_service"), groups)
    services = _of(document.get("services"), groups)
    udp = [one for one in services if one.get("protocol").text.lower() == "udp"]  # few services take it: it decides
    reached = (("fly_service", udp), ("fly_http", web), ("fly_service", services), ("fly_limits", [*web, *services]))
    for table, listed in reached:
        for one in listed:
            read_keys(draft, table, one)
    if not web and not services and not alone:
        draft.derive("protocol", "none", Node("", draft.line), "processes", "no service leads to the process")
    if udp and (web or len(udp) < len(services)):
        draft.remark("clients reach it by UDP and otherwise too")


def _machine(draft: Draft, machine: Node) -> None:
    size = machine.get("size")
    read_keys(draft, "fly_machine", machine)
    if match := _SIZE.fullmatch(size.text):
        draft.derive("vcpus", float(match[2]), size, "vm.size", "vCPUs of that size of machine")
