"""Zappa: `zappa_settings.json` (or YAML, TOML), a web application of Python on Lambda with a block for each stage."""

from __future__ import annotations

from whichcompute.importers.arguments import renamed
from whichcompute.importers.catalogue import meanings
from whichcompute.importers.chalice import chosen_stage
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node

_APPLICATIONS = ("app_function", "django_settings", "app_module")
_MARKS = (*_APPLICATIONS, "s3_bucket", "lambda_handler", "keep_warm", "apigateway_enabled", "slim_handler")


def is_zappa(document: Node, name: str) -> bool:
    """Whether a document has the settings of Zappa: blocks by stage with keys that only Zappa has together."""
    return any(sum(bool(stage.get(key)) for key in _MARKS) >= 2 for _, stage in document.items() if stage.is_mapping)


def read_zappa(findings: Findings, document: Node) -> None:
    """Adds the application to the findings, with the settings of the stage that is production."""
    stages = Node({name: stage for name, stage in document.items() if not name.startswith("_")}, document.line)
    settings = _extended(document, chosen_stage(findings, stages))
    name = settings.get("project_name").text or settings.first(*_APPLICATIONS).text.split(".")[0] or "app"
    draft = findings.draft(name, settings.line, "Zappa", "lambda")
    read_function(draft, Node(renamed(dict(settings.items()), "zappa"), settings.line))
    read_keys(draft, "zappa", settings)
    _triggers(draft, settings)


def _extended(document: Node, stage: Node) -> Node:
    """A stage with the settings of those that it extends."""
    merged = dict(stage.items())
    other = stage.get("extends").text
    for _ in range(10):
        base = dict(document.items()).get(other, NOTHING) if other else NOTHING
        if not base.is_mapping:
            break
        merged = {**dict(base.items()), **merged}
        other = base.get("extends").text
    return Node(merged, stage.line)


def _triggers(draft: Draft, settings: Node) -> None:
    application = settings.first(*_APPLICATIONS)
    triggers = [trigger for event in settings.get("events").each() for trigger in _event(event)]
    if application and settings.get("apigateway_enabled").text.lower() != "false":
        read_keys(draft, "zappa_routes", settings)
        if triggers:
            draft.remark("it also runs on a schedule or on events, which may be a separate workload")
        return
    read_triggers(draft, triggers)


def _event(event: Node) -> list[Trigger]:
    expressions = [*event.get("expression").each(), *event.get("expressions").each()]
    service = event.get("event_source", "arn").text.split(":")[2:3]
    kind = meanings("triggers", "sources").get(service[0]) if service else None
    scheduled = [Trigger("schedule", one, "events.expression", one) for one in expressions]
    return [*scheduled, *([Trigger(kind, event, "events.event_source")] if kind else [])]
