"""What invokes the functions of a template: the events of SAM, and event sources that are separate resources."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.importers.catalogue import vocabulary
from whichcompute.importers.cloudformation.intrinsics import Resolver, references
from whichcompute.importers.functions import Trigger
from whichcompute.importers.nodes import Node

_SAM = {
    "api": "api",
    "httpapi": "api",
    "websocket": "websocket",
    "schedule": "schedule",
    "schedulev2": "schedule",
    "sqs": "queue",
    "mq": "queue",
    "kinesis": "stream",
    "dynamodb": "stream",
    "msk": "stream",
    "selfmanagedkafka": "stream",
    "documentdb": "stream",
    "s3": "event",
    "sns": "event",
    "eventbridgerule": "event",
    "cloudwatchevent": "event",
    "cloudwatchlogs": "event",
    "cognito": "event",
    "iotrule": "event",
    "alexaskill": "event",
}
_MAPPED = {"sqs": "queue", "kinesis": "stream", "dynamodb": "stream", "kafka": "stream", "mq": "queue"}
_CALLERS = {
    "AWS::Config::ConfigRule": ("Source", "SourceIdentifier"),
    "AWS::S3::Bucket": ("NotificationConfiguration", "LambdaConfigurations"),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::SNS::Topic": ("Subscription",),
    "AWS::Logs::SubscriptionFilter": ("DestinationArn",),
    "AWS::Cognito::UserPool": ("LambdaConfig",),
}
_SOURCES = {
    "AWS::SQS::Queue": "queue",
    "AWS::Kinesis::Stream": "stream",
    "AWS::DynamoDB::Table": "stream",
    "AWS::DynamoDB::GlobalTable": "stream",
    "AWS::MSK::Cluster": "stream",
    "AWS::AmazonMQ::Broker": "queue",
}


def sam_triggers(function: Node) -> Iterator[Trigger]:
    """The triggers in the `Events` and the function URL of a SAM function, its properties being resolved."""
    for name, event in function.get("Events").items():
        kind = _SAM.get(event.get("Type").text.lower())
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


def custom_providers(resolver: Resolver) -> Iterator[str]:
    """The functions that custom resources call while a stack is deployed."""
    for _, resource in resolver.resources.items():
        yield from references(resource.get("Properties", "ServiceToken"))


def authorizers(resolver: Resolver) -> Iterator[str]:
    """The functions that decide whether a request to an API is allowed."""
    for _, resource in resolver.resources.items():
        properties = resource.get("Properties")
        yield from references(properties.get("Auth", "Authorizers"))
        if resource.get("Type").text in ("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer"):
            yield from references(properties.get("AuthorizerUri"))


def separate_triggers(resolver: Resolver) -> Iterator[tuple[str, Trigger]]:
    """Triggers that are separate resources, each with the logical id of what it invokes."""
    has_socket = any(
        resource.get("Properties", "ProtocolType").text.upper() == "WEBSOCKET"
        for _, resource in resolver.resources.items()
    )
    for name, resource in resolver.resources.items():
        kind, properties = resource.get("Type").text, resource.get("Properties")
        if kind == "AWS::Lambda::EventSourceMapping":
            trigger = _mapping(resolver, properties, name)
            yield from ((target, trigger) for target in references(properties.get("FunctionName")) if trigger)
        elif kind == "AWS::Lambda::Url":
            trigger = Trigger("url", resource, name)
            yield from ((target, trigger) for target in references(properties.get("TargetFunctionArn")))
        elif kind == "AWS::Lambda::Permission":
            principal = vocabulary().principals.get(resolver.resolve(properties.get("Principal")).text)
            if principal == "api" and has_socket:
                principal = "websocket"
            if principal:
                trigger = Trigger(principal, resource, name)
                yield from ((target, trigger) for target in references(properties.get("FunctionName")))
        elif kind in _CALLERS:
            trigger = Trigger("event", resource, name)
            yield from ((target, trigger) for target in references(properties.get(*_CALLERS[kind])))
        elif kind == "AWS::Events::Rule":
            yield from _rule(resolver, properties, name)
        elif kind == "AWS::Scheduler::Schedule":
            found = _scheduled(resolver, properties.get("ScheduleExpression"), properties, name)
            yield from ((target, found) for target in references(properties.get("Target")))


def _mapping(resolver: Resolver, properties: Node, name: str) -> Trigger | None:
    """The trigger of an event source mapping: its kind by the resource, or by the ARN, that it reads from."""
    source = properties.get("EventSourceArn")
    if properties.get("SelfManagedEventSource"):
        return Trigger("stream", properties, name)
    for referred in references(source):
        resource = dict(resolver.resources.items()).get(referred)
        kind = _SOURCES.get(resource.get("Type").text) if resource is not None else None
        if kind:
            return Trigger(kind, source, f"{name}.EventSourceArn")
    parts = resolver.resolve(source).text.split(":")
    kind = _MAPPED.get(parts[2]) if len(parts) > 2 else None
    return Trigger(kind, source, f"{name}.EventSourceArn") if kind else None


def _rule(resolver: Resolver, properties: Node, name: str) -> Iterator[tuple[str, Trigger]]:
    expression = properties.get("ScheduleExpression")
    trigger = (
        _scheduled(resolver, expression, properties, name)
        if expression
        else Trigger("event", properties, name, enabled=properties.get("State").text.upper() != "DISABLED")
    )
    for target in properties.get("Targets").each():
        # The task of an ECS target is named in its parameters; the target itself is the cluster.
        task = target.get("EcsParameters", "TaskDefinitionArn")
        job = target.get("BatchParameters", "JobDefinition")
        yield from ((referred, trigger) for referred in references(task or job or target.get("Arn")))


def _scheduled(resolver: Resolver, expression: Node, properties: Node, name: str) -> Trigger:
    enabled = properties.get("State").text.upper() != "DISABLED"
    resolved = resolver.resolve(expression)
    return Trigger("schedule", expression, f"{name}.ScheduleExpression", resolved if resolved else None, enabled)
