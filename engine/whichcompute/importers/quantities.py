"""The spellings of sizes and times in infrastructure files, each in the unit of its descriptor; None is unreadable.

The same word has other units elsewhere: `memory: 2000M` is binary in Compose and decimal in Kubernetes, a bare number
is MiB in ECS and bytes in Compose. Hence one function for each platform.
"""

from __future__ import annotations

import re

_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_WITH_UNIT = re.compile(rf"{_NUMBER}\s*([A-Za-z]*)")
_MIB = 1024.0**2
_BINARY = {"": 1.0, "k": 1024.0, "m": _MIB, "g": 1024.0**3, "t": 1024.0**4}
_KUBERNETES = {
    "": 1.0,
    "m": 0.001,
    **{letter: 1000.0**power for power, letter in enumerate("kMGTPE", start=1)},
    **{f"{letter}i": 1024.0**power for power, letter in enumerate("KMGTPE", start=1)},
}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_CLOCK = re.compile(r"(?:(\d+)\.)?(\d+):(\d+):(\d+)")
_DURATION = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_LEAST_VCPU = 0.03
_LEAST_MIB = 4.0  # smaller sizes are no statement


def number(text: str) -> float | None:
    """A plain number that is not negative.

    >>> number("512"), number("-1"), number("${SIZE}")
    (512.0, None, None)
    """
    return float(text) if re.fullmatch(_NUMBER, text) else None


def positive(text: str) -> float | None:
    """A plain number above 0."""
    return number(text) or None


def several(text: str) -> float | None:
    """A plain number above 1."""
    count = number(text)
    return count if count and count > 1 else None


def percent(text: str) -> float | None:
    """A percentage as a share: `200%` is 2."""
    share = number(text.removesuffix("%"))
    return share / 100 if share else None


def mb_in_gb(text: str) -> float | None:
    """A number of MB in GB."""
    size = number(text)
    return size / 1024 if size else None


def compose_mb(text: str) -> float | None:
    """Memory in Compose and Docker: `b k m g` and `kb mb gb`, all binary; a bare number is bytes.

    >>> compose_mb("512M"), compose_mb("1.5gb"), compose_mb("524288000")
    (512.0, 1536.0, 500.0)
    """
    match = _WITH_UNIT.fullmatch(text)
    unit = match[2].lower().removesuffix("b").removesuffix("i") if match else ""
    if match is None or unit not in _BINARY:
        return None
    return _stated(float(match[1]) * _BINARY[unit] / _MIB)


def fly_mb(text: str) -> float | None:
    """Memory in fly.toml: as in Docker, but a bare number is MB."""
    return number(text) or compose_mb(text)


def kubernetes_mb(text: str) -> float | None:
    """Memory in Kubernetes and Cloud Run: `Ki Mi Gi` binary, `k M G` decimal, a bare number is bytes.

    >>> kubernetes_mb("512Mi"), kubernetes_mb("1G"), kubernetes_mb("1.5Gi")
    (512.0, 954.0, 1536.0)
    """
    match = _WITH_UNIT.fullmatch(text)
    if match is None or match[2] not in _KUBERNETES:
        return None
    megabytes = float(match[1]) * _KUBERNETES[match[2]] / _MIB
    return _stated(megabytes if megabytes == int(megabytes) else float(round(megabytes)))


def kubernetes_gb(text: str) -> float | None:
    """The same in GB."""
    size = kubernetes_mb(text)
    return size / 1024 if size else None


def kubernetes_cpu(text: str) -> float | None:
    """vCPU in Kubernetes and Cloud Run.

    >>> kubernetes_cpu("250m"), kubernetes_cpu("2")
    (0.25, 2.0)
    """
    match = _WITH_UNIT.fullmatch(text)
    if match is None or match[2] not in ("", "m"):
        return None
    return (float(match[1]) * (0.001 if match[2] else 1.0)) or None


def ecs_mb(text: str) -> float | None:
    """Memory in ECS and AWS Batch: MiB, or a number with GB.

    >>> ecs_mb("512"), ecs_mb("1 GB"), ecs_mb("4")
    (512.0, 1024.0, None)
    """
    match = _WITH_UNIT.fullmatch(text)
    unit = match[2].lower() if match else ""
    if match is None or unit not in ("", "mb", "mib", "gb", "gib"):
        return None
    size = float(match[1]) * (1024.0 if unit.startswith("g") else 1.0)
    return size if size >= 64 else None  # a token such as 4 stands for a size that is set on submission


def ecs_cpu(text: str) -> float | None:
    """vCPU in ECS: CPU units of which 1,024 are one vCPU, or a number with vCPU; 0 says nothing.

    >>> ecs_cpu("256"), ecs_cpu(".5 vCPU"), ecs_cpu("0")
    (0.25, 0.5, None)
    """
    match = _WITH_UNIT.fullmatch(text)
    if match is None or match[2].lower() not in ("", "vcpu"):
        return None
    cpu = float(match[1]) / (1.0 if match[2] else 1024.0)
    return cpu if cpu >= _LEAST_VCPU else None


def seconds(text: str) -> float | None:
    """A duration such as `90`, `90s`, `1h30m`.

    >>> seconds("1h30m"), seconds("600s"), seconds("soon")
    (5400.0, 600.0, None)
    """
    if (plain := number(text)) is not None:
        return plain
    parts = _DURATION.findall(text)
    if not parts or "".join(amount + unit for amount, unit in parts) != text:
        return None
    return sum(float(amount) * _SECONDS[unit] for amount, unit in parts)


def clock(text: str) -> float | None:
    """A duration as days, hours, minutes and seconds; 0 says nothing.

    >>> clock("00:10:00"), clock("1.00:00:00")
    (600.0, 86400.0)
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest or None


def _stated(megabytes: float) -> float | None:
    return megabytes if megabytes >= _LEAST_MIB else None
