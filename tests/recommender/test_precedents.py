from __future__ import annotations

import pytest

from whichcompute.classifier.neighbours import NearestDecisions
from whichcompute.recommender.precedents import Precedents, compared


@pytest.mark.parametrize(
    ("choices", "posed", "said"),
    [
        ({"lambda": 3}, 0, "All 3 comparable decisions on record chose AWS Lambda."),
        ({"lambda": 3}, 3, "All 3 comparable decisions on record (all of them certification exam questions) chose"),
        ({"lambda": 1}, 1, "The one comparable decision on record (a certification exam question) chose AWS Lambda."),
        (
            {"lambda": 1, "batch": 3},
            1,
            "(1 of them a certification exam question), 1 chose AWS Lambda; 3 chose AWS Batch.",
        ),
        ({"batch": 2}, 2, "Both comparable decisions on record (all of them certification exam questions) chose AWS B"),
    ],
)
def test_how_many_decisions_were_questions_is_said(choices: dict[str, int], posed: int, said: str) -> None:
    assert said in compared("lambda", choices, posed)
    assert compared("lambda", {}, 0) == ""


def test_the_classifier_is_named_where_decisions_say_the_opposite() -> None:
    against = Precedents("lambda", ("kind",), 0.5, lambda: NearestDecisions([], {"batch": 2}, 0))
    assert against.text.startswith("Both comparable decisions on record chose AWS Batch. Yet the classifier favours it")
    alike = Precedents("batch", ("kind",), 0.5, lambda: NearestDecisions([], {"batch": 2}, 0))
    assert alike.text == "Both comparable decisions on record chose AWS Batch."
