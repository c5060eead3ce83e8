from __future__ import annotations

import numpy as np
import pytest

from tests.training.conftest import QUICK
from whichcompute.classifier import directions
from whichcompute.classifier.cases import Case, Judgements
from whichcompute.classifier.features import Features
from whichcompute.training.cross_validation import FAMILIES, VETOED, Family, score
from whichcompute.training.design_matrix import ADVICE, COUNT, Designer, labels_of
from whichcompute.training.fit import Fitted, breaches, softmax
from whichcompute.training.trainer import Trainer, mean


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_learns_more_than_the_majority(family: Family, trainer: Trainer) -> None:
    rows = np.arange(len(trainer.cases))
    learned, asked = rows[::2], rows[1::2]
    scores = score(trainer, family, learned, asked)
    vetoed = trainer.design.vetoed[asked] & (family in VETOED)
    assert scores.shape == (len(asked), COUNT)
    right = (softmax(scores, vetoed).argmax(axis=1) == labels_of(trainer.cases)[asked]).mean()
    assert right > 0.5 or family == "majority"


def test_no_weight_breaks_a_declared_direction(trainer: Trainer, seen: Features) -> None:
    fitted = trainer.both(np.arange(len(trainer.cases)))
    assert breaches(seen, seen.terms, fitted.weights, directions.load()) == []
    assert (fitted.advice >= 0).all()


def test_rules_are_held_near_weights_that_are_seen(trainer: Trainer) -> None:
    fitted = trainer.both(np.arange(len(trainer.cases)))
    settings = trainer.settings
    start = [*settings.rule_weights, settings.severe_weight, *settings.rule_weights, *settings.cost_weights]
    assert fitted.advice == pytest.approx(start, abs=0.1)


def test_decisions_alone_can_be_learned_from(designer: Designer, cases: list[Case]) -> None:
    trainer = Trainer(designer, (), cases[::2], Judgements(), QUICK)
    fitted = trainer.both(np.arange(len(trainer.cases)))
    right = fitted.scores(trainer.design).argmax(axis=1) == labels_of(trainer.cases)
    assert right.mean() > 0.7


def test_the_mean_of_two_fits() -> None:
    one, other = (Fitted(np.full((1, COUNT), n), np.full(COUNT, n), np.full(len(ADVICE), n)) for n in (0.0, 1.0))
    assert mean(one, other, 0.25).weights.tolist() == [[0.25] * COUNT]
    assert mean(one, other, 0.25).advice.tolist() == [0.25] * len(ADVICE)
