"""One template: its resources as those of AWS, with what CDK and SAM add, and the templates that it nests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from whichcompute.importers.arguments import kind_of, read_call
from whichcompute.importers.aws_resources import WORKLOADS
from whichcompute.importers.catalogue import meanings, says
from whichcompute.importers.cloudformation.intrinsics import IMPORTED, Resolver, references
from whichcompute.importers.found import Findings
from whichcompute.importers.functions import Trigger
from whichcompute.importers.nodes import NOTHING, Node, folded
from whichcompute.importers.resources import Resource, Resources
from whichcompute.importers.suppressions import metadata

_ASSET = re.compile(r"([0-9a-f]{64})\.json$")
_STACK = re.compile(r"(\w+)NestedStack\1NestedStackResource[0-9A-F]{8}")
_PROVIDER = re.compile(r"USER_\w+_FUNCTION_ARN")
"""Variables in which the framework of CDK for custom resources has the functions that it calls."""
_HASH = re.compile(r"[0-9A-F]{8}$")
_CUSTOM = "a function behind a custom resource, which runs for deployments"
_SAM = "AWS::Serverless::Function"
_NESTED = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
_BALANCERS = {"alb": "http", "application-load-balancer": "http", "nlb": "tcp", "network-load-balancer": "tcp"}


def is_template(document: Node, name: str) -> bool:
    """Whether a document is a template: resources whose types are those of AWS."""
    types = (resource.get("Type").text for _, resource in document.get("Resources").items())
    return any(kind.startswith(("AWS::", "Custom::")) for kind in types)


Nested: TypeAlias = "Callable[[Node, Node, Mapping[str, Node]], bool]"
"""Reads the template that a resource nests, with a prefix for names and parameters; whether there is one."""


def read_template(
    findings: Findings, template: Node, nested: Nested, given: Mapping[str, Node] | None = None, prefix: str = "",
    calls: tuple[str, ...] = (), importing: Sequence[Resource] = (),
) -> None:  # fmt: skip
    """Adds the workloads of a template to the findings; `nested` reads the templates that it names.

    `importing` are resources of other templates that import what templates export.
    """
    _Template(findings, template, nested, given or {}, prefix, calls).read(importing)


def importing(template: Node) -> list[Resource]:
    """The resources of a template that import what other templates export."""
    if not any(inner.has("Fn::ImportValue") for inner in template.get("Resources").walk()):
        return []
    return [
        one for one in declared(template).listed if any(IMPORTED in name for name in set().union(*one.refers.values()))
    ]


def declared(template: Node) -> Resources:
    """The resources of a template, for what is outside it and has its name in it: the type of that is its name too."""
    made = _Template(Findings(""), template, lambda *_: False, {}, "").made().values()
    return Resources([resource for resource in made if resource is not None])


def nested_path(resource: Node, assets: Mapping[str, str]) -> str:
    """The path of the template that a resource nests, `assets` being those of CDK by their names in Amazon S3.

    Empty where it is not a file beside this one.
    """
    url = resource.get("Properties").first("TemplateURL", "Location")
    named = (match[1] for part in url.walk() if (match := _ASSET.search(part.text)))
    asset = resource.get("Metadata", "aws:asset:path").text
    path = asset or url.text or next((assets[name] for name in named if name in assets), "")
    return path if path and "://" not in path and "${" not in path else ""


class _Template:
    """A template while it is read."""

    def __init__(
        self, findings: Findings, template: Node, nested: Nested, given: Mapping[str, Node], prefix: str,
        calls: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._findings = findings
        self._calls = calls
        self._prefix = prefix
        self._placed = {"Region": given["AWS::Region"]} if "AWS::Region" in given else {}
        self._nest = nested
        self._transforms = template.get("Transform")
        self._outputs = template.get("Outputs")
        self._resolver = Resolver(template, given)
        self._globals = self._resolver.resolve(template.get("Globals", "Function"))
        types = meanings("triggers", "types")
        declared = {name: resource.get("Type").text for name, resource in self._resolver.resources.items()}
        self._types = {name: types.get(kind, kind) for name, kind in declared.items()}
        self._provided = {
            target
            for _, resource in self._resolver.resources.items()
            for variable, value in resource.get("Properties", "Environment", "Variables").items()
            if _PROVIDER.fullmatch(variable)
            for target in references(value)
        }

    def made(self) -> dict[str, Resource | None]:
        """The resources by their logical ids, None for those that serve deployments alone."""
        return {name: self._resource(name, node) for name, node in self._resolver.resources.items()}

    def read(self, importing: Sequence[Resource]) -> None:
        made = self.made()
        own = [resource for resource in made.values() if resource is not None]
        resources = Resources([*own, *self._imported(importing)])
        for name, node in self._resolver.resources.items():
            resource, reader = made[name], WORKLOADS.get(self._types[name])
            if reader is not None and resource is not None:
                reader(resource, resources)
            elif node.get("Type").text in _NESTED:
                self._nested(name, node)
            self._findings.suppressions += metadata(self._findings.file, node)
        for part in (*self._transforms.each(), self._resolver.resources.get("Fn::Transform")):
            if part.get("Name").text == "AWS::Include":
                reason = "a part that AWS::Include takes from Amazon S3, which is not fetched"
                self._findings.cannot_read(part.line, reason, "scan that file too")

    def _imported(self, importing: Sequence[Resource]) -> Iterator[Resource]:
        """Resources of other templates as ones that refer to what this one exports."""
        exports = {output.get("Export", "Name").text: next(references(output.get("Value")), "")
                   for _, output in self._outputs.items()}  # fmt: skip
        known = {f"{IMPORTED}{name}": self._address(one) for name, one in exports.items() if name and one}
        for one in importing if known else ():
            refers = {key: {known[at] for at in (name.partition(f".{IMPORTED}")[0] for name in found) if at in known}
                      for key, found in one.refers.items()}  # fmt: skip
            if any(refers.values()):
                yield replace(one, refers=refers)

    def _address(self, name: str) -> str:
        return f"{self._types.get(name, name)}.{name}"

    def _resource(self, name: str, node: Node) -> Resource | None:
        """A resource with its properties resolved; None, and listed as left out, where it serves deployments alone."""
        written, kind = node.get("Properties"), node.get("Type").text
        properties = self._resolver.resolve(written)
        # The path that CDK notes is that in the whole app, nested stacks included.
        prefix = "" if node.get("Metadata", "aws:cdk:path").text else self._prefix
        label, is_function = prefix + _name(name, node), self._types[name] == "aws_lambda_function"
        if is_function and (reason := _CUSTOM if name in self._provided else _no_workload(name, node, properties)):
            self._findings.leave_out(label, node.line, reason)
            return None
        shared = dict(self._globals.items()) if kind == _SAM else {}
        body = Node({**self._placed, **shared, **dict(properties.items())}, node.line)
        refers = {folded(key): set(map(self._address, references(value))) for key, value in written.items()}
        own = list(sam_triggers(body)) if kind == _SAM else []
        address, form = self._address(name), "SAM" if kind == _SAM else "CloudFormation"
        likely = bool(node.get("Condition"))
        prefix = f"{name}." if is_function else ""
        return Resource(
            self._findings,
            self._types[name],
            label,
            body,
            refers,
            address,
            form,
            name,
            prefix,
            own,
            likely,
            self._calls,
        )

    def _nested(self, name: str, resource: Node) -> None:
        parameters = self._resolver.resolve(resource.get("Properties", "Parameters"))
        given = {
            key: Node(node.value, node.line, node.certain, self._findings.file) for key, node in parameters.items()
        }
        stack = _STACK.sub(r"\1", name)
        if self._nest(resource, Node(f"{self._prefix}{stack}/", resource.line), given):
            return
        call = Node(dict(parameters.items()), resource.line)
        service = kind_of(resource.get("Properties").first("TemplateURL", "Location").text, call)
        if not service:
            reason = "a nested template, which is another file; scan that file too"
            if resource.get("Properties", "Location", "ApplicationId"):
                reason = "an application of the AWS Serverless Application Repository, which is not fetched"
            self._findings.leave_out(name, resource.line, reason)
            return
        present = "" if service == "ecs" else service
        draft = self._findings.draft(self._prefix + name, resource.line, "CloudFormation", present)
        draft.calls = self._calls
        for balancer in self._balancers(resource):
            draft.derive("protocol", balancer.text, balancer, f"{name}.Parameters", "its load balancer speaks it")
        read_call(draft, self._findings, service, call)

    def _balancers(self, call: Node) -> Iterator[Node]:
        """The protocols of the load balancers that are nested templates too, by their names."""
        for target in references(call.get("Properties", "Parameters")):
            words = dict(self._resolver.resources.items()).get(target, NOTHING).get("Properties", "TemplateURL").text
            protocol = next((_BALANCERS[word] for word in _BALANCERS if word in words and "target" in words), None)
            if protocol:
                yield Node(protocol, call.line)


def sam_triggers(function: Node) -> Iterator[Trigger]:
    """The triggers in the `Events` and the function URL of a SAM function, its properties being resolved."""
    for name, event in function.get("Events").items():
        kind = meanings("triggers", "sam").get(event.get("Type").text.lower())
        if kind is None:
            continue
        properties = event.get("Properties")
        expression = properties.first("Schedule", "ScheduleExpression")
        state = properties.get("State").text.upper()
        enabled = properties.get("Enabled").text.lower() != "false" and state != "DISABLED"
        place = expression if kind == "schedule" and expression else event
        yield Trigger(kind, place, f"Events.{name}", expression if expression else None, enabled)
    url = function.get("FunctionUrlConfig")
    if url:
        yield Trigger("url", url, "FunctionUrlConfig")


def _name(logical_id: str, resource: Node) -> str:
    """A readable name: the path that CDK notes, else the logical id without the hash that CDK puts behind it."""
    path = resource.get("Metadata", "aws:cdk:path").text.removesuffix("/Resource")
    if path:
        return path.rsplit("/", 1)[-1] if path.count("/") == 1 else "/".join(path.split("/")[1:])
    return _HASH.sub("", logical_id) or logical_id


def _no_workload(name: str, resource: Node, properties: Node) -> str:
    path = resource.get("Metadata", "aws:cdk:path").text
    if says("cdk_helpers", name) or says("cdk_helper_paths", path):
        return "a function that CDK or a custom resource adds for deployments"
    if re.search("cfn-?response", properties.get("Code", "ZipFile").text):
        return _CUSTOM
    return ""
