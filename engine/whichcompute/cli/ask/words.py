"""What the questionnaire says in a terminal, as lines of plain text; and what a typed line means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Literal

from whichcompute.base.errors import shown
from whichcompute.base.words import percent, wrap
from whichcompute.knowledge.descriptors import DESCRIPTORS, DONT_KNOW, Value

if TYPE_CHECKING:
    from whichcompute.questionnaire import Interview, Standing
    from whichcompute.questionnaire.questions import Choice, Consequence, Question

HINT = "? why · ?? what an answer means · u undo · s skip · b back · q finish · then Enter"
PLAIN_HINT = "Type a number, or: ? for why, ?? for what each answer means, u undo, s skip, b back, q finish; then Enter"
_BAR = 20
_SPOKEN = str.maketrans({"<": "less than ", ">": "more than ", "%": " percent"})
_UNITS = ("s", "MB", "GB", "USD")
Doing = Literal["answer", "explain", "undo", "skip", "finish", "go on", "back", "wrong"]
_SILENCE = (DONT_KNOW.lower(), "dont know", "don't know", "unknown")
_COMMANDS: dict[str, Doing] = {
    "?": "explain", "??": "explain", "h": "explain", "help": "explain", "u": "undo", "undo": "undo", "s": "skip",
    "skip": "skip", "q": "finish", "quit": "finish", "finish": "finish", "exit": "finish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one question, with its words."""

    field: str
    value: Value | str | None
    words: str


@dataclass(frozen=True, slots=True)
class Action:
    """What the user wants: answers to some of the questions asked at once, a command, or what was not understood."""

    does: Doing
    text: str = ""
    answers: tuple[Given, ...] = ()


def reply(typed: str) -> Action:
    """What a line means where the questionnaire suggests to stop: the recommendation, more questions, undo or back."""
    word = typed.strip().lower()
    if word in ("", "q", "quit", "finish", "exit", "n", "no"):
        return Action("finish")
    if word in ("c", "continue", "go on", "y", "yes"):
        return Action("go on")
    if word in ("u", "undo"):
        return Action("undo")
    return _back(word) or Action("wrong", text=f"'{shown(typed.strip())}' is not understood here.")


def _back(word: str) -> Action | None:
    name, _, field = word.partition(" ")
    return Action("back", text=field.strip()) if name in ("b", "back") else None


def keep(interview: Interview, given: Mapping[str, Given]) -> None:
    """Takes the answers given on a screen before it was complete: leaving it must not lose them."""
    interview.answer_together({field: each.value for field, each in given.items()})


def stop_hint(more: bool) -> str:
    """The keys where the questionnaire stops."""
    return f"Press Enter for the recommendation, or type {'c to go on, ' if more else ''}u to undo or b to go back"


def understand(line: str, question: Question) -> Action:
    """What a typed line means as a reply to a question: a command, or numbers or values of answers.

    Where several questions are asked at once, each word answers one of them; those left out count as not known.
    """
    text = line.strip()
    word = text.lower()
    if word in _COMMANDS:
        return Action(_COMMANDS[word], text=word)
    if back := _back(word):
        return back
    if not text:
        return Action("wrong", text="Please type a number, or s to skip the question.")
    if not question.also or word in _SILENCE:
        return _one(text, question, question.parts)
    actions = [_one(each, question, question.parts) for each in text.replace(",", " ").split()]
    answers = [given for action in actions for given in action.answers]
    wrong = [action for action in actions if action.does == "wrong"]
    if len({given.field for given in answers}) < len(answers):
        wrong.append(Action("wrong", text=f"'{shown(text)}' answers one question twice: type one number for each."))
    return wrong[0] if wrong else complete({given.field: given for given in answers}, question)


def complete(given: Mapping[str, Given], question: Question) -> Action:
    """The reply to all questions of a screen, of which some were answered."""
    unknown = {part.field: Given(part.field, None, DONT_KNOW) for part in question.parts}
    return Action("answer", answers=tuple({**unknown, **given}.values()))


def _one(text: str, question: Question, parts: Sequence[Question]) -> Action:
    numbered = options(question)
    if text.isdecimal() and 1 <= int(text) <= len(numbered):
        return pick(int(text) - 1, question)
    name, equals, rest = text.partition("=")
    if equals and (named := [part for part in parts if part.field == name.strip().lower()]):
        return _value(rest.strip(), named[0], len(numbered))
    last = len(numbered)
    exact = [part for part in parts if part.exact]
    if text.isdecimal() and exact:
        unit = f"{text} {exact[0].unit}" if exact[0].unit in _UNITS else f"={text}"
        how = f"{exact[0].field}={unit.lstrip('=').replace(' ', '')}" if question.also else unit
        return Action("wrong", text=f"{text} is not one of 1 to {last}; for an exact value type {how}.")
    if text.lower() in _SILENCE:
        return Action("answer", answers=tuple(Given(part.field, None, DONT_KNOW) for part in parts))
    found = [_value(text.removeprefix("=").strip(), part, last) for part in parts]
    fitting = [action for action in found if action.does == "answer"]
    if len(fitting) > 1:
        how = " or ".join(f"{action.answers[0].field}={text}" for action in fitting)
        return Action("wrong", text=f"'{shown(text)}' may answer more than one question: type {how}.")
    return fitting[0] if fitting else found[0]


def options(question: Question) -> list[tuple[Question, Choice | None]]:
    """All answers in the order of their numbers, with the question that each belongs to; None: 'I don't know'."""
    return [(part, choice) for part in question.parts for choice in (*part.choices, None)]


def pick(number: int, question: Question) -> Action:
    """The answer at a place of the list."""
    part, choice = options(question)[number]
    given = Given(part.field, choice.value, choice.words) if choice else Given(part.field, None, DONT_KNOW)
    return Action("answer", answers=(given,))


def _value(text: str, question: Question, last: int) -> Action:
    descriptor = DESCRIPTORS[question.field]
    if question.kind == "boolean" and text.lower() in ("y", "n"):
        text = {"y": "yes", "n": "no"}[text.lower()]
    for choice in question.choices:
        if text.lower() in (choice.words.lower(), choice.value):
            return Action("answer", answers=(Given(question.field, choice.value, choice.words),))
    try:
        value = descriptor.read(text)
    except ValueError as error:
        return Action("wrong", text=f"'{shown(text)}' is not an answer: type 1 to {last}; {error}.")
    if value is None:
        return Action("wrong", text="Please type a number, or s to skip the question.")
    known = question.choice_of(value) if question.kind != "number" else None
    words = known.words if known else descriptor.say(value)
    return Action("answer", answers=(Given(question.field, value, words),))


def choice_lines(question: Question, width: int) -> list[tuple[list[str], list[str]]]:
    """For each answer, numbered from 1, its lines, and before them those of the question that begins with it."""
    lines, shown_for = [], question.field
    for number, (part, choice) in enumerate(options(question), start=1):
        head = ["", *wrap(part.text, width)] if part.field != shown_for else []
        shown_for = part.field
        words = choice.words if choice else DONT_KNOW
        lines.append((head, wrap(words, width, f"{number:>3}  ", "     ")))
    return lines


def exact_line(question: Question) -> str:
    """How to give an exact number, and answers to questions asked at once; empty where there is nothing to say."""
    if question.also:
        firsts = [number for number, (_, choice) in enumerate(options(question), 2) if choice is None][:-1]
        exact = [part for part in question.parts if part.exact]
        values = f", or an exact value such as {exact[0].field}={exact[0].example}" if exact else ""
        such = " ".join(map(str, (1, *firsts)))
        return f"a number for each question that you can answer, such as {such}{values}; the others count as not known"
    if not question.exact:
        return ""
    bare = "" if question.unit not in ("count", "vCPU", "USD") else "; put = before a bare number, as in =3"
    return f"or an exact value {question.exact}{bare}"


def ranking_lines(ranking: Sequence[Standing]) -> Iterator[tuple[Standing, str]]:
    """Each service with a bar of its probability."""
    room = max(len(standing.name) for standing in ranking)
    for standing in ranking:
        bar = ("█" * round(standing.probability * _BAR)).ljust(_BAR, "·")
        yield standing, f"{standing.name:<{room}} {bar} {share(standing):>4}"


def share(standing: Standing) -> str:
    """The probability of an answer in percent, or that it is ruled out."""
    return "ruled out" if standing.ruled_out else percent(standing.probability)


def ranking_words(ranking: Sequence[Standing]) -> str:
    """The ranking as a sentence, for a voice."""
    left = [f"{s.name} {percent(s.probability).translate(_SPOKEN)}" for s in ranking if not s.ruled_out]
    out = [s.name for s in ranking if s.ruled_out]
    said = f"So far: {', '.join(left)}." if left else "So far: none of the services compared."
    return said + (f" Ruled out: {', '.join(out)}." if out else "")


def explanation(
    interview: Interview, question: Question, width: int, *, full: bool = False, at: int | None = None
) -> list[str]:
    """Why a question is asked; in full what each answer means by the rules, with their sources, or only that `at`."""
    lines: list[str] = []
    numbers: dict[str, int] = {}  # of each source by its title, in the order of mention
    places = count()
    for part in question.parts:
        if not full:
            lines += [*wrap(f"Why: {part.why}", width), *wrap(f"Meaning: {part.meaning}", width)]
            continue
        choices = [
            (place, said)
            for said in (*interview.consequences(part), None)
            if (place := next(places)) == at or at is None
        ]
        lines += wrap(f"Field name: {part.field}, for example: {part.example}", width) if choices else []
        for place, said in choices:
            means = _effects(said, numbers) if said else "leaves it open; the rest has to decide"
            words = f"{place + 1}: {said.choice.words if said else DONT_KNOW} - {means}"
            lines += wrap(words, width, "  ", "     ")
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
