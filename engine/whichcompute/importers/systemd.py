"""Units of systemd: services, with the timers of the same name beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TypeAlias

from whichcompute.importers.catalogue import vocabulary
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import compose_mb, number, seconds

Unit: TypeAlias = "tuple[Findings, Node]"

_SECTION = re.compile(r"\[(\w+)\]")
_SETTING = re.compile(r"([A-Za-z]+)\s*=\s*(.*)")
_NAMED = {"hourly": 730, "daily": 30, "weekly": 4, "monthly": 1}
_CLOCK = re.compile(r"(?:\*-\*-\*\s+)?(\d{1,2}):(\d{2})(?::\d{2})?")
_EVERY = re.compile(r"(?:\*-\*-\*\s+)?\*:(?:0+|\*)/(\d{1,2})(?::\d{2})?")


def parse_unit(text: str) -> Node:
    """The settings of a unit by section; a setting that is repeated is a list."""
    sections: dict[str, Node] = {}
    current: dict[str, Node] = {}
    for line, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if match := _SECTION.fullmatch(stripped):
            section = sections.setdefault(match[1], Node({}, line))
            current = section.value if isinstance(section.value, dict) else {}
        elif match := _SETTING.fullmatch(stripped):
            value = Node(match[2], line)
            before = current.get(match[1])
            current[match[1]] = value if before is None else Node([*before.each(), value], line)
    return Node(sections, 1)


def read_units(units: Sequence[Unit]) -> None:
    """Adds the services among the units of one folder to the findings."""
    timers = {_stem(findings): (findings, unit) for findings, unit in units if unit.get("Timer")}
    for findings, unit in units:
        service = unit.get("Service")
        if not service.get("ExecStart"):
            continue
        draft = findings.draft(_stem(findings), service.line, "systemd", "")
        draft.derive("os", "linux", service, "Service", "systemd runs on Linux")
        _sizes(draft, service)
        _privileges(draft, service)
        once = service.get("Type").text == "oneshot"
        timer = timers.get(_stem(findings))
        if timer is not None:
            _timer(draft, *timer)
        elif not once:
            draft.hint("kind", "server", service.get("ExecStart"), "ExecStart", "it runs all the time")


def _stem(findings: Findings) -> str:
    return PurePath(findings.file).name.removesuffix(".in").rsplit(".", 1)[0]


def _sizes(draft: Draft, service: Node) -> None:
    memory = service.first("MemoryMax", "MemoryLimit")
    draft.take("memory_mb", compose_mb(memory.text), memory, "MemoryMax")
    quota = service.get("CPUQuota")
    share = number(quota.text.removesuffix("%"))
    draft.take("vcpus", share / 100 if share else None, quota, "CPUQuota")
    longest = service.get("RuntimeMaxSec")
    draft.take("max_duration_s", seconds(longest.text), longest, "RuntimeMaxSec")


def _privileges(draft: Draft, service: Node) -> None:
    for key in ("CapabilityBoundingSet", "AmbientCapabilities"):
        for entry in service.get(key).each():
            names = {name.removeprefix("CAP_") for name in entry.text.upper().split()}
            if not entry.text.startswith("~") and names & vocabulary().privileged_capabilities:
                draft.derive("host_access", "privileged", entry, key, "it keeps capabilities")


def _timer(draft: Draft, findings: Findings, unit: Node) -> None:
    calendar = unit.get("Timer", "OnCalendar")
    every = unit.get("Timer", "OnUnitActiveSec")
    where = calendar or every
    if not where:
        return
    place = Node(where.value, draft.line)
    draft.derive("kind", "scheduled_task", place, "Timer", f"the timer {findings.file} starts it")
    draft.derive("protocol", "none", place, "Timer", f"the timer {findings.file} starts it")
    counts = [_runs(entry) for entry in calendar.each()] if calendar else [_period(every)]
    total = sum(count for count in counts if count is not None)
    if None not in counts and total:
        draft.derive("invocations_per_month", round(total), place, "Timer.OnCalendar", "runs a month by the timer")


def _runs(entry: Node) -> float | None:
    text = entry.text.lower()
    if text in _NAMED:
        return _NAMED[text]
    if _CLOCK.fullmatch(text):
        return 30
    match = _EVERY.fullmatch(text)
    return 43_800 / int(match[1]) if match and int(match[1]) else None


def _period(every: Node) -> float | None:
    period = seconds(every.text.replace("min", "m") if every else NOTHING.text)
    return 730 * 3600 / period if period else None
