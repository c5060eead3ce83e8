"""Drivers: which assumptions make the range of an estimate wide, and which answer would narrow it most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whichcompute.base.records import Record
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

MOST = 2
_WIDTH = 0.1  # of the expected estimate: a smaller change is not worth a word


@dataclass(frozen=True)
class CostDriver(Record):
    """One thing that is assumed: USD a month when it alone is as in the low and as in the high estimate.

    `field` is the descriptor whose answer replaces the assumption, and `question` asks for it; empty where none does.
    `left_low` to `left_high` is the range of the whole estimate that is left if it turns out as expected.
    """

    title: str
    low: float
    high: float
    left_low: float
    left_high: float
    field: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Assumptions (by `names`) that one answer replaces, or that belong together."""

    title: str
    field: str
    names: tuple[str, ...]
    others: tuple[Scenario, ...]
    """The expected scenario with these assumptions as in the low and in the high one, where they differ."""


class Drivers:
    """Finds the assumptions behind a range."""

    def __init__(self, facts: PriceFacts, scenarios: Sequence[Scenario]) -> None:
        rows = facts.table("cost.assumptions", "name", "field")
        groups: dict[tuple[str, str, str], list[str]] = {}
        for row in rows:
            field, title = row["field"], row.get("title", "")
            groups.setdefault((DESCRIPTORS[field].title if field else title, field, ""), []).append(row["name"])
            if field and title:  # what its answer narrows and does not replace
                groups.setdefault((title, "", field), []).append(row["name"])
        self._scenarios = scenarios
        self._groups = [
            (self._group(title, field, tuple(names)), answered) for (title, field, answered), names in groups.items()
        ]

    def _group(self, title: str, field: str, names: tuple[str, ...]) -> Group:
        low, expected, high = self._scenarios
        ends = (end for end in (low, high) if any(end[name] != expected[name] for name in names))
        return Group(title, field, names, tuple(expected.but(end, names) for end in ends))

    def open(self, values: Mapping[str, Any]) -> list[Group]:
        """The assumptions that no answer replaces yet."""
        return [
            group
            for group, answered in self._groups
            if values.get(group.field) is None and (not answered or values.get(answered) is not None)
        ]

    def widest(
        self, values: Mapping[str, Any], expected: float, usd: Callable[[Scenario], float]
    ) -> tuple[CostDriver, ...]:
        """The assumptions that move an estimate most, the widest first; `usd` prices the workload in a scenario.

        Where an answer settles neither of them, the answer that narrows the range most follows.
        """
        found = []
        for group in self.open(values):
            ends = _ends(expected, map(usd, group.others))
            if ends[-1] - ends[0] > _WIDTH * expected:
                found.append((ends[0], ends[-1], group))
        found.sort(key=lambda each: each[0] - each[1])
        named = [self._driver(*each, expected, usd) for each in found[:MOST]]
        if not any(driver.field for driver in named):  # what no answer settles leaves no question to ask
            asked = [self._driver(*each, expected, usd) for each in found[MOST:] if each[2].field]
            asked.sort(key=lambda driver: driver.left_high - driver.left_low)
            low, *_, high = _ends(expected, map(usd, self._scenarios))
            named += [each for each in asked[:1] if each.left_high - each.left_low < (1 - _WIDTH) * (high - low)]
        return tuple(named)

    def _driver(
        self, low: float, high: float, group: Group, expected: float, usd: Callable[[Scenario], float]
    ) -> CostDriver:
        least, usual, most = self._scenarios
        left = _ends(expected, (usd(end.but(usual, group.names)) for end in (least, most)))
        question = DESCRIPTORS[group.field].question if group.field else ""
        return CostDriver(group.title, low, high, left[0], left[-1], group.field, question)


def _ends(expected: float, others: Iterable[float]) -> list[float]:
    """All of these in order; an assumption under which there is no estimate (NaN) says nothing of the cost."""
    return sorted([expected, *(usd for usd in others if usd == usd)])
