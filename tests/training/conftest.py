from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from whichcompute.classifier import directions, features
from whichcompute.classifier.cases import Case, Judgements, read_cases, read_judgements, shipped
from whichcompute.classifier.features import Features
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.rules import RulePack
from whichcompute.training import Plan, train
from whichcompute.training.design_matrix import Designer
from whichcompute.training.run import shipped_judgements
from whichcompute.training.trainer import FitSettings, Trainer

QUICK = FitSettings(folds=2)
"""Settings under which a training takes seconds."""


@pytest.fixture(scope="session")
def pack() -> RulePack:
    return packs.load(facts.load())


@pytest.fixture(scope="session")
def seen(pack: RulePack) -> Features:
    return features.load(pack.facts)


@pytest.fixture(scope="session")
def designer(pack: RulePack, seen: Features) -> Designer:
    return Designer(pack, seen, {rule.id: 0.25 for rule in pack})


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """Every sixth shipped decision."""
    return read_cases([shipped()])[::6]


@pytest.fixture(scope="session")
def judgements() -> Judgements:
    """Every thirtieth shipped judgement, and all opinions."""
    all_ = read_judgements(shipped_judgements())
    return Judgements(all_.rows[::30], all_.opinions)


@pytest.fixture(scope="session")
def trainer(designer: Designer, cases: list[Case], judgements: Judgements) -> Trainer:
    return Trainer(designer, directions.load(), cases, judgements, QUICK)


@pytest.fixture(scope="session")
def some_rows(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a case file with some of the shipped rows, changed by a function if one is given."""
    with shipped().open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def write(every: int, first: int = 0, change: Callable[[dict[str, str]], None] = lambda row: None) -> Path:
        chosen = [dict(row) for row in rows[first::every]]
        for row in chosen:
            change(row)
        return written(tmp_path_factory.mktemp("cases") / "ours.csv", chosen)

    return write


@pytest.fixture(scope="session")
def some_judgements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every thirtieth shipped judgement."""
    with shipped_judgements()[0].open(newline="", encoding="utf-8") as file:
        return written(tmp_path_factory.mktemp("judgements") / "judged.csv", list(csv.DictReader(file))[::30])


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def trained(
    some_rows: Callable[..., Path], some_judgements: Path, pack: RulePack, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model folder fitted on a sixth of the shipped decisions and some judgements."""
    out = tmp_path_factory.mktemp("models") / "small"
    train(Plan([some_rows(6)], out, pack, [some_judgements], settings=QUICK, jobs=1), lambda text: None)
    return out
