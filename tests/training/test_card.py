from __future__ import annotations

import json
from pathlib import Path

from whichcompute.base.resources import folder
from whichcompute.classifier.model_files import CARD, MODEL
from whichcompute.training.card import TITLES


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
