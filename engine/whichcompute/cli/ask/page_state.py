"""What the page of the questionnaire sends and shows, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from whichcompute.knowledge.descriptors import DESCRIPTORS

if TYPE_CHECKING:
    from whichcompute.questionnaire.interview import Interview
    from whichcompute.questionnaire.questions import Question


def answered(interview: Interview, step: str, given: Mapping[str, Any]) -> str | None:
    """Carries out a step of the page; returns the question to show next, None for whichever is best.

    Steps: state, answer (field, value, choice; or `answers`, a list of these), skip (field), ask (field), undo, go-on.
    Raises WorkloadError, KeyError.
    """
    if step == "answer":
        answers = given.get("answers", [given])
        interview.answer_together({each["field"]: _value(interview, each) for each in answers})
    elif step == "skip":
        interview.skip(*(part.field for part in interview.question(given["field"]).parts))
    elif step == "ask":
        return interview.question(given["field"]).field
    elif step == "undo":
        undone = interview.undo()
        return undone.field if undone else None
    elif step == "go-on":
        interview.go_on()
    elif step != "state":
        raise KeyError(step)
    return None


def _value(interview: Interview, given: Mapping[str, Any]) -> object:
    # The words of a range are looked up here: what a page sends is not to be trusted in a file.
    value, number = given.get("value"), given.get("choice")
    choices = interview.question(given["field"]).choices
    if isinstance(number, int) and 0 <= number < len(choices) and choices[number].value == value:
        return choices[number].value
    return value


def state(interview: Interview, wanted: str | None = None) -> dict[str, Any]:
    """Everything the page shows: the question with what its answers mean, the ranking, the answers so far."""
    question = interview.question(wanted) if wanted else interview.next_question()
    return {
        "question": _question(interview, question) if question else None,
        "ranking": [
            {"name": s.name, "probability": s.probability, "ruled_out": s.ruled_out} for s in interview.ranking
        ],
        "firmness": interview.firmness,
        "more": not interview.settled and bool(interview.open),
        "contradictions": [c.text for c in interview.contradictions],
        "answered": [
            {
                "field": step.field,
                "text": DESCRIPTORS[step.field].question,
                "answer": step.words,
            }
            for step in interview.steps.values()
        ],
    }


def _question(interview: Interview, question: Question) -> dict[str, Any]:
    consequences = interview.consequences(question)
    means = [
        {
            "effects": [f"{does} {', '.join(names)}" for does, names in consequence.effects],
            "sources": list(dict.fromkeys(cited.title for cited in consequence.sources)),
        }
        for consequence in consequences
    ]
    chosen = interview.chosen(question)
    return {
        **question.to_dict(),
        "means": means,
        "chosen": question.choices.index(chosen) if chosen else None,
        "number": None if question.field in interview.steps else interview.asked + 1,
        "also": [_question(interview, part) for part in question.also],
    }
