from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from whichcompute.classifier import archetypes, features
from whichcompute.classifier.cases import Case, read_cases, shipped
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import NONE
from whichcompute.training import Plan, train
from whichcompute.training.cross_validation import Course, Settings
from whichcompute.training.design_matrix import Eye

QUICK = Settings(draws=2, folds=3, repeats=1)
"""Settings under which a training takes seconds."""


@pytest.fixture(scope="session")
def pack() -> RulePack:
    return packs.load(facts.load())


@pytest.fixture(scope="session")
def eye(pack: RulePack) -> Eye:
    return Eye(pack, features.load(pack.facts))


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """Every third shipped decision for one of the services."""
    return [case for case in read_cases([shipped()]) if case.label != NONE][::3]


@pytest.fixture(scope="session")
def course(cases: list[Case], eye: Eye) -> Course:
    return Course(tuple(cases), eye, archetypes.load()[::4], QUICK)


@pytest.fixture(scope="session")
def some_rows(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a case file with some of the shipped rows, changed by a function if one is given."""
    with shipped().open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def write(every: int, first: int = 0, change: Callable[[dict[str, str]], None] = lambda row: None) -> Path:
        chosen = [dict(row) for row in rows[first::every]]
        for row in chosen:
            change(row)
        path = tmp_path_factory.mktemp("cases") / "ours.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(chosen)
        return path

    return write


@pytest.fixture(scope="session")
def trained(some_rows: Callable[..., Path], pack: RulePack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder fitted on a third of the shipped decisions."""
    out = tmp_path_factory.mktemp("models") / "small"
    train(Plan([some_rows(3)], out, pack, settings=QUICK, jobs=1), lambda text: None)
    return out
