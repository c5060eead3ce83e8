from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import QUICK
from whichcompute import Engine
from whichcompute.base.errors import DataError, ModelError
from whichcompute.classifier import model as classifier
from whichcompute.classifier.cases import read_cases
from whichcompute.classifier.model_files import FILES
from whichcompute.knowledge.rules import RulePack
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.training import LEAST, LEAST_WITH_DEFAULT, Plan, run, train
from whichcompute.training.measures import answers_of, hits, truth


def silent(text: str) -> None:
    del text


def test_the_same_files_give_the_same_bytes(
    trained: Path, some_rows: Callable[..., Path], some_judgements: Path, pack: RulePack, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    train(Plan([some_rows(6)], out, pack, [some_judgements], settings=QUICK, jobs=2), silent)
    assert all((out / name).read_bytes() == (trained / name).read_bytes() for name in FILES)


def test_what_was_written_is_read_and_answers_well(
    trained: Path, some_rows: Callable[..., Path], pack: RulePack
) -> None:
    others = read_cases([some_rows(6, first=1)])
    aggregator = Aggregator(pack, classifier.load(trained, pack.facts))
    assert hits(answers_of(aggregator, CostModel(pack.facts), others), truth(others)).mean() > 0.65


def test_the_parts_are_stored_beside_the_model(trained: Path, pack: RulePack) -> None:
    model = classifier.load(trained, pack.facts)
    rules, alone = model.rivals["rules_alone"], model.rivals["classifier_alone"]
    assert rules.rule_weight("prefer", "strong") > 0 == alone.rule_weight("prefer", "strong")
    assert alone.groups and not rules.groups and not model.rivals["majority"].groups
    assert model.rate("lambda.gpu-required") == rules.rate("lambda.gpu-required") < 0.05


def test_rules_still_veto_under_another_model(trained: Path) -> None:
    ours = Engine(model=trained)
    assert ours.recommend({"max_duration_s": "20m"}).service != "lambda"


def as_ours(row: dict[str, str]) -> None:
    row["case_id"], row["source_url"] = f"ours-{row['case_id']}", f"https://ours.example/{row['case_id']}"
    row["description"] = f"{row['case_id']} of ours"
    if row["label"] == "fargate":
        row["label"], row["acceptable"], row["excluded"] = "ecs_ec2", "", ""


@pytest.fixture
def little_shipped(some_rows: Callable[..., Path], some_judgements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What --with-default adds, small enough for a test."""
    shipped = some_rows(12)
    monkeypatch.setattr(run, "shipped", lambda: shipped)
    monkeypatch.setattr(run, "shipped_judgements", lambda: (some_judgements,))


@pytest.mark.usefixtures("little_shipped")
def test_the_new_model_is_compared_on_decisions_that_neither_has_seen(
    some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    plan = Plan([some_rows(14, change=as_ours)], tmp_path / "ours", pack, with_default=True, settings=QUICK, jobs=1)
    report = train(plan, silent)
    assert "On 50 decisions that neither model has seen, the new model is" in report
    assert "answers change" in report
    assert "that neither model has seen, the new model is" in (tmp_path / "ours" / "MODEL_CARD.md").read_text()


@pytest.mark.usefixtures("little_shipped")
def test_decisions_that_the_shipped_model_has_seen_compare_nothing(
    some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    def renamed(row: dict[str, str]) -> None:
        row["case_id"], row["description"] = f"ours-{row['case_id']}", "ours"

    plan = Plan([some_rows(15, change=renamed)], tmp_path / "ours", pack, with_default=True, settings=QUICK, jobs=1)
    assert "Only 0 of these decisions are new to both models" in train(plan, silent)


@pytest.mark.parametrize(
    ("every", "with_default", "least"),
    [(30, False, LEAST), (80, True, LEAST_WITH_DEFAULT)],
    ids=["alone", "beside the shipped ones"],
)
def test_too_few_cases_are_refused_with_the_least_number(
    every: int, with_default: bool, least: int, some_rows: Callable[..., Path], pack: RulePack, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=rf"\d+ decisions: at least {least} are needed"):
        train(Plan([some_rows(every)], tmp_path / "x", pack, (), with_default, QUICK), silent)
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
        train(Plan([some_rows(2)], tmp_path, pack, settings=QUICK), silent)
