"""Resources of the AWS provider as workloads, in the names that configuration, plans and states share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whichcompute.importers.app_runner import read_app_runner
from whichcompute.importers.arguments import TEMPLATE, container_of, kind_of, read_call, renamed, without_silence
from whichcompute.importers.beanstalk import read_environment
from whichcompute.importers.catalogue import is_network_instance, vocabulary
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.jobs import container_of_job, read_environments, read_job
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.parsing import ParsingError, parse_json
from whichcompute.importers.quantities import number
from whichcompute.importers.tasks import ELSEWHERE, present_service, read_service, read_task

_CALLERS = {
    "aws_lambda_function_url": "url",
    "aws_apigatewayv2_integration": "api",
    "aws_api_gateway_integration": "api",
    "aws_apigatewayv2_api": "api",
    "aws_s3_bucket_notification": "event",
    "aws_sns_topic_subscription": "event",
    "aws_cloudwatch_log_subscription_filter": "event",
    "aws_lb_target_group_attachment": "balancer",
}
"""Resources that refer to a function because they invoke it."""
_FORWARDERS = re.compile(r"(log[-_]?forward|datadog[-_]?forwarder|authori[sz]er)", re.IGNORECASE)
_SOURCES = {
    "sqs": "queue",
    "mq": "queue",
    "kinesis": "stream",
    "dynamodb": "stream",
    "kafka": "stream",
    "msk": "stream",
}


@dataclass(slots=True)
class Resource:
    """A resource: type, name, body, the file that it is in, the addresses that parts of it refer to, and its own."""

    findings: Findings
    type: str
    name: str
    body: Node
    refers: dict[str, set[str]]
    address: str

    def refers_to(self, address: str, *keys: str) -> bool:
        """Whether one of these attributes (none: any) refers to an address."""
        return any(address in found for key, found in self.refers.items() if not keys or key in keys)


class Resources:
    """The resources of a root module, by type and by the addresses that they refer to."""

    def __init__(self, listed: list[Resource]) -> None:
        self.listed = listed
        self._referring: dict[str, list[Resource]] = {}
        self._typed: dict[str, list[Resource]] = {}
        for resource in listed:
            self._typed.setdefault(resource.type, []).append(resource)
            for address in set().union(*resource.refers.values()):
                self._referring.setdefault(address, []).append(resource)

    def referring(self, address: str) -> list[Resource]:
        """The resources that refer to an address."""
        return self._referring.get(address, [])

    def of_type(self, *kinds: str) -> list[Resource]:
        """The resources of some types."""
        return [one for kind in kinds for one in self._typed.get(kind, [])]


def read_resources(listed: list[Resource]) -> None:
    """Adds the workloads among resources to the findings of their files."""
    resources = Resources(listed)
    for resource in listed:
        reader = WORKLOADS.get(resource.type)
        if reader is not None:
            reader(resource, resources)


def _instance(resource: Resource, resources: Resources) -> None:
    if is_network_instance(f"{resource.name} {resource.body.get('tags', 'Name').text}"):
        reason = "a NAT instance or bastion host of the network"
        resource.findings.leave_out(resource.name, resource.body.line, reason)
        return
    draft = _draft(resource, "ec2")
    draft.hint("kind", "server", resource.body, "aws_instance", "an instance usually runs a server")
    draft.remark("the size of an instance type is a size on offer, not a need")


def _app_runner(resource: Resource, resources: Resources) -> None:
    read_app_runner(_draft(resource, "app_runner"), resource.body)


def _beanstalk(resource: Resource, resources: Resources) -> None:
    read_environment(_draft(resource, "beanstalk"), resource.body, resource.body.get("setting"))


def _lightsail(resource: Resource, resources: Resources) -> None:
    draft = _draft(resource, "lightsail")
    draft.remark("the size of a Lightsail plan is a size on offer, not a need")
    if resource.type.endswith("service"):
        draft.derive("packaging", "container", resource.body, resource.type, "it runs as a container")


def _draft(resource: Resource, present: str) -> Draft:
    return resource.findings.draft(resource.name, resource.body.line, "Terraform", present)


def _function(resource: Resource, resources: Resources) -> None:
    label = f"{resource.name} {resource.body.get('function_name').text}"
    around = {one.type for one in resources.referring(resource.address)}
    if _FORWARDERS.search(label) or around & {"aws_api_gateway_authorizer", "aws_apigatewayv2_authorizer"}:
        reason = "an authoriser or a forwarder of logs beside the workloads"
        resource.findings.leave_out(resource.name, resource.body.line, reason)
        return
    draft = _draft(resource, "lambda")
    read_function(draft, resource.body)
    read_triggers(draft, _triggers(resource, resources))
    _ignored(draft, resource)


def _ignored(draft: Draft, resource: Resource) -> None:
    """Remarks on attributes that are changed elsewhere."""
    names = resource.body.get("lifecycle", "ignore_changes").texts
    if names:
        draft.remark(f"changed elsewhere, so the file may not say what runs: {', '.join(names)[:200]}")


def _triggers(resource: Resource, resources: Resources) -> list[Trigger]:
    found: list[Trigger] = []
    rules: dict[str, Resource] = {}
    for other in resources.referring(resource.address):
        body = other.body
        if other.type == "aws_lambda_event_source_mapping":
            kind = next((_SOURCES[word] for word in _SOURCES if word in _source(other)), None)
            found += [Trigger(kind, body, other.address)] if kind else []
        elif other.type in _CALLERS:
            found.append(Trigger(_CALLERS[other.type], body, other.address))
        elif other.type == "aws_lambda_permission":
            kind = vocabulary().principals.get(body.get("principal").text)
            found += [Trigger(kind, body, other.address)] if kind else []
        elif other.type == "aws_scheduler_schedule":
            found.append(_scheduled(other))
        if other.type in ("aws_cloudwatch_event_target", "aws_lambda_permission"):
            beside = resources.of_type("aws_cloudwatch_event_rule")
            rules |= {one.address: one for one in beside if other.refers_to(one.address)}
    if any(api.body.get("protocol_type").text == "WEBSOCKET" for api in resources.of_type("aws_apigatewayv2_api")):
        for trigger in found:
            trigger.kind = "websocket" if trigger.kind == "api" else trigger.kind
    for rule in rules.values():
        scheduled = bool(rule.body.get("schedule_expression"))
        found.append(_scheduled(rule) if scheduled else Trigger("event", rule.body, rule.address))
    return found


def _own_triggers(call: Node) -> Iterator[Trigger]:
    """The triggers that a call of the module terraform-aws-modules/lambda names itself."""
    for name, allowed in call.get("allowed_triggers").items():
        principal = allowed.get("principal").text or f"{allowed.get('service').text}.amazonaws.com"
        if kind := vocabulary().principals.get(principal):
            yield Trigger(kind, allowed, f"allowed_triggers.{name}")
    for name, mapping in call.get("event_source_mapping").items():
        arn = mapping.get("event_source_arn").text
        if kind := next((_SOURCES[word] for word in _SOURCES if word in arn), None):
            yield Trigger(kind, mapping, f"event_source_mapping.{name}")


def _source(mapping: Resource) -> str:
    """The words that say what an event source mapping reads from."""
    arn = mapping.body.get("event_source_arn").text
    parts = arn.split(":")
    return (
        parts[2] if arn.startswith("arn:") and len(parts) > 2 else " ".join(mapping.refers.get("event_source_arn", ()))
    )


def _scheduled(rule: Resource) -> Trigger:
    expression = rule.body.get("schedule_expression")
    state = rule.body.get("state").text.upper()
    enabled = rule.body.get("is_enabled").text.lower() != "false" and state != "DISABLED"
    return Trigger("schedule", expression, f"{rule.address}.schedule_expression", expression, enabled)


def _embedded(node: Node) -> Node:
    """Definitions that stand as JSON in an attribute, the lines being those of the attribute or of their file."""
    if not node.text:
        return node
    try:
        found = parse_json(node.text)
    except ParsingError:
        return NOTHING
    for inner in found.walk():
        inner.line = inner.line if node.file else node.line
        inner.certain, inner.file = node.certain, node.file
    return found


def _task(resource: Resource, resources: Resources) -> None:
    body = resource.body
    services = [one for one in resources.referring(resource.address) if one.type == "aws_ecs_service"]
    service = services[0].body if services else NOTHING
    draft = _draft(resource, present_service(body, service))
    for one in services:
        groups = resources.of_type("aws_lb_target_group", "aws_alb_target_group")
        joined = [group.body for group in groups if one.refers_to(group.address)]
        read_service(draft, one.body, [_protocol(group) for group in joined])
        if not joined and any(name.startswith("aws_alb_") for name in one.refers.get("load_balancer", ())):
            why = "its target group is one of an Application Load Balancer"
            draft.derive("protocol", "http", one.body.get("load_balancer"), "load_balancer", why)
        _scaling(draft, one, resources)
    read_triggers(draft, [one for one in _triggers(resource, resources) if one.kind == "schedule"])
    balanced = any(one.body.has("load_balancer") for one in services)
    _containers(draft, resource, _embedded(body.get("container_definitions")), balanced)


def _containers(draft: Draft, resource: Resource, containers: Node, balanced: bool) -> None:
    """Takes a task with its containers, or with what the variables of their template say."""
    body = resource.body
    variables = dict(containers.get(TEMPLATE).items())
    if not containers or variables:
        draft.remark("its container definitions are made elsewhere; `terraform show -json` of a plan has them")
        draft.derive("packaging", "container", Node("", body.line), resource.type, "it runs as a container")
    if variables:
        containers = Node([container_of(variables, containers.line)], containers.line)
    read_task(draft, resource.findings, body, containers, balanced=balanced)
    if variables:
        without_silence(draft)


def _protocol(group: Node) -> Node:
    version = group.get("protocol_version")
    return version if version.text.upper() == "GRPC" else group.get("protocol")


def _scaling(draft: Draft, service: Resource, resources: Resources) -> None:
    for one in resources.referring(service.address):
        if one.type == "aws_appautoscaling_target":
            draft.derive("autoscaling", True, one.body, one.address, "its service has an auto scaling target")
            most = one.body.get("max_capacity")
            draft.hint("peak_concurrency", number(most.text), most, f"{one.address}.max_capacity", "most tasks")


def _service(resource: Resource, resources: Resources) -> None:
    tasks = {one.address for one in resources.of_type("aws_ecs_task_definition")}
    if resource.body.get("task_definition") and not tasks & resource.refers.get("task_definition", set()):
        resource.findings.leave_out(resource.name, resource.body.line, ELSEWHERE)


def _job(resource: Resource, resources: Resources) -> None:
    draft = _draft(resource, "batch")
    container = _embedded(resource.body.get("container_properties"))
    if not container:
        task = Node({"ecs_properties": _embedded(resource.body.get("ecs_properties"))}, resource.body.line)
        container = container_of_job(task)
    variables = dict(container.get(TEMPLATE).items())
    read_job(draft, resource.body, Node(renamed(variables, "batch"), container.line) if variables else container)
    if not container or variables:
        draft.remark("its container properties are made elsewhere; `terraform show -json` of a plan has them")
    environments = [one.body for one in resources.of_type("aws_batch_compute_environment")]
    read_environments(draft, [body.get("compute_resources").each()[0] for body in environments if
                              body.get("compute_resources").each()])  # fmt: skip
    _ignored(draft, resource)


def read_calls(calls: list[Resource], listed: list[Resource]) -> None:
    """Adds the workloads that calls of modules make whose files are not at hand, by the names of their arguments."""
    resources = Resources(listed)
    for call in calls:
        service = kind_of(call.body.get("source").text, call.body)
        if not service:
            continue
        present = "" if service == "ecs" else service
        draft = call.findings.draft(call.name, call.body.line, "Terraform", present)
        definitions = _embedded(renamed(dict(call.body.items()), "ecs").get("container_definitions", NOTHING))
        triggers = [*_own_triggers(call.body), *_triggers(call, resources)] if service == "lambda" else []
        read_call(draft, call.findings, service, call.body, definitions, triggers)


WORKLOADS: dict[str, Callable[[Resource, Resources], None]] = {
    "aws_lambda_function": _function,
    "aws_ecs_task_definition": _task,
    "aws_ecs_service": _service,
    "aws_batch_job_definition": _job,
    "aws_instance": _instance,
    "aws_apprunner_service": _app_runner,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_lightsail_instance": _lightsail,
    "aws_lightsail_container_service": _lightsail,
}
"""The readers of the types of resources that are workloads."""
