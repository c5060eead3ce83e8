"""Line by line formats: Dockerfile, Procfile and crontab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from whichcompute.importers.catalogue import image_language, members, says
from whichcompute.importers.found import Findings
from whichcompute.importers.functions import Trigger, read_triggers
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node
from whichcompute.importers.schedules import runs_per_month
from whichcompute.importers.tasks import read_port

_FROM = re.compile(r"FROM\s+(?:--platform=(\S+)\s+)?(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_DEFAULT = re.compile(r"ARG\s+(\w+)=[\"']?([^\"'\s]+)", re.IGNORECASE)
_ARGUMENT = re.compile(r"\$\{?(\w+)(?::-[^}]*)?\}?")
_CONTENT = re.compile(r"(COPY|ADD)\s.*(--from=|html|www|dist|public|static|build)", re.IGNORECASE)
_NO_PROCESS = frozenset(("release", "check", "console", "predeploy", "postdeploy"))
_PROCESS = re.compile(r"([A-Za-z0-9_-]+):\s*(\S.*)")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\s*=")
_SYSTEM_USER = re.compile(r"(root|www-data|ubuntu|ec2-user|nobody)\s+")
_FIELD = r"[\d*/,\-A-Za-z?#]+"
_CRON = re.compile(rf"(@\w+|{_FIELD}(?:\s+{_FIELD}){{4}})\s+(\S.*)")
_PREPARES = re.compile(r"(?<!\S)(cd|source|\.|\S*envdir)\s+\S+")
_NUMBERS = re.compile(r"[\d*]")


def is_dockerfile(name: str) -> bool:
    """Whether a file is a Dockerfile by its name."""
    return re.fullmatch(r"dockerfile(\..*)?|containerfile|.*\.dockerfile", name, re.IGNORECASE) is not None


def read_dockerfile(findings: Findings, text: str) -> None:
    """Adds the image that a Dockerfile makes to the findings: what its last stage says."""
    stages: dict[str, str] = {}
    defaults: dict[str, str] = {}
    chosen: set[str] = set()  # images that a build can replace by an argument
    base, line, platform = "", 0, ""
    rest: list[tuple[int, str]] = []
    for number, instruction in _instructions(text):
        match = _FROM.match(instruction)
        if match:
            named = _ARGUMENT.sub(lambda found: defaults.get(found[1], found[0]), match[2])
            chosen |= {named} if image_language(named) != image_language(match[2]) else set()
            base, line, platform, rest = stages.get(named.lower(), named), number, match[1] or "", []
            if match[3]:
                stages[match[3].lower()] = base
        elif not line and (argument := _DEFAULT.match(instruction)):
            defaults[argument[1]] = argument[2]
        else:
            rest.append((number, instruction))
    if not line:
        return
    draft = findings.draft(PurePath(findings.file).parent.name or "image", line, "Dockerfile")
    draft.front = says("reverse_proxies", base) and not any(_CONTENT.match(instruction) for _, instruction in rest)
    table: dict[str, list[Node]] = {}
    for number, instruction in rest:
        name, _, text = instruction.partition(" ")
        table.setdefault(name.upper(), []).append(Node(text, number))
    image = Node(base, line, base not in chosen)
    entries = {"FROM": Node(base, line), "platform": Node(platform, line), "image": image}
    entries |= {name: Node(texts, texts[-1].line) for name, texts in table.items()}
    read_keys(draft, "dockerfile", Node(entries, line))
    exposed = table.get("EXPOSE", [])
    if words := exposed[0].text.split() if exposed else []:  # it documents a port, and opens none
        port, _, transport = words[0].partition("/")
        where, health = Node(port, exposed[0].line, False), Node(table.get("HEALTHCHECK", []), line)
        read_port(draft, where, transport.lower() or "tcp", "EXPOSE", health)


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """The instructions with their lines, continued lines joined."""
    mark = "`" if re.match(r"\s*#\s*escape\s*=\s*`", text, re.IGNORECASE) else "\\"
    pending, start = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        start = start or number
        if line.endswith(mark):
            pending += line[:-1] + " "
            continue
        yield start, pending + line
        pending, start = "", 0


def is_procfile(name: str) -> bool:
    """Whether a file is a Procfile by its name."""
    return re.fullmatch(r"procfile(\..+)?", name, re.IGNORECASE) is not None


def read_procfile(findings: Findings, text: str) -> None:
    """Adds the processes of a Procfile to the findings."""
    for number, line in enumerate(text.splitlines(), 1):
        match = _PROCESS.fullmatch(line.strip())
        if match is None:
            continue
        name, command = match[1], match[2]
        if name.lower() in _NO_PROCESS:
            findings.leave_out(name, number, "a step of a deployment, not a process")
            continue
        draft, where = findings.draft(name, number, "Procfile"), Node(command, number)
        read_keys(draft, "procfile", where, name)
        web = name.lower() == "web"
        why = "the process `web` receives HTTP" if web else "only the process `web` receives requests"
        if web or not says("server_commands", command):  # a server beside `web` is reached in some other way
            draft.derive("protocol", "http" if web else "none", where, name, why)
        if web:
            draft.hint("kind", "website", where, name, why)
        elif says("scheduler_commands", command):
            draft.remark("a scheduler that always runs, not a scheduled task")
        else:
            read_keys(draft, "procfile_process", where, name)


def is_crontab(name: str) -> bool:
    """Whether a file is a crontab by its name; which of its lines are schedules is seen when it is read."""
    return "cron" in name.lower() and not name.endswith((".yml", ".yaml", ".json", ".tf", ".service", ".timer"))


def read_crontab(findings: Findings, text: str) -> None:
    """Adds each line of a crontab to the findings as a scheduled task."""
    used: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        entry = _entry(line)
        if entry is None:
            continue
        schedule, command = entry
        label = _command_label(command)
        used[label] = used.get(label, 0) + 1
        draft = findings.draft(label if used[label] == 1 else f"{label}-{used[label]}", number, "crontab")
        where = Node(schedule, number)
        draft.derive("os", "linux", where, "command", "cron runs on Linux")
        if schedule == "@reboot":
            draft.hint("kind", "server", where, "schedule", "it starts with its machine")
            continue
        read_triggers(draft, [Trigger("schedule", where, "schedule", where)])


def _entry(line: str) -> tuple[str, str] | None:
    """Schedule and command of a line; None for comments, assignments and everything else."""
    text = line.strip()
    if not text or text.startswith("#") or _ASSIGNMENT.match(text):
        return None
    match = _CRON.fullmatch(text)
    if match is None:
        return None
    if match[1] != "@reboot" and (not match[1].startswith("@") and not _NUMBERS.search(match[1])):
        return None
    if match[1] != "@reboot" and runs_per_month(match[1]) is None:
        return None
    return match[1], _SYSTEM_USER.sub("", match[2], count=1)


def _command_label(command: str) -> str:
    """A name for a command without its arguments, which may hold secrets; steps that prepare the shell give none."""
    for word in _PREPARES.sub("", command).split():
        if _ASSIGNMENT.match(word):
            continue
        name = PurePath(word.strip("'\"();")).stem
        if re.fullmatch(r"[A-Za-z][\w.-]{2,40}", name) and name not in members("tools"):
            return name
    return "task"
