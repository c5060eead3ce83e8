"""Calls of modules whose files are not at hand as workloads, by the names of their arguments."""

from __future__ import annotations

from whichcompute.importers.arguments import kind_of, read_call, renamed
from whichcompute.importers.aws_resources import Resource, Resources, embedded, own_triggers, triggers_of
from whichcompute.importers.nodes import NOTHING


def read_calls(calls: list[Resource], listed: list[Resource]) -> None:
    """Adds the workloads that calls make to the findings; `listed` are the resources beside them."""
    resources = Resources(listed)
    for call in calls:
        service = kind_of(call.body.get("source").text, call.body)
        if service:
            draft = call.draft("" if service == "ecs" else service)
            definitions = embedded(renamed(dict(call.body.items()), "ecs").get("container_definitions", NOTHING))
            triggers = [*own_triggers(call.body), *triggers_of(call, resources)] if service == "lambda" else []
            read_call(draft, call.findings, service, call.body, definitions, triggers)
