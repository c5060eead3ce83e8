"""An AWS Lambda function: what its properties say, in the spelling of CloudFormation, Terraform or the AWS API."""

from __future__ import annotations

from whichcompute.importers.catalogue import runtime_language
from whichcompute.importers.found import Draft
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number
from whichcompute.importers.schedules import runs_per_month

_LARGEST = {"timeout": 900.0, "memory": 3008.0}
_DEFAULTS = (("Timeout", "3 s"), ("MemorySize", "128 MB"))
_RARE = 100  # runs a month

TRIGGERS: dict[str, tuple[str, str | None]] = {
    "api": ("web_api", "http"),
    "url": ("", "http"),
    "websocket": ("", "websocket"),
    "balancer": ("", "http"),
    "schedule": ("scheduled_task", "none"),
    "queue": ("queue_worker", "none"),
    "stream": ("stream_processor", "none"),
    "event": ("event_handler", "none"),
}
"""What invokes a function -> the kind that follows (empty: none does) and the protocol."""
_NAMES = {
    "api": "an API Gateway event",
    "url": "a function URL",
    "websocket": "a WebSocket API",
    "balancer": "a load balancer",
    "schedule": "a schedule",
    "queue": "a queue",
    "stream": "a stream",
    "event": "an event source",
}


class Trigger:
    """Something that invokes a workload: what it is, its place, and for schedules how often it runs a month."""

    __slots__ = ("enabled", "expression", "key", "kind", "node")

    def __init__(self, kind: str, node: Node, key: str, expression: Node | None = None, enabled: bool = True) -> None:
        self.kind = kind
        self.node = node
        self.key = key
        self.expression = expression
        self.enabled = enabled


def read_function(draft: Draft, properties: Node, prefix: str = "") -> None:
    """Takes what the properties of a function say; `prefix` goes before the keys."""
    timeout, memory = properties.get("Timeout"), properties.get("MemorySize")
    scratch = properties.get("EphemeralStorage", "Size")
    draft.take("max_duration_s", number(timeout.text), timeout, f"{prefix}Timeout")
    draft.take("memory_mb", number(memory.text), memory, f"{prefix}MemorySize")
    size = number(scratch.text)
    draft.take("scratch_gb", size / 1024 if size else None, scratch, f"{prefix}EphemeralStorage.Size")
    for key, default in _DEFAULTS:
        if not properties.get(key):
            draft.remark(f"{key} is not set: the default of the platform, {default}, is not a need")
    if number(timeout.text) == _LARGEST["timeout"]:
        draft.remark("Timeout is the largest that Lambda allows: a limit, not the usual run time")
    if not timeout.certain or not memory.certain:
        draft.remark("some sizes are defaults of parameters, which a deployment can replace")
    _code(draft, properties, prefix)
    _surroundings(draft, properties, prefix)


def _code(draft: Draft, properties: Node, prefix: str) -> None:
    runtime, architecture = properties.get("Runtime"), properties.get("Architectures")
    package = properties.get("PackageType")
    image = properties.first("ImageUri") or properties.get("Code", "ImageUri")
    image = image or next(iter(properties.get("ImageConfig").each()), NOTHING)  # a plan has an empty list
    if package.text.lower() == "image" or image:  # then a runtime that is set for all functions is not that of this one
        draft.take("packaging", "container", package or image, f"{prefix}PackageType")
    elif runtime:
        draft.take("language", runtime_language(runtime.text), runtime, f"{prefix}Runtime")
        draft.hint("packaging", "source", runtime, f"{prefix}Runtime", "a managed runtime takes an archive of code")
    names = architecture.texts
    if len(names) == 1 and names[0] in ("x86_64", "arm64"):
        first = architecture.each()[0]
        draft.take("cpu_architecture", names[0], first, f"{prefix}Architectures")


def _surroundings(draft: Draft, properties: Node, prefix: str) -> None:
    mounted = properties.first("FileSystemConfigs", "FileSystemConfig")
    if mounted.each():
        draft.derive("shared_filesystem", True, mounted, f"{prefix}FileSystemConfigs", "it mounts a file system")
    reserved = properties.get("ReservedConcurrentExecutions")
    if (limit := number(reserved.text)) and limit > 0:
        why = "reserved concurrency is an upper limit"
        draft.hint("peak_concurrency", limit, reserved, f"{prefix}ReservedConcurrentExecutions", why)
    network = properties.get("VpcConfig")
    if network.get("SubnetIds"):
        why = "it is connected to a VPC"
        draft.hint("private_network", True, network, f"{prefix}VpcConfig", why)


def read_triggers(draft: Draft, triggers: list[Trigger]) -> None:
    """Takes what the triggers of a workload say together: its kind, its protocol and how often schedules run."""
    active = [trigger for trigger in triggers if trigger.enabled]
    if triggers and not active:
        draft.remark("every trigger is disabled")
        return
    kinds = list(dict.fromkeys(trigger.kind for trigger in active))
    if len({TRIGGERS[kind] for kind in kinds}) > 1:
        draft.remark(f"it has several triggers ({', '.join(_NAMES[kind] for kind in kinds)}): its kind is left open")
        _protocol(draft, active)
        return
    if not active:
        return
    first = active[0]
    kind, protocol = TRIGGERS[first.kind]
    why = f"{_NAMES[first.kind]} invokes it"
    if kind:
        draft.derive("kind", kind, first.node, first.key, why)
    elif first.kind != "websocket":
        draft.hint("kind", "web_api", first.node, first.key, why)
    draft.derive("protocol", protocol, first.node, first.key, why)
    if kind == "scheduled_task":
        _schedule(draft, active)


def _protocol(draft: Draft, triggers: list[Trigger]) -> None:
    reached = [trigger for trigger in triggers if TRIGGERS[trigger.kind][1] != "none"]
    if len({TRIGGERS[trigger.kind][1] for trigger in reached}) == 1:
        first = reached[0]
        why = f"{_NAMES[first.kind]} invokes it"
        draft.derive("protocol", TRIGGERS[first.kind][1], first.node, first.key, why)


def _schedule(draft: Draft, triggers: list[Trigger]) -> None:
    """The sum of all schedules; unknown as soon as one cannot be read."""
    counts: list[float] = []
    for trigger in triggers:
        expression = trigger.expression
        count = runs_per_month(expression.text) if expression is not None else None
        if expression is None or count is None:
            draft.remark(f"{trigger.key}: the schedule cannot be read, so the runs a month are unknown")
            return
        counts.append(count)
    first = triggers[0]
    node = first.expression or first.node
    certain = all(trigger.expression is not None and trigger.expression.certain for trigger in triggers)
    where = Node(node.value, node.line, certain)
    total = sum(counts)
    why = "runs a month by the schedule" + ("s together" if len(counts) > 1 else "")
    draft.derive("invocations_per_month", total if total < 1 else round(total), where, first.key, why)
    if total < _RARE:
        draft.hint("traffic", "rare", where, first.key, "it runs less than 100 times a month")
