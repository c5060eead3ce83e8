"""Cloud Run services and jobs, and other services of Knative."""

from __future__ import annotations

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import kubernetes_cpu, kubernetes_mb, number, seconds
from whichcompute.importers.tasks import LINUX, read_image

_SCALE = "autoscaling.knative.dev/"


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
        template = document.get("spec", "template", "spec")
        _job(draft, document, template)
        pod = template.get("template", "spec")
    else:
        pod = document.get("spec", "template", "spec")
        _service(draft, document, pod)
    listed = pod.get("containers").each()
    main = next((one for one in listed if one.get("ports")), listed[0] if listed else NOTHING)
    for other in listed:
        if other is not main:
            findings.leave_out(f"{name}/{other.get('name').text}", other.line, "a container beside the main one")
            draft.derive("sidecars", True, other, "containers", "it has containers beside the main one")
    read_image(draft, main.get("image"), "containers.image")
    draft.derive("os", "linux", Node("", main.line or draft.line), "containers.image", LINUX)
    limits = main.get("resources", "limits")
    memory, cpu, gpus = limits.get("memory"), limits.get("cpu"), limits.get("nvidia.com/gpu")
    draft.take("memory_mb", kubernetes_mb(memory.text), memory, "resources.limits.memory")
    draft.take("vcpus", kubernetes_cpu(cpu.text), cpu, "resources.limits.cpu")
    draft.take("gpus", number(gpus.text), gpus, "resources.limits.nvidia.com/gpu")


def _service(draft: Draft, document: Node, pod: Node) -> None:
    timeout = pod.get("timeoutSeconds")
    draft.take("max_duration_s", number(timeout.text), timeout, "timeoutSeconds")
    names = [port.get("name").text for one in pod.get("containers").each() for port in one.get("ports").each()]
    grpc = "h2c" in names
    protocol = "http" if not grpc else None
    draft.derive("protocol", protocol, document, "kind", "a service of Cloud Run receives HTTP")
    draft.hint("protocol", "grpc", document, "ports.name", "its port speaks HTTP/2")
    draft.hint("kind", "web_api", document, "kind", "a service of Cloud Run receives HTTP")
    notes = dict(document.get("spec", "template", "metadata", "annotations").items())
    most, least = notes.get(f"{_SCALE}maxScale", NOTHING), notes.get(f"{_SCALE}minScale", NOTHING)
    concurrency = pod.get("containerConcurrency")
    if most:
        draft.derive("autoscaling", number(most.text) != 1, most, f"{_SCALE}maxScale", "the number of instances varies")
    each, count = number(concurrency.text), number(most.text)
    if each and count:
        why = "requests for each instance times the largest number of instances"
        draft.derive("peak_concurrency", each * count, concurrency, "containerConcurrency", why)
    if least.text == "0":
        draft.hint("scale_to_zero", True, least, f"{_SCALE}minScale", "it scales to zero")


def _job(draft: Draft, document: Node, template: Node) -> None:
    draft.derive("kind", "batch_job", document, "kind", "it is a job of Cloud Run")
    draft.derive("protocol", "none", document, "kind", "no client connects to a job")
    tasks = template.get("parallelism") or template.get("taskCount")
    count = number(tasks.text)
    draft.take("parallel_tasks", count if count and count > 1 else None, tasks, "taskCount")
    timeout = template.get("template", "spec", "timeoutSeconds")
    draft.take("max_duration_s", seconds(timeout.text), timeout, "timeoutSeconds")
