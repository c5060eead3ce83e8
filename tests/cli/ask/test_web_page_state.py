from __future__ import annotations

import json

import pytest

from whichcompute.cli.ask.web import answered, state
from whichcompute.cli.ask.words import ranking_words, share
from whichcompute.knowledge.services import ANSWERS
from whichcompute.questionnaire import Interview, Standing


def test_the_state_is_plain_and_complete(interview: Interview) -> None:
    answered(interview, "answer", {"field": "kind", "value": "website"})
    shown = json.loads(json.dumps(state(interview)))
    assert shown["question"]["number"] == 2 and len(shown["question"]["means"]) == len(shown["question"]["choices"])
    assert [entry["answer"] for entry in shown["answered"]] == ["pages that people open in a browser"]
    assert len(shown["ranking"]) == len(ANSWERS) and shown["firmness"]


def test_a_range_is_kept_in_words_only_as_it_was_offered(interview: Interview) -> None:
    choice = interview.question("max_duration_s").choices[0]
    answered(interview, "answer", {"field": "max_duration_s", "value": choice.value, "choice": 0})
    assert interview.steps["max_duration_s"].words == choice.words
    answered(interview, "answer", {"field": "max_duration_s", "value": 1, "choice": 0, "said": "forged"})
    assert interview.steps["max_duration_s"].words == "1 s"


def test_going_back_shows_the_answer_that_stands(interview: Interview) -> None:
    interview.answer("kind", "web_api")
    shown = state(interview, answered(interview, "ask", {"field": "kind"}))["question"]
    assert shown["field"] == "kind" and shown["choices"][shown["chosen"]]["value"] == "web_api"


def test_undo_asks_what_was_undone(interview: Interview) -> None:
    interview.answer("os", "linux")
    assert answered(interview, "undo", {}) == "os" and interview.answers == {}
    assert answered(interview, "undo", {}) is None


@pytest.mark.parametrize(("step", "given"), [("nonsense", {}), ("answer", {}), ("skip", {})])
def test_what_makes_no_sense_is_refused(interview: Interview, step: str, given: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        answered(interview, step, given)


def test_questions_asked_at_once_come_and_go_together(interview: Interview) -> None:
    asked = state(interview, "memory_mb")["question"]
    assert [part["field"] for part in asked["also"]] == ["vcpus", "gpus"] and asked["also"][0]["means"]
    answers = [{"field": "memory_mb", "value": "4GB"}, {"field": "vcpus", "value": None}]
    answered(interview, "answer", {"answers": answers})
    assert interview.answers == {"memory_mb": 4096.0, "vcpus": None} and interview.asked == 1
    assert answered(interview, "undo", {}) == "memory_mb" and interview.answers == {}
    answered(interview, "skip", {"field": "memory_mb"})
    assert not {"memory_mb", "vcpus", "gpus"} & set(interview.open[:-3])


@pytest.mark.parametrize(
    ("standing", "shown", "spoken"),
    [
        (Standing("batch", "AWS Batch", 0.001, ruled_out=False), "<1%", "AWS Batch less than 1 percent."),
        (Standing("batch", "AWS Batch", 0.99, ruled_out=False), ">97%", "AWS Batch more than 97 percent."),
        (Standing("batch", "AWS Batch", 0.0, ruled_out=True), "ruled out", "Ruled out: AWS Batch."),
    ],
    ids=["hardly", "surely", "never"],
)
def test_a_probability_is_shown_and_spoken_as_in_the_answer(standing: Standing, shown: str, spoken: str) -> None:
    assert share(standing) == shown
    assert ranking_words([standing]).endswith(spoken)
