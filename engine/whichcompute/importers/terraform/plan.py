"""Plans and states as `terraform show -json` prints them, and state files: every value is resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whichcompute.importers.aws_resources import Resource, read_resources
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import NOTHING, Node

_FIRST = re.compile(r"\[0\]")
_FURTHER = re.compile(r"\[[1-9]\d*\]")
_KEY = re.compile(r"\[\"([^\"]*)\"\]")
_DEFAULTS = {"memory_size": "128", "timeout": "3"}


def is_plan(document: Node, name: str) -> bool:
    """Whether a document is a plan or a state."""
    return bool(document.get("planned_values") or document.get("values", "root_module")) or bool(
        document.get("terraform_version") and document.get("resources")
    )


def read_plan(findings: Findings, document: Node) -> None:
    """Adds the workloads of a plan or a state to the findings."""
    root = document.get("planned_values", "root_module") or document.get("values", "root_module")
    stated = _stated(document.get("configuration", "root_module"))
    referred = _referred(document.get("configuration", "root_module"))
    resources: list[Resource] = []
    for address, kind, body in (*_below(root), *_of_state(document)):
        if _FURTHER.search(address):
            continue  # a further instance of a resource with a count
        plain = re.sub(r"\[[^\]]*\]", "", address)
        kept = _without_defaults(body, stated.get(plain)) if kind == "aws_lambda_function" else body
        name = _KEY.sub(r"[\1]", _FIRST.sub("", address)).replace("module.", "").replace(f"{kind}.", "")
        inner = plain.replace("module.", "").replace(f"{kind}.", "")
        refers = referred.get(plain, set()) | set(_arns(body))
        resources.append(Resource(findings, kind, name, kept, {"": refers}, f"{kind}.{inner}"))
    _join_names(resources)
    read_resources(resources)


def _below(module: Node) -> Iterator[tuple[str, str, Node]]:
    """Address, type and values of the managed resources of a module and of those in it."""
    pending = [module]
    while pending:
        current = pending.pop()
        for resource in current.get("resources").each():
            if resource.get("mode").text in ("", "managed"):
                yield resource.get("address").text, resource.get("type").text, _placed(resource)
        pending += current.get("child_modules").each()


def _placed(resource: Node) -> Node:
    values = resource.get("values")
    return Node(values.value, resource.line)


def _of_state(document: Node) -> Iterator[tuple[str, str, Node]]:
    """The same of a state file, which has its resources at the top."""
    for resource in document.get("resources").each():
        if resource.get("mode").text == "managed":
            kind = resource.get("type").text
            for instance in resource.get("instances").each()[:1]:
                address = ".".join(filter(None, (resource.get("module").text, kind, resource.get("name").text)))
                yield address, kind, Node(instance.get("attributes").value, resource.line)


def _configured(module: Node, prefix: str = "") -> Iterator[tuple[str, Node]]:
    for resource in module.get("resources").each():
        yield prefix + resource.get("address").text, resource.get("expressions")
    for name, call in module.get("module_calls").items():
        yield from _configured(call.get("module"), f"{prefix}module.{name}.")


def _stated(module: Node) -> dict[str, Node]:
    """The expressions of each resource by its address: what somebody has written."""
    return dict(_configured(module))


def _referred(module: Node) -> dict[str, set[str]]:
    """The resources that the expressions of each resource refer to."""
    found: dict[str, set[str]] = {}
    for address, expressions in _configured(module):
        names: set[str] = set()
        for node in expressions.walk():
            for text in node.get("references").texts:
                parts = text.split(".")
                names |= {".".join(parts[:2])} if text.startswith("aws_") else set()
        found[address] = names
    return found


def _without_defaults(body: Node, expressions: Node | None) -> Node:
    """The values without defaults that only the provider fills in."""
    kept = dict(body.items())
    for name, default in _DEFAULTS.items():
        written = expressions is not None and bool(expressions.get(name))
        if kept.get(name, NOTHING).text == default and not written:
            kept.pop(name)
    for name in ("architectures", "package_type", "ephemeral_storage"):
        if expressions is None or not expressions.get(name):
            kept.pop(name, None)
    return Node(kept, body.line)


def _arns(body: Node) -> Iterator[str]:
    for node in body.walk():
        if node.text.startswith("arn:aws"):
            yield node.text


def _join_names(resources: list[Resource]) -> None:
    """Lets resources refer to one another by the ARNs of a state, and by the address within a module."""
    by_arn = {resource.body.get("arn").text: resource.address for resource in resources if resource.body.get("arn")}
    for resource in resources:
        names = resource.refers[""]
        names |= {by_arn[arn] for arn in names & by_arn.keys()}
        prefix = resource.name.rpartition(".")[0]
        if prefix:
            names |= {f"{kind}.{prefix}.{rest}" for kind, _, rest in (name.partition(".") for name in set(names))}
