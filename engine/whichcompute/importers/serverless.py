"""serverless.yml of the Serverless Framework: each function over what the provider sets for all."""

from __future__ import annotations

import re

from whichcompute.importers.found import Findings
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.nodes import NOTHING, Node

_EVENTS = {
    "http": "api",
    "httpApi": "api",
    "websocket": "websocket",
    "alb": "balancer",
    "schedule": "schedule",
    "sqs": "queue",
    "activemq": "queue",
    "rabbitmq": "queue",
    "stream": "stream",
    "kafka": "stream",
    "msk": "stream",
    "s3": "event",
    "sns": "event",
    "cloudwatchLog": "event",
    "cloudwatchEvent": "event",
    "eventBridge": "event",
    "cognitoUserPool": "event",
    "iot": "event",
    "alexaSkill": "event",
}
_VARIABLE = re.compile(r"\$\{([^${}]+)\}")
_MOST_STEPS = 10


def is_serverless(document: Node, name: str) -> bool:
    """Whether a document is a configuration of the Serverless Framework for AWS."""
    provider = document.get("provider")
    called = provider.get("name").text or provider.text
    return called == "aws" and bool(document.get("functions") or document.get("service"))


def read_serverless(findings: Findings, document: Node) -> None:
    """Adds the functions of a configuration to the findings."""
    provider = document.get("provider")
    functions = document.get("functions")
    if functions and not functions.is_mapping:
        listed = [entry for element in functions.each() for entry in element.items()]
        if not listed:
            reason = "its functions are in other files or resolved elsewhere"
            findings.cannot_read(functions.line, reason, "run `serverless print` and scan its output")
    else:
        listed = list(functions.items())
    for name, function in listed:
        if re.search(r"authori[sz]er", name, re.IGNORECASE):
            findings.leave_out(name, function.line, "an authoriser beside the workloads")
            continue
        draft = findings.draft(name, function.line, "Serverless Framework", "lambda")
        read_function(draft, _resolved(_properties(provider, function), document))
        read_triggers(draft, _triggers(function, document))
        draft.remarks[:] = [_own_default(remark) for remark in draft.remarks]


def _own_default(remark: str) -> str:
    """The framework has defaults of its own."""
    return remark.replace("3 s", "6 s").replace("128 MB", "1024 MB")


def _properties(provider: Node, function: Node) -> Node:
    """The properties of a function in the names of Lambda, its own before those of the provider."""

    def pick(*names: str) -> Node:
        return function.first(*names) or provider.first(*names)

    architecture, image = pick("architecture"), function.get("image")
    entries = {
        "Timeout": pick("timeout"),
        "MemorySize": pick("memorySize"),
        "Runtime": NOTHING if image else pick("runtime"),
        "Architectures": architecture,
        "ImageUri": image,
        "ReservedConcurrentExecutions": function.get("reservedConcurrency"),
        "VpcConfig": pick("vpc"),
        "FileSystemConfigs": function.get("fileSystemConfig"),
    }
    scratch = function.get("ephemeralStorageSize")
    if scratch:
        entries["EphemeralStorage"] = Node({"Size": scratch}, scratch.line)
    return Node({name: node for name, node in entries.items() if node}, function.line)


def _triggers(function: Node, document: Node) -> list[Trigger]:
    triggers: list[Trigger] = []
    for event in function.get("events").each():
        entries = list(event.items()) or [(event.text, event)]
        for name, value in entries:
            kind = _EVENTS.get(name)
            if kind is None:
                continue
            if kind != "schedule":
                triggers.append(Trigger(kind, value if value else event, f"events.{name}"))
                continue
            enabled = value.get("enabled").text.lower() != "false"
            rates = value.get("rate").each() if value.is_mapping else [value]
            for rate in rates:
                expression = _resolved(rate, document)
                triggers.append(Trigger("schedule", expression, f"events.{name}", expression, enabled))
    if function.get("url"):
        triggers.append(Trigger("url", function.get("url"), "url"))
    return triggers


def _resolved(node: Node, document: Node, steps: int = 0) -> Node:
    """The value with variables that the file itself answers; others stay, and so cannot be read as numbers."""
    if isinstance(node.value, dict):
        return Node({key: _resolved(value, document, steps) for key, value in node.items()}, node.line, node.certain)
    if isinstance(node.value, list):
        return Node([_resolved(element, document, steps) for element in node.value], node.line, node.certain)
    match = _VARIABLE.fullmatch(node.text)
    if match is None or steps > _MOST_STEPS:
        return node
    source, _, default = match[1].partition(",")
    if source.startswith("self:"):
        found = document.get(*source.removeprefix("self:").split("."))
        if found and not found.is_mapping:
            return _resolved(Node(found.value, node.line, node.certain), document, steps + 1)
    text = default.strip().strip("'\"")
    return Node(text, node.line, False) if text else node
