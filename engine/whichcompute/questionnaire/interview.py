"""The questionnaire without a user interface: what to ask next, what the answers mean, and when to stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.base.units import in_range, range_words
from whichcompute.knowledge.contradictions import Contradiction, contradictions
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, DONT_KNOW, TOGETHER, BroadAnswer, Value, read
from whichcompute.knowledge.services import ANSWERS, Answer
from whichcompute.questionnaire.outlook import Outlook, Prospect
from whichcompute.questionnaire.questions import Choice, Consequence, Question, Questions
from whichcompute.questionnaire.respondents import Respondents, load
from whichcompute.questionnaire.settled import settled
from whichcompute.questionnaire.terms import AnswerTerms
from whichcompute.recommender.build import shipped
from whichcompute.recommender.reasons import answer_name
from whichcompute.recommender.recommender import Recommender
from whichcompute.recommender.result import Recommendation

PATIENCE = 0.014
"""The chance of change that each question answered makes bearable: with it the questionnaire suggests to stop."""

EFFORT = {1: 1.0, 2: 1.05, 3: 1.1}
"""What a question must be worth, by how hard it is to answer, against one that everybody can answer."""

_UNKNOWN = (DONT_KNOW.lower(), "don't know", "dont know", "unknown")
_NEVER = 1e-9  # shares add up with rounding
_HARDLY = 0.01
_FEW = 5  # respondents: too few to state a share of 100 cases
_SKIPS = 2  # a question put off this often is not asked again
_REACH = 1e-6  # decides only between questions that are worth the same otherwise


@dataclass(frozen=True, slots=True)
class InterviewStep:
    """One step: an answer (None: 'I don't know'), or a skipped question.

    `offer` is the answer that was chosen where it says more than this field. Answers given at once share their `turn`.
    """

    field: str
    value: Value | None
    skipped: bool = False
    offer: BroadAnswer | None = None
    turn: int = 0

    @property
    def words(self) -> str:
        """The answer in words, as it was chosen."""
        descriptor = DESCRIPTORS[self.field]
        if self.offer is not None:
            return self.offer.words
        if self.value is None:
            return DONT_KNOW
        choice = descriptor.choices.get(self.value) if isinstance(self.value, str) else None
        return choice or descriptor.say(self.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer of the comparison after the answers so far: its probability (0 to 1), and whether it is ruled out."""

    service: Answer
    name: str
    probability: float
    ruled_out: bool


class Guide:
    """What interviews about the same rules and classifier share; build it once to hold many."""

    def __init__(self, recommender: Recommender, respondents: Respondents | None = None) -> None:
        terms = AnswerTerms(recommender.aggregator)
        self.recommender = recommender
        self.outlook = Outlook(terms, respondents or load())
        self.questions = Questions(recommender.aggregator, terms, self.outlook.respondents.quartiles())
        self.terms = terms


class Interview:
    """A questionnaire in progress: each step can be undone; `to_dict` and `resumed` keep it.

    `answers` are known before it begins (None: 'I don't know'); they are not asked again; WorkloadError names bad ones.

    >>> interview = Interview({"kind": "web_api"})
    >>> question = interview.next_question()
    >>> interview.answer(question.field, None)
    >>> list(interview.answers) == ["kind", question.field], interview.settled
    (True, False)
    >>> _ = interview.undo()
    >>> list(interview.answers)
    ['kind']
    """

    def __init__(
        self,
        answers: Mapping[str, object] | None = None,
        *,
        recommender: Recommender | None = None,
        guide: Guide | None = None,
    ) -> None:
        self.guide = guide or Guide(recommender or shipped().recommender)
        known = read({} if answers is None else answers)
        self.texts = {name: str(value) for name, value in known.items() if not DESCRIPTORS[name].decides}
        begun = [field for field in answers or {} if DESCRIPTORS[field].decides]
        self._steps = [InterviewStep(field, known.get(field), turn=turn) for turn, field in enumerate(begun)]
        self._beyond = False
        self._view: tuple[tuple[InterviewStep, ...], Prospect, bool] | None = None

    def __repr__(self) -> str:
        return f"<Interview {self.answers}>"

    @property
    def answers(self) -> dict[str, Value | None]:
        """The answers in force by descriptor, in the order in which they were given; None is 'I don't know'."""
        return {field: step.value for field, step in self.steps.items()}

    @property
    def given(self) -> dict[str, InterviewStep]:
        """The answers as they were given, one for each question that was asked."""
        return {step.field: step for step in self._steps if not step.skipped}

    @property
    def asked(self) -> int:
        """How many questions were answered; those asked at once are one."""
        return len({step.turn for step in self.given.values()})

    @property
    def steps(self) -> dict[str, InterviewStep]:
        """The answers as they were given, with one for each field that they say something of."""
        given, found = self.given, {}
        for field, step in given.items():
            found[field] = step
            if step.offer is not None:
                others = {name: value for name, value in step.offer.values.items() if name not in given}
                found.update({name: InterviewStep(name, value) for name, value in others.items()})
        return found

    def chosen(self, question: Question) -> Choice | None:
        """The choice of a question that its answer so far is; None where there is none."""
        step = self.given.get(question.field)
        if step is None or step.value is None:
            return None
        return question.choice_of(step.offer.id if step.offer else step.value)

    @property
    def known(self) -> dict[str, Value]:
        """The values that are known, as a workload."""
        return {field: value for field, value in self.answers.items() if value is not None}

    def answer(self, field: str, value: object) -> Value | None:
        """Takes an answer and returns it as understood; None, '' and 'I don't know' mean that it is not known.

        A later answer to the same question replaces the earlier one. The value of a choice that is a range keeps its
        words; the id of an answer on offer represents its values. Raises WorkloadError.
        """
        return self.answer_together({field: value})[field]

    def answer_together(self, given: Mapping[str, object]) -> dict[str, Value | None]:
        """Takes answers to questions that were asked at once, as `answer` does: one step back undoes them all."""
        steps = [self._step(field, value) for field, value in given.items()]
        self._steps += steps
        return {step.field: step.value for step in steps}

    def _step(self, field: str, value: object) -> InterviewStep:
        offer = DESCRIPTORS[_asked(field)].offer(value)
        if offer is not None:
            return InterviewStep(field, offer.values[field], offer=offer, turn=self._turn)
        if isinstance(value, str) and value.strip().lower() in _UNKNOWN:
            value = None
        return InterviewStep(field, read({field: value}).get(field), turn=self._turn)

    @property
    def _turn(self) -> int:
        return self._steps[-1].turn + 1 if self._steps else 0

    def skip(self, *fields: str) -> None:
        """Puts questions off: they come once more when no other is left."""
        self._steps += [InterviewStep(_asked(field), None, skipped=True, turn=self._turn) for field in fields]

    def undo(self) -> InterviewStep | None:
        """Takes the last step back, with those of the same turn, and returns it; None when there is none."""
        if not self._steps:
            return None
        last = [step for step in self._steps if step.turn == self._steps[-1].turn]
        del self._steps[-len(last) :]
        return last[0]

    def go_on(self) -> None:
        """Asks on after the suggestion to stop, until nothing can change any more."""
        self._beyond = True

    @property
    def contradictions(self) -> list[Contradiction]:
        """Answers that cannot all be true."""
        return contradictions(self.known)

    def next_question(self) -> Question | None:
        """The question that is worth most for its effort; None when there is enough to stop, or nothing left to ask."""
        if self.settled or (self.enough and not self._beyond):
            return None
        open_ = self.open
        return self.question(open_[0]) if open_ else None

    def question(self, field: str) -> Question:
        """The question about a descriptor, whether it has an answer or not, with what is open and asked with it."""
        ask, answers = self.guide.questions.ask, self.answers
        play = self.guide.terms.in_play(answers)
        others = [name for name in TOGETHER.get(_asked(field), ()) if name != field and name not in answers]
        matter = [name for name in others if self.guide.terms.touching(name) & play]
        return replace(ask(field, answers), also=tuple(ask(name, answers) for name in matter))

    def consequences(self, question: Question) -> list[Consequence]:
        """What each choice of a question would do, and the sources that say so."""
        return self.guide.questions.consequences(question, self.answers)

    @property
    def open(self) -> list[str]:
        """The descriptors whose answer could still matter, best question first, skipped ones last."""
        terms, answers, worth = self.guide.terms, self.answers, self._look()[0].worth
        play = terms.in_play(answers)
        reach = {field: (terms.touching(field) & play).bit_count() for field in DECIDING if field not in answers}
        skips = Counter(step.field for step in self._steps if step.skipped)

        value = {f: (max(worth[f], 0.0) + _REACH * n) / EFFORT[DESCRIPTORS[f].effort] for f, n in reach.items()}
        together = {f: sum(value.get(name, 0.0) for name in TOGETHER.get(f, (f,))) for f in reach}

        def rank(field: str) -> tuple[int, float, float]:
            return skips[field], -together[field], -value[field]

        return sorted((field for field in reach if reach[field] and skips[field] < _SKIPS), key=rank)

    @property
    def settled(self) -> bool:
        """Whether no answer still to come can change the recommended service; certain where it says yes."""
        return self._look()[1]

    @property
    def chance_of_change(self) -> float:
        """How likely further answers change the recommended service, from 0 to 1; 0 when it is settled."""
        return 0.0 if self.settled else self._look()[0].chance

    @property
    def enough(self) -> bool:
        """Whether the questionnaire suggests to stop: settled, or a change too unlikely for so many answers."""
        return self.chance_of_change < max(_HARDLY, PATIENCE * self.asked)

    @property
    def firmness(self) -> str:
        """How firm the leading answer is, in a sentence."""
        if self.settled:
            return "Settled: no further answer can change the recommended service."
        if self.chance_of_change < _HARDLY:
            return "Further answers would hardly ever change the leading answer."
        if self._look()[0].alike < _FEW:
            share = "most" if self.chance_of_change > 1 / 2 else "some"
            return f"Of the few workloads on record that resemble this one, {share} end at another answer."
        cases = f"{self.chance_of_change * 100:.0f} of 100 cases"
        return f"Further answers would change the leading answer in about {cases}."

    def recommendation(self, *, free_tier: bool = False) -> Recommendation:
        """The recommendation on the answers so far, with all reasons."""
        return self.guide.recommender.recommend({**self.texts, **self.known}, free_tier=free_tier)

    @property
    def ranking(self) -> list[Standing]:
        """All answers as they stand, best first."""
        recommender = self.guide.recommender
        weighing = recommender.weigh(self.known)
        outside = recommender.outside(weighing, self.known)
        return [
            Standing(ANSWERS[n], answer_name(weighing, n, outside), weighing.probabilities[n], weighing.excluded[n])
            for n in weighing.ranking
        ]

    def _look(self) -> tuple[Prospect, bool]:
        # The prospect and whether it is settled; both are worth keeping until the next step.
        steps = tuple(self._steps)
        if self._view is None or self._view[0] != steps:
            prospect = self.guide.outlook.look(self.answers)
            # A respondent that ends elsewhere shows that it is not settled, without the bound, which takes longer.
            over = prospect.chance < _NEVER and settled(self.guide.terms, self.answers, prospect.service)
            self._view = steps, prospect, over
        return self._view[1:]

    def to_dict(self) -> dict[str, Any]:
        """The interview as plain values, for JSON or the like."""
        steps = [
            {
                "field": step.field,
                "value": step.offer.id if step.offer else step.value,
                "range": range_words(step.value),
                "skipped": step.skipped,
                "turn": step.turn,
            }
            for step in self._steps
        ]
        return {"steps": steps, "texts": dict(self.texts), "beyond": self._beyond}

    @classmethod
    def resumed(
        cls, state: Mapping[str, Any], recommender: Recommender | None = None, *, guide: Guide | None = None
    ) -> Interview:
        """The interview that `to_dict` kept, under the rules in force now; WorkloadError names bad answers."""
        interview = cls(state.get("texts", {}), recommender=recommender, guide=guide)
        for step in state.get("steps", ()):
            field = _asked(str(step.get("field", "")))
            value = step.get("value")
            read_step = interview._step(
                field, in_range(value, step.get("range")) if isinstance(value, float) else value
            )
            turn = int(step.get("turn", interview._turn))
            if step.get("skipped"):
                read_step = replace(read_step, value=None, skipped=True)
            interview._steps.append(replace(read_step, turn=turn))
        interview._beyond = bool(state.get("beyond"))
        return interview


def _asked(field: str) -> str:
    if field in DESCRIPTORS and not DESCRIPTORS[field].decides:
        raise WorkloadError([Problem(field, "", "is passed through and never asked")])
    if field not in DESCRIPTORS:
        read({field: ""})  # raises, and suggests a name
    return field
