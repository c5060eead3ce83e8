"""Kubernetes manifests and what `kubectl get -o yaml` prints: the objects of a folder, read together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from whichcompute.importers.catalogue import environment_rank, members, without_environment
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_triggers
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number
from whichcompute.importers.tasks import main_container, reached_container, read_port, read_system, set_apart

Object: TypeAlias = "tuple[Findings, Node]"

_TEMPLATE = ("spec", "template", "spec")
_PODS = {"CronJob": ("spec", "jobTemplate", *_TEMPLATE), "Pod": ("spec",)}
"""Where the pods of a workload are, if not in its template."""
_LESSER = 2
"""The rank of an environment for development or tests."""
_WEB_NAMES = ("http", "https", "web", "http-web", "http1")


def is_kubernetes(document: Node, name: str = "") -> bool:
    """Whether a document is an object of Kubernetes, or a list of them."""
    return bool(document.get("apiVersion").text and document.get("kind").text) and (
        bool(document.get("metadata")) or document.get("kind").text.endswith("List")
    )


def objects(findings: Findings) -> list[Node]:
    """The objects in a file, those of lists one by one."""
    found: list[Node] = []
    for document in findings.kept["objects"]:
        items = document.get("items") if document.get("kind").text.endswith("List") else NOTHING
        found += [item for item in (_item(document, each) for each in items.each()) if is_kubernetes(item)]
        found += [] if items else [document]
    return found


def _item(listed: Node, item: Node) -> Node:
    """An item of a list; the API leaves its kind out of a list of one kind, such as a `DeploymentList`."""
    kind = listed.get("kind").text.removesuffix("List")
    if not kind or item.has("kind"):
        return item
    named = {"apiVersion": listed.get("apiVersion"), "kind": Node(kind, item.line)}
    return Node(named | dict(item.items()), item.line, item.certain, item.file)


def read_objects(found: Sequence[Object]) -> None:
    """Adds the workloads among the objects of one folder to the findings of their files."""
    spaces: dict[str, list[Node]] = defaultdict(list)
    ranks: dict[tuple[str, ...], int] = {}  # of namespaces that differ by their environment alone, the best
    for _, node in found:
        spaces[_namespace(node)].append(node)
        stem, rank = _environment(node)
        ranks[stem] = min(rank, ranks.get(stem, rank))
    for findings, node in found:
        kind = node.get("kind").text
        if kind not in members("workload_kinds") or "serving.knative.dev" in node.get("apiVersion").text:
            continue
        name = node.get("metadata", "name").text or node.get("metadata", "generateName").text or kind
        if apart := _no_workload(node):
            findings.leave_out(name, node.line, apart)
            continue
        stem, rank = _environment(node)
        if rank == _LESSER and ranks[stem] < rank:
            findings.leave_out(name, node.line, "the same workload in the namespace of another environment")
            continue
        space = _namespace(node)  # none: that of whoever applies the file, as with kustomize
        beside = [*spaces[space], *spaces[""]] if space else [one for _, one in found]
        draft = findings.draft(name, node.line, "Kubernetes", "kubernetes")
        pod = node.get(*_PODS.get(kind, _TEMPLATE))
        main, others = _containers(draft, findings, pod)
        _kind(draft, node, kind)
        read_keys(draft, "image", main.get("image"), "containers.image")
        read_limits(draft, main)
        _platform(draft, pod, main)
        _storage(draft, node, pod, beside)
        _reached(draft, node, reached_container(main, others, "ports"), beside)
        _scaling(draft, node, pod, beside)


def _no_workload(node: Node) -> str:
    """Why an object is none: another one that a cluster lists made it, or it is a part of the cluster."""
    if _namespace(node) == "kube-system":
        return "a part of the cluster itself"
    for owner in node.get("metadata", "ownerReferences").each():
        kind = owner.get("kind").text
        if kind in members("workload_kinds") or node.get("kind").text == "Pod":
            return f"the {kind} '{owner.get('name').text}' made it, which counts"
    return ""


def _namespace(node: Node) -> str:
    return node.get("metadata", "namespace").text


def _environment(node: Node) -> tuple[tuple[str, ...], int]:
    """What an object has in common with that of another environment, and its rank by the namespace."""
    space, name = _namespace(node), node.get("metadata", "name").text
    return (node.get("kind").text, without_environment(space), without_environment(name)), environment_rank(space)


def _containers(draft: Draft, findings: Findings, pod: Node) -> tuple[Node, list[Node]]:
    main, others = main_container(pod.get("containers"))
    set_apart(draft, findings, others, "containers", "pod")
    for one in pod.get("initContainers").each():
        findings.leave_out(f"{draft.name}/{one.get('name').text}", one.line, "an init container")
    return main, others


def _kind(draft: Draft, node: Node, kind: str) -> None:
    spec = node.get("spec")
    if kind == "CronJob":
        schedule = spec.get("schedule")
        off = spec.get("suspend").is_true
        read_triggers(draft, [Trigger("schedule", schedule, "spec.schedule", schedule, not off)])
    read_keys(draft, "kubernetes", node)
    if spec.get("replicas").text == "0":
        draft.remark("it is switched off: its number of replicas is 0")


def read_limits(draft: Draft, main: Node) -> None:
    """Takes the sizes of a container: its limits, else what it requests."""
    read_keys(draft, "container_resources", main)
    read_keys(draft, "command", main)
    cpu, least = (main.get("resources", part, "cpu") for part in ("limits", "requests"))
    if cpu and least and cpu.text != least.text:
        draft.remark(f"it requests {least.text} vCPU and may use {cpu.text}")


def _platform(draft: Draft, pod: Node, main: Node) -> None:
    read_keys(draft, "pod", pod)
    if draft.values.get("os") is None:
        read_system(draft, main.get("image"), "containers.image")


def _storage(draft: Draft, node: Node, pod: Node, everything: list[Node]) -> None:
    read_keys(draft, "claims", node)
    for volume in pod.get("volumes").each():
        claim = _named(everything, "PersistentVolumeClaim", volume.get("persistentVolumeClaim", "claimName").text)
        if "ReadWriteMany" in claim.get("spec", "accessModes").texts:
            why = "many instances write its volume"
            draft.derive("shared_filesystem", True, volume, "volumes.persistentVolumeClaim", why)
        elif volume.get("persistentVolumeClaim") and (number(node.get("spec", "replicas").text) or 1) > 1:
            why = "several replicas have one claim"
            draft.hint("shared_filesystem", True, volume, "volumes.persistentVolumeClaim", why)


def _named(everything: list[Node], kind: str, name: str) -> Node:
    for node in everything:
        if node.get("kind").text == kind and node.get("metadata", "name").text == name:
            return node
    return NOTHING


def _labels(node: Node) -> set[tuple[str, str]]:
    return {(key, value.text) for key, value in node.items()}


def _reached(draft: Draft, node: Node, main: Node, everything: list[Node]) -> None:
    """Takes how clients reach a workload: ingress, services that select it, probes, ports of the container."""
    if "protocol" in draft.values:
        return
    labels = _labels(node.get("spec", "template", "metadata", "labels")) or _labels(node.get("metadata", "labels"))
    services = [one for one in everything if one.get("kind").text == "Service" and _selects(one, labels)]
    for service in services:
        for port in service.get("spec", "ports").each():
            read_keys(draft, "service_port", port)
    names = {service.get("metadata", "name").text for service in services}
    for one in everything:
        if one.get("kind").text in ("Ingress", "HTTPRoute", "IngressRoute") and any(
            inner.text in names for inner in one.walk() if inner.text
        ):
            draft.derive("protocol", "http", one, "Ingress", "an ingress leads to it")
            draft.hint("kind", "web_api", one, "Ingress", "an ingress leads to it")
    read_ports(draft, main)


def _selects(service: Node, labels: set[tuple[str, str]]) -> bool:
    selector = _labels(service.get("spec", "selector"))
    return bool(selector) and selector <= labels


def read_ports(draft: Draft, main: Node) -> None:
    """Takes how clients reach a container: by its ports, its probes and their names."""
    watching = members("watching_ports")
    ports = [port for port in main.get("ports").each() if port.get("name").text.lower() not in watching]
    probe = main.first("readinessProbe", "livenessProbe", "startupProbe")
    if not main.get("ports").each() and probe.get("httpGet"):
        draft.hint("protocol", "http", probe, "containers.probe", "its probe speaks HTTP")
        return
    if not ports:
        if main.get("image"):  # else it is laid over another file, which can name ports
            why = "its main container names no port but those of monitoring"
            draft.hint("protocol", "none", main, "containers.ports", why)
        return
    first = next((port for port in ports if port.get("protocol").text.upper() != "UDP"), ports[0])
    number_, name = first.get("containerPort"), first.get("name").text.lower()
    if name.startswith("grpc") or probe.get("grpc"):
        draft.derive("protocol", "grpc", first, "containers.ports", "its port or probe says gRPC")
    elif first.get("protocol").text.upper() != "UDP" and (name in _WEB_NAMES or _is_probed(first, probe)):
        likely = number(number_.text) in members("web_ports") or name in _WEB_NAMES
        if likely:
            draft.derive("protocol", "http", first, "containers.ports", "its port or probe says HTTP")
        else:
            draft.hint("protocol", "http", first, "containers.ports", "its probe speaks HTTP")
        draft.hint("kind", "web_api", first, "containers.ports", "its port or probe says HTTP")
    else:
        read_port(draft, number_, first.get("protocol").text.lower(), "containers.ports")


def _is_probed(port: Node, probe: Node) -> bool:
    """Whether a probe speaks HTTP to this port; one that speaks it to another says nothing of it."""
    asked = probe.get("httpGet", "port").text
    return bool(probe.get("httpGet")) and asked in ("", port.get("containerPort").text, port.get("name").text)


def _scaling(draft: Draft, node: Node, pod: Node, everything: list[Node]) -> None:
    name, kind = node.get("metadata", "name").text, node.get("kind").text
    for one in everything:
        target = one.get("spec", "scaleTargetRef")
        if target.get("name").text != name or target.get("kind").text not in ("", kind):
            continue
        if one.get("kind").text in ("HorizontalPodAutoscaler", "ScaledObject"):
            read_keys(draft, "autoscaler", one, one.get("kind").text)
    for toleration in [*pod.get("tolerations").each(), pod.get("nodeSelector")]:
        words = " ".join([toleration.get("key").text, *(f"{k}={v.text}" for k, v in toleration.items())]).lower()
        if "spot" in words and "ondemand" not in words.replace("-", ""):
            draft.derive("interruptible", True, toleration, "tolerations", "it may run on Spot nodes")
