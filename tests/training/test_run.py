from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.conftest import QUICK
from whichcompute import Engine
from whichcompute.base.errors import DataError, ModelError
from whichcompute.classifier import model as classifier
from whichcompute.classifier.cases import read_cases
from whichcompute.classifier.model_files import FILES
from whichcompute.knowledge.rules import RulePack
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.training import LEAST, LEAST_WITH_DEFAULT, Plan, train
from whichcompute.training.measures import answers_of, hits, truth


def silent(text: str) -> None:
    del text


def test_the_same_cases_give_the_same_bytes(
    trained: Path, some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    train(Plan([some_rows(3)], out, pack, settings=QUICK, jobs=2), silent)
    assert all((out / name).read_bytes() == (trained / name).read_bytes() for name in FILES)


def test_what_was_written_is_read_and_answers_well(
    trained: Path, some_rows: Callable[..., Path], pack: RulePack
) -> None:
    others = read_cases([some_rows(3, first=1)])
    aggregator = Aggregator(pack, classifier.load(trained, pack.facts))
    assert hits(answers_of(aggregator, others), truth(others)).mean() > 0.7


def test_rules_still_veto_under_another_model(trained: Path) -> None:
    ours = Engine(model=trained)
    assert ours.recommend({"max_duration_s": "20m"}).service != "lambda"


def relabel(row: dict[str, str]) -> None:
    row["description"] += " (ours)"
    if row["label"] == "fargate":
        row["label"], row["acceptable"], row["excluded"] = "ecs_ec2", "", ""


def test_a_house_model_says_what_changed_and_whether_it_is_better(
    some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    plan = Plan([some_rows(4, change=relabel)], tmp_path / "ours", pack, with_default=True, settings=QUICK, jobs=2)
    report = train(plan, silent)
    assert "decisions of your own, held out, the new model is" in report
    assert "recommendations change" in report
    assert "log-odds of rule advice: prefer strong" in report
    assert "held out, the new model is" in (tmp_path / "ours" / "MODEL_CARD.md").read_text()


@pytest.mark.parametrize(
    ("every", "with_default", "least"),
    [(40, False, LEAST), (40, True, LEAST_WITH_DEFAULT)],
    ids=["alone", "beside the shipped ones"],
)
def test_too_few_cases_are_refused_with_the_least_number(
    every: int, with_default: bool, least: int, some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=rf"\d+ decisions .* at least {least} are needed"):
        train(Plan([some_rows(every)], tmp_path / "x", pack, with_default, QUICK), silent)
    assert not (tmp_path / "x").exists()


def test_decisions_that_all_choose_one_service_are_refused(
    some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    def batch(row: dict[str, str]) -> None:
        row["label"], row["acceptable"], row["excluded"] = "batch", "", ""

    with pytest.raises(DataError, match="every decision is for batch"):
        train(Plan([some_rows(2, change=batch)], tmp_path / "x", pack, settings=QUICK), silent)


def test_a_folder_with_other_files_is_refused_before_any_work(
    some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ModelError, match=r"notes\.txt"):
        train(Plan([some_rows(2)], tmp_path, pack, settings=replace(QUICK)), silent)
