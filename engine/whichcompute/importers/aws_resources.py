"""Resources of AWS as workloads, whatever declares them: what CloudFormation and Terraform have in common.

Types are in the names of the AWS provider of Terraform (data/triggers.toml has those of CloudFormation), bodies in
either spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from whichcompute.importers.arguments import TEMPLATE, container_of, renamed, without_silence
from whichcompute.importers.beanstalk import read_environment
from whichcompute.importers.catalogue import ONE_SHOT, meanings, says
from whichcompute.importers.found import Draft
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.jobs import container_of_job, read_environments, read_job
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node, folded
from whichcompute.importers.parsing import ParsingError, parse_json
from whichcompute.importers.quantities import number
from whichcompute.importers.resources import LAMBDA, Resource, Resources
from whichcompute.importers.tasks import ELSEWHERE, present_service, read_service, read_task

_FORWARDERS = re.compile(r"(log[-_]?forward|datadog[-_]?forwarder|authori[sz]er)", re.IGNORECASE)
_AUTHORIZER = "an authoriser or a forwarder of logs beside the workloads"
_CUSTOM = "a function behind a custom resource, which runs for deployments"
_GROUP = "an Auto Scaling group, whose instances may be those of a cluster: describe an application on it by hand"
_DISTRIBUTIONS = ("aws_cloudfront_distribution", "AWS::CloudFront::Distribution")
_INGRESS = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule")


def read_resources(listed: list[Resource]) -> None:
    """Adds the workloads among resources to the findings of their files."""
    resources = Resources(listed)
    for resource in listed:
        reader = WORKLOADS.get(resource.type)
        if reader is not None:
            reader(resource, resources)


def _instance(resource: Resource, resources: Resources) -> None:
    if says("network_instances", f"{resource.name} {resource.body.get('tags', 'Name').text}"):
        resource.leave_out("a NAT instance or bastion host of the network")
        return
    _plain(resource, resources, present="ec2", size="an instance type")


def _plain(resource: Resource, resources: Resources, *, present: str, size: str = "") -> None:
    """Takes a resource whose keys say it all, by the table of its type."""
    draft = resource.draft(present)
    read_keys(draft, resource.type, resource.body)
    if size:
        draft.remark(f"the size of {size} is a size on offer, not a need")


def _group(resource: Resource, resources: Resources) -> None:
    resource.leave_out(_GROUP)


def _beanstalk(resource: Resource, resources: Resources) -> None:
    read_environment(resource.draft("beanstalk"), resource.body, resource.body.first("OptionSettings", "setting"))


def read_lambda(resource: Resource, resources: Resources) -> None:
    """Adds a function to the findings with what invokes it, or says why it is left out."""
    label = f"{resource.name} {resource.body.get('function_name').text}".strip()
    around = resources.referring(resource.address)
    if any(one.refers_to(resource.address, "servicetoken") for one in around):
        resource.leave_out(_CUSTOM)
    elif any(one.type in _DISTRIBUTIONS for one in around):
        resource.leave_out("a function of Lambda@Edge, which runs in CloudFront and nowhere else")
    elif _FORWARDERS.search(label) or any(
        one.type.endswith("_authorizer") or one.refers_to(resource.address, "auth") for one in around
    ):
        resource.leave_out(_AUTHORIZER)
    elif not (triggers := [*resource.own, *triggers_of(resource, resources)]) and says("deployment_steps", label):
        resource.leave_out(ONE_SHOT)
    else:
        draft = resource.draft("lambda")
        read_function(draft, resource.body, resource.prefix)
        read_triggers(draft, triggers)
        _changed_elsewhere(draft, resource)


def _changed_elsewhere(draft: Draft, resource: Resource) -> None:
    """Remarks on attributes that are changed elsewhere."""
    names = resource.body.get("lifecycle", "ignore_changes").texts
    if names:
        draft.remark(f"changed elsewhere, so the file may not say what runs: {', '.join(names)[:200]}")


def triggers_of(resource: Resource, resources: Resources) -> list[Trigger]:
    """What invokes a function, starts a task or submits a job: the resources that refer to it."""
    found: list[Trigger] = []
    rules: dict[str, Resource] = {}
    for other in resources.referring(resource.address):
        if other.type in ("aws_cloudwatch_event_target", "aws_lambda_permission"):
            beside = resources.of_type("aws_cloudwatch_event_rule")
            rules |= {one.address: one for one in beside if other.refers_to(one.address)}
        if other.type == "aws_cloudwatch_event_rule":
            rules[other.address] = other
        elif other.type == "aws_scheduler_schedule":
            found.append(_scheduled(other))
        elif kind := _invokes(other, resource.address):
            found.append(Trigger(kind, other.body, other.label or other.address))
    for trigger in found if resources.has_socket else ():
        trigger.kind = "websocket" if trigger.kind == "api" else trigger.kind
    return [*found, *(_scheduled(rule) for rule in rules.values())]


def _invokes(other: Resource, address: str) -> str:
    """The kind of trigger that a resource is which refers to a function; empty where it is none."""
    if other.type == "aws_lambda_event_source_mapping":
        return _source(other)
    if other.type == "aws_pipes_pipe" and other.refers_to(address, "target", "targetparameters", ""):
        return _source(other)
    if other.type == "aws_lambda_permission":
        return meanings("triggers", "principals").get(other.body.get("principal").text, "")
    for caller, kind in meanings("triggers", "callers").items():
        name, _, key = caller.partition(" ")
        if name == other.type and other.refers_to(address, *([folded(key)] if key else [])):
            return kind
    return ""


def _source(mapping: Resource) -> str:
    """The kind of an event source mapping or a pipe: by the types of the resources, or by the ARN, of its source."""
    if mapping.body.get("SelfManagedEventSource"):
        return "stream"
    arn = mapping.body.first("event_source_arn", "source").text
    found = [address for key in ("eventsourcearn", "source") for address in mapping.refers.get(key, ())]
    types = [address.partition(".")[0] for address in found]
    return source_kind(arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 2 else " ".join(types))


def source_kind(words: str) -> str:
    """The kind of trigger by words that name the service of AWS which it reads from; empty for others."""
    return next(
        (kind for word, kind in meanings("triggers", "sources").items() if word in words and kind != "event"), ""
    )


def _scheduled(rule: Resource) -> Trigger:
    expression, label = rule.body.get("schedule_expression"), rule.label or rule.address
    state = rule.body.get("state").text.upper()
    enabled = rule.body.get("is_enabled").text.lower() != "false" and state != "DISABLED"
    if not expression and not rule.body.has("schedule_expression"):
        return Trigger("event", rule.body, label, enabled=enabled)
    key = "schedule_expression" if rule.format == "Terraform" else "ScheduleExpression"
    return Trigger("schedule", expression or rule.body, f"{label}.{key}", expression or None, enabled)


def embedded(node: Node) -> Node:
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
    services = [one for one in resources.referring(resource.address) if one.type == "aws_ecs_service"]
    if says("deployment_steps", resource.name) and not services:
        resource.leave_out(ONE_SHOT)
        return
    draft = resource.draft(present_service(resource.body, services[0].body if services else NOTHING))
    for one in services:
        read_balanced(draft, one, resources)
        _scaling(draft, one, resources)
    _started(draft, triggers_of(resource, resources))
    balanced = any(one.body.has("load_balancer") or one.body.has("LoadBalancers") for one in services)
    _containers(draft, resource, embedded(resource.body.get("container_definitions")), balanced)
    if any(_admits(one, resources) for one in services):
        without_silence(draft)  # with its own network interface a task is reached on every port that it listens on


def read_balanced(draft: Draft, service: Resource, resources: Resources) -> None:
    """Takes what a service, or the call of a module that makes one, says with the target groups it refers to."""
    groups = resources.of_type("aws_lb_target_group", "aws_alb_target_group")
    joined = [group.body for group in groups if service.refers_to(group.address)]
    read_service(draft, service.body, [_protocol(group) for group in joined])
    if not joined and any(name.startswith("aws_alb_") for name in service.refers.get("loadbalancer", ())):
        why = "its target group is one of an Application Load Balancer"
        draft.derive("protocol", "http", service.body.get("load_balancer"), "load_balancer", why)


def _admits(service: Resource, resources: Resources) -> bool:
    """Whether a security group that a service has lets clients in."""
    groups = [one for one in resources.of_type("aws_security_group") if service.refers_to(one.address)]
    rules = [one for group in groups for one in resources.referring(group.address) if one.type in _INGRESS]
    return any(group.body.first("ingress", "SecurityGroupIngress") for group in groups) or any(
        rule.body.get("type").text != "egress" for rule in rules
    )


def _started(draft: Draft, triggers: list[Trigger]) -> None:
    """Takes what starts a task; one that a state machine runs is a job, which ends by itself."""
    run = next((trigger for trigger in triggers if trigger.kind == "workflow"), None)
    if run is not None:
        why = "a state machine runs it"
        draft.derive("protocol", "none", run.node, run.key, why)
        draft.hint("kind", "batch_job", run.node, run.key, why)
    read_triggers(draft, [trigger for trigger in triggers if trigger.kind != "workflow"])


def _containers(draft: Draft, resource: Resource, containers: Node, balanced: bool) -> None:
    """Takes a task with its containers, or with what the variables of their template say."""
    body = resource.body
    variables = dict(containers.get(TEMPLATE).items())
    if (not containers or variables) and resource.format == "Terraform":
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
            where, label = one.body.likely() if one.likely else one.body, one.label or one.address
            draft.derive("autoscaling", True, where, label, "its service has an auto scaling target")
            most, key = one.body.get("max_capacity"), "max_capacity" if not one.label else "MaxCapacity"
            draft.hint("peak_concurrency", number(most.text), most, f"{label}.{key}", "the largest number of tasks")


def _service(resource: Resource, resources: Resources) -> None:
    tasks = {one.address for one in resources.of_type("aws_ecs_task_definition")}
    if resource.body.has("task_definition") and not any(resource.refers_to(task) for task in tasks):
        resource.leave_out(ELSEWHERE)


def _job(resource: Resource, resources: Resources) -> None:
    draft = resource.draft("batch")
    parts = {key: embedded(resource.body.get(key)) for key in ("container_properties", "ecs_properties")}
    container = container_of_job(Node({**dict(resource.body.items()), **parts}, resource.body.line))
    variables = dict(container.get(TEMPLATE).items())
    read_job(draft, resource.body, Node(renamed(variables, "batch"), container.line) if variables else container)
    if resource.format == "Terraform" and (not container or variables):
        draft.remark("its container properties are made elsewhere; `terraform show -json` of a plan has them")
    environments = [one.body.get("compute_resources") for one in resources.of_type("aws_batch_compute_environment")]
    read_environments(draft, resource.body, [found for each in environments for found in each.each()[:1]])
    _runs(draft, triggers_of(resource, resources))
    _changed_elsewhere(draft, resource)


def _runs(draft: Draft, triggers: list[Trigger]) -> None:
    """Takes how often schedules submit a job, whose kind stays that of a job."""
    scheduled = Draft(draft.name, draft.file, draft.line, draft.format)
    read_triggers(scheduled, [trigger for trigger in triggers if trigger.kind == "schedule"])
    if "invocations_per_month" in scheduled.values:
        draft.values["invocations_per_month"] = scheduled.values["invocations_per_month"]


def own_triggers(call: Node) -> Iterator[Trigger]:
    """The triggers that a call of the module terraform-aws-modules/lambda names itself."""
    for name, allowed in call.get("allowed_triggers").items():
        principal = allowed.get("principal").text or f"{allowed.get('service').text}.amazonaws.com"
        if kind := meanings("triggers", "principals").get(principal):
            yield Trigger(kind, allowed, f"allowed_triggers.{name}")
    for name, mapping in call.get("event_source_mapping").items():
        if kind := source_kind(mapping.get("event_source_arn").text):
            yield Trigger(kind, mapping, f"event_source_mapping.{name}")


WORKLOADS: dict[str, Callable[[Resource, Resources], None]] = {
    LAMBDA: read_lambda,
    "aws_ecs_task_definition": _task,
    "aws_ecs_service": _service,
    "aws_batch_job_definition": _job,
    "aws_instance": _instance,
    "aws_autoscaling_group": _group,
    "aws_apprunner_service": partial(_plain, present="app_runner"),
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_lightsail_instance": partial(_plain, present="lightsail", size="a Lightsail plan"),
    "aws_lightsail_container_service": partial(_plain, present="lightsail", size="a Lightsail plan"),
}
"""The readers of the types of resources that are workloads."""
