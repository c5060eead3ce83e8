from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from whichcompute.base.resources import folder
from whichcompute.classifier.cases import Case, Judgements
from whichcompute.classifier.model_files import CARD, MODEL
from whichcompute.training import measures
from whichcompute.training.card import TITLES, Account, calibration, card, cell
from whichcompute.training.measures import Answers
from whichcompute.training.stored import empty
from whichcompute.training.trainer import FitSettings

CASES = (Case("a", {}, "lambda"), Case("b", {}, "none"))
SURE = Answers(np.eye(6)[[0, 5]], np.array([0, 5]), np.eye(6)[[0, 5]].astype(bool))
UNSURE = Answers(np.full((2, 6), 1 / 6), np.array([0, 0]), np.ones((2, 6), dtype=bool))


@pytest.fixture
def account() -> Account:
    """Two decisions of no known kind; both together are right and sure of it, each family alone knows nothing."""

    def answers(family: str, *_: object) -> Answers:
        return SURE if family == "both" else UNSURE

    trainer: Any = SimpleNamespace(cases=CASES, settings=FitSettings())
    trial: Any = SimpleNamespace(by="origins", shipped=answers, nested=answers)
    return Account("train", trainer, Judgements(), [trial], empty(), {1: 184}, (33, 0), "")


def test_the_card_names_its_command_and_every_family(trained: Path) -> None:
    card = (trained / CARD).read_text()
    command = "whichcompute train --cases ours.csv --judgements judged.csv --out small"
    assert card.startswith(f"# Model card\n\nWritten by `{command}`.")
    assert all(f"| {title} |" in card for title in TITLES.values())


def test_the_card_reports_the_numbers_of_the_model_beside_it(trained: Path) -> None:
    model = json.loads((trained / MODEL).read_text())
    card = (trained / CARD).read_text()
    assert f"softmax(score / {model['temperature']:.3f})" in card
    assert f"prefer strong {model['rule_weights']['prefer']['strong']:.2f}" in card
    assert "breaches by the weights: 0." in card


def test_the_card_says_that_judgements_are_opinions_and_never_judge(trained: Path) -> None:
    card = (trained / CARD).read_text()
    assert "**They are opinions, not observations.**" in card
    assert "the leading answer is the same in\n  0.89" in card


def test_the_card_says_what_rules_gain_over_the_classifier_alone(trained: Path) -> None:
    card = (trained / CARD).read_text()
    assert card.count("log loss over the classifier alone") == card.count("rules alone, classifier alone, both") > 0


def test_no_table_of_the_card_has_a_ragged_row(trained: Path) -> None:
    lines = (trained / CARD).read_text().splitlines()
    tables = [line.count("|") for line in lines if line.startswith("|")]
    assert len(set(tables)) <= 6
    assert "nan" not in (trained / CARD).read_text()


def test_the_shipped_card_holds_each_kind_of_source_out_whole() -> None:
    card = (folder("models") / "default" / CARD).read_text()
    held = card.partition("## Held out by kinds")[2].partition("##")[0]
    assert all(f"| {kind} |" in held for kind in ("story", "iac", "exam", "sample", "all"))
    assert "everything nested" in held
    assert "## An expert who saw the same fields" in card and "No opinions" not in card


def test_figures_have_three_digits_counts_none_and_what_is_missing_is_a_dash() -> None:
    assert [cell(value) for value in (0.5, 2, None)] == ["0.500", "2", "–"]


def test_gains_are_those_of_both_over_a_part(account: Account) -> None:
    exact, *_ = account.gains(account.trials[0])[TITLES["rules_alone"]]
    assert exact[0] == 0.5 and exact[1] <= 0.5 <= exact[2]
    assert account.worth(account.trials[0]).startswith("Rules and costs gain +0.500 exact and save +1.792 log loss")


def test_answers_fall_into_tenths_of_confidence() -> None:
    (found,) = calibration(UNSURE, measures.truth(CASES))
    assert (found["low"], found["high"], found["answers"], found["right"]) == (10, 20, 2, 0.5)
    assert found["confidence"] == pytest.approx(1 / 6)


def test_a_card_says_what_is_not_given_and_has_no_opinions_without_an_expert(account: Account) -> None:
    text = card(account)
    assert "2 real decisions: 1 lambda, 0 fargate" in text and "By kind of source: 2 not given." in text
    assert "184 conditions of\ndata/features.toml, 0 pairs and 0 triples" in text
    assert "| outside these services | 1 | 1.000 | 1.000 | 1.000 | 1.000 |" in text
    assert "No opinions of an expert on all of these decisions were given." in text
    assert "| both together (used) | 2 | 1.000 |" in text and "| 90-100 % | 2 | 1.000 | 1.000 |" in text
