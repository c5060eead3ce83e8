"""The questionnaire line by line: for pipes, screen readers (`--plain`) and terminals that cannot do more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from whichcompute.base.words import wrap
from whichcompute.cli.ask.words import (
    HINT,
    PLAIN_HINT,
    Action,
    choice_lines,
    exact_line,
    explanation,
    ranking_lines,
    ranking_words,
    reply,
    stop_hint,
    understand,
)

if TYPE_CHECKING:
    from whichcompute.questionnaire import Interview
    from whichcompute.questionnaire.questions import Question


class Lines:
    """Asks in lines on standard error and reads lines. `plain` says in sentences what the other form draws."""

    def __init__(self, source: TextIO | None, width: int, plain: bool) -> None:
        self._source = source
        self.width = width
        self._plain = plain
        self._shown: str | None = None

    def ask(self, interview: Interview, question: Question) -> Action:
        """The reply to a question, asked again until it is understood."""
        if interview.steps:
            self._standing(interview)
        self._question(interview.asked + 1, question)
        while True:
            action = understand(self._read("Your answer: "), question)
            if action.does == "explain":
                self.tell(explanation(interview, question, self.width, full=action.text == "??"))
            elif action.does == "wrong":
                self.tell(wrap(action.text, self.width))
            else:
                return action

    def confirm(self, text: str, *, more: bool) -> Action:
        """An empty line stops, c goes on, u undoes the last answer, b goes back to one; asked until understood."""
        self.tell(["", *wrap(text, self.width)])
        while (action := reply(self._read(f"{stop_hint(more)}: "))).does == "wrong":
            self.tell(wrap(action.text, self.width))
        return action

    def tell(self, lines: list[str], role: str = "plain") -> None:
        """Prints lines."""
        if role == "answer":
            lines = wrap(f"Noted: {' '.join(line.strip() for line in lines)}", self.width, "", "  ")
        else:
            lines = [part for line in lines for part in (wrap(line, self.width) or [""])] if role == "warn" else lines
        print("\n".join(lines), file=sys.stderr)

    def _standing(self, interview: Interview) -> None:
        ranking = interview.ranking
        if self._plain:
            lines = wrap(ranking_words(ranking), self.width)
        else:
            lines = [line for _, line in ranking_lines(ranking)]
        self.tell(["", *lines, *wrap(interview.firmness, self.width)])

    def _question(self, number: int, question: Question) -> None:
        lines = ["", *wrap(f"{number}. {question.text}", self.width)]
        lines += [line for head, own in choice_lines(question, self.width) for line in (*head, *own)]
        lines += wrap(exact_line(question), self.width, "     ")
        self.tell([*lines, *wrap(PLAIN_HINT if self._plain else HINT, self.width)])

    def _read(self, prompt: str) -> str:
        print(prompt, end="", flush=True, file=sys.stderr)
        line = self._source.readline() if self._source is not None and not self._source.closed else ""
        if not line:
            print(file=sys.stderr)
            raise EOFError
        return line
