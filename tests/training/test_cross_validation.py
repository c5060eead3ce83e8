from __future__ import annotations

import numpy as np
import pytest

from whichcompute.knowledge.services import SERVICES
from whichcompute.training.candidates import FAMILIES
from whichcompute.training.cross_validation import Course, Family, HeldOut, Training, answers_of, relative, thresholds
from whichcompute.training.design_matrix import COUNT

LABEL = np.array([0, 1] * 50)


def held(scores: np.ndarray, vetoed: np.ndarray | None = None) -> HeldOut:
    none = np.zeros(scores.shape, dtype=bool)
    return HeldOut(scores, none if vetoed is None else vetoed, (np.arange(0, 50), np.arange(50, 100)))


def test_no_case_is_answered_by_a_model_that_saw_its_group(course: Course) -> None:
    seen: list[tuple[set[str], set[str]]] = []

    def spy(training: Training, asked: object, sight: object) -> np.ndarray:
        seen.append(({c.id for c in training.cases}, {c.id for c in asked}))  # type: ignore[attr-defined]
        return np.zeros((len(asked), COUNT))  # type: ignore[arg-type]

    course.run([Family("spy", "spy", spy)], "strict", jobs=1)
    assert len(seen) == course.settings.folds
    assert not any(learned & asked for learned, asked in seen)
    assert set.union(*(asked for _, asked in seen)) == {case.id for case in course.cases}


def test_the_same_course_gives_the_same_scores(course: Course) -> None:
    first, again = (course.run([FAMILIES["both"]], "strict", jobs=jobs)["both"] for jobs in (1, 2))
    assert np.array_equal(first[0].scores, again[0].scores)


def test_what_is_vetoed_gets_nothing_and_is_never_plausible() -> None:
    scores = np.tile([1.0, 2.0, 0.0, 0.0, 0.0], (100, 1))
    vetoed = np.zeros((100, COUNT), dtype=bool)
    vetoed[:, 1], vetoed[:3] = True, True
    answers = answers_of(held(scores, vetoed), LABEL, 0.9)
    assert not answers.plausible[:, 1].any()
    assert answers.probabilities[:, 1].tolist() == [0.0] * 100
    assert answers.front[:3].tolist() == [len(SERVICES)] * 3
    assert answers.front[3:].tolist() == [0] * 97


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_the_thresholds_hold_as_many_labels_as_asked(coverage: float) -> None:
    rng = np.random.default_rng(2)
    likely = rng.dirichlet(np.ones(COUNT), 3000)
    label = np.array([rng.choice(COUNT, p=row) for row in likely])
    shares = relative(likely)
    least = thresholds(shares[:1500], label[:1500], coverage)
    inside = shares[np.arange(1500, 3000), label[1500:]] >= least[label[1500:]]
    assert inside.mean() == pytest.approx(coverage, abs=0.03)


def test_a_service_that_is_hard_to_tell_gets_a_lower_threshold() -> None:
    likely = np.tile([0.6, 0.4, 0, 0, 0], (200, 1))
    likely[1::2] = [0.85, 0.15, 0, 0, 0]
    label = np.array([0, 1] * 100)
    least = thresholds(likely, label, 0.9)
    assert least[1] < least[0]
