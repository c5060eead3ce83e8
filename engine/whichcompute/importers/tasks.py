"""A container task of ECS: what a task definition and its service say, whatever spelling their keys have."""

from __future__ import annotations

import re

from whichcompute.importers.catalogue import is_front, is_sidecar, members, says
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import ecs_cpu, ecs_mb, number

_HTTP = {"http": "http", "https": "http", "http2": "grpc", "grpc": "grpc"}
_BALANCERS = {**_HTTP, "tcp": "tcp", "tls": "tcp", "udp": "udp", "tcp_udp": "tcp"}

_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?", re.IGNORECASE)
_WELL_KNOWN = 1024  # ports below it
ELSEWHERE = (
    "a service whose task definition is made elsewhere; "
    "scan what `aws ecs describe-task-definition --task-definition NAME` prints"
)
LINUX = "a container image without a sign of Windows"


def read_task(draft: Draft, findings: Findings, task: Node, containers: Node, *, balanced: bool = False) -> Node:
    """Takes what a task definition says and gives back its main container; the others are listed as left out.

    Behind a load balancer (`balanced`) it is not its port that says how clients reach it.
    """
    main, others = main_container(containers)
    set_apart(draft, findings, others, "containerDefinitions", "task")
    read_keys(draft, "task", task)
    _container_sizes(draft, task, containers)
    read_keys(draft, "image", main.get("image"), "containerDefinitions.image")
    read_keys(draft, "command", main)
    if not task.get("runtimePlatform", "operatingSystemFamily"):
        read_system(draft, main.get("image"), "image")
    read_privileges(draft, task, containers)
    _ports(draft, task, reached_container(main, others, "portMappings"), balanced=balanced)
    return main


def main_container(containers: Node) -> tuple[Node, list[Node]]:
    """The container that does the work, and the others: no sidecar, essential, no proxy, and none that others await."""
    listed = containers.each()
    able = [one for one in listed if one.certain] or listed
    able = [one for one in able if not is_sidecar(one.get("name").text, one.get("image").text)] or able
    able = [one for one in able if one.get("essential").text.lower() != "false"] or able
    able = [one for one in able if not is_front(one.get("name").text, one.get("image").text)] or able
    awaited = {other.get("containerName").text for one in able for other in one.get("dependsOn").each()}
    able = [one for one in able if one.get("name").text not in awaited] or able
    main = able[0] if able else NOTHING
    return main, [one for one in listed if one is not main]


def set_apart(draft: Draft, findings: Findings, others: list[Node], key: str, whole: str) -> None:
    """Leaves out the containers beside the main one of a whole; those for telemetry or logs are its sidecars."""
    for other in others:
        name, image = other.get("name").text, other.get("image").text
        label = f"{draft.name}/{name or '(unnamed)'}"
        findings.leave_out(label, other.line, f"a container beside the main one of the same {whole}")
        if is_sidecar(name, image):
            draft.derive("sidecars", True, other, key, f"the {whole} has containers for telemetry or logs")


def reached_container(main: Node, others: list[Node], ports: str) -> Node:
    """The container with the ports that clients reach: the main one, or the reverse proxy before it if it has none."""
    for other in others if not main.has(ports) else ():
        name, image = other.get("name").text, other.get("image").text
        if other.get(ports).each() and is_front(name, image) and not is_sidecar(name, image):
            return other
    return main


def _container_sizes(draft: Draft, task: Node, containers: Node) -> None:
    """Takes GPUs of the containers, and for a task without sizes the sum of those of its containers."""
    cpu, memory = task.get("cpu"), task.get("memory")
    listed = containers.each()
    if not cpu:
        _sum(draft, "vcpus", [(one.get("cpu"), ecs_cpu(one.get("cpu").text)) for one in listed], "cpu")
    if not memory:
        sizes = [one.get("memory") or one.get("memoryReservation") for one in listed]
        _sum(draft, "memory_mb", [(size, ecs_mb(size.text)) for size in sizes], "memory")
    for one in listed:
        for need in one.get("resourceRequirements").each():
            if need.get("type").text.upper() == "GPU":
                draft.take("gpus", number(need.get("value").text), need.get("value"), "resourceRequirements.GPU")


def _sum(draft: Draft, name: str, parts: list[tuple[Node, float | None]], key: str) -> None:
    """The sum over containers; unknown as soon as one of them is."""
    sizes = [size for _, size in parts if size is not None]
    if not sizes or len(sizes) < len(parts):
        return
    first = parts[0][0]
    where = Node(None, first.line, all(node.certain for node, _ in parts), first.file)
    why = "sum over the containers of the task" if len(parts) > 1 else ""
    draft.take(name, sum(sizes), where, f"containerDefinitions.{key}", why)


def read_system(draft: Draft, image: Node, key: str) -> None:
    """Takes the operating system of an image: Linux, where its name has no sign of Windows."""
    if says("windows_images", image.text):
        draft.derive("os", "windows", image, key, "it is an image for Windows")
    else:
        draft.derive("os", "linux", Node("", image.line or draft.line), key, LINUX)


def read_privileges(draft: Draft, task: Node, containers: Node) -> None:
    """Takes what gives a task access to its host."""
    read_keys(draft, "host_modes", task)
    own = [one for one in containers.each() if not is_sidecar(one.get("name").text, one.get("image").text)]
    mounted = {mount.get("sourceVolume").text for one in own for mount in one.get("mountPoints").each()}
    for volume in task.get("volumes").each() or task.get("volume").each():
        path = volume.get("host").first("sourcePath") or volume.get("hostPath")
        if mounted and volume.get("name").text not in mounted:
            continue  # it is one of a container for telemetry
        if path and says("host_paths", path.text):
            draft.derive("host_access", "privileged", path, "volumes.host", "it mounts a path of the host's system")
        elif path:
            draft.hint("host_access", "privileged", path, "volumes.host", "it mounts a folder of the host")
    _task_volumes(draft, task, containers)
    for one in own or containers.each():
        read_keys(draft, "container", one)


def _task_volumes(draft: Draft, task: Node, containers: Node) -> None:
    """Takes volumes on the disk of a task on Fargate: one that several containers mount is for files between them."""
    if present_service(task, NOTHING) != "fargate":
        return
    mounts = [mount for one in containers.each() for mount in one.get("mountPoints").each()]
    names = [mount.get("sourceVolume").text for mount in mounts]
    read_only = {mount.get("sourceVolume").text for mount in mounts if mount.get("readOnly").is_true}
    for volume in task.get("volumes").each() or task.get("volume").each():
        name = volume.get("name").text
        if volume.get("host").first("sourcePath") or volume.get("hostPath"):
            draft.remark(f"volume '{name}' names a path of the host, which Fargate does not accept")
        elif names.count(name) == 1 and name not in read_only and not _says_where(volume):
            draft.hint("state", "persistent", volume, "volumes", "its volume keeps data, until the task ends")


def _says_where(volume: Node) -> bool:
    """Whether a volume names a file system or a driver."""
    return any(key.lower().endswith("configuration") for key, node in volume.items() if node)


def _ports(draft: Draft, task: Node, main: Node, *, balanced: bool) -> None:
    mappings = [one for one in main.get("portMappings").each() if one.is_mapping]
    if not main.has("portMappings") and main and not balanced and task.get("networkMode").text != "host":
        draft.derive("protocol", "none", Node("", main.line), "portMappings", "its main container maps no port")
    for mapping in mappings:
        application = _HTTP.get(mapping.get("appProtocol").text.lower())
        if application and not (application == "http" and _speaks_another(mapping.get("containerPort"))):
            draft.take("protocol", application, mapping.get("appProtocol"), "portMappings.appProtocol")
            return
    if mappings:
        stated = [mapping.get("protocol").text.lower() for mapping in mappings]
        ports = [mappings[0].get(key) for key in ("containerPort", "hostPort")]
        first = next((one for one in ports if number(one.text) is not None), ports[0] or ports[1] or mappings[0])
        port = first.likely() if balanced else first
        read_port(draft, port, stated[0], "portMappings", main.get("healthCheck", "command"))


def _speaks_another(port: Node) -> bool:
    """Whether a port is one of the well-known that are not of the web: the console of ECS writes `http` at each."""
    value = number(port.text)
    return value is not None and value < _WELL_KNOWN and value not in members("web_ports")


def read_port(draft: Draft, port: Node, transport: str, key: str, health: Node = NOTHING) -> None:
    """Takes the protocol of a port: UDP as it is; TCP only where no web server is to be expected.

    `health` is the command of a health check, which tells a web server on an unusual port unless it asks another one.
    """
    value = number(port.text)
    asked = _URL.search(" ".join(health.texts))
    why = "its health check speaks HTTP" if asked and (value is None or asked[1] in (None, port.text)) else ""
    if value is not None and value in members("web_ports"):
        why = "a port on which servers usually speak HTTP"
    if transport == "udp":
        draft.take("protocol", "udp", port, key)
    elif why:
        draft.hint("protocol", "http", port, key, why)
        draft.hint("kind", "web_api", port, key, why)
    elif port:
        # A list of ports that is not known holds several, which a web server does not have; one that is not known by
        # itself can be a web port, whatever its transport is.
        stated = port.is_mapping and transport == "tcp"
        where = Node(None, port.line, stated or (port.certain and value is not None), port.file)
        known = "a TCP port that is not a usual web port" if value is not None else "a TCP port"
        draft.derive("protocol", "tcp", where, key, known)
        draft.hint("kind", "server", port, key, "it listens on a port")


def read_service(draft: Draft, service: Node, target_protocols: list[Node]) -> None:
    """Takes what the ECS service of a task says: daemons, Spot capacity, load balancers."""
    read_keys(draft, "ecs_service", service)
    strategy = service.get("capacityProviderStrategy")
    providers = [one.get("capacityProvider") for one in strategy.each()]
    if providers and all(provider.text.upper().endswith("_SPOT") for provider in providers):
        draft.derive("interruptible", True, providers[0], "capacityProviderStrategy", "it runs on Spot capacity only")
    for protocol in target_protocols:
        name = _BALANCERS.get(protocol.text.lower())
        draft.derive("protocol", name, protocol, "targetGroup.Protocol", "its load balancer speaks it")
        if name == "http":
            draft.hint("kind", "web_api", protocol, "targetGroup.Protocol", "its load balancer speaks HTTP")


def present_service(task: Node, service: Node) -> str:
    """Where a task runs today: `fargate`, `ecs_ec2`, or empty where neither task nor service says."""
    providers = {one.get("capacityProvider").text.upper() for one in service.get("capacityProviderStrategy").each()}
    if providers - {""}:
        return "fargate" if providers <= {"FARGATE", "FARGATE_SPOT"} else "ecs_ec2"
    launch = service.get("launchType").text.upper()
    able = {text.upper() for text in task.get("requiresCompatibilities").texts} if not launch else {launch}
    if len(able) != 1:
        return ""
    return {"FARGATE": "fargate", "EC2": "ecs_ec2", "MANAGED_INSTANCES": "ecs_ec2"}.get(able.pop(), "")
