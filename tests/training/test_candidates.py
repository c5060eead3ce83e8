from __future__ import annotations

import numpy as np
import pytest

from whichcompute.classifier.cases import Case
from whichcompute.training.candidates import FAMILIES, base_rates
from whichcompute.training.cross_validation import Course, training
from whichcompute.training.design_matrix import COUNT
from whichcompute.training.measures import truth


@pytest.mark.parametrize("key", list(FAMILIES))
def test_a_family_learns_more_than_the_majority(key: str, course: Course) -> None:
    learned, asked = course.cases[::2], course.cases[1::2]
    sight = course.eye.see([case.values for case in asked])
    scores = FAMILIES[key].answer(training(learned, course.eye, course.shapes, course.settings, 0), asked, sight)
    assert scores.shape == (len(asked), COUNT)
    assert np.isfinite(scores).all()
    if FAMILIES[key].vetoes:
        scores = np.where(sight.vetoed, -np.inf, scores)
    right = (scores.argmax(axis=1) == truth(asked).label).mean()
    assert right > 0.5 or key == "majority"


def test_base_rates_are_log_shares_and_leave_something_to_the_unseen() -> None:
    cases = [Case(str(n), {}, label) for n, label in enumerate(["lambda", "lambda", "batch", "fargate"])]
    assert np.exp(base_rates(cases)).tolist() == pytest.approx([0.5, 0.25, 0.02, 0.25, 0.02])
