"""How comparable decisions on record, and what the classifier learned from all of them, are said in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from whichcompute.base.words import counted, joined, plural
from whichcompute.classifier.neighbours import NearestDecisions
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.services import ANSWERS, NONE, SERVICE_NAMES, Answer


def _chose(answer: str) -> str:
    return "went outside these services" if answer == NONE else f"chose {SERVICE_NAMES[answer]}"


def compared(answer: str, comparable: Mapping[str, int], posed: int = 0) -> str:
    """How often comparable decisions, `posed` of them questions of examinations, chose an answer; empty for none."""
    total, count = sum(comparable.values()), comparable.get(answer, 0)
    if not total:
        return ""
    asked = "certification exam questions" if posed > 1 else "a certification exam question"
    who = "" if total == 1 else "all of them " if posed == total else f"{posed} of them "
    kind = f" ({who}{asked})" if posed else ""
    most = max(ANSWERS, key=lambda other: comparable.get(other, 0))
    if comparable[most] == total:
        all_ = {1: "The one", 2: "Both"}.get(total, f"All {total}")
        return f"{all_} comparable {plural(total, 'decision')} on record{kind} {_chose(most)}."
    rather = f"; {comparable[most]} {_chose(most)}" if comparable[most] > count else ""
    return f"Of {counted(total, 'comparable decision')} on record{kind}, {count or 'none'} {_chose(answer)}{rather}."


def _at_odds(choices: Mapping[str, int], answer: str, weight: float) -> bool:
    """Whether comparable decisions say the opposite of what the classifier reads."""
    count = choices.get(answer, 0)
    return not count if weight > 0 else count * 2 >= sum(choices.values())


class Precedents:
    """What decisions on record and the classifier say of an answer; they are compared when somebody reads it."""

    def __init__(
        self, answer: Answer, fields: tuple[str, ...], total: float, decisions: Callable[[], NearestDecisions]
    ) -> None:
        self._answer, self._fields, self._total, self._decisions = answer, fields, total, decisions

    @property
    def text(self) -> str:
        """The sentence."""
        decisions = self._decisions()
        text = compared(self._answer, decisions.choices, decisions.posed)
        if text and not _at_odds(decisions.choices, self._answer, self._total):
            return text
        start = f"{text} Yet the" if text else "No decision on record is comparable; the"
        read = f", most by {joined([PROPERTIES[field].title for field in self._fields])}" if self._fields else ""
        return f"{start} classifier {'favours it' if self._total > 0 else 'counts against it'} by single answers{read}."
