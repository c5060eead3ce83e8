"""Labelled decisions: workloads and the service that was chosen for them, read from case files (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_text
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS, NONE

CERTAINTIES = ("high", "medium", "low")
_ABOUT = ("case_id", "source_url", "source_kind", "label", "acceptable", "excluded", "evidence", "certainty")
_MAX_BYTES = 50_000_000
_SAID = 10  # problems told at once


@dataclass(frozen=True, slots=True)
class Case:
    """One decision: what was known of the workload, what was chosen, what would have served too and what could not."""

    id: str
    values: dict[str, Value]
    label: str
    acceptable: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    certainty: str = "high"
    description: str = ""
    url: str = ""
    kind: str = ""

    @property
    def serves(self) -> frozenset[str]:
        """The answers that count as right: the label and what is acceptable besides."""
        return self.acceptable | {self.label}


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one file, and the columns that are neither descriptors nor part of a case (left aside)."""

    cases: tuple[Case, ...]
    unread: tuple[str, ...]


def shipped() -> Path:
    """The case file that came with this installation."""
    return folder("data") / "cases" / "decisions.csv"


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """The cases of all files, exact repeats once; DataError names file, line, column, value and what is allowed."""
    seen: dict[tuple[object, ...], Case] = {}
    for path in paths:
        for case in read_case_file(path).cases:
            key = (case.id, case.url, case.description, case.label, tuple(case.values.items()))
            seen.setdefault(key, case)
    return list(seen.values())


def read_case_file(path: Path) -> CaseFile:
    """The cases of one file in order; DataError names file, line, column, value and what is allowed."""
    reader = csv.reader(io.StringIO(read_text(path, _MAX_BYTES), newline=""), strict=True)
    cases: list[Case] = []
    problems: list[str] = []
    try:
        header = _header(next(reader, None), path)
        first = reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                _read_row(header, row, f"{path}: line {first}", cases, problems)
            first = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num}: {error}") from None
    if problems:
        more = [f"and {len(problems) - _SAID:,} more"] if len(problems) > _SAID else []
        raise DataError("\n".join([*problems[:_SAID], *more]))
    return CaseFile(tuple(cases), tuple(name for name in header if name not in DESCRIPTORS and name not in _ABOUT))


def _header(row: Sequence[str] | None, path: Path) -> list[str]:
    header = [name.strip() for name in row or ()]
    if "label" not in header:
        raise DataError(f"{path}: line 1: no column `label`; a case file needs it, beside descriptor columns")
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise DataError(f"{path}: line 1: column '{shown(repeated[0])}' stands twice")
    if not any(name in DECIDING for name in header):
        raise DataError(f"{path}: line 1: no descriptor column such as kind, max_duration_s or packaging")
    return header


def _read_row(header: Sequence[str], row: Sequence[str], place: str, cases: list[Case], problems: list[str]) -> None:
    if len(row) != len(header):
        problems.append(f"{place}: {len(row)} cells, but the header has {len(header)} columns")
        return
    cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
    found = _values(cells, place, problems)
    label = _answers(cells, "label", place, problems)
    if not cells["label"]:
        problems.append(f"{place}: label is empty; {_ALLOWED}")
    elif len(label) > 1:
        problems.append(f"{place}: label '{shown(cells['label'])}' names several; others that serve go to `acceptable`")
    acceptable, excluded = (_answers(cells, name, place, problems) for name in ("acceptable", "excluded"))
    if both := sorted((label | acceptable) & excluded):
        problems.append(f"{place}: excluded '{both[0]}' is the label or acceptable too")
    cases.append(
        Case(
            id=cells.get("case_id") or place.rpartition("/")[2],
            values=found,
            label=next(iter(label), NONE),
            acceptable=acceptable - label,
            excluded=excluded,
            certainty=_certainty(cells.get("certainty", ""), place, problems),
            description=cells.get("description", ""),
            url=cells.get("source_url", ""),
            kind=cells.get("source_kind", ""),
        )
    )


def _values(cells: dict[str, str], place: str, problems: list[str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name in DECIDING:
        try:
            value = DESCRIPTORS[name].read(cells.get(name))
        except ValueError as error:
            problems.append(f"{place}, column {name}: '{shown(cells[name])}'; {error}")
            continue
        if value is not None:
            values[name] = value
    return values


_ALLOWED = f"allowed: {', '.join(ANSWERS)}"


def _answers(cells: dict[str, str], column: str, place: str, problems: list[str]) -> frozenset[str]:
    named = [part.strip().lower() for part in cells.get(column, "").split(";") if part.strip()]
    for odd in (name for name in named if name not in ANSWERS):
        problems.append(f"{place}, column {column}: '{shown(odd)}' is no service; {_ALLOWED}")
    return frozenset(named)


def _certainty(text: str, place: str, problems: list[str]) -> str:
    if text and text.lower() not in CERTAINTIES:
        problems.append(f"{place}, column certainty: '{shown(text)}'; allowed: {', '.join(CERTAINTIES)}, or empty")
    return text.lower() or "high"
