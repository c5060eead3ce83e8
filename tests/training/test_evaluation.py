from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Done
from whichcompute import Engine
from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import read_cases
from whichcompute.training.evaluation import evaluate

AGREED = [
    *("n", "accuracy", "accuracy_acceptable", "log_loss", "ece", "ece_noise", "exclusions_broken", "set_coverage"),
    *("mean_set_size", "per_service", "outside_accuracy", "ablation", "trained_on"),
]


@pytest.fixture(scope="module")
def file(some_rows: Callable[..., Path]) -> Path:
    """A fifth of the shipped decisions, 139 of them."""
    return some_rows(5)


@pytest.fixture(scope="module")
def figures(file: Path, engine: Engine) -> dict[str, object]:
    return evaluate([file], engine.recommender)


def test_the_agreed_figures_are_there_for_every_part(figures: dict[str, object]) -> None:
    assert set(AGREED) <= set(figures)
    ablation = figures["ablation"]
    assert isinstance(ablation, dict)
    assert list(ablation) == ["majority", "rules_alone", "classifier_alone", "both"]
    assert all(set(AGREED[:9]) <= set(row) for row in ablation.values())
    assert ablation["both"]["accuracy"] == figures["accuracy"]
    assert ablation["both"]["gain_of_both"]["accuracy"] == 0


def test_the_figures_are_those_of_recommend(engine: Engine, file: Path, figures: dict[str, object]) -> None:
    cases = read_cases([file])
    right = [engine.recommend(dict(case.values)).service == case.label for case in cases]
    assert figures["accuracy"] == pytest.approx(sum(right) / len(right))
    assert figures["trained_on"] == figures["n"] == len(cases)


def test_what_a_case_excludes_is_never_recommended(figures: dict[str, object]) -> None:
    assert figures["exclusions_broken"] == 0


def test_where_the_classifier_alone_would_choose_otherwise_is_counted(figures: dict[str, object]) -> None:
    otherwise = figures["classifier_otherwise"]
    assert isinstance(otherwise, dict)
    assert 0 <= otherwise["n"] < 20
    assert otherwise["recommendation_is_label"] + otherwise["classifier_is_label"] <= otherwise["n"]


def test_places_outside_are_judged_where_the_case_names_one(
    figures: dict[str, object], engine: Engine, tmp_path: Path
) -> None:
    assert isinstance(figures["outside_accuracy"], float)
    file = tmp_path / "one.csv"
    file.write_text("product_class,host_access,label,outside\ndatabase,,none,managed_database\n,,none,\n")
    assert evaluate([file], engine.recommender)["outside_accuracy"] == 1.0
    file.write_text("kind,label\nwebsite,lambda\n")
    assert evaluate([file], engine.recommender)["outside_accuracy"] is None


def test_recommending_none_counts(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "none.csv"
    file.write_text("os,host_access,label\nother,kernel,none\nother,kernel,batch\n")
    told = evaluate([file], engine.recommender)
    assert told["accuracy"] == 0.5
    assert told["trained_on"] == 0


def test_a_file_without_cases_is_refused(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("kind,label\n")
    with pytest.raises(DataError, match=r"empty\.csv: contains no cases"):
        evaluate([file], engine.recommender)


def test_the_command_prints_json_and_tells_unread_columns(run: Callable[..., Done], tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text("kind,team,label\nweb_api,blue,lambda\nserver,red,lightsail\n")
    done = run("evaluate", "--cases", file, "--json")
    assert done.status == 0, done.err
    assert json.loads(done.out)["n"] == 2
    assert "ignored columns (not descriptors): team" in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind,label\nserver,lamda\n", "column label: 'lamda' is not an answer"),
        ("kind,label\nserver,batch\nserver,lightsail\n", "at least 40 are needed; 10 suffice with --with-default"),
    ],
    ids=["unknown label", "too few cases"],
)
def test_training_refuses_clearly_with_status_2(text: str, told: str, run: Callable[..., Done], tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(text)
    done = run("train", "--cases", file, "--out", tmp_path / "out")
    assert done.status == 2
    assert told in done.err
    assert not (tmp_path / "out").exists()
