"""An AWS Lambda function: what its properties say, in the spelling of CloudFormation, Terraform or the AWS API."""

from __future__ import annotations

from functools import cache

from whichcompute.importers.catalogue import runtime_language, table
from whichcompute.importers.found import Draft
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number
from whichcompute.importers.schedules import Dialect, runs_per_month

_LONGEST = 900.0  # seconds
_RARE = 100  # runs a month


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    """What invokes a workload -> the kind that follows (empty: none does), the protocol, and what it is in words."""
    return {name: tuple(parts) for name, parts in table("triggers")["kinds"].items()}


class Trigger:
    """Something that invokes a workload: what it is, its place, and for schedules how often it runs a month.

    That there is a schedule is certain, even where how often it runs can be set elsewhere.
    """

    __slots__ = ("enabled", "expression", "key", "kind", "node")

    def __init__(self, kind: str, node: Node, key: str, expression: Node | None = None, enabled: bool = True) -> None:
        self.kind = kind
        self.node = Node("", node.line, file=node.file) if node is expression else node
        self.key = key
        self.expression = expression
        self.enabled = enabled


def read_function(draft: Draft, properties: Node, prefix: str = "") -> None:
    """Takes what the properties of a function say; `prefix` goes before the keys."""
    read_keys(draft, "function", properties, prefix)
    timeout, memory = properties.get("Timeout"), properties.get("MemorySize")
    platforms = table("module_arguments")["defaults"]
    defaults = platforms.get(draft.format) or platforms["AWS Lambda"]
    for key, node, default in (("Timeout", timeout, defaults[0]), ("MemorySize", memory, defaults[1])):
        if not node:
            draft.remark(f"{key} is not set: the default of the platform, {default}, is not a need")
    if number(timeout.text) == _LONGEST:
        draft.remark("Timeout is the largest that Lambda allows: a limit, not the usual run time")
    if not timeout.certain or not memory.certain:
        draft.remark("some sizes are defaults of parameters, which a deployment can replace")
    runtime, package = properties.get("Runtime"), properties.get("PackageType")
    image = properties.first("ImageUri") or properties.get("Code", "ImageUri")
    image = image or next(iter(properties.get("ImageConfig").each()), NOTHING)  # a plan has an empty list
    open_ = not image.certain or image.text.startswith("${")  # with a runtime beside it, one of the two may be null
    if package.text.lower() == "image" or (image and not (runtime and open_)):
        # Then a runtime that is set for all functions is not that of this one.
        draft.take(
            "packaging", "container", package if package.text.lower() == "image" else image, f"{prefix}PackageType"
        )
    elif runtime:
        draft.take("language", runtime_language(runtime.text), runtime, f"{prefix}Runtime")
        if not image:
            why = "a managed runtime takes an archive of code"
            draft.hint("packaging", "source", runtime, f"{prefix}Runtime", why)


def read_triggers(draft: Draft, triggers: list[Trigger], dialect: Dialect = "cron") -> None:
    """Takes what the triggers of a workload say together: its kind, its protocol and how often schedules run."""
    active = [trigger for trigger in triggers if trigger.enabled]
    if triggers and not active:
        draft.remark("every trigger is disabled")
        return
    kinds = list(dict.fromkeys(trigger.kind for trigger in active))
    if len({_kinds()[kind][:2] for kind in kinds}) > 1:
        names = ", ".join(_kinds()[kind][2] for kind in kinds)
        draft.remark(f"it has several triggers ({names}): its kind is left open")
        _protocol(draft, active)
        return
    if not active:
        return
    first = active[0]
    kind, protocol, name = _kinds()[first.kind]
    why = f"{name} invokes it"
    if kind:
        draft.derive("kind", kind, first.node, first.key, why)
    elif first.kind != "websocket":
        draft.hint("kind", "web_api", first.node, first.key, why)
    draft.derive("protocol", protocol, first.node, first.key, why)
    if kind == "scheduled_task":
        _schedule(draft, active, dialect)


def _protocol(draft: Draft, triggers: list[Trigger]) -> None:
    reached = [trigger for trigger in triggers if _kinds()[trigger.kind][1] != "none"]
    if len({_kinds()[trigger.kind][1] for trigger in reached}) == 1:
        first = reached[0]
        why = f"{_kinds()[first.kind][2]} invokes it"
        draft.derive("protocol", _kinds()[first.kind][1], first.node, first.key, why)


def _schedule(draft: Draft, triggers: list[Trigger], dialect: Dialect) -> None:
    """The sum of all schedules; unknown as soon as one cannot be read."""
    counts: list[float] = []
    for trigger in triggers:
        expression = trigger.expression
        count = runs_per_month(expression.text, dialect) if expression is not None else None
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
