from __future__ import annotations

import numpy as np
from hypothesis import given

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.questionnaire.terms import AnswerTerms, is_open, leading

AGGREGATOR = Engine.default().recommender.aggregator
TERMS = AnswerTerms(AGGREGATOR)


@given(workloads())
def test_the_leading_answer_is_that_of_a_weighing(values: dict[str, object]) -> None:
    complete = with_derived(values)
    columns = {field: TERMS.code(field, value) for field, value in complete.items() if field in TERMS.index.cells}
    scores, weighing = TERMS.scores(columns, 1), AGGREGATOR.weigh(complete)
    assert ANSWERS[leading(scores)[0]] == weighing.service
    assert np.allclose(TERMS.probabilities(scores)[0], weighing.probabilities)


def test_many_sheets_at_once_are_each_as_alone() -> None:
    columns = {"kind": np.array([TERMS.code("kind", "website"), TERMS.code("kind", "batch_job"), 0])}
    together = TERMS.scores(columns, 3)
    for row, kind in enumerate(("website", "batch_job", None)):
        assert np.allclose(together[row], TERMS.scores({"kind": TERMS.code("kind", kind)}, 1)[0])


def test_a_veto_on_an_answer_is_for_good_and_one_on_an_open_descriptor_is_not() -> None:
    number = ANSWERS.index("lambda")
    assert TERMS.out({"gpus": 1.0})[number]
    assert not TERMS.out({"gpus": None})[number]
    assert not any(TERMS.out({}))


def test_what_is_in_play_shrinks_with_the_answers() -> None:
    before, after = TERMS.in_play({}), TERMS.in_play({"kind": "website", "os": "linux"})
    assert after & ~before == 0 and after.bit_count() < before.bit_count()


def test_a_derived_descriptor_is_closed_when_a_factor_will_stay_unknown() -> None:
    assert is_open("average_concurrency", {"invocations_per_month": 10.0})
    assert not is_open("average_concurrency", {"invocations_per_month": None})
    assert not is_open("average_concurrency", {"invocations_per_month": 10.0, "typical_duration_s": 1.0})
