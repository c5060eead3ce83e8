"""The real decisions that are most like a workload, as evidence beside the rules; found in tens of microseconds.

Two workloads are alike in a choice when it is the same, in a number when they are within a factor of four. What few
decisions have in common counts more than what many have; what differs counts against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from whichcompute.classifier.cases import POSED
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value

_REACH = log(4.0)  # numbers further apart than this factor have nothing in common
_LEAST = 1e-3  # below this a number counts as this: zero has no logarithm
_AGAINST = 0.5  # what a difference costs, of what sameness would have earned
_SPARE = 0.1  # what each known field costs that the workload leaves open
_HALF = 2  # a comparable decision is alike in one of so many fields


@dataclass(frozen=True, slots=True)
class Decided:
    """A real decision as it is kept for comparison; `kind` is that of its source, as in case files."""

    id: str
    description: str
    choice: str
    url: str
    values: Mapping[str, Value]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A decision near a workload: how near (larger is nearer) and the fields in which they are alike."""

    decided: Decided
    nearness: float
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearestDecisions:
    """The comparable decisions nearest to a workload, nearest first, and how often comparable ones chose each answer.

    `posed` of the comparable ones are questions of examinations, which count and are never among the nearest.

    A decision is comparable when it has more in common with the workload than not, and at least half of the fields of
    whichever of the two is known in fewer.
    """

    nearest: list[Neighbour]
    choices: Mapping[str, int]
    posed: int = 0


class Neighbours:
    """Finds the decisions nearest to a workload; immutable once built."""

    def __init__(self, decisions: Iterable[Decided]) -> None:
        self.decisions = tuple(decisions)
        self._start = [-_SPARE * len(d.values) for d in self.decisions]
        self._known: dict[str, list[tuple[int, Value]]] = {}
        for number, decided in enumerate(self.decisions):
            for field, value in decided.values.items():
                self._known.setdefault(field, []).append((number, value))
        # Made when a workload first names the field: one command asks about few.
        self._numbers: dict[str, tuple[float, list[tuple[int, float]]]] = {}
        self._gains: dict[str, dict[Value, list[tuple[int, float]]]] = {}

    def _rarity(self, times: int) -> float:
        return log((len(self.decisions) + 1) / times)

    def _of_number(self, field: str) -> tuple[float, list[tuple[int, float]]]:
        """What a number near to it gains, and the logarithm of what every decision that knows the field has."""
        if field not in self._numbers:
            known = self._known[field]
            self._numbers[field] = self._rarity(len(known)), [(n, _scaled(value)) for n, value in known]
        return self._numbers[field]

    def _of_choice(self, field: str) -> dict[Value, list[tuple[int, float]]]:
        """For each value what every decision that knows the field gains or loses by it."""
        if field not in self._gains:
            known = self._known[field]
            times = Counter(value for _, value in known)
            weights = {value: self._rarity(count) for value, count in times.items()}
            self._gains[field] = {
                value: [(number, weight if other == value else -_AGAINST * weight) for number, other in known]
                for value, weight in weights.items()
            }
        return self._gains[field]

    def compare(self, values: Mapping[str, Any], answer: str = "", count: int = 3) -> NearestDecisions:
        """The nearest comparable decisions, and what all comparable ones chose; of equally near ones the earlier first.

        Where there are, all but one of the nearest chose `answer` and one did not, so that both sides can be read. Of
        several on one page the nearest is named.
        """
        gain, alike = self._gain(values)
        known = sum(field in self._known for field in values)
        comparable = [
            number
            for number, decided in enumerate(self.decisions)
            if gain[number] > 0 and _HALF * alike[number] >= min(known, len(decided.values))
        ]
        comparable.sort(key=lambda number: -gain[number])
        choices = Counter(self.decisions[number].choice for number in comparable)
        taken = [number for number in comparable if self.decisions[number].kind != POSED]
        once = {self.decisions[n].url or n: n for n in reversed(taken)}.values()  # one page may hold several
        same = [number for number in reversed(once) if self.decisions[number].choice == answer]
        other = [number for number in reversed(once) if self.decisions[number].choice != answer]
        most = max(count - len(same), 1) if answer else count
        shown = sorted([*same[: count - len(other[:most])], *other[:most]], key=lambda number: -gain[number])
        nearest = [Neighbour(self.decisions[n], gain[n], self._shares(self.decisions[n], values)) for n in shown]
        return NearestDecisions(nearest, choices, len(comparable) - len(taken))

    def _gain(self, values: Mapping[str, Any]) -> tuple[list[float], list[int]]:
        """For each decision how near it is, and in how many fields it is alike."""
        gain, alike = self._start.copy(), [0] * len(self.decisions)
        for field, value in values.items():
            if field not in self._known:
                continue
            if DESCRIPTORS[field].type != "number":
                for number, weight in self._of_choice(field).get(value, ()):
                    gain[number] += weight
                    alike[number] += weight > 0
            else:
                weight, known = self._of_number(field)
                at = _scaled(value)
                for number, other in known:
                    apart = abs(at - other)
                    gain[number] += weight * (1 - apart / _REACH) if apart < _REACH else -_AGAINST * weight
                    alike[number] += apart < _REACH
        return gain, alike

    @staticmethod
    def _shares(decided: Decided, values: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(
            field
            for field, value in decided.values.items()
            if (given := values.get(field)) is not None and _alike(field, value, given)
        )


def _alike(field: str, value: Value, other: Value) -> bool:
    if DESCRIPTORS[field].type == "number":
        return abs(_scaled(value) - _scaled(other)) < _REACH
    return value == other


def _scaled(value: Value) -> float:
    return log(max(float(value), _LEAST))
