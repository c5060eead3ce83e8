"""Units of systemd: services, with the timers of the same name beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TypeAlias

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import seconds
from whichcompute.importers.schedules import runs_per_month

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
            _timer(draft, *timer)
        elif not once:
            draft.hint("kind", "server", service.get("ExecStart"), "ExecStart", "it runs all the time")
    for name, (findings, unit) in timers.items():
        findings.leave_out(name, unit.get("Timer").line, "a timer whose service is not beside it")


def _stem(findings: Findings) -> str:
    return PurePath(findings.file).name.removesuffix(".in").rsplit(".", 1)[0]


def _timer(draft: Draft, findings: Findings, unit: Node) -> None:
    calendar = unit.get("Timer", "OnCalendar")
    every = unit.get("Timer").first("OnUnitActiveSec", "OnUnitInactiveSec")
    where = calendar or every
    if not where:
        return
    place = Node(where.value, draft.line)
    draft.derive("kind", "scheduled_task", place, "Timer", f"the timer {findings.file} starts it")
    draft.derive("protocol", "none", place, "Timer", f"the timer {findings.file} starts it")
    counts = [_runs(entry) for entry in calendar.each()] if calendar else [_period(every)]
    total = sum(count for count in counts if count is not None)
    if None not in counts and total:
        whole = round(total) if total >= 1 else round(total, 3)
        draft.derive("invocations_per_month", whole, place, "Timer.OnCalendar", "runs a month by the timer")


def _runs(entry: Node) -> float | None:
    """Runs a month by a calendar event: weekdays, date and time, of which each may be left out."""
    text = entry.text.lower()
    match = _CALENDAR.fullmatch(text)
    if match is None or not text:
        return runs_per_month(f"@{text}")
    parts = (match[name] or otherwise for name, otherwise in _PARTS.items())
    return runs_per_month(" ".join(parts).replace("..", "-"), "systemd")


def _period(every: Node) -> float | None:
    period = seconds(every.text.replace("min", "m") if every else NOTHING.text)
    return 730 * 3600 / period if period else None
