"""Docker Compose files: each service that does the work of the application is a workload."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from whichcompute.importers.catalogue import (
    ONE_SHOT,
    environment_rank,
    image_name,
    is_front,
    is_shell,
    is_sidecar,
    says,
    without_environment,
)
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node
from whichcompute.importers.quantities import number
from whichcompute.importers.tasks import read_port, read_system

_VARIABLE = re.compile(r"\$\{\w+(?::?-([^${}]*)|(?::?[?+][^{}]*))?\}|\$\w+")
_KEYS = frozenset(
    ("image", "build", "command", "ports", "environment", "deploy", "depends_on", "volumes", "mem_limit", "restart")
)
_REMOTE = re.compile(r"\w+://|git@|github\.com/")
_MERGED = "run `docker compose config` and scan its output"
_DATA = re.compile(r"(^|/)(data|db|mysql|postgresql|mongo|storage|uploads|var/lib)(/|$)", re.IGNORECASE)
_CODE = (".", "./", "./src", "./app")
_CONFIGURATION = re.compile(r"\.(conf|cnf|ya?ml|json|toml|ini|env|pem|crt|key|sh|sql|xml|properties|cfg|txt)$")
_HELD = "its volume or folder keeps data"
_DEVELOPING = "a container in which people develop"
FRONT = "a reverse proxy before the other services: a load balancer takes its place"


def is_compose(document: Node, name: str) -> bool:
    """Whether a document is a Compose file: services that have the keys of Compose."""
    services = [service for _, service in document.get("services").items()]
    if not services or document.get("provider"):
        return False
    named = re.search(r"compose", name, re.IGNORECASE) is not None
    return any(_KEYS & {key for key, _ in service.items()} for service in services) and (
        named or any(service.first("image", "build") for service in services)
    )


def read_compose(findings: Findings, document: Node) -> None:
    """Adds the services of a Compose file to the findings."""
    services = {name: _interpolated(service) for name, service in document.get("services").items()}
    volumes = _interpolated(document.get("volumes"))
    developing = ".devcontainer/" in findings.file
    extended = [service.get("extends", "file") for service in services.values()]
    for other in (*document.get("include").each(), *extended):
        if any(_REMOTE.match(text) for text in (other if other.text else other.get("path")).texts):
            findings.cannot_read(other.line, "it includes a file from elsewhere, which is not fetched", _MERGED)
    mounted: dict[str, list[tuple[Draft, Node]]] = {}
    for name, service in services.items():
        reason = _DEVELOPING if developing else _no_workload(name, service, services)
        if reason:
            findings.leave_out(name, service.line, reason)
            continue
        draft = findings.draft(name, service.line, "Compose")
        draft.builds = dockerfile_of(findings.file, service.get("build"))
        image = service.get("image").text
        named = service.get("build") or not image or name in image_name(image)  # else the image is another product
        draft.front = is_front(name if named else "", image)
        _service(draft, service, volumes)
        for source, entry in _written(service) if not draft.front else ():
            mounted.setdefault(source, []).append((draft, entry))
    for together in mounted.values():
        for draft, entry in together if len(together) > 1 else ():
            draft.hint("shared_filesystem", True, entry, "volumes", "another service mounts the same volume or folder")


def _written(service: Node) -> Iterator[tuple[str, Node]]:
    """The volumes and folders that a service writes, without its code and its configuration."""
    for entry in service.get("volumes").each():
        source, target, read_only = _mount(entry)
        of_code = source in _CODE or _CONFIGURATION.search(source) or "node_modules" in target
        if target != source and not (read_only or of_code or says("host_paths", source)):
            yield source, entry


def dockerfile_of(file: str, build: Node) -> str:
    """The path of the Dockerfile that a `build` entry in a file uses; empty without one."""
    if not build:
        return ""
    context = build.text or build.get("context").text or "."
    name = build.get("dockerfile").text or "Dockerfile"
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), context, name))


def _interpolated(node: Node) -> Node:
    """The value with variables replaced by their defaults, which makes it uncertain."""
    if "$" not in node.text:
        return node.rebuilt(_interpolated)
    text = _VARIABLE.sub(lambda match: match[1] if match[1] is not None else match[0], node.text)
    return Node(text, node.line, False)


def _no_workload(name: str, service: Node, services: dict[str, Node]) -> str:
    image = service.get("image").text
    command = " ".join(service.get("command").texts)
    once = service.get("restart").text == "no"
    if says("test_doubles", name) or says("test_doubles", image.split("@")[0]):
        return "it replaces a service in development, or shows one to developers"
    if is_sidecar(name, image):
        return "it serves the others: telemetry, logs, certificates or updates"
    if is_shell(command):
        return "its command only keeps a container open"
    if says("one_shot", name) and (once or not service.get("ports")):
        return ONE_SHOT
    if says("reverse_proxies", image) and any(
        not says("reverse_proxies", other.get("image").text) for other in services.values()
    ):
        return FRONT
    if environment_rank(name) == 2 and any(
        environment_rank(other) < 2 and without_environment(other) == without_environment(name) for other in services
    ):
        return "the same service for another environment"
    return _twin_of(name, service, services)


def _twin_of(name: str, service: Node, services: dict[str, Node]) -> str:
    """Why a service is a further instance of another: a number behind the name and the same image."""
    stem = _stem(name)
    if not stem or not name[-1].isdecimal():
        return ""
    source = service.get("image").text or " ".join(service.get("build").texts)
    for other in services:
        if other == name:
            break
        same = services[other].get("image").text or " ".join(services[other].get("build").texts)
        if source and same == source and _stem(other) == stem:
            return f"a further instance of '{other}'"
    return ""


def _stem(name: str) -> str:
    return name.rstrip("0123456789").rstrip("-_")


def _service(draft: Draft, service: Node, volumes: Node) -> None:
    image = service.get("image")
    source = image or service.get("build")
    if source:
        read_keys(draft, "image", image or Node("", source.line), "image" if image else "build")
    read_keys(draft, "compose", service)
    read_keys(draft, "command", service)
    if source and "os" not in draft.values:
        read_system(draft, image or Node("", source.line), "image")
    _gpus(draft, service)
    shares = service.get("cpu_shares")
    if shares and service.get("logging", "driver").text != "awslogs":
        draft.remark("cpu_shares is a weight, not a size")
    _ports(draft, service)
    _volumes(draft, service, volumes)


def _gpus(draft: Draft, service: Node) -> None:
    """Takes reservations of GPUs: a number, the devices by name, or all of them, of which there is one at least."""
    reserved = service.get("deploy", "resources", "reservations", "devices").each()
    devices = [
        (one, "deploy.resources.reservations.devices") for one in reserved if "gpu" in one.get("capabilities").texts
    ]
    for device, key in (*devices, *((one, "gpus") for one in service.get("gpus").each())):
        count, named = device.get("count"), len(device.get("device_ids").each())
        draft.take("gpus", number(count.text or device.text) or named or 1, count or device, key)


def _ports(draft: Draft, service: Node) -> None:
    listed = [_port(entry) for entry in service.get("ports").each()]
    if not listed:
        return
    tcp = [port for port, transport in listed if transport != "udp"]
    if not tcp:
        read_port(draft, listed[0][0], "udp", "ports")
        return
    read_port(draft, tcp[0], "tcp", "ports", service.get("healthcheck", "test"))
    if len(tcp) < len(listed):
        draft.remark("it also publishes a UDP port")


def _port(entry: Node) -> tuple[Node, str]:
    """The container's port of an entry and its transport."""
    if entry.is_mapping:
        return entry.get("target"), entry.get("protocol").text or "tcp"
    text, _, transport = entry.text.partition("/")
    return Node(text.rsplit(":", 1)[-1].split("-")[0], entry.line, entry.certain), transport or "tcp"


def _volumes(draft: Draft, service: Node, volumes: Node) -> None:
    for entry in service.get("volumes").each():
        source, target, read_only = _mount(entry)
        if says("host_paths", source):
            draft.derive("host_access", "privileged", entry, "volumes", "it mounts a part of the host's system")
        elif source in dict(volumes.items()):
            options = dict(volumes.items())[source].get("driver_opts")
            if "nfs" in options.get("type").text:
                draft.derive("shared_filesystem", True, entry, "volumes", "its volume lies on NFS")
            _keeps(draft, entry, target, read_only)
        elif source not in _CODE and not _CONFIGURATION.search(source) and _DATA.search(target):
            _keeps(draft, entry, target, read_only)


def _keeps(draft: Draft, entry: Node, target: str, read_only: bool) -> None:
    if read_only or _CONFIGURATION.search(target) or "node_modules" in target:
        return
    if "product_class" in draft.values:  # wherever on the host a variable places the data
        where = entry if "$" in target else Node(entry.value, entry.line)
        draft.derive("state", "persistent", where, "volumes", _HELD)
    else:
        draft.hint("state", "persistent", entry, "volumes", _HELD)


def _mount(entry: Node) -> tuple[str, str, bool]:
    """Source, target and whether it is only read."""
    if entry.is_mapping:
        return entry.get("source").text, entry.get("target").text, entry.get("read_only").is_true
    source, _, rest = entry.text.partition(":")
    target, _, options = rest.partition(":")
    return source, target or source, "ro" in options.split(",")
