"""Calls of modules whose files are not at hand: workloads by the names of their arguments, others named as unread."""

from __future__ import annotations

import re

from whichcompute.base.words import few
from whichcompute.importers.arguments import kind_of, read_call, renamed
from whichcompute.importers.aws_resources import embedded, own_triggers, read_balanced, triggers_of
from whichcompute.importers.catalogue import members
from whichcompute.importers.nodes import NOTHING
from whichcompute.importers.resources import Resource, Resources
from whichcompute.importers.tasks import present_service

PLAN = "run `terraform plan -out=tf.plan && terraform show -json tf.plan > plan.json` and scan plan.json"
_EXAMPLE = re.compile(r"(^|/)(examples?|tests?|fixtures)(/|$)", re.IGNORECASE)
_FETCHED = re.compile(r"^(?:[\w+]+::)?(?:\w+://)?|\?.*|\.git(?=/|$|\?)")
"""How a module is fetched: the parts of its source that do not name it."""


def read_calls(calls: list[Resource], listed: list[Resource]) -> None:
    """Adds the workloads that calls make to the findings; `listed` are the resources beside them."""
    resources = Resources(listed)
    unread: dict[str, list[Resource]] = {}
    for call in calls:
        service = kind_of(call.body.get("source").text, call.body)
        if service:
            draft = call.draft(present_service(call.body, call.body) if service == "ecs" else service)
            if service in ("ecs", "fargate"):
                read_balanced(draft, call, resources)
            definitions = embedded(renamed(dict(call.body.items()), "ecs").get("container_definitions", NOTHING))
            triggers = [*own_triggers(call.body), *triggers_of(call, resources)] if service == "lambda" else []
            read_call(draft, call.findings, service, call.body, definitions, triggers)
        elif may_make(call.body.get("source").text) and not is_example(call.findings.file):
            unread.setdefault(call.findings.file, []).append(call)
    for found in unread.values():
        names = few([f"'{name}'" for name in dict.fromkeys(call.name.partition("[")[0] for call in found)])
        reason = f"what these modules make is not known, as their files are not among those scanned: {names}"
        found[0].findings.cannot_read(found[0].body.line, reason, PLAN)


def is_example(path: str) -> bool:
    """Whether a path is one of the examples or tests of a module."""
    return _EXAMPLE.search(path) is not None


def may_make(source: str) -> bool:
    """Whether a module may make workloads, by the name in its source; those of networks, stores and rights do not.

    >>> may_make("git::https://example.com/m.git//services/api?ref=v1"), may_make("terraform-aws-modules/vpc/aws")
    (True, False)
    """
    path, _, inner = _FETCHED.sub("", source).partition("//")
    parts = path.split("/")
    registered = len(parts) == 3 + ("." in parts[0]) and not source.startswith(".")
    name = inner or parts[-2 if registered else -1]
    return bool(source) and not members("supporting_modules") & set(re.split(r"[^a-z0-9]+", name.lower()))
