"""What a classifier learns from, read from files (CSV): labelled decisions, and judgements.

A decision is a workload with the answer that was chosen for it. A judgement is the probability of each answer as an
expert saw it, for descriptors or for cases: an opinion, which trains as soft labels and never judges.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_text
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS, NONE

CERTAINTIES = ("high", "medium", "low")
_ABOUT = ("case_id", "source_url", "source_kind", "label", "acceptable", "excluded", "evidence", "certainty", "outside")
_PROBABILITIES = tuple(f"p_{answer}" for answer in ANSWERS)
_MAX_BYTES = 50_000_000
_SHOWN = 10  # problems reported at once
POSED = "exam"
"""The kind of source whose decisions are questions with an answer key, about workloads that do not exist."""


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
    outside: str = ""

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
    cases: list[Case] = []
    problems: list[str] = []
    read = rows(path, ("label",))
    if not any(name in DECIDING for name in read.header):
        raise DataError(f"{path}: line 1: no descriptor column such as kind, max_duration_s or packaging")
    for row in read:
        cases.append(_case(row, problems))
    if problems:
        more = [f"and {len(problems) - _SHOWN:,} more"] if len(problems) > _SHOWN else []
        raise DataError(*problems[:_SHOWN], *more)
    unread = tuple(name for name in read.header if name not in DESCRIPTORS and name not in _ABOUT)
    return CaseFile(tuple(cases), unread)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a CSV file: its cells by column, and where it is (file and line)."""

    place: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvRows:
    """The header and the rows of a CSV file."""

    header: tuple[str, ...]
    rows: tuple[CsvRow, ...]

    def __iter__(self) -> Iterator[CsvRow]:
        return iter(self.rows)


def rows(path: Path, needed: Sequence[str]) -> CsvRows:
    """The rows of a CSV file that has these columns, blank ones left out; DataError names file, line and problem."""
    reader = csv.reader(io.StringIO(read_text(path, _MAX_BYTES), newline=""), strict=True)
    found: list[CsvRow] = []
    problems: list[str] = []
    try:
        header = _header(next(reader, None), path, needed)
        first = reader.line_num + 1
        for cells in reader:
            place = f"{path}: line {first}"
            if len(cells) != len(header) and any(cell.strip() for cell in cells):
                problems.append(f"{place}: {len(cells)} cells, but the header has {len(header)} columns")
            elif any(cell.strip() for cell in cells):
                found.append(CsvRow(place, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
            first = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num}: {error}") from None
    if problems:
        raise DataError(*problems[:_SHOWN])
    return CsvRows(tuple(header), tuple(found))


def _header(row: Sequence[str] | None, path: Path, needed: Sequence[str]) -> list[str]:
    header = [name.strip() for name in row or ()]
    if missing := [name for name in needed if name not in header]:
        raise DataError(f"{path}: line 1: no column `{missing[0]}`; required: {', '.join(needed)}")
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise DataError(f"{path}: line 1: column '{shown(repeated[0])}' is duplicated")
    return header


def _case(row: CsvRow, problems: list[str]) -> Case:
    cells, place = row.cells, row.place
    found = values_of(row, problems)
    label = _answers(row, "label", problems)
    if not cells["label"]:
        problems.append(f"{place}: label is empty; {_ALLOWED}")
    elif len(label) > 1:
        problems.append(f"{place}: label '{shown(cells['label'])}' names several; put the others into `acceptable`")
    acceptable, excluded = (_answers(row, name, problems) for name in ("acceptable", "excluded"))
    if both := sorted((label | acceptable) & excluded):
        problems.append(f"{place}: excluded '{both[0]}' is the label or acceptable too")
    return Case(
        id=cells.get("case_id") or place.rpartition("/")[2],
        values=found,
        label=next(iter(label), NONE),
        acceptable=acceptable - label,
        excluded=excluded,
        certainty=_certainty(cells.get("certainty", ""), place, problems),
        description=cells.get("description", ""),
        url=cells.get("source_url", ""),
        kind=cells.get("source_kind", ""),
        outside=cells.get("outside", ""),
    )


def values_of(row: CsvRow, problems: list[str]) -> dict[str, Value]:
    """The known descriptors of a row; what cannot be read is added to `problems`."""
    values: dict[str, Value] = {}
    for name in DECIDING:
        try:
            value = DESCRIPTORS[name].read(row.cells.get(name))
        except ValueError as error:
            problems.append(f"{row.place}, column {name}: '{shown(row.cells[name])}'; {error}")
            continue
        if value is not None:
            values[name] = value
    return values


_ALLOWED = f"allowed: {', '.join(ANSWERS)}"


def _answers(row: CsvRow, column: str, problems: list[str]) -> frozenset[str]:
    named = [part.strip().lower() for part in row.cells.get(column, "").split(";") if part.strip()]
    for odd in (name for name in named if name not in ANSWERS):
        problems.append(f"{row.place}, column {column}: '{shown(odd)}' is not an answer; {_ALLOWED}")
    return frozenset(named)


def _certainty(text: str, place: str, problems: list[str]) -> str:
    if text and text.lower() not in CERTAINTIES:
        problems.append(f"{place}, column certainty: '{shown(text)}'; allowed: {', '.join(CERTAINTIES)}, or empty")
    return text.lower() or "high"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a workload, and the share of each answer in the order of ANSWERS (they add up to 1)."""

    id: str
    values: dict[str, Value]
    shares: tuple[float, ...]
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Judgements:
    """Judgements of descriptors, and opinions on cases by case id."""

    rows: tuple[Judgement, ...] = ()
    opinions: Mapping[str, tuple[float, ...]] | None = None

    def opinion(self, case_id: str) -> tuple[float, ...] | None:
        """The shares that an expert gave the answers for a case, without sight of its label; None if there are none."""
        return (self.opinions or {}).get(case_id)


def read_judgements(paths: Iterable[Path]) -> Judgements:
    """The judgements of all files; DataError names file, line, column and what is allowed.

    A file without descriptor columns that has a column case_id holds opinions on cases.
    """
    found: list[Judgement] = []
    opinions: dict[str, tuple[float, ...]] = {}
    problems: list[str] = []
    for path in paths:
        for row in rows(path, _PROBABILITIES):
            if any(name in DECIDING for name in row.cells):
                found.append(_judgement(row, problems))
            elif "case_id" in row.cells:
                opinions[row.cells["case_id"]] = _shares(row, problems)
            else:
                raise DataError(f"{path}: line 1: neither descriptor columns nor a column case_id")
    if problems:
        raise DataError(*problems[:10])
    return Judgements(tuple(found), opinions)


def _judgement(row: CsvRow, problems: list[str]) -> Judgement:
    id_ = row.cells.get("judgement_id") or row.place
    return Judgement(id_, values_of(row, problems), _shares(row, problems), row.cells.get("outside", ""))


def _shares(row: CsvRow, problems: list[str]) -> tuple[float, ...]:
    shares = []
    for column in _PROBABILITIES:
        text = row.cells[column]
        try:
            number = float(text or 0)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 100:
            problems.append(f"{row.place}, column {column}: '{shown(text)}'; allowed: a number from 0 to 100")
            number = 0.0
        shares.append(number)
    if sum(shares) <= 0:
        problems.append(f"{row.place}: the probabilities sum to 0")
        return (1 / len(shares),) * len(shares)
    return tuple(share / sum(shares) for share in shares)
