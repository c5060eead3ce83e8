"""Questions: what to ask about a descriptor, which answers to offer, and what each of them would do."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Literal, get_args

from whichcompute.base.units import SPELLED, InRange
from whichcompute.knowledge.contradictions import patterns
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, per_unit, with_derived
from whichcompute.knowledge.intervals import Interval
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES
from whichcompute.questionnaire.ranges import cut, middle, words
from whichcompute.questionnaire.terms import Answers, AnswerTerms
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.reasons import cite_all
from whichcompute.recommender.result import Cited

Does = Literal["rules out", "favours", "counts against", "with other answers could rule out"]
_INSTEAD: dict[Does | None, tuple[Does, ...]] = {
    "favours": ("rules out", "counts against"),
    "counts against": ("rules out", "favours"),
}
"""What is not said of a service once one of these is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: its value, and the value in words. A range of numbers is represented by one number.

    The value of one that says something of several fields is its id; `says` are the values of the fields.
    """

    value: Value
    words: str
    range: Interval[float] | None = None
    says: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask about one descriptor. 'I don't know' (None) is always an answer; numbers may be given exactly.

    `also` are questions to ask on the same screen: whoever knows one of the answers usually knows the others.
    """

    field: str
    text: str
    why: str
    kind: Literal["choice", "boolean", "number"]
    choices: tuple[Choice, ...]
    meaning: str
    example: str
    effort: int
    unit: str = ""
    also: tuple[Question, ...] = ()

    def __repr__(self) -> str:
        return f"<Question {self.field!r}: {self.text}>"

    @property
    def parts(self) -> tuple[Question, ...]:
        """This question and those asked with it."""
        return (self, *self.also)

    @property
    def exact(self) -> str:
        """How to write an exact value; empty when only the choices are allowed."""
        if self.kind != "number":
            return ""
        return f"such as {self.example}" + (f" ({SPELLED[self.unit]})" if self.unit in SPELLED else "")

    def choice_of(self, value: Value) -> Choice | None:
        """The choice that a value belongs to."""
        for choice in self.choices:
            if float(value) in choice.range if choice.range else choice.value == value:
                return choice
        return None

    def to_dict(self) -> dict[str, Any]:
        """The question as plain values, for a page or another program."""
        plain = asdict(self)
        plain["choices"] = [{"value": c.value, "words": c.words} for c in self.choices]
        return {**plain, "exact": self.exact, "also": [part.to_dict() for part in self.also]}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one answer would do: the services that rules then rule out or favour, and their sources."""

    choice: Choice
    effects: tuple[tuple[Does, tuple[str, ...]], ...]
    sources: tuple[Cited, ...]


class Questions:
    """Puts questions about descriptors, given the answers so far."""

    def __init__(self, aggregator: Aggregator, terms: AnswerTerms, usual: dict[str, list[float]]) -> None:
        self._pack = aggregator.pack
        self._terms = terms
        self._usual = usual  # quartiles of what others answered: ranges where no threshold is in sight

    def ask(self, field: str, answers: Answers) -> Question:
        """The question about a descriptor; an answer that it has already does not count."""
        descriptor = DESCRIPTORS[field]
        assert descriptor.type != "text"  # texts do not decide, so nobody asks for them
        others = {f: v for f, v in answers.items() if f != field}
        return Question(
            field=field,
            text=descriptor.question,
            why=descriptor.why,
            kind=descriptor.type,
            choices=tuple(self._choices(field, others)),
            meaning=descriptor.meaning,
            example=descriptor.example,
            effort=descriptor.effort,
            unit=descriptor.unit,
        )

    def _choices(self, field: str, answers: Answers) -> Iterator[Choice]:
        descriptor = DESCRIPTORS[field]
        if descriptor.type == "boolean":
            yield from (Choice(True, "yes"), Choice(False, "no"))
        elif descriptor.type == "choice":
            for value, words_ in descriptor.choices.items():
                yield Choice(value, words_)
                alike = [offer for offer in descriptor.offers if offer.values[field] == value]
                yield from (Choice(offer.id, offer.words, says=offer.values) for offer in alike)
        else:
            for piece in self.ranges(field, answers):
                said, number = words(piece, descriptor), middle(piece, descriptor)
                yield Choice(InRange(number, said) if piece.low < piece.high else number, said, piece)

    def ranges(self, field: str, answers: Answers) -> list[Interval[float]]:
        """The ranges of a number within which no term in play changes its truth, and which other answers allow."""
        descriptor, play = DESCRIPTORS[field], self._terms.in_play(answers)
        scaled = {field: 1.0, **per_unit(field, answers)}
        tables = [(self._terms.index.cells[n], factor) for n, factor in scaled.items() if n in self._terms.index.cells]

        def outcome(value: float) -> Hashable:
            return tuple(cells.masks(value * factor)[0] & play for cells, factor in tables)

        cuts = [threshold / factor for cells, factor in tables for threshold in cells.thresholds if factor > 0]
        found = cut(descriptor, cuts, outcome)
        if len(found) < 2 and (usual := self._usual.get(field)):
            found = cut(descriptor, usual, lambda value: sum(value > quartile for quartile in usual))
        allowed = _allowed(field, answers)
        met = [piece.meet(allowed) for piece in found]
        return [piece for piece in met if not piece.is_empty(whole=descriptor.integer)] or found

    def consequences(self, question: Question, answers: Answers) -> list[Consequence]:
        """What each choice of a question would do by itself, with the sources of the rules that do it."""
        return [self._consequence(question.field, choice, answers) for choice in question.choices]

    def _consequence(self, field: str, choice: Choice, answers: Answers) -> Consequence:
        others = {f: v for f, v in answers.items() if f != field}
        known = {f: v for f, v in others.items() if v is not None}
        says = choice.says or {field: choice.value}
        fired, unknown = self._pack.index.evaluate(with_derived({**known, **says}))
        looks = self._terms.rules & reduce(or_, map(self._terms.touching, says))
        out = {service for service, gone in zip(ANSWERS, self._terms.out(others), strict=True) if gone}
        said: dict[Does, dict[str, str]] = {}  # answers by the names that are said
        sources: dict[str, None] = {}
        for rule, certain in self._rules(fired & looks, unknown & looks, field):
            does, service = _does(rule, certain), rule.entry.service
            name = places()[rule.entry.outside].name if rule.entry.outside else SERVICE_NAMES[service]
            gone = any(service in said.get(other, {}).values() for other in _INSTEAD.get(does, ("rules out",)))
            if does and service not in out and not gone:
                said.setdefault(does, {})[name] = service
                sources.update(dict.fromkeys(rule.entry.sources))
        effects = tuple((does, tuple(said[does])) for does in get_args(Does) if does in said)
        return Consequence(choice, effects, cite_all(sources, self._pack.facts.sources))

    def _rules(self, fired: int, unknown: int, field: str) -> Iterator[tuple[Rule, bool]]:
        # Vetoes first: nothing more needs to be said of a service that an answer rules out; then the heaviest advice.
        weight = {rule.id: abs(self._terms.weights[number]).max() for number, rule in enumerate(self._pack)}
        certain = sorted(
            self._pack.index.select(fired), key=lambda rule: (rule.entry.effect != "exclude", -weight[rule.id])
        )
        yield from ((rule, True) for rule in certain)
        # A limit of a product of descriptors is open with any answer, so it says nothing about this one.
        open_ = self._pack.index.select(unknown)
        yield from ((rule, False) for rule in open_ if any(condition.field == field for condition in rule.conditions))


def _does(rule: Rule, certain: bool) -> Does | None:
    if rule.entry.effect == "exclude":
        return "rules out" if certain else "with other answers could rule out"
    if not certain or rule.entry.effect == "companion":
        return None
    return "favours" if rule.entry.effect == "prefer" else "counts against"


def _allowed(field: str, answers: Answers) -> Interval[float]:
    """The numbers that contradict no other answer; one that represents a range excludes none."""
    exact = {name: value for name, value in answers.items() if isinstance(value, float | int)}
    exact = {name: value for name, value in exact.items() if not isinstance(value, InRange)}
    most = [exact[one.than] for one in patterns() if one.more == field and one.than in exact]
    least = [exact[one.more] for one in patterns() if one.than == field and one.more in exact]
    return Interval(max(least, default=0.0), min(most, default=DESCRIPTORS[field].maximum))
