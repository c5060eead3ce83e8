"""Manifests of AWS Copilot: one service or job each."""

from __future__ import annotations

from whichcompute.importers.catalogue import environment_rank
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_triggers
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number, seconds
from whichcompute.importers.tasks import read_port

_WEB = ("Load Balanced Web Service", "Request-Driven Web Service")
_TYPES = (*_WEB, "Backend Service", "Worker Service", "Scheduled Job", "Static Site")
_TASKS = ("Load Balanced Web Service", "Backend Service", "Worker Service", "Scheduled Job")


def is_copilot(document: Node, name: str) -> bool:
    """Whether a document is a manifest of Copilot."""
    return document.get("type").text in _TYPES and bool(document.get("name").text)


def read_copilot(findings: Findings, document: Node) -> None:
    """Adds the service or job of a manifest to the findings; what the environment of production overrides counts."""
    manifest = _merged(document, _production(document.get("environments")))
    draft = findings.draft(document.get("name").text, document.get("name").line, "Copilot")
    kind = document.get("type").text
    draft.present = "fargate" if kind in _TASKS else "app_runner" if kind == _WEB[1] else ""
    read_keys(draft, kind, document)
    if kind == "Static Site":
        return
    _kind(draft, document, manifest, kind)
    read_keys(draft, "image", manifest.get("image", "location"), "image")
    read_keys(draft, "copilot", manifest)
    read_keys(draft, "command", manifest)
    for name, volume in manifest.get("storage", "volumes").items():
        if volume.get("efs") and volume.get("efs").text.lower() != "false":
            why = "it mounts Amazon EFS"
            draft.derive("shared_filesystem", True, volume.get("efs"), f"storage.volumes.{name}.efs", why)
    span = manifest.get("count", "range")
    most = number(span.text.partition("-")[2])
    draft.hint("peak_concurrency", most or None, span, "count.range", "the largest number of tasks")
    for name, _ in manifest.get("sidecars").items():
        findings.leave_out(f"{draft.name}/{name}", manifest.get("sidecars").line, "a sidecar of the same task")
        draft.derive("sidecars", True, manifest.get("sidecars"), "sidecars", "it has sidecars")


def _production(environments: Node) -> Node:
    return next((node for name, node in environments.items() if environment_rank(name) == 0), NOTHING)


def _merged(base: Node, over: Node) -> Node:
    if not (base.is_mapping and over.is_mapping):
        return over or base
    keys = dict(base.items())
    return Node({**keys, **{key: _merged(keys.get(key, value), value) for key, value in over.items()}}, base.line)


def _kind(draft: Draft, document: Node, manifest: Node, kind: str) -> None:
    where = document.get("type")
    if kind in _WEB:
        if kind == _WEB[1]:
            draft.remark("a Request-Driven Web Service runs on AWS App Runner")
        balanced = manifest.get("nlb") and manifest.get("http").text.lower() == "false"
        if balanced:
            port = manifest.get("nlb", "port")
            read_port(draft, Node(port.text.split("/")[0], port.line), port.text.partition("/")[2], "nlb.port")
        else:
            read_keys(draft, "copilot_web", manifest)
    elif kind == "Backend Service":
        port = manifest.get("image", "port")
        if manifest.get("http").is_mapping:
            draft.derive("protocol", "http", manifest.get("http"), "http", "an internal load balancer of HTTP")
        elif port:
            read_port(draft, port, "tcp", "image.port")
        else:
            draft.derive("protocol", "none", where, "type", "a Backend Service without a port")
    elif kind == "Scheduled Job":
        _job(draft, manifest, where)


def _job(draft: Draft, manifest: Node, where: Node) -> None:
    schedule, timeout = manifest.get("on", "schedule"), manifest.get("timeout")
    draft.take("max_duration_s", seconds(timeout.text), timeout, "timeout")
    if schedule.text.lower() == "none":
        draft.derive("kind", "batch_job", schedule, "on.schedule", "a job that is started by request")
        draft.derive("protocol", "none", schedule, "on.schedule", "no client connects to a job")
        return
    read_triggers(draft, [Trigger("schedule", schedule or where, "on.schedule", schedule if schedule else None)])
