"""Azure Functions: a `function.json` with its bindings, and the `host.json` above it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import PurePath

from whichcompute.importers.catalogue import meanings
from whichcompute.importers.found import Findings
from whichcompute.importers.functions import Trigger, read_triggers
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node


def is_azure_function(document: Node, name: str) -> bool:
    """Whether a document is the `function.json` of a function."""
    types = [binding.get("type").text.lower() for binding in document.get("bindings").each()]
    return any(kind.endswith("trigger") for kind in types)


def read_azure_function(findings: Findings, document: Node) -> None:
    """Adds the function to the findings; its name is that of its folder."""
    name = PurePath(findings.file).parent.name or "function"
    draft = findings.draft(name, document.line, "Azure Functions", "keep")
    read_keys(draft, "azure_function", document)
    triggers: list[Trigger] = []
    for binding in document.get("bindings").each():
        kind = meanings("triggers", "azure").get(binding.get("type").text.lower())
        schedule = binding.get("schedule") if kind == "schedule" else None
        if kind:
            triggers.append(Trigger(kind, schedule or binding, f"bindings.{binding.get('type').text}", schedule))
    read_triggers(draft, triggers, "azure")


def is_host(document: Node, name: str) -> bool:
    """Whether a document is the `host.json` of an app of functions."""
    return name == "host.json" and document.get("version").text.startswith(("2", "1", "3", "4"))


def read_hosts(found: Sequence[Findings]) -> None:
    """Gives the functions below the folder of a `host.json` the time limit that it sets."""
    hosts = {posixpath.dirname(one.file): (one, node) for one in found for node in one.kept["hosts"]}
    for findings in found if hosts else ():
        folder = posixpath.dirname(posixpath.dirname(findings.file))
        if folder not in hosts:
            continue
        host, document = hosts[folder]
        document.get("functionTimeout").file = host.file
        for draft in findings.drafts:
            if draft.format == "Azure Functions":
                read_keys(draft, "azure_host", document)
