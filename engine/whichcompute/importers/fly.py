"""fly.toml of Fly.io."""

from __future__ import annotations

import re
from typing import Any

from whichcompute.base.errors import DataError
from whichcompute.base.resources import parse_toml
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError
from whichcompute.importers.quantities import compose_mb, number

_TABLE = re.compile(r"\s*\[\[?([\w.\-\"']+)\]?\]")
_KEY = re.compile(r"\s*([\w\-\"']+)\s*=")
_HTTP = ("http", "tls")


def read_fly(findings: Findings, text: str) -> None:
    """Adds the application of a fly.toml to the findings; a TOML file of anything else adds nothing."""
    try:
        table = parse_toml(text, "")
    except DataError as error:
        raise ParsingError(str(error).removeprefix(": ")) from None
    document = _tree(table, _lines(text), "")
    if not document.get("app").text:
        return
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


def _lines(text: str) -> dict[str, int]:
    """The line of each table and of each key in it, by dotted name; the first of several."""
    found: dict[str, int] = {}
    table = ""
    for number_, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = match[1].strip("\"'") + "."
            found.setdefault(table[:-1], number_)
        elif match := _KEY.match(line):
            found.setdefault(table + match[1].strip("\"'"), number_)
    return found


def _tree(value: Any, lines: dict[str, int], path: str, above: int = 1) -> Node:
    line = lines.get(path, above)
    if isinstance(value, dict):
        return Node({key: _tree(inner, lines, f"{path}.{key}".lstrip("."), line) for key, inner in value.items()}, line)
    if isinstance(value, list):
        return Node([_tree(inner, lines, path, line) for inner in value], line)
    return Node(str(value).lower() if isinstance(value, bool) else str(value), line)
