"""Resources of a template or a configuration, and which of them refer to which."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from whichcompute.importers.catalogue import meanings
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node

LAMBDA = "aws_lambda_function"
_NAMES = {LAMBDA: "function_name", "aws_ecs_task_definition": "family"}
_INSTANCE = re.compile(r"\[[^\[\]]*\]$")
_STAND_INS = ("aws_lambda_alias", "AWS::Lambda::Version")
_CALLED = re.compile(r"(?::function:|:task-definition/|\"(?:FunctionName|TaskDefinition)\"\s*:\s*\")([\w-]+)")
"""What a state machine calls, in the text of its definition: an ARN or a name."""


@dataclass(slots=True)
class Resource:
    """A resource: type, name, resolved body, the file that it is in, and the addresses that parts of it refer to.

    `refers` has the folded name of each part. `label` goes before keys where it says something about another workload,
    `prefix` before keys about itself. `own` are the triggers that it names, `calls` the places that call its module;
    `likely` says that it may not exist.
    """

    findings: Findings
    type: str
    name: str
    body: Node
    refers: dict[str, set[str]]
    address: str
    format: str = "Terraform"
    label: str = ""
    prefix: str = ""
    own: list[Trigger] = field(default_factory=list)
    likely: bool = False
    calls: tuple[str, ...] = ()

    def refers_to(self, address: str, *keys: str) -> bool:
        """Whether one of these attributes (none: any) refers to an address."""
        return any(address in found for key, found in self.refers.items() if not keys or key in keys)

    def draft(self, present: str) -> Draft:
        """A new workload, in its Region as far as that is known."""
        draft = self.findings.draft(self.name, self.body.line, self.format, present)
        draft.calls = self.calls
        read_keys(draft, "resource", self.body)
        return draft

    def leave_out(self, reason: str) -> None:
        """Records that it is not a workload."""
        self.findings.leave_out(self.name, self.body.line, reason)


class Resources:
    """The resources of a root module or a template, by type and by the addresses that they refer to."""

    def __init__(self, listed: list[Resource]) -> None:
        self.listed = listed
        self._referring: dict[str, list[Resource]] = {}
        self._typed: dict[str, list[Resource]] = {}
        self.has_socket = any(one.body.get("protocol_type").text.upper() == "WEBSOCKET" for one in listed)
        _name_instances(listed)
        stand_ins = _stand_ins(listed)
        for resource in listed:
            for found in resource.refers.values():
                found |= {function for address in found for function in stand_ins.get(address, ())}
            self._typed.setdefault(resource.type, []).append(resource)
            for address in set().union(*resource.refers.values()):
                self._referring.setdefault(address, []).append(resource)

    def referring(self, address: str) -> list[Resource]:
        """The resources that refer to an address."""
        return self._referring.get(address, [])

    def of_type(self, *kinds: str) -> list[Resource]:
        """The resources of some types."""
        return [one for kind in kinds for one in self._typed.get(kind, [])]


def _name_instances(listed: list[Resource]) -> None:
    """Lets what refers to a resource with several instances, but to none of them by its key, refer to all of them."""
    addresses = {one.address for one in listed}
    instances: dict[str, set[str]] = {}
    for address in addresses:
        instances.setdefault(_INSTANCE.sub("", address), set()).add(address)
    for one in listed if len(instances) < len(addresses) or instances.keys() != addresses else ():
        for found in one.refers.values():
            for address in found - addresses:
                found |= instances.get(_INSTANCE.sub("", address), set())


def _stand_ins(listed: list[Resource]) -> dict[str, set[str]]:
    """The functions behind aliases and versions; a resource with the plain name of a function or a task refers to it.

    An address that several instances share says nothing of the one that is named.
    """
    counts = Counter(one.address for one in listed if one.type in _NAMES)
    known = {name: one.address for one in listed if one.type in _NAMES and counts[one.address] == 1
             and (name := one.body.get(_NAMES[one.type]).text)}  # fmt: skip
    for one in listed if known else ():
        for named in _named(one) & known.keys() if one.type not in _NAMES else ():
            one.refers.setdefault("functionname", set()).add(known[named])
    return {one.address: one.refers.get("functionname", set()) for one in listed if one.type in _STAND_INS}


def _named(one: Resource) -> set[str]:
    """The names that a resource has in it: of the function whose it is, or of what a state machine calls."""
    if meanings("triggers", "callers").get(one.type) != "workflow":
        own = one.body.first("function_name", "target_function_arn").text
        return {own.rpartition(":function:")[2].split(":")[0]}
    inside = list(one.body.walk())
    return {name for node in inside for name in _CALLED.findall(node.text)} | {
        node.first("FunctionName", "TaskDefinition").text.split(":")[0] for node in inside if node.is_mapping
    }
