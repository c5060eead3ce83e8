"""Units of measure: reading `15m` or `2GiB`, converting within a dimension, and saying a quantity in words.

MB and GB are written the way AWS writes its quotas: binary, 1 GB = 1024 MB (so MB = MiB).
"""

from __future__ import annotations

import re
from math import floor, log10

_TIME = {
    "ms": 0.001,
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_MEGABYTES = {
    **dict.fromkeys(("b", "byte", "bytes"), 1 / 1024**2),
    **dict.fromkeys(("k", "kb", "kib", "ki", "ko", "kio"), 1 / 1024),
    **dict.fromkeys(("m", "mb", "mib", "mi", "mo", "mio"), 1.0),
    **dict.fromkeys(("g", "gb", "gib", "gi", "go", "gio"), 1024.0),
    **dict.fromkeys(("t", "tb", "tib", "ti", "to", "tio"), 1024.0**2),
}
_COUNT = {
    "k": 1e3,
    **dict.fromkeys(("m", "mn", "million"), 1e6),
    **dict.fromkeys(("bn", "billion"), 1e9),
}
SUFFIXES: dict[str, dict[str, float]] = {
    "s": _TIME,
    "MB": _MEGABYTES,
    "GB": {name: factor / 1024 for name, factor in _MEGABYTES.items()},
    "count": _COUNT,
    "vCPU": {"vcpu": 1.0, "vcpus": 1.0, "m": 0.001},  # 500m: 500 thousandths, as Kubernetes writes it
    "USD": {"usd": 1.0, "$": 1.0},
    "GB-s": {},
}
"""Descriptor unit -> suffix a value may carry (lower case) -> factor into the descriptor's unit."""

SPELLED = {"s": "ms, s, m, h, d", "MB": "KB, MB, GB, TB", "GB": "KB, MB, GB, TB", "count": "k, million, billion"}
"""Descriptor unit -> the suffixes to show a reader."""

DIMENSIONS = {"s": "time", "ms": "time", "KB": "data", "MB": "data", "GB": "data", "TB": "data"}
"""Units that convert into one another, by dimension; every other unit only equals itself."""

_LINEAR = {"s": 1.0, "ms": 0.001, "KB": 1 / 1024, "MB": 1.0, "GB": 1024.0, "TB": 1024.0**2}

NUMBER = r"^\s*(?:\$\s*)?([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(?:([A-Za-z$]+)\s*)?$"
"""The text of a number with an optional unit; one pattern for single values and for columns (Python and Rust regex).

No character can be matched by two parts of it, so that a long cell takes no longer than its length says.
"""

_NUMBER = re.compile(NUMBER, re.ASCII)
_TIMES = re.compile(r"(?:\s*\d{1,9}(?:\.\d{1,9})?\s*[A-Za-z]+){2,4}\s*", re.ASCII)


def read_number(text: str, unit: str) -> float | None:
    """The number in `text` converted to `unit`; None when it is not a number or carries another kind of unit.

    >>> read_number("15m", "s"), read_number("2GiB", "MB"), read_number("soon", "s"), read_number("1 h 30 min", "s")
    (900.0, 2048.0, None, 5400.0)
    """
    match = _NUMBER.match(text)
    if match is None:
        return _read_times(text) if unit == "s" else None
    factor = SUFFIXES[unit].get(match[2].lower()) if match[2] else 1.0
    return None if factor is None else float(match[1]) * factor


def _read_times(text: str) -> float | None:
    """The seconds of a time in several units, the largest first; None where it is none."""
    if _TIMES.fullmatch(text) is None:
        return None
    parts = re.findall(r"([\d.]+)\s*([A-Za-z]+)", text)
    factors = [_TIME.get(unit.lower(), 0.0) for _, unit in parts]
    if 0.0 in factors or any(smaller >= larger for larger, smaller in zip(factors, factors[1:], strict=False)):
        return None
    return sum(float(amount) * factor for (amount, _), factor in zip(parts, factors, strict=True))


def convert(value: float, unit: str, into: str) -> float | None:
    """`value` from `unit` into another unit of the same dimension; None when they do not convert."""
    if unit == into:
        return value
    if unit in DIMENSIONS and DIMENSIONS[unit] == DIMENSIONS.get(into):
        return value * _LINEAR[unit] / _LINEAR[into]
    return None


class InRange(float):
    """A number that represents the range in which an answer was given; `words` say the range."""

    def __new__(cls, value: float, words: str = "") -> InRange:
        """`words` are kept as they are; see `in_range` for words from a file."""
        number = super().__new__(cls, value)
        number.words = words
        return number

    words: str


_RANGE = re.compile(r"[A-Za-z0-9 .,]{1,80}")


def in_range(value: float, words: object) -> float:
    """The number with the words of its range; the number alone where they are not words that a range can have."""
    return InRange(value, words) if isinstance(words, str) and _RANGE.fullmatch(words) else value


def range_words(value: object) -> str:
    """The words of the range that a number represents; empty for a value that was given exactly."""
    return value.words if isinstance(value, InRange) else ""


def say(value: float, unit: str) -> str:
    """A quantity in words a reader can take in at a glance; of a number that represents a range, the range.

    >>> say(900, "s"), say(5400, "s"), say(10240, "MB"), say(0.5, "vCPU"), say(1200000, "count")
    ('15 min', '1 h 30 min', '10 GB', '0.5 vCPU', '1,200,000')
    """
    if isinstance(value, InRange):
        return value.words
    if unit == "s":
        return _say_time(value)
    if unit in ("MB", "GB"):
        return _say_size(value if unit == "MB" else value * 1024)
    number = plain(value)
    if unit == "USD":
        return f"{number} USD"
    return number if unit in ("count", "") else f"{number} {unit}"


LARGEST = 1e15
"""Numbers beyond this are refused in rules and facts: nothing measured is so large, and products stay finite."""


def plain(value: float, digits: int = 4) -> str:
    """A number without needless digits and without an exponent: thousands separated, so many significant decimals."""
    places = digits - 1 - floor(log10(abs(value))) if value else 0
    text = f"{value:,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _say_time(seconds: float) -> str:
    if seconds < 1:
        return f"{plain(seconds * 1000)} ms"
    for size, name, smaller, small_name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            whole, rest = divmod(seconds, size)
            tail = int(rest // smaller)
            return f"{int(whole):,} {name}" + (f" {tail} {small_name}" if tail else "")
    return f"{plain(seconds)} s"


def _say_size(megabytes: float) -> str:
    if megabytes < 1:
        return f"{plain(megabytes * 1024)} KB"
    if megabytes < 1024:
        return f"{plain(megabytes)} MB"
    gigabytes = megabytes / 1024
    if megabytes < 1024**2:
        # A size just beyond a limit must not read like the limit.
        looks_whole = gigabytes != int(gigabytes) and float(f"{gigabytes:.4g}").is_integer()
        return f"{plain(megabytes)} MB" if looks_whole else f"{plain(gigabytes)} GB"
    if gigabytes % 100 == 0 and gigabytes / 1024 % 0.25:
        return f"{plain(gigabytes)} GB"  # 7,000 GB and not 6.836 TB
    return f"{plain(gigabytes / 1024)} TB"
