"""The course of a questionnaire in a terminal: ask, answer, undo, go back, stop; the same for every frontend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from whichcompute.base.errors import WorkloadError
from whichcompute.cli.ask.words import Action, answered_lines
from whichcompute.knowledge.descriptors import DESCRIPTORS

if TYPE_CHECKING:
    from whichcompute.knowledge.contradictions import Contradiction
    from whichcompute.questionnaire import Interview
    from whichcompute.questionnaire.questions import Question


class Frontend(Protocol):
    """How the questionnaire talks to its user. `ask` and `confirm` raise EOFError at the end of input."""

    def ask(self, interview: Interview, question: Question) -> Action:
        """What the user wants in reply to a question; explanations are given on the way."""

    def confirm(self, text: str, *, more: bool) -> Action:
        """What the user wants after a text that suggests to stop; `more`: whether there are questions left."""

    def tell(self, lines: list[str], role: str = "plain") -> None:
        """Says something that stays on the screen; roles as in render.Style."""

    @property
    def width(self) -> int:
        """Columns to write in."""


def run_session(interview: Interview, frontend: Frontend, save: Callable[[], None]) -> None:
    """Asks until enough is known or the user stops; `save` is called after every step."""
    wanted: str | None = None
    _warn(frontend, interview.contradictions)
    while True:
        question = interview.question(wanted) if wanted else interview.next_question()
        action = frontend.ask(interview, question) if question else _confirmed(interview, frontend)
        if action.does == "finish":
            return
        wanted = _step(interview, frontend, question, action)
        save()


def _confirmed(interview: Interview, frontend: Frontend) -> Action:
    over = interview.settled or not interview.open
    return frontend.confirm(
        interview.firmness if over else f"There is enough to recommend an answer. {interview.firmness}", more=not over
    )


def _step(interview: Interview, frontend: Frontend, question: Question | None, action: Action) -> str | None:
    """Carries an action out; returns the descriptor to ask next, None for whichever is best, or to stop again."""
    again = question.field if question else None
    if action.does == "answer":
        _answer(interview, frontend, action)
    elif action.does == "go on":
        interview.go_on()
    elif action.does == "skip" and question:
        interview.skip(*(part.field for part in question.parts))
        frontend.tell([f"Skipped for now: {question.text}"], "dim")
    elif action.does == "undo":
        return _undo(interview, frontend) or again
    else:
        return _back(interview, frontend, action.text) or again
    return None


def _answer(interview: Interview, frontend: Frontend, action: Action) -> None:
    before = interview.contradictions
    interview.answer_together({given.field: given.value for given in action.answers})
    for given in action.answers:
        frontend.tell([DESCRIPTORS[given.field].question, f"  {given.words}"], "answer")
    _warn(frontend, [found for found in interview.contradictions if found not in before])


def _warn(frontend: Frontend, found: Sequence[Contradiction]) -> None:
    for contradiction in found:
        names = ", ".join(contradiction.fields)
        how = f"To change one, type b and its name ({names})."
        frontend.tell([f"These answers contradict each other: {contradiction.text}", how], "warn")


def _undo(interview: Interview, frontend: Frontend) -> str | None:
    step = interview.undo()
    if step is None:
        frontend.tell(["There is nothing to undo."], "warn")
        return None
    frontend.tell([f"Went back to: {DESCRIPTORS[step.field].question}"], "dim")
    return step.field


def _back(interview: Interview, frontend: Frontend, name: str) -> str | None:
    if not name:
        frontend.tell(answered_lines(interview, frontend.width))
        return None
    field = name.lower().replace(" ", "_").replace("-", "_")
    try:
        return interview.question(field).field
    except WorkloadError:
        frontend.tell([f"Unknown question '{name}'.", *answered_lines(interview, frontend.width)], "warn")
        return None
