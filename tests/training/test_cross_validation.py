from __future__ import annotations

import numpy as np
import pytest

from whichcompute.training import cross_validation
from whichcompute.training.cross_validation import (
    Calibration,
    HeldOut,
    Trial,
    answers_of,
    calibration,
    held_out,
    nested_answers_of,
)
from whichcompute.training.design_matrix import COUNT
from whichcompute.training.trainer import Trainer

LABEL = np.array([0, 1] * 50)
PARTS = (np.arange(0, 50), np.arange(50, 100))


def held(scores: np.ndarray, vetoed: np.ndarray | None = None) -> HeldOut:
    none = np.zeros(scores.shape, dtype=bool)
    return HeldOut(scores, none if vetoed is None else vetoed, PARTS)


def halves(trainer: Trainer) -> list[np.ndarray]:
    rows = np.arange(len(trainer.cases))
    return [rows[::2], rows[1::2]]


def test_no_case_is_answered_by_a_model_that_saw_its_part(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs: list[tuple[set[int], set[int]]] = []

    def spy(trainer: Trainer, family: str, learned: np.ndarray, asked: np.ndarray) -> np.ndarray:
        pairs.append((set(learned.tolist()), set(asked.tolist())))
        return np.zeros((len(asked), COUNT))

    monkeypatch.setattr(cross_validation, "score", spy)
    held_out(trainer, halves(trainer), ["both"], jobs=1)
    assert len(pairs) == 2
    assert not any(learned & asked for learned, asked in pairs)
    assert set.union(*(asked for _, asked in pairs)) == set(range(len(trainer.cases)))


def test_only_rules_veto(trainer: Trainer) -> None:
    found = held_out(trainer, halves(trainer), ["majority", "rules_alone"], jobs=1)
    assert found["rules_alone"].vetoed.any() and not found["majority"].vetoed.any()


def test_what_is_vetoed_gets_nothing_and_is_never_plausible() -> None:
    scores = np.tile([1.0, 2.0, 0, 0, 0, 0], (100, 1))
    vetoed = np.zeros((100, COUNT), dtype=bool)
    vetoed[:, 1] = True
    answers = answers_of(held(scores, vetoed), Calibration(1.0, 0.1))
    assert not answers.plausible[:, 1].any() and not answers.probabilities[:, 1].any()
    assert answers.leading.tolist() == [0] * 100


def test_what_leads_is_always_plausible() -> None:
    answers = answers_of(held(np.zeros((100, COUNT))), Calibration(1.0, 0.5))
    assert answers.plausible.sum(axis=1).tolist() == [1] * 100


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_the_sets_hold_as_many_labels_as_asked(coverage: float) -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(0, 1, (3000, COUNT))
    likely = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    label = np.array([rng.choice(COUNT, p=row) for row in likely])
    parts = (np.arange(1500), np.arange(1500, 3000))
    answers = nested_answers_of(HeldOut(scores, np.zeros(scores.shape, dtype=bool), parts), label, coverage)
    assert answers.plausible[np.arange(3000), label].mean() == pytest.approx(coverage, abs=0.03)


def test_nested_calibration_does_not_see_the_part_that_it_answers() -> None:
    """The first part is always wrong, the second always right: each gets the temperature that suits the other."""
    scores = np.zeros((100, COUNT))
    scores[np.arange(100), np.where(np.arange(100) < 50, 1 - LABEL, LABEL)] = 3.0
    trial = Trial("kinds", {"both": held(scores)})
    nested, shipped = trial.nested("both", LABEL, 0.9), trial.shipped("both", LABEL, 0.9)
    assert nested.confidence[:50].min() > 0.9 > 0.5 > nested.confidence[50:].max()
    assert np.ptp(shipped.confidence) == pytest.approx(0)


def test_a_calibration_is_made_of_the_rows_it_is_given() -> None:
    scores = np.zeros((100, COUNT))
    scores[np.arange(100), LABEL] = 1.0
    used = calibration(held(scores), LABEL, np.arange(100), 0.9)
    assert used.temperature < 0.5 and used.plausible_from > 0.8
