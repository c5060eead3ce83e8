"""The spellings of sizes and times in infrastructure files, each in the unit of its descriptor; None is unreadable.

The same word has other units elsewhere: `memory: 2000M` is binary in Compose and decimal in Kubernetes, a bare number
is MiB in ECS and bytes in Compose. Hence one function for each platform.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = r"(\d{1,100}(?:\.\d+)?|\.\d+)"  # longer ones are none that a float can hold with their unit
_WITH_UNIT = re.compile(rf"{_NUMBER}\s*([A-Za-z]*)")
_MIB = 1024.0**2
_DOCKER = {"": 1.0, "b": 1.0, **{letter + end: 1024.0**power for power, letter in enumerate("kmgt", start=1)
                                 for end in ("", "b", "i", "ib")}}  # fmt: skip
_ECS = {"": 1.0, "mb": 1.0, "mib": 1.0, "gb": 1024.0, "gib": 1024.0}
_KUBERNETES = {
    "": 1.0,
    "m": 0.001,
    **{letter: 1000.0**power for power, letter in enumerate("kMGTPE", start=1)},
    **{f"{letter}i": 1024.0**power for power, letter in enumerate("KMGTPE", start=1)},
}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_CLOCK = re.compile(r"(?:(\d{1,100})\.)?(\d{1,100}):(\d{1,100}):(\d{1,100})")
_DURATION = re.compile(r"(?<![\d.])(\d{1,100}(?:\.\d+)?)(ms|s|m|h|d)")
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


def aws_region(text: str) -> str | None:
    """The id of a Region that a text is, or that an ARN has.

    >>> aws_region("eu-west-1"), aws_region("arn:aws:ecs:us-east-2:1:service/a"), aws_region("${AWS::Region}")
    ('eu-west-1', 'us-east-2', None)
    """
    name = text.split(":")[3] if text.startswith("arn:") and text.count(":") > 3 else text
    return name if re.fullmatch(r"[a-z]{2,4}(-[a-z]+){1,2}-\d", name) else None


def mb_in_gb(text: str) -> float | None:
    """A number of MB in GB."""
    size = number(text)
    return size / 1024 if size else None


def compose_mb(text: str) -> float | None:
    """Memory in Compose and Docker: `b k m g` and `kb mb gb`, all binary; a bare number is bytes.

    >>> compose_mb("512M"), compose_mb("1.5gb"), compose_mb("524288000")
    (512.0, 1536.0, 500.0)
    """
    size = _scaled(text.lower(), _DOCKER)
    return _stated(size / _MIB) if size is not None else None


def fly_mb(text: str) -> float | None:
    """Memory in fly.toml: as in Docker, but a bare number is MB."""
    return number(text) or compose_mb(text)


def kubernetes_mb(text: str) -> float | None:
    """Memory in Kubernetes and Cloud Run: `Ki Mi Gi` binary, `k M G` decimal, a bare number is bytes.

    >>> kubernetes_mb("512Mi"), kubernetes_mb("1G"), kubernetes_mb("1.5Gi")
    (512.0, 954.0, 1536.0)
    """
    size = _scaled(text, _KUBERNETES)
    if size is None:
        return None
    megabytes = size / _MIB
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
    return _scaled(text, {"": 1.0, "m": 0.001}) or None


def ecs_mb(text: str) -> float | None:
    """Memory in ECS and AWS Batch: MiB, or a number with GB.

    >>> ecs_mb("512"), ecs_mb("1 GB"), ecs_mb("4")
    (512.0, 1024.0, None)
    """
    size = _scaled(text.lower(), _ECS)
    return size if size and size >= 64 else None  # a token such as 4 stands for a size that is set on submission


def ecs_cpu(text: str) -> float | None:
    """vCPU in ECS: CPU units of which 1,024 are one vCPU, or a number with vCPU; 0 says nothing.

    >>> ecs_cpu("256"), ecs_cpu(".5 vCPU"), ecs_cpu("0")
    (0.25, 0.5, None)
    """
    cpu = _scaled(text.lower(), {"": 1 / 1024, "vcpu": 1.0})
    return cpu if cpu and cpu >= _LEAST_VCPU else None


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


def _scaled(text: str, units: Mapping[str, float]) -> float | None:
    """A number in the units that a table has, by what each is worth; None for everything else."""
    match = _WITH_UNIT.fullmatch(text)
    return float(match[1]) * units[match[2]] if match and match[2] in units else None
