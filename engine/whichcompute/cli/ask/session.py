"""The course of a questionnaire in a terminal: ask, answer, undo, go back, stop; the same for every face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from whichcompute.base.errors import WorkloadError
from whichcompute.cli.ask.words import Action, answered_lines, range_words
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.questionnaire import Interview
from whichcompute.questionnaire.questions import Question


class Face(Protocol):
    """How the questionnaire meets its user. `ask` and `confirm` raise EOFError when there is nobody left to answer."""

    def ask(self, interview: Interview, question: Question) -> Action:
        """What the user wants in reply to a question; explanations are given on the way."""

    def confirm(self, text: str) -> bool:
        """Whether the user wants to go on, after a text that suggests to stop."""

    def tell(self, lines: list[str], role: str = "plain") -> None:
        """Says something that stays on the screen; roles as in render.Style."""

    @property
    def width(self) -> int:
        """Columns to write in."""


def hold(interview: Interview, face: Face, keep: Callable[[], None]) -> None:
    """Asks until enough is known or the user stops; `keep` is called after every step. Raises what the face raises."""
    wanted: str | None = None
    while True:
        question = interview.question(wanted) if wanted else interview.next_question()
        if question is None:
            if not _goes_on(interview, face):
                return
            continue
        action = face.ask(interview, question)
        if action.does == "finish":
            return
        wanted = _step(interview, face, question, action)
        keep()


def _goes_on(interview: Interview, face: Face) -> bool:
    if interview.settled or not interview.open:
        face.tell([interview.firmness], "title")
        return False
    if not face.confirm(f"Enough is known. {interview.firmness}"):
        return False
    interview.go_on()
    return True


def _step(interview: Interview, face: Face, question: Question, action: Action) -> str | None:
    """Carries an action out; returns the descriptor to ask next, None for whichever is best."""
    if action.does == "answer":
        _answer(interview, face, question, action)
        return None
    if action.does == "skip":
        interview.skip(question.field)
        face.tell([f"Put off: {question.text}"], "dim")
        return None
    if action.does == "undo":
        return _undo(interview, face, question)
    return _back(interview, face, question, action.text)


def _answer(interview: Interview, face: Face, question: Question, action: Action) -> None:
    before = interview.contradictions
    interview.answer(question.field, action.value, range_words(question, action))
    face.tell([f"{question.text}", f"  {action.text}"], "answer")
    for contradiction in interview.contradictions:
        if contradiction not in before:
            names = ", ".join(contradiction.fields)
            how = f"To change one: b and its name ({names})."
            face.tell([f"This does not go together: {contradiction.text}", how], "warn")


def _undo(interview: Interview, face: Face, question: Question) -> str:
    step = interview.undo()
    if step is None:
        face.tell(["There is nothing to undo."], "warn")
        return question.field
    face.tell([f"Undone: {DESCRIPTORS[step.field].question}"], "dim")
    return step.field


def _back(interview: Interview, face: Face, question: Question, name: str) -> str:
    if not name:
        face.tell(answered_lines(interview, face.width))
        return question.field
    field = name.lower().replace(" ", "_").replace("-", "_")
    try:
        return interview.question(field).field
    except WorkloadError:
        face.tell([f"There is no question named '{name}'.", *answered_lines(interview, face.width)], "warn")
        return question.field
