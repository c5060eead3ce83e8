"""fly.toml of Fly.io."""

from __future__ import annotations

import re

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node
from whichcompute.importers.quantities import compose_mb, number

_HTTP = ("http", "tls")
_SIZE = re.compile(r"(shared-cpu|performance)-(\d+)x")


def is_fly(document: Node, name: str) -> bool:
    """Whether a document is the configuration of an application on Fly.io."""
    return name.lower().startswith("fly") and name.endswith(".toml") and bool(document.get("app").text)


def read_fly(findings: Findings, document: Node) -> None:
    """Adds the application of a fly.toml, or each of its groups of processes, to the findings."""
    processes = dict(document.get("processes").items()) or {"app": document.get("app")}
    for name, place in processes.items():
        label = document.get("app").text if len(processes) == 1 else f"{document.get('app').text}/{name}"
        draft = findings.draft(label, place.line, "Fly.io", "keep")
        draft.derive("os", "linux", document.get("app"), "app", "Fly.io runs Linux")
        draft.hint("packaging", "container", document.get("app"), "app", "Fly.io runs container images")
        _reached(draft, document, name, alone=len(processes) == 1)
        for mounts in _of(document.first("mounts", "mount"), name):
            draft.derive("state", "persistent", mounts, "mounts", "it keeps data on a volume")
        for machine in _of(document.get("vm"), name):
            _machine(draft, machine)


def _of(tables: Node, process: str) -> list[Node]:
    """The tables that are for a process, those of which name none being for every one."""
    return [one for one in tables.each() if not one.get("processes").texts or process in one.get("processes").texts]


def _reached(draft: Draft, document: Node, process: str, *, alone: bool) -> None:
    web = _of(document.get("http_service"), process)
    services = _of(document.get("services"), process)
    for one in web:
        read_keys(draft, "fly_http", one)
    for one in services:
        handlers = {text for port in one.get("ports").each() for text in port.get("handlers").texts}
        transport = one.get("protocol").text
        if transport == "udp" or handlers & set(_HTTP):
            name = "udp" if transport == "udp" else "http"
            draft.derive("protocol", name, one, "services", "its handlers or protocol say so")
        elif one.get("ports"):
            draft.derive("protocol", "tcp", one, "services", "a TCP service without a handler of HTTP")
    for one in [*web, *services]:
        limit = one.get("concurrency", "hard_limit")
        why = "connections at which no more are taken"
        draft.hint("peak_concurrency", number(limit.text), limit, "services.concurrency.hard_limit", why)
    if not web and not services and not alone:
        draft.derive("protocol", "none", Node("", draft.line), "processes", "no service leads to the process")


def _machine(draft: Draft, machine: Node) -> None:
    memory, size = machine.first("memory", "memory_mb"), machine.get("size")
    draft.take("memory_mb", number(memory.text) or compose_mb(memory.text), memory, "vm.memory")
    read_keys(draft, "fly_machine", machine)
    if match := _SIZE.fullmatch(size.text):
        draft.derive("vcpus", float(match[2]), size, "vm.size", "vCPUs of that size of machine")
