"""What belongs to the tasks and jobs of a template: ECS services, target groups, scaling, compute environments."""

from __future__ import annotations

from whichcompute.importers.cloudformation.intrinsics import Resolver, references
from whichcompute.importers.found import Draft
from whichcompute.importers.nodes import Node
from whichcompute.importers.quantities import number


def of_type(resolver: Resolver, kind: str) -> list[tuple[str, Node]]:
    """The resources of a type: logical id and the resource as written."""
    return [(name, node) for name, node in resolver.resources.items() if node.get("Type").text == kind]


def services_of(resolver: Resolver, task: str) -> list[tuple[str, Node]]:
    """The ECS services that run a task definition, by its logical id."""
    services = of_type(resolver, "AWS::ECS::Service")
    return [(name, node) for name, node in services if task in references(node.get("Properties", "TaskDefinition"))]


def target_protocols(resolver: Resolver, service: Node) -> list[Node]:
    """The protocols of the target groups of a service."""
    groups = dict(of_type(resolver, "AWS::ElasticLoadBalancingV2::TargetGroup"))
    found: list[Node] = []
    for balancer in service.get("Properties", "LoadBalancers").each():
        for name in references(balancer.get("TargetGroupArn")):
            if name in groups:
                properties = groups[name].get("Properties")
                version = resolver.resolve(properties.get("ProtocolVersion"))
                found.append(
                    version if version.text.upper() == "GRPC" else resolver.resolve(properties.get("Protocol"))
                )
    return [node for node in found if node]


def read_scaling(draft: Draft, resolver: Resolver, service: str) -> None:
    """Takes what an auto scaling target of a service says."""
    for name, resource in of_type(resolver, "AWS::ApplicationAutoScaling::ScalableTarget"):
        properties = resource.get("Properties")
        if service in references(properties.get("ResourceId")):
            where = resource if not resource.get("Condition") else resource.likely()
            draft.derive("autoscaling", True, where, name, "its service has an auto scaling target")
            most = resolver.resolve(properties.get("MaxCapacity"))
            count = number(most.text)
            draft.hint("peak_concurrency", count, most, f"{name}.MaxCapacity", "the largest number of tasks")


def compute_environments(resolver: Resolver) -> list[Node]:
    """The compute resources of every compute environment of a template, resolved."""
    found = of_type(resolver, "AWS::Batch::ComputeEnvironment")
    return [resolver.resolve(node.get("Properties", "ComputeResources")) for _, node in found]
