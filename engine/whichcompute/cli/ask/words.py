"""What the questionnaire says in a terminal, as lines of plain text; and what a typed line means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from whichcompute.base.words import percent, wrap
from whichcompute.knowledge.descriptors import DESCRIPTORS, DONT_KNOW, Value

if TYPE_CHECKING:
    from whichcompute.questionnaire import Interview, Standing
    from whichcompute.questionnaire.questions import Consequence, Question

HINT = "? why · ?? what each answer means · u undo · s skip · b back · q finish · then Enter"
PLAIN_HINT = "Type a number, or: ? for why, ?? for what each answer means, u undo, s skip, b back, q finish; then Enter"
_BAR, _NAME = 20, 17
_UNITS = ("s", "MB", "GB", "USD")
Doing = Literal["answer", "explain", "undo", "skip", "finish", "back", "wrong"]
_COMMANDS: dict[str, Doing] = {
    "?": "explain", "??": "explain", "h": "explain", "help": "explain", "u": "undo", "undo": "undo", "s": "skip",
    "skip": "skip", "q": "finish", "quit": "finish", "finish": "finish", "exit": "finish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """What the user wants: an answer with its value and words, a command, or something that was not understood."""

    does: Doing
    value: Value | str | None = None
    text: str = ""


Reply = Literal["stop", "on", "undo"]
"""What the user wants when enough is known: the recommendation, more questions, or the last answer undone."""


def reply(typed: str) -> Reply:
    """What a line means where the questionnaire suggests to stop."""
    word = typed.strip().lower()
    if word in ("u", "undo"):
        return "undo"
    return "on" if word in ("c", "continue", "go on", "y", "yes") else "stop"


def understand(line: str, question: Question) -> Action:
    """What a typed line means as a reply to a question: a command, the number or value of a choice, an exact value."""
    text = line.strip()
    word = text.lower()
    if word in _COMMANDS:
        return Action(_COMMANDS[word], text=word)
    if word in ("b", "back") or word.startswith(("b ", "back ")):
        return Action("back", text=word.partition(" ")[2].strip())
    if not text:
        return Action("wrong", text="Please type a number, or s to skip the question.")
    if word.isdecimal() and 1 <= int(word) <= len(question.choices) + 1:
        return pick(int(word) - 1, question)
    if word.isdecimal() and question.exact:
        unit = f"{word} {question.unit}" if question.unit in _UNITS else f"={word}"
        last = len(question.choices) + 1
        return Action("wrong", text=f"{word} is not one of 1 to {last}; for an exact value type {unit}.")
    if word in (DONT_KNOW.lower(), "dont know", "don't know", "unknown"):
        return Action("answer", None, DONT_KNOW)
    return _value(text.removeprefix("=").strip(), question)


def pick(number: int, question: Question) -> Action:
    """The answer at a place of the list, 'I don't know' being the last."""
    if number == len(question.choices):
        return Action("answer", None, DONT_KNOW)
    choice = question.choices[number]
    return Action("answer", choice.value, choice.words)


def _value(text: str, question: Question) -> Action:
    descriptor = DESCRIPTORS[question.field]
    if question.kind == "boolean" and text.lower() in ("y", "n"):
        text = {"y": "yes", "n": "no"}[text.lower()]
    for choice in question.choices:
        if text.lower() == choice.words.lower():
            return Action("answer", choice.value, choice.words)
    try:
        value = descriptor.read(text)
    except ValueError as error:
        return Action("wrong", text=f"'{text}' is not an answer: type 1 to {len(question.choices) + 1}; {error}.")
    if value is None:
        return Action("wrong", text="Please type a number, or s to skip the question.")
    known = question.choice_of(value) if question.kind != "number" else None
    return Action("answer", value, known.words if known else descriptor.say(value))


def choice_lines(question: Question, width: int) -> list[list[str]]:
    """The lines of each choice, numbered from 1, 'I don't know' last."""
    words = [*(choice.words for choice in question.choices), DONT_KNOW]
    return [wrap(text, width, f"{number:>3}  ", "     ") for number, text in enumerate(words, start=1)]


def exact_line(question: Question) -> str:
    """How to give an exact number; empty for other questions."""
    if not question.exact:
        return ""
    bare = "" if question.unit not in ("count", "vCPU", "USD") else "; put = before a bare number, as in =3"
    return f"or an exact value {question.exact}{bare}"


def ranking_lines(ranking: Sequence[Standing]) -> Iterator[tuple[Standing, str]]:
    """Each service with a bar of its probability."""
    for standing in ranking:
        bar = ("█" * round(standing.probability * _BAR)).ljust(_BAR, "·")
        share = "ruled out" if standing.ruled_out else f"{percent(standing.probability):>4}"
        yield standing, f"{standing.name:<{_NAME}} {bar} {share}"


def ranking_words(ranking: Sequence[Standing]) -> str:
    """The ranking as a sentence, for a voice."""
    left = [f"{s.name} {s.probability * 100:.0f} percent" for s in ranking if not s.ruled_out]
    out = [s.name for s in ranking if s.ruled_out]
    said = f"So far: {', '.join(left)}." if left else "So far: none of the services compared."
    return said + (f" Ruled out: {', '.join(out)}." if out else "")


def explanation(interview: Interview, question: Question, width: int, *, full: bool = False) -> list[str]:
    """Why a question is asked; in full also what each answer means by the rules, with their sources."""
    lines = [*wrap(f"Why: {question.why}", width), *wrap(f"Meaning: {question.meaning}", width)]
    if not full:
        return lines
    lines += wrap(f"Field name: {question.field}, for example: {question.example}", width)
    numbers: dict[str, int] = {}  # of each source by its title, in the order of mention
    consequences = interview.consequences(question)
    for number, consequence in enumerate(consequences, start=1):
        lines += wrap(f"{number}: {consequence.choice.words} - {_effects(consequence, numbers)}", width, "  ", "     ")
    last = f"{len(consequences) + 1}: {DONT_KNOW} - leaves it open; the rest has to decide"
    lines += wrap(last, width, "  ", "     ")
    cited = "; ".join(f"[{number}] {title}" for title, number in numbers.items())
    return lines + (wrap(f"Sources: {cited}.", width, "", "  ") if cited else [])


def _effects(consequence: Consequence, numbers: dict[str, int]) -> str:
    if not consequence.effects:
        return "no rule depends on this alone"
    cited = dict.fromkeys(numbers.setdefault(source.title, len(numbers) + 1) for source in consequence.sources)
    said = "; ".join(f"{does} {', '.join(names)}" for does, names in consequence.effects)
    return f"{said} {''.join(f'[{number}]' for number in cited)}"


def answered_lines(interview: Interview, width: int) -> list[str]:
    """The questions answered so far, by the names under which one can go back to them."""
    if not interview.steps:
        return ["Nothing has been answered yet."]
    lines = ["Type b and a name to go back, for example: b " + next(reversed(interview.steps))]
    for step in interview.steps.values():
        lines += wrap(f"{step.field}: {step.words}", width, "  ", "    ")
    return lines
