"""The questionnaire on a terminal: arrow keys and numbers, with the ranking redrawn as answers come in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from whichcompute.base.words import wrap
from whichcompute.cli.ask.keys import Keys, available
from whichcompute.cli.ask.words import (
    HINT,
    Action,
    Given,
    choice_lines,
    complete,
    exact_line,
    explanation,
    keep,
    options,
    pick,
    ranking_lines,
    reply,
    stop_hint,
    understand,
)

if TYPE_CHECKING:
    from whichcompute.questionnaire import Interview
    from whichcompute.questionnaire.questions import Question

Blocks: TypeAlias = "list[tuple[list[str], list[str]]]"
"""For each answer the lines of the question that begins with it, and its own."""
_STYLES = {"plain": "", "title": "bold", "answer": "", "warn": "yellow", "dim": "dim"}
_WIDEST = 90
_ARROWS = {"up": -1, "down": 1}


@dataclass(slots=True)
class _Page:
    """What is on the screen: the highlighted choice, what was chosen, the line typed so far, what was said about it."""

    interview: Interview
    question: Question
    width: int
    height: int
    at: int = 0
    rest: int = 0  # the highlighted choice before something was typed, which holds if that is refused
    typed: str = ""
    notes: list[str] = field(default_factory=list)
    taken: int = 0  # lines above the page that an explanation needs
    chosen: dict[str, Given] = field(default_factory=dict)  # where several questions are asked at once

    def draw(self) -> RenderableType:
        """The page as lines that fit the screen: the list of choices scrolls when there are many."""
        head, foot = self._head(), self._foot()
        room = max(self.height - self.taken - len(head) - len(foot) - 1, 3)
        return Group(*head, *self._choices(room), *foot)

    def _head(self) -> list[Text]:
        lines = [Text("")]
        if self.interview.steps and not self.taken:  # an explanation needs the room
            for place, (standing, line) in enumerate(ranking_lines(self.interview.ranking)):
                lines.append(Text(line, "dim" if standing.ruled_out else "green" if place == 0 else ""))
            lines += [Text(line, "dim") for line in wrap(self.interview.firmness, self.width)]
            lines.append(Text(""))
        again = self.question.field in self.interview.steps
        number = "Again" if again else str(self.interview.asked + 1)
        return lines + [Text(line, "bold") for line in wrap(f"{number}. {self.question.text}", self.width)]

    def _choices(self, room: int) -> list[Text]:
        """The answers; where those of several questions do not fit, only those of the highlighted one unfold."""
        blocks = choice_lines(self.question, self.width - 2)
        if sum(len(head) + len(own) for head, own in blocks) <= room:
            return self._unfolded(blocks, range(len(blocks)), room)
        titles = {span: [line for line in blocks[span.start][0] if line] for span in self._spans()}
        folded = {span: self._folded(title, span) for span, title in titles.items() if self.at not in span}
        (span,) = titles.keys() - folded.keys()
        title = [Text(line, "bold") for line in titles[span]]
        room -= len(title) + sum(map(len, folded.values()))
        folded[span] = title + self._unfolded([([], own) for _, own in blocks], span, room)
        return [line for span in titles for line in folded[span]]

    def _spans(self) -> Iterator[range]:
        """For each question on the screen the places of its answers."""
        start = 0
        for number, (_, choice) in enumerate(options(self.question), start=1):
            if choice is None:
                yield range(start, number)
                start = number

    def _folded(self, title: list[str], span: range) -> list[Text]:
        """A question with the numbers of its answers, and the chosen one."""
        chosen = [
            given.words for number in span if self._is_chosen(number) for given in pick(number, self.question).answers
        ]
        line = " ".join([*title, f"({span.start + 1} to {span.stop})", *chosen]).strip()
        return [Text(line, "bold") for line in wrap(line, self.width, "  ", "     ")]

    def _unfolded(self, blocks: Blocks, span: range, room: int) -> list[Text]:
        """The answers at these places, as many around the highlighted one as fit."""
        heights = [len(head) + len(own) for head, own in blocks]
        first = last = self.at
        used = heights[self.at]
        while True:  # grow around the highlighted choice while there is room
            before = used
            if last + 1 < span.stop and used + heights[last + 1] <= room:
                last += 1
                used += heights[last]
            if first > span.start and used + heights[first - 1] <= room:
                first -= 1
                used += heights[first]
            if used == before:
                break
        lines = []
        for number in range(first, last + 1):
            head, own = blocks[number]
            lines += [Text(line, "bold") for line in head]
            mark, style = ("> ", "reverse") if number == self.at else ("* " if self._is_chosen(number) else "  ", "")
            lines += [Text((mark if not row else "  ") + line, style) for row, line in enumerate(own)]
        if last + 1 - first < len(span):
            lines.append(Text(f"  ({len(span) - (last - first + 1)} more: arrow keys)", "dim"))
        return lines

    def _foot(self) -> list[Text]:
        lines = [Text(line, "dim") for line in wrap(exact_line(self.question), self.width, "     ")]
        lines += [Text(line, "yellow") for line in self.notes]
        lines += [Text(line, "dim") for line in wrap(f"arrows, number, Enter · {HINT}", self.width)]
        return [*lines, Text(f": {self.typed}")]

    def _is_chosen(self, number: int) -> bool:
        (given,) = pick(number, self.question).answers
        return self.chosen.get(given.field) == given

    def press(self, key: str) -> Action | None:
        """What a key leads to; None while the user is still at it."""
        choices = len(options(self.question))
        if key == "enter":
            typed = self.typed.strip()
            return self._with_chosen(understand(typed, self.question)) if typed else self._choose()
        if key in _ARROWS:
            self.at = (self.at + _ARROWS[key]) % choices
            self.typed = ""
        elif key in ("erase", "clear"):
            self.typed = self.typed[:-1] if key == "erase" else ""
        elif len(key) == 1:
            self.rest = self.rest if self.typed else self.at
            self.typed += key
        if self.typed.isdecimal() and 1 <= int(self.typed) <= choices:
            self.at = int(self.typed) - 1
        return None

    def _with_chosen(self, action: Action) -> Action:
        known = {given.field: given for given in action.answers if given.value is not None}
        return complete({**self.chosen, **known}, self.question) if self.chosen and known else action

    def _choose(self) -> Action | None:
        """The reply, once every question on the screen has its answer; until then the next of them is highlighted."""
        (given,) = pick(self.at, self.question).answers
        self.chosen[given.field] = given
        for number, (part, choice) in enumerate(options(self.question)):
            if part.field not in self.chosen and choice is None:  # Enter once more leaves it open
                self.at = number
                return None
        return complete(self.chosen, self.question)


class Screen:
    """Asks on the terminal behind standard error, with the keys of standard input."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._console = Console(stderr=True, highlight=False)

    @property
    def width(self) -> int:
        """Columns to write in."""
        return min(self._console.width - 1, _WIDEST)

    def ask(self, interview: Interview, question: Question) -> Action:
        """The reply to a question; the page is redrawn in place until there is one."""
        page = _Page(interview, question, self.width, self._console.height)
        if question.field in interview.steps:
            page.at = _place(interview, question)
        try:
            action = self._reply(page)
        except (EOFError, KeyboardInterrupt):
            keep(interview, page.chosen)
            raise
        if action.does == "finish":
            keep(interview, page.chosen)
        return action

    def _reply(self, page: _Page) -> Action:
        with self._live(page) as live:
            while True:
                key = self._keys.read()
                if key == "end":
                    raise EOFError
                action = page.press(key)
                if action is not None and action.does not in ("explain", "wrong"):
                    return action
                self._react(page, action, live)

    def _react(self, page: _Page, action: Action | None, live: Live) -> None:
        page.width, page.height = self.width, self._console.height
        if action is not None:
            page.typed = ""
        if action is not None and action.does == "explain":
            full = action.text == "??"  # of the highlighted answer only: all of them fill more than the screen
            lines = explanation(page.interview, page.question, page.width, full=full, at=page.at)
            live.console.print("\n".join(["", *lines]), markup=False)
            page.taken = len(lines) + 1
        wrong = action is not None and action.does == "wrong"
        page.at = page.rest if wrong else page.at
        page.notes = wrap(action.text, page.width) if action is not None and wrong else []
        live.update(page.draw(), refresh=True)

    def _live(self, page: _Page) -> Live:
        return Live(page.draw(), console=self._console, auto_refresh=False, transient=True, vertical_overflow="crop")

    def confirm(self, text: str, *, more: bool) -> Action:
        """Enter stops; c, u and b, each with Enter, go on, undo the last answer or go back to one."""
        self.tell(["", *wrap(text, self.width)], "title")
        self.tell(wrap(f"{stop_hint(more)}, then Enter.", self.width), "dim")
        typed = ""
        with Live(Text(": "), console=self._console, auto_refresh=False, transient=True) as live:
            while True:
                live.update(Text(f": {typed}"), refresh=True)
                key = self._keys.read()
                if key == "end":
                    raise EOFError
                if key == "enter":
                    if (action := reply(typed)).does != "wrong":
                        return action
                    live.console.print(action.text, style=_STYLES["warn"], markup=False)
                    typed = ""
                else:
                    typed = typed[:-1] if key == "erase" else typed + key if len(key) == 1 else typed

    def tell(self, lines: list[str], role: str = "plain") -> None:
        """Prints lines above the page."""
        for line in lines:
            for part in wrap(line, self.width, "", " " * (len(line) - len(line.lstrip()))) or [""]:
                self._console.print(part, style=_STYLES[role] or None, markup=False)


def _place(interview: Interview, question: Question) -> int:
    """The place of the answer so far; that of 'I don't know' where it is that."""
    chosen = interview.chosen(question)
    if chosen is None:
        return len(question.choices) if interview.answers[question.field] is None else 0
    return question.choices.index(chosen)


def usable() -> bool:
    """Whether both standard input and standard error are a terminal that can move its cursor."""
    terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    return terminal and available() and os.environ.get("TERM", "dumb") != "dumb"
