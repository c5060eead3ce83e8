"""Plans and states as `terraform show -json` prints them, and state files: every value is resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whichcompute.importers.aws_resources import read_resources
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import NOTHING, Node, folded
from whichcompute.importers.resources import Resource

_FIRST = re.compile(r"\[0\]")
_FURTHER = re.compile(r"\[[1-9]\d*\]")
_INDEX = re.compile(r"\[[^\]]*\]")
_KEY = re.compile(r"\[\"([^\"]*)\"\]")
_LAST = re.compile(r"\[[^\]]*\]$")
_OWN = re.compile(r"\[\"([^\"]*)\"\]$")
_INSTANCE = re.compile(r"(aws_\w+\.[\w-]+)\[\"([^\"]*)\"\]")
_DEFAULTS = {"memory_size": "128", "timeout": "3"}
_QUALIFIED = re.compile(r"(arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:[^:]+):.*")
"""The ARN of a version or an alias of a function."""
_NAMED = {"function_name": ("aws_lambda_function", "function_name"), "rule": ("aws_cloudwatch_event_rule", "name")}
"""The attributes that name another resource by its name -> the type of that resource, and its attribute."""
_TARGET = "aws_cloudwatch_event_target"  # its ARN is that of what it starts
_OLD = "run `terraform show -json > state.json` and scan state.json"


def is_plan(document: Node, name: str) -> bool:
    """Whether a document is a plan or a state."""
    return bool(document.get("planned_values") or document.get("values", "root_module")) or bool(
        document.get("terraform_version") and (document.get("resources") or document.get("modules"))
    )


def read_plan(findings: Findings, document: Node) -> None:
    """Adds the workloads of a plan or a state to the findings."""
    if document.get("modules"):
        findings.cannot_read(document.get("modules").line, "a state of Terraform before 0.12", _OLD)
    root = document.get("planned_values", "root_module") or document.get("values", "root_module")
    written = dict(_configured(document.get("configuration", "root_module")))
    stated = {address: resource.get("expressions") for address, resource in written.items()}
    regions = _regions(document)
    resources: list[Resource] = []
    for address, kind, body in (*_below(root), *_of_state(document)):
        if _FURTHER.search(address):
            continue  # a further instance of a resource with a count
        plain = _plain(address)
        kept = _without_defaults(body, stated.get(plain)) if kind == "aws_lambda_function" else body
        name = _KEY.sub(r"[\1]", _FIRST.sub("", address)).replace("module.", "").replace(f"{kind}.", "")
        own = _OWN.search(address)
        named = {
            folded(key): _referred(node, own[1] if own else "") for key, node in stated.get(plain, NOTHING).items()
        }
        refers = {**named, "": set(_arns(body)).union(*named.values())}
        region = regions.get(written.get(plain, NOTHING).get("provider_config_key").text or "aws", NOTHING)
        kept = Node({"region": region, **dict(kept.items())}, kept.line)
        resources.append(Resource(findings, kind, name, kept, refers, f"{kind}.{name}"))
    _join_names(resources)
    read_resources(resources)


def _plain(address: str) -> str:
    """An address without the keys of instances."""
    return _INDEX.sub("", address)


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
    return Node(_set(resource.get("values")).value, resource.line)


def _set(node: Node) -> Node:
    """What is set: the provider writes empty texts and empty lists for all that is not."""
    if node.is_mapping:
        kept = {name: _set(value) for name, value in node.items() if value.value not in ("", [])}
        return Node(kept, node.line)
    if isinstance(node.value, list):
        return Node([_set(value) for value in node.value], node.line)
    return node


def _of_state(document: Node) -> Iterator[tuple[str, str, Node]]:
    """The same of a state file, which has its resources at the top; instances of a `for_each` have a text as index."""
    for resource in document.get("resources").each():
        if resource.get("mode").text == "managed":
            kind = resource.get("type").text
            address = ".".join(filter(None, (resource.get("module").text, kind, resource.get("name").text)))
            for position, instance in enumerate(resource.get("instances").each()):
                index = instance.get("index_key").text
                counted = f"[{position}]" if index.isdigit() or not index else f'["{index}"]'
                yield address + counted, kind, Node(_set(instance.get("attributes")).value, resource.line)


def _configured(module: Node, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """What is configured of each resource of a module, and of those that it calls, by their addresses."""
    for resource in module.get("resources").each():
        yield prefix + resource.get("address").text, resource
    for name, call in module.get("module_calls").items():
        yield from _configured(call.get("module"), f"{prefix}module.{name}.")


def _regions(document: Node) -> dict[str, Node]:
    """The Regions of the providers in the configuration of a plan, by their keys: given, or by a variable."""
    found: dict[str, Node] = {}
    for key, provider in document.get("configuration", "provider_config").items():
        region = provider.get("expressions", "region")
        variable = next(iter(region.get("references").texts), "").removeprefix("var.")
        found[key] = region.get("constant_value") or document.get("variables", variable, "value")
    return found


def _referred(expressions: Node, own: str) -> set[str]:
    """The resources that the expressions of a resource refer to; with the key of an instance where it has one.

    What is found by `each.key` has the key of the resource itself (`own`).
    """
    found: set[str] = set()
    for texts in (node.get("references").texts for node in expressions.walk()):
        keyed = {match[1]: match[2] for text in texts if (match := _INSTANCE.match(text))}
        each = own if "each.key" in texts or "each.value" in texts else ""
        plain = {".".join(text.split(".")[:2]) for text in texts if text.startswith("aws_") and "[" not in text}
        for address in plain | keyed.keys():
            key = keyed.get(address, each)
            found.add(f"{address}[{key}]" if key else address)
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
    """The ARNs in the values of a resource; one of an integration has that of its function inside."""
    for node in body.walk():
        if node.text.startswith("arn:aws"):
            arn = node.text.partition("/functions/")[2].removesuffix("/invocations") or node.text
            yield _QUALIFIED.sub(r"\1", arn)


def _join_names(resources: list[Resource]) -> None:
    """Lets resources refer to one another by ARNs and names that are known, and by the address within a module.

    An address that is configured applies to all instances of a resource, unless it or a value names one of them.
    """
    known = {arn.text: one.address for one in resources if one.type != _TARGET and (arn := one.body.get("arn"))}
    for key, (kind, attribute) in _NAMED.items():
        known |= {f"{key} {one.body.get(attribute).text}": one.address for one in resources if one.type == kind}
    # The ARN of a service, which is its id, ends with what its auto scaling target names.
    services = [one for one in resources if one.type == "aws_ecs_service"]
    known |= {f"resource_id {one.body.get('id').text.rpartition(':')[2]}": one.address for one in services}
    instances: dict[str, set[str]] = {}
    for resource in resources:
        instances.setdefault(_plain(resource.address), set()).add(resource.address)
    for resource in resources:
        names = resource.refers[""]
        words = names | {f"{key} {text}" for key in (*_NAMED, "resource_id") if (text := resource.body.get(key).text)}
        exact = {known[word] for word in words & known.keys()} - {resource.address}
        prefix = _plain(resource.name).rpartition(".")[0]
        if prefix:
            names |= {f"{kind}.{prefix}.{rest}" for kind, _, rest in (name.partition(".") for name in set(names))}
        for name in {name for name in names if _plain(name) not in {_plain(address) for address in exact}}:
            able, last = instances.get(_plain(name), set()), _LAST.search(name)
            exact |= {address for address in able if last and address.endswith(last[0])} or able
        names |= exact
