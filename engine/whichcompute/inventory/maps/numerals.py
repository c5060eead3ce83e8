"""Decimal and thousands marks: decided for a whole column from all of its numbers, as one cell alone may not show them.

`65.536` is 65,536 beside `2,5` and 65.536 beside `2.5`; where nothing else decides, groups of three are thousands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import polars as pl

_GAPS = "[' \u00a0\u202f]"
_NUMERAL = re.compile(rf"\s*[+-]?(\d(?:[\d.,]|{_GAPS}+(?=[\d.,]))*)\s*(?:[A-Za-z]+\s*)?")
_OTHER = {".": ",", ",": "."}


class Fraction(str):
    """A number, not a text, that is not whole: its point separates decimals, which in a text it may not."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The thousands mark and the decimal mark of a column; empty: none."""

    thousands: str
    decimal: str

    def plain(self, cell: pl.Expr) -> pl.Expr:
        """The cell with a decimal point and without thousands marks; a cell that is not such a number as it is."""
        thousands, decimal = re.escape(self.thousands or "'"), re.escape(self.decimal or ".")
        groups = rf"^\s*[+-]?\d{{1,3}}(?:(?:{thousands}|{_GAPS})\d{{3}})+(?:{decimal}\d+)?\s*[A-Za-z]*\s*$"
        whole = cell.str.replace_all(rf"{thousands}|{_GAPS}", "")
        grouped = pl.when(cell.str.contains(groups)).then(whole).otherwise(cell)
        if self.decimal != ",":
            return grouped
        return (
            pl.when(grouped.str.contains(r"^\s*[+-]?\d+,\d+\s*[A-Za-z]*\s*$"))
            .then(grouped.str.replace(",", ".", literal=True))
            .otherwise(grouped)
        )


@dataclass(slots=True)
class Evidence:
    """What the numbers of a column say about its marks; `open`: those of numbers such as 65.536."""

    decimal: set[str] = field(default_factory=set)
    thousands: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    gaps: bool = False

    def marks(self, whole_file: set[str]) -> Marks | None:
        """The marks; `whole_file` are the decimal marks of all columns. None if every number is plain."""
        decimal = self.decimal or {_OTHER[mark] for mark in self.thousands}
        if not decimal and self.open:
            decimal = whole_file if len(whole_file) == 1 else {_OTHER[mark] for mark in self.open}
        if len(decimal) == 2:
            return Marks("", ",")
        if not decimal:
            return Marks("", ".") if self.gaps else None
        (mark,) = decimal
        used = self.open | self.thousands | self.decimal
        return Marks(_OTHER[mark], mark) if self.gaps or used - {"."} or mark == "," else None


def points(columns: Iterable[tuple[int, Collection[str]]]) -> dict[int, bool]:
    """The columns that hold numbers which are not whole, and whether texts beside them may have other marks."""
    held = ((at, cells) for at, cells in columns if any(type(cell) is Fraction for cell in cells))
    return {at: bool(evidence(cell for cell in cells if type(cell) is not Fraction).open) for at, cells in held}


def evidence(cells: Iterable[str]) -> Evidence:
    """What these cells say; cells that are not numbers say nothing."""
    found = Evidence()
    for cell in cells:
        if (match := _NUMERAL.fullmatch(cell)) is None:
            continue
        digits = re.sub(_GAPS, "", match[1])
        found.gaps |= digits != match[1]
        marks = [sign for sign in digits if sign in _OTHER]
        if len(set(marks)) == 2:
            found.decimal.add(marks[-1])
        elif len(marks) > 1:
            found.thousands.add(marks[0])
        elif marks:
            before, after = digits.split(marks[0])
            either = len(after) == 3 and len(before) <= 3 and before != "0"
            (found.open if either else found.decimal).add(marks[0])
    return found
