"""AWS App Runner: a service, in the spelling of CloudFormation or Terraform."""

from __future__ import annotations

from whichcompute.importers.catalogue import runtime_language
from whichcompute.importers.found import Draft
from whichcompute.importers.nodes import Node
from whichcompute.importers.quantities import ecs_cpu, ecs_mb


def read_app_runner(draft: Draft, properties: Node) -> None:
    """Takes what the properties of a service say."""
    instance = properties.get("InstanceConfiguration")
    cpu, memory = instance.get("Cpu"), instance.get("Memory")
    draft.take("vcpus", ecs_cpu(cpu.text), cpu, "InstanceConfiguration.Cpu")
    draft.take("memory_mb", ecs_mb(memory.text), memory, "InstanceConfiguration.Memory")
    where = Node("", properties.line or draft.line)
    draft.derive("protocol", "http", where, "Type", "App Runner leads HTTP requests to it")
    draft.derive("os", "linux", where, "Type", "App Runner runs Linux")
    draft.hint("kind", "web_api", where, "Type", "App Runner leads HTTP requests to it")
    source = properties.get("SourceConfiguration")
    image, code = source.get("ImageRepository"), source.get("CodeRepository")
    if image:
        draft.derive("packaging", "container", image, "SourceConfiguration.ImageRepository", "it runs an image")
    elif code:
        draft.derive("packaging", "source", code, "SourceConfiguration.CodeRepository", "it is built from source")
        runtime = code.get("CodeConfiguration", "CodeConfigurationValues", "Runtime")
        draft.take("language", runtime_language(runtime.text.lower()), runtime, "CodeConfigurationValues.Runtime")
