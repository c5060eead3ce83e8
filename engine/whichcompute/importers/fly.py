"""fly.toml of Fly.io."""

from __future__ import annotations

from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node
from whichcompute.importers.quantities import compose_mb, number

_HTTP = ("http", "tls")


def is_fly(document: Node, name: str) -> bool:
    """Whether a document is the configuration of an application on Fly.io."""
    return name.lower().startswith("fly") and name.endswith(".toml") and bool(document.get("app").text)


def read_fly(findings: Findings, document: Node) -> None:
    """Adds the application of a fly.toml to the findings."""
    draft = findings.draft(document.get("app").text, document.get("app").line, "Fly.io", "keep")
    draft.derive("os", "linux", document.get("app"), "app", "Fly.io runs Linux")
    draft.hint("packaging", "container", document.get("app"), "app", "Fly.io runs container images")
    mounts = document.first("mounts", "mount")
    if mounts:
        draft.derive("state", "persistent", mounts, "mounts", "it keeps data on a volume")
    web = document.get("http_service")
    if web:
        draft.derive("protocol", "http", web, "http_service", "it is an HTTP service")
    for service in document.get("services").each():
        handlers = {text for port in service.get("ports").each() for text in port.get("handlers").texts}
        transport = service.get("protocol").text
        if transport == "udp" or handlers & set(_HTTP):
            name = "udp" if transport == "udp" else "http"
            draft.derive("protocol", name, service, "services", "its handlers or protocol say so")
        elif service.get("ports"):
            draft.derive("protocol", "tcp", service, "services", "a TCP service without a handler of HTTP")
        limit = service.get("concurrency", "hard_limit")
        why = "connections at which no more are taken"
        draft.hint("peak_concurrency", number(limit.text), limit, "services.concurrency.hard_limit", why)
    machine = document.get("vm")
    memory, cpus = machine.first("memory", "memory_mb"), machine.get("cpus")
    size = number(memory.text)
    draft.take("memory_mb", size or compose_mb(memory.text), memory, "vm.memory")
    draft.take("vcpus", number(cpus.text), cpus, "vm.cpus")
