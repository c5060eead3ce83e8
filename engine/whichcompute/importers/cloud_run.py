"""Cloud Run services and jobs, and other services of Knative."""

from __future__ import annotations

from whichcompute.importers.catalogue import says
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number
from whichcompute.importers.tasks import read_system

_MOST = "autoscaling.knative.dev/maxScale"


def is_cloud_run(document: Node, name: str) -> bool:
    """Whether a document is a service of Knative or a job of Cloud Run."""
    version = document.get("apiVersion").text
    return version.startswith(("serving.knative.dev/", "run.googleapis.com/")) and document.get("kind").text in (
        "Service",
        "Job",
    )


def read_cloud_run(findings: Findings, document: Node) -> None:
    """Adds the service or job of a document to the findings."""
    name = document.get("metadata", "name").text or "service"
    draft = findings.draft(name, document.line, "Cloud Run", "keep")
    if document.get("kind").text == "Job":
        read_keys(draft, "cloud_run_job", document)
        pod = document.get("spec", "template", "spec", "template", "spec")
    else:
        pod = document.get("spec", "template", "spec")
        _service(draft, document, pod)
    listed = pod.get("containers").each()
    able = [one for one in listed if not says("reverse_proxies", one.get("image").text)] or listed
    main = next((one for one in able if one.get("ports")), able[0] if able else NOTHING)
    for other in listed:
        if other is not main:
            label = other.first("name", "image").text
            findings.leave_out(f"{name}/{label}", other.line, "a container beside the main one")
            draft.derive("sidecars", True, other, "containers", "it has containers beside the main one")
    read_keys(draft, "image", main.get("image"), "containers.image")
    read_system(draft, main.get("image") or main, "containers.image")
    read_keys(draft, "cloud_run_container", main)
    read_keys(draft, "command", main)


def _service(draft: Draft, document: Node, pod: Node) -> None:
    names = [port.get("name").text for one in pod.get("containers").each() for port in one.get("ports").each()]
    grpc = "h2c" in names
    protocol = "http" if not grpc else None
    draft.derive("protocol", protocol, document, "kind", "a service of Cloud Run receives HTTP")
    draft.hint("protocol", "grpc", document, "ports.name", "its port speaks HTTP/2")
    read_keys(draft, "cloud_run_service", document)
    most = dict(document.get("spec", "template", "metadata", "annotations").items()).get(_MOST, NOTHING)
    concurrency = pod.get("containerConcurrency")
    each, count = number(concurrency.text), number(most.text)
    if each and count:
        why = "requests for each instance times the largest number of instances"
        draft.derive("peak_concurrency", each * count, concurrency, "containerConcurrency", why)
