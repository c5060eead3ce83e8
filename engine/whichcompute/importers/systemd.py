"""Units of systemd: services, with the timers of the same name beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TypeAlias

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.functions import Trigger, read_triggers
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node

Unit: TypeAlias = "tuple[Findings, Node]"

_SECTION = re.compile(r"\[(\w+)\]")
_SETTING = re.compile(r"([A-Za-z]+)\s*=\s*(.*)")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}"
_FIELD = r"(?:\*|\d{1,2}(?:\.\.\d{1,2})?)(?:/\d{1,2})?"
_SECONDS = r"(?:\.\d+)?"
_FIELDS = rf"{_FIELD}(?:,{_FIELD})*"
_CALENDAR = re.compile(
    rf"(?:(?P<weekdays>{_DAY}(?:(?:,|\.\.|-){_DAY})*)\s*)?"
    rf"(?:(?:\*-|\d{{4}}-)?(?P<month>{_FIELDS})-(?P<day>{_FIELDS})\s*)?"
    rf"(?:(?P<hour>{_FIELDS}):(?P<minute>{_FIELDS})(?::(?P<second>{_FIELDS}){_SECONDS})?)?(?:\s+[a-z/_]+)?"
)
_PARTS = {"second": "0", "minute": "0", "hour": "0", "day": "*", "month": "*", "weekdays": "*"}
"""The parts of a calendar event in the order of a cron expression, with what each is that is left out."""


def is_unit(name: str) -> bool:
    """Whether a file is a service or a timer by its name."""
    return name.endswith((".service", ".timer", ".service.in"))


def read_unit(findings: Findings, text: str) -> None:
    """Keeps a unit, which is read with the others of its folder."""
    findings.kept["units"].append(parse_unit(text))


def parse_unit(text: str) -> Node:
    """The settings of a unit by section; a setting that is repeated is a list."""
    sections: dict[str, tuple[int, dict[str, list[Node]]]] = {}
    current: dict[str, list[Node]] = {}
    for line, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if match := _SECTION.fullmatch(stripped):
            current = sections.setdefault(match[1], (line, {}))[1]
        elif match := _SETTING.fullmatch(stripped):
            current.setdefault(match[1], []).append(Node(match[2], line))
    found = {name: Node({key: _together(values) for key, values in settings.items()}, line)
             for name, (line, settings) in sections.items()}  # fmt: skip
    return Node(found, 1)


def _together(values: list[Node]) -> Node:
    return values[0] if len(values) == 1 else Node(values, values[0].line)


def read_units(units: Sequence[Unit]) -> None:
    """Adds the services among the units of one folder to the findings."""
    timers = {
        unit.get("Timer", "Unit").text.removesuffix(".service") or _stem(findings): (findings, unit)
        for findings, unit in units
        if unit.get("Timer")
    }
    for findings, unit in units:
        service = unit.get("Service")
        if not service.get("ExecStart"):
            continue
        draft = findings.draft(_stem(findings), service.line, "systemd", "")
        read_keys(draft, "systemd", service)
        read_keys(draft, "command", service)
        once = service.get("Type").text == "oneshot"
        timer = timers.pop(_stem(findings), None)
        if timer is not None:
            _timer(draft, timer[0], timer[1].get("Timer"))
        elif not once:
            draft.hint("kind", "server", service.get("ExecStart"), "ExecStart", "it runs all the time")
    for name, (findings, unit) in timers.items():
        findings.leave_out(name, unit.get("Timer").line, "a timer whose service is not beside it")


def _stem(findings: Findings) -> str:
    return PurePath(findings.file).name.removesuffix(".in").rsplit(".", 1)[0]


def _timer(draft: Draft, findings: Findings, timer: Node) -> None:
    """Takes how often a timer starts a service: by its calendar, else by a period."""
    every = timer.first("OnUnitActiveSec", "OnUnitInactiveSec")
    written = [(entry, _expression(entry.text.lower())) for entry in timer.get("OnCalendar").each()]
    if not written and every:
        written = [(every, f"@every {every.text.replace('min', 'm')}")]
    nodes = [Node(text, entry.line, file=findings.file) for entry, text in written]
    read_triggers(draft, [Trigger("schedule", node, "Timer", node) for node in nodes], "systemd")


def _expression(calendar: str) -> str:
    """A calendar event as an expression with the second first; weekdays, date and time may each be left out."""
    match = _CALENDAR.fullmatch(calendar) if calendar else None
    if match is None:
        return f"@{calendar}"
    return " ".join(match[name] or otherwise for name, otherwise in _PARTS.items()).replace("..", "-")
