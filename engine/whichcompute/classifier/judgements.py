"""Judgements: the probability of each answer as experts saw it, for descriptors or for cases, from files (CSV).

They are opinions, not observations: they train as soft labels and never judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.errors import DataError, shown
from whichcompute.classifier.cases import CsvRow, values_of
from whichcompute.classifier.cases import rows as rows_of
from whichcompute.knowledge.descriptors import DECIDING, Value
from whichcompute.knowledge.services import ANSWERS

COLUMNS = tuple(f"p_{answer}" for answer in ANSWERS)


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
        for row in rows_of(path, COLUMNS):
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
    for column in COLUMNS:
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
