from __future__ import annotations

from dataclasses import replace

import numpy as np

from whichcompute import Engine
from whichcompute.classifier.cases import Case
from whichcompute.training.measures import Answers, answers_of
from whichcompute.training.user_model import compare


def certain(answers: Answers, label: list[int]) -> Answers:
    rows = np.full(answers.probabilities.shape, 0.01)
    rows[np.arange(len(label)), label] = 0.96
    return replace(answers, probabilities=rows, front=np.array(label))


def test_a_model_that_knows_the_labels_is_told_to_be_better(engine: Engine, cases: list[Case]) -> None:
    odd = [replace(case, label="lightsail") for case in cases[:40]]
    shipped = answers_of(engine.aggregator, odd)
    comparison = compare(odd, [certain(shipped, [4] * 40)], engine.aggregator, engine.aggregator)
    assert "better than the shipped one" in comparison.sentence
    assert "no recommendation changes" in "\n".join(comparison.lines)


def test_a_model_that_errs_is_told_to_be_worse(engine: Engine, cases: list[Case]) -> None:
    own = cases[:40]
    wrong = certain(answers_of(engine.aggregator, own), [4 if case.label != "lightsail" else 0 for case in own])
    assert "do not use it" in compare(own, [wrong], engine.aggregator, engine.aggregator).sentence


def test_the_same_answers_are_no_better_and_no_worse(engine: Engine, cases: list[Case]) -> None:
    own = cases[:40]
    comparison = compare(own, [answers_of(engine.aggregator, own)], engine.aggregator, engine.aggregator)
    assert "no better and no worse" in comparison.sentence
