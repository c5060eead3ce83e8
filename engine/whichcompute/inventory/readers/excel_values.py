"""The meaning of the numbers of an Excel sheet: plain numbers, dates, times and durations, as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite

from whichcompute.inventory.maps.numerals import Fraction

_DATES = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), *range(57, 59)}
_TIMES = {*range(18, 22), 45, *range(32, 36), 47, 55, 56}
_ELAPSED = 46
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_RUNNING = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\?([KMGT]i?B)\b', re.IGNORECASE)
_SCALED = re.compile("[0#?],+[^0#?,]*$")
_UNIT = re.compile("[KMGT]?i?[BO]|[vV]?CPUs?|[Cc]ores?", re.IGNORECASE)
_EXACT = 1e15  # whole numbers up to here are exact as Excel keeps them
_LAST_DAY = 2_958_466  # the day after 9999-12-31


def date_kinds(styles: Sequence[str], codes: Mapping[str, str]) -> list[str]:
    """For each style, given by the number of its format: date, time, duration, or '' for a plain number."""
    return [_kind(number, codes.get(number)) for number in styles]


def units(styles: Sequence[str], codes: Mapping[str, str]) -> list[str]:
    """For each style the unit of size that its format shows after a number, such as GB of `0" GB"`; '' for none.

    >>> units(["170", "0"], {"170": '#,##0" GB"'})
    ['GB', '']
    """
    return [_unit(codes.get(number, "")) for number in styles]


def _unit(code: str) -> str:
    if _SCALED.search(_QUIET.sub("", code.partition(";")[0])):
        return ""  # the format shows thousands or millions of the number
    shown = ((found[1] or found[2] or "").strip() for found in _LITERAL.finditer(code.partition(";")[0]))
    return next((text for text in shown if _UNIT.fullmatch(text)), "")


def _kind(number: str, code: str | None) -> str:
    if code is None:
        at = int(number)
        return "date" if at in _DATES else "time" if at in _TIMES else "duration" if at == _ELAPSED else ""
    letters = _QUIET.sub("", code.partition(";")[0]).lower()
    if "general" in letters:
        return ""
    if _RUNNING.search(letters):
        return "duration"
    if re.search("[yd]", letters) or ("m" in letters and not re.search("[hs]", letters)):
        return "date"
    return "time" if re.search("[hs]", letters) else ""


class Values:
    """Reads numbers by the styles of a workbook."""

    def __init__(self, kinds: Sequence[str], from_1904: bool, shown: Sequence[str] = ()) -> None:
        self._kinds = kinds
        self._shown = shown
        self._from_1904 = from_1904

    def number(self, written: str, style: int) -> str:
        """A number as text: dates and times in ISO 8601, durations in seconds (5400s), percentages as shares (0.5).

        A unit of size that the format shows is part of the text (64 GB), as it is what people see.
        """
        kind = self._kinds[style] if 0 <= style < len(self._kinds) else ""
        try:
            value = float(written)
        except ValueError:
            return written.strip()
        if not isfinite(value):
            return written.strip()
        if kind and 0 <= value < _LAST_DAY - 1462:
            return self._dated(value, kind)
        unit = self._shown[style] if 0 <= style < len(self._shown) else ""
        text = f"{plain(value)} {unit}" if unit else plain(value)
        return text if value.is_integer() else Fraction(text)

    def _dated(self, value: float, kind: str) -> str:
        span = timedelta(milliseconds=round(value * 86_400_000))
        if kind == "duration":
            return f"{plain(span.total_seconds())}s"
        moment = self._first(value) + span
        if value < 1 and (kind == "time" or value > 0):
            return moment.time().isoformat("auto")
        whole = not span % timedelta(days=1)
        return moment.date().isoformat() if whole and kind == "date" else moment.isoformat()

    def _first(self, value: float) -> datetime:
        if self._from_1904:
            return datetime(1904, 1, 1)
        # Excel counts a 29 February 1900, which did not exist.
        return datetime(1899, 12, 30) if value >= 60 else datetime(1899, 12, 31)


def plain(value: float) -> str:
    """A number as text, whole numbers without a decimal point."""
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
