"""One template: its functions, tasks, jobs and Lightsail resources as workloads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from whichcompute.importers.app_runner import read_app_runner
from whichcompute.importers.arguments import kind_of, read_call
from whichcompute.importers.beanstalk import read_environment
from whichcompute.importers.catalogue import is_network_instance
from whichcompute.importers.cloudformation.events import authorizers, custom_providers, sam_triggers, separate_triggers
from whichcompute.importers.cloudformation.intrinsics import Resolver, references
from whichcompute.importers.cloudformation.services import (
    compute_environments,
    read_scaling,
    services_of,
    target_protocols,
)
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.jobs import container_of_job, read_environments, read_job
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.suppressions import metadata
from whichcompute.importers.tasks import ELSEWHERE, present_service, read_service, read_task

_HELPERS = re.compile(
    r"^(AWS[0-9a-f]{8,}|Custom[A-Z:]|CustomResource|LogRetention[0-9a-f]{6,}|BucketNotificationsHandler|"
    r"S3AutoDeleteObjects|.*DrainECSHook|.*CustomResourceProvider|.*ProviderframeworkonEvent|.*Providerframework|"
    r"CustomCDKBucketDeployment|CustomVpcRestrictDefaultSG|LatestNodeRuntimeMap|SingletonLambda)"
)
_HASH = re.compile(r"[0-9A-F]{8}$")
_HELPER_PATHS = re.compile(
    r"/(framework-(onEvent|isComplete|onTimeout)|Custom::|LogRetention|CustomResourceProvider)", re.I
)
_FORWARDERS = re.compile(r"(log[-_]?forward|datadog[-_]?forwarder|authori[sz]er)", re.IGNORECASE)
_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_CUSTOM = "a function behind a custom resource, which runs for deployments"
_AUTHORIZER = "an authoriser or a forwarder of logs beside the workloads"
_BALANCERS = {"alb": "http", "application-load-balancer": "http", "nlb": "tcp", "network-load-balancer": "tcp"}
_DATABASES = re.compile(r"migrat", re.IGNORECASE)


def is_template(document: Node) -> bool:
    """Whether a document is a template: resources whose types are those of AWS."""
    types = (resource.get("Type").text for _, resource in document.get("Resources").items())
    return any(kind.startswith(("AWS::", "Custom::")) for kind in types)


Nested: TypeAlias = "Callable[[str, Node, Mapping[str, Node]], bool]"
"""Reads the template at a path, with a prefix for names and parameters; whether there is one."""


def read_template(
    findings: Findings, template: Node, nested: Nested, given: Mapping[str, Node] | None = None, prefix: str = ""
) -> None:
    """Adds the workloads of a template to the findings; `nested` reads the templates that it names."""
    _Template(findings, template, nested, given or {}, prefix).read()


def nested_path(resource: Node) -> str:
    """The path of the template that a resource nests; empty where it is not a file beside this one."""
    asset = resource.get("Metadata", "aws:asset:path").text
    properties = resource.get("Properties")
    path = asset or properties.first("TemplateURL", "Location").text
    return path if path and "://" not in path and "${" not in path else ""


class _Template:
    """A template while it is read."""

    def __init__(
        self, findings: Findings, template: Node, nested: Nested, given: Mapping[str, Node], prefix: str
    ) -> None:
        self._findings = findings
        self._prefix = prefix
        self._nest = nested
        self._resolver = Resolver(template, given)
        self._globals = self._resolver.resolve(template.get("Globals", "Function"))
        self._triggers: dict[str, list[Trigger]] = {}
        self._aside = {
            **dict.fromkeys(custom_providers(self._resolver), _CUSTOM),
            **dict.fromkeys(authorizers(self._resolver), _AUTHORIZER),
        }
        for name, trigger in separate_triggers(self._resolver):
            self._triggers.setdefault(name, []).append(trigger)
        self._handlers: dict[str, Callable[[str, Node], None]] = {
            **dict.fromkeys(_FUNCTIONS, self._function),
            "AWS::ECS::TaskDefinition": self._task,
            "AWS::ECS::Service": self._service,
            "AWS::Batch::JobDefinition": self._job,
            "AWS::Lightsail::Instance": self._lightsail,
            "AWS::Lightsail::Container": self._lightsail,
            "AWS::EC2::Instance": self._instance,
            "AWS::AppRunner::Service": self._app_runner,
            "AWS::ElasticBeanstalk::Environment": self._beanstalk,
            "AWS::CloudFormation::Stack": self._nested,
            "AWS::Serverless::Application": self._nested,
        }

    def read(self) -> None:
        for name, resource in self._resolver.resources.items():
            handler = self._handlers.get(resource.get("Type").text)
            if handler is not None:
                handler(name, resource)
                self._findings.suppressions += metadata(self._findings.file, resource)

    def _function(self, name: str, resource: Node) -> None:
        properties = self._resolver.resolve(resource.get("Properties"))
        reason = self._aside.get(name) or _no_workload(name, resource, properties)
        if reason:
            self._findings.leave_out(self._prefix + _name(name, resource), resource.line, reason)
            return
        serverless = resource.get("Type").text == _FUNCTIONS[0]
        if serverless:
            merged = {**dict(self._globals.items()), **dict(properties.items())}
            properties = Node(merged, resource.line)
        draft = self._findings.draft(
            self._prefix + _name(name, resource), resource.line, "SAM" if serverless else "CloudFormation"
        )
        draft.present = "lambda"
        read_function(draft, properties, f"{name}.")
        triggers = list(sam_triggers(properties)) if serverless else []
        read_triggers(draft, [*triggers, *self._triggers.get(name, [])])

    def _task(self, name: str, resource: Node) -> None:
        properties = self._resolver.resolve(resource.get("Properties"))
        services = services_of(self._resolver, name)
        if _DATABASES.search(name) and not services:
            self._findings.leave_out(name, resource.line, "a migration task, which runs once for each deployment")
            return
        draft = self._findings.draft(self._prefix + _name(name, resource), resource.line, "CloudFormation")
        service = self._resolver.resolve(services[0][1].get("Properties")) if services else NOTHING
        draft.present = present_service(properties, service)
        for service_name, node in services:
            read_service(draft, service, target_protocols(self._resolver, node))
            read_scaling(draft, self._resolver, service_name)
        triggers = self._triggers.get(name, [])
        read_triggers(draft, triggers)
        containers = properties.get("ContainerDefinitions")
        read_task(draft, self._findings, properties, containers, balanced=service.has("LoadBalancers"))

    def _service(self, name: str, resource: Node) -> None:
        tasks = resource.get("Properties", "TaskDefinition")
        known = dict(self._resolver.resources.items())
        if tasks and not any(task in known for task in references(tasks)):
            self._findings.leave_out(self._prefix + _name(name, resource), resource.line, ELSEWHERE)

    def _job(self, name: str, resource: Node) -> None:
        properties = self._resolver.resolve(resource.get("Properties"))
        draft = self._findings.draft(self._prefix + _name(name, resource), resource.line, "CloudFormation", "batch")
        read_job(draft, properties, container_of_job(properties))
        read_environments(draft, compute_environments(self._resolver))
        scheduled = [trigger for trigger in self._triggers.get(name, []) if trigger.kind == "schedule"]
        _runs(draft, scheduled)

    def _lightsail(self, name: str, resource: Node) -> None:
        draft = self._findings.draft(self._prefix + _name(name, resource), resource.line, "CloudFormation", "lightsail")
        container = resource.get("Type").text.endswith("Container")
        if container:
            draft.derive("packaging", "container", resource, f"{name}.Type", "it runs as a container")
        draft.remark("the size of a Lightsail plan is a size on offer, not a need")

    def _instance(self, name: str, resource: Node) -> None:
        if is_network_instance(name):
            self._findings.leave_out(
                self._prefix + name, resource.line, "a NAT instance or bastion host of the network"
            )
            return
        draft = self._findings.draft(self._prefix + _name(name, resource), resource.line, "CloudFormation", "ec2")
        draft.hint("kind", "server", resource, f"{name}.Type", "an instance usually runs a server")
        draft.remark("the size of an instance type is a size on offer, not a need")

    def _app_runner(self, name: str, resource: Node) -> None:
        label = self._prefix + _name(name, resource)
        draft = self._findings.draft(label, resource.line, "CloudFormation", "app_runner")
        read_app_runner(draft, self._resolver.resolve(resource.get("Properties")))

    def _beanstalk(self, name: str, resource: Node) -> None:
        label = self._prefix + _name(name, resource)
        draft = self._findings.draft(label, resource.line, "CloudFormation", "beanstalk")
        properties = self._resolver.resolve(resource.get("Properties"))
        read_environment(draft, properties, properties.get("OptionSettings"))

    def _nested(self, name: str, resource: Node) -> None:
        path = nested_path(resource)
        parameters = self._resolver.resolve(resource.get("Properties", "Parameters"))
        given = {
            key: Node(node.value, node.line, node.certain, self._findings.file) for key, node in parameters.items()
        }
        if path and self._nest(path, Node(f"{self._prefix}{name}/", resource.line), given):
            return
        call = Node(dict(parameters.items()), resource.line)
        service = kind_of(resource.get("Properties").first("TemplateURL", "Location").text, call)
        if not service:
            reason = "a nested template, which is another file; scan that file too"
            self._findings.leave_out(name, resource.line, reason)
            return
        present = "" if service == "ecs" else service
        draft = self._findings.draft(self._prefix + name, resource.line, "CloudFormation", present)
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


def _runs(draft: Draft, triggers: list[Trigger]) -> None:
    """Takes how often schedules submit a job, whose kind stays that of a job."""
    if triggers:
        scheduled = Draft(draft.name, draft.file, draft.line, draft.format)
        read_triggers(scheduled, triggers)
        if "invocations_per_month" in scheduled.values:
            draft.values["invocations_per_month"] = scheduled.values["invocations_per_month"]


def _name(logical_id: str, resource: Node) -> str:
    """A readable name: the path that CDK notes, else the logical id without the hash that CDK puts behind it."""
    path = resource.get("Metadata", "aws:cdk:path").text.removesuffix("/Resource")
    if path:
        return path.rsplit("/", 1)[-1] if path.count("/") == 1 else "/".join(path.split("/")[1:])
    return _HASH.sub("", logical_id) or logical_id


def _no_workload(name: str, resource: Node, properties: Node) -> str:
    path = resource.get("Metadata", "aws:cdk:path").text
    if _HELPERS.match(name) or _HELPER_PATHS.search(path):
        return "a function that CDK or a custom resource adds for deployments"
    if (
        properties.get("Code", "ZipFile").text.find("cfnresponse") >= 0
        or "cfn-response" in properties.get("Code", "ZipFile").text
    ):
        return _CUSTOM
    label = f"{name} {properties.get('FunctionName').text}"
    if _FORWARDERS.search(label):
        return _AUTHORIZER
    return ""
