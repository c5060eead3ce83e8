"""How often a schedule runs in a month of 730 hours, from cron expressions of several dialects and from rates."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from whichcompute.importers.catalogue import table
from whichcompute.importers.quantities import seconds

Dialect = Literal["cron", "eventbridge", "azure", "systemd"]
"""cron: five fields. eventbridge: six, the year last. azure and systemd: six, the second first."""

_DAYS = 365 / 12
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)", re.IGNORECASE)
_CRON = re.compile(r"cron\((.*)\)", re.IGNORECASE | re.DOTALL)
_MONTH = _DAYS * 86400  # seconds
_UNIT = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_ANY = ("*", "?")
_ONCE_A_MONTH = re.compile(r"L(-\d+)?|LW|\d+W|\w+#\d|\w+L", re.IGNORECASE)
_STEP = re.compile(r"(\*|\?|\w+)(?:-(\w+))?(?:/(\d+))?")


def runs_per_month(expression: str, dialect: Dialect = "cron") -> float | None:
    """Runs a month, whole where it is one or more; None for an expression that cannot be read.

    >>> [runs_per_month(text) for text in ("rate(5 minutes)", "cron(0 14 ? * MON-FRI *)", "5 3 * * 0,2,4", "@daily")]
    [8760.0, 22.0, 13.0, 30.0]
    """
    text = expression.strip()
    if (period := _period(text.lower())) is not None:
        return _whole(_MONTH / period) if period else None
    if match := _CRON.fullmatch(text):
        text, dialect = match[1], "eventbridge"
    count = _fields(text.split(), dialect)
    return None if count is None else _whole(count)


def _period(text: str) -> float | None:
    """The seconds between two runs, 0 for none that makes sense; None where a schedule is not written by its period."""
    if match := _RATE.fullmatch(text):
        return int(match[1]) * _UNIT[match[2]]
    return (seconds(text[7:].strip()) or 0) if text.startswith("@every ") else table("triggers")["periods"].get(text)


def _fields(fields: list[str], dialect: Dialect) -> float | None:
    if len(fields) != (5 if dialect == "cron" else 6):
        return None
    per_minute: float | None = 1.0
    if dialect in ("azure", "systemd"):
        per_minute = _values(fields[0], 0, 59)
        fields = fields[1:]
    elif dialect == "eventbridge":
        if fields[5] not in _ANY:
            return None
        fields = fields[:5]
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    days = _days(fields[2], fields[3], fields[4], dialect)
    if per_minute is None or minutes is None or hours is None or days is None:
        return None
    return per_minute * minutes * hours * days


def _days(of_month: str, month: str, of_week: str, dialect: Dialect) -> float | None:
    """Days a month on which it runs: where two fields are restricted, cron needs one of them to name a day."""
    months = _values(month, 1, 12, _MONTHS)
    if months is None:
        return None
    parts: list[float | None] = []
    if of_month not in _ANY:
        monthly = 1.0 if _ONCE_A_MONTH.fullmatch(of_month) else _values(of_month, 1, 31)
        parts.append(None if monthly is None else min(monthly, _DAYS))
    if of_week not in _ANY:
        base = 1 if dialect == "eventbridge" else 0
        weekly = _values(of_week, base, base + 6, _WEEKDAYS)
        once = 1.0 if _ONCE_A_MONTH.fullmatch(of_week) else None
        parts.append(once if weekly is None else weekly * _DAYS / 7)
    if None in parts:
        return None
    restricted = [part for part in parts if part is not None] or [_DAYS]
    days = math.prod(restricted) / _DAYS ** (len(restricted) - 1) if dialect == "systemd" else sum(restricted)
    days = min(days, _DAYS)
    return days * months / 12


def _values(field: str, low: int, high: int, names: Sequence[str] = ()) -> float | None:
    """How many values from `low` to `high` a field names: `*`, `0/15`, `9-17`, `1,15`; None for an unreadable one."""
    chosen: set[int] = set()
    for part in field.split(","):
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        if match[1] in _ANY:
            first, last = low, high
        else:
            start = _number(match[1], names, low)
            stop = _number(match[2], names, low) if match[2] else high if match[3] else start
            if start is None or stop is None:
                return None
            first, last = start, stop
        step = int(match[3] or 1)
        size = high - low + 1
        last += size if last < first else 0  # such as FRI-MON
        if not (low <= first <= high + 1 and step >= 1):
            return None
        chosen |= {low + (value - low) % size for value in range(first, last + 1, step)}
    return float(len(chosen))


def _number(text: str, names: Sequence[str], low: int) -> int | None:
    if names and text.lower()[:3] in names:
        return names.index(text.lower()[:3]) + low
    return int(text) if text.isdecimal() and len(text) < 5 else None


def _whole(count: float) -> float:
    return float(round(count)) if count >= 1 else round(count, 3)
