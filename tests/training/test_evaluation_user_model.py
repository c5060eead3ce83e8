from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from whichcompute import Engine
from whichcompute.classifier.cases import Case
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training.evaluation import compare, unseen
from whichcompute.training.measures import Answers


def certain(labels: Sequence[str]) -> Answers:
    leading = np.array([ANSWERS.index(label) for label in labels])
    rows = np.full((len(labels), len(ANSWERS)), 0.01)
    rows[np.arange(len(labels)), leading] = 0.95
    return Answers(rows, leading, rows > 0.5)


CASES = [Case(str(n), {}, "lightsail" if n % 2 else "lambda") for n in range(40)]
RIGHT = certain([case.label for case in CASES])
WRONG = certain(["batch"] * 40)


@pytest.mark.parametrize(
    ("shipped", "held_out", "verdict"),
    [
        (WRONG, RIGHT, "better than the shipped one"),
        (RIGHT, WRONG, "do not use it"),
        (RIGHT, RIGHT, "neither better nor worse"),
    ],
    ids=["better", "worse", "the same"],
)
def test_the_verdict_follows_from_the_labels(shipped: Answers, held_out: Answers, verdict: str) -> None:
    assert verdict in compare(CASES, shipped, held_out).sentence


def test_what_changes_is_listed() -> None:
    lines = "\n".join(compare(CASES, WRONG, RIGHT).lines)
    assert "40 of 40 answers change" in lines
    assert "0: batch -> lambda (chosen: lambda)" in lines
    assert "no answer changes" in "\n".join(compare(CASES, RIGHT, RIGHT).lines)


def test_too_few_decisions_compare_nothing() -> None:
    few = np.arange(3)
    assert "Only 3 of these decisions" in compare(CASES[:3], RIGHT.rows(few), WRONG.rows(few)).sentence


def test_a_decision_is_seen_by_its_id_or_its_address(engine: Engine, cases: list[Case]) -> None:
    model = engine.recommender.aggregator.classifier
    known = cases[0]
    new = replace(known, id="new", url="https://new.example")
    other_id, other_url = replace(known, id="new"), replace(known, url="")
    assert unseen([known, new, other_id, other_url, replace(new, url="")], model) == [1, 4]
