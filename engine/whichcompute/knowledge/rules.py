"""Rules: what one is, and their evaluation for one workload or for a frame of them.

A rule has conditions that must all hold, one reason, its sources and its own examples. Verdicts are three-valued: a
rule fires, is silent, or is unknown because a descriptor is unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from whichcompute.base.errors import RuleError, shown
from whichcompute.base.records import Record
from whichcompute.base.units import say
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import Answer

if TYPE_CHECKING:
    import polars as pl

Effect = Literal["exclude", "prefer", "caution", "companion"]
Strength = Literal["strong", "moderate", "weak"]

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class VariantEntry(Record):
    """A newer form of the service that lifts the limit of an `exclude` rule, when its own conditions hold."""

    name: str
    says: str
    sources: tuple[str, ...]
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleEntry(Record):
    """A rule as it stands in a pack."""

    id: str
    service: Answer
    effect: Effect
    when: tuple[str, ...]
    because: str
    sources: tuple[str, ...]
    remedy: str = ""
    strength: Strength | None = None
    companion: str = ""
    covers: tuple[str, ...] = ()
    adopts: tuple[str, ...] = ()
    fires_on: tuple[dict[str, Any], ...] = ()
    silent_on: tuple[dict[str, Any], ...] = ()
    unknown_on: tuple[dict[str, Any], ...] = ()
    variant: tuple[VariantEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant entry with its conditions parsed."""

    entry: VariantEntry
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its conditions parsed. `pack` names where it came from ('' = shipped)."""

    entry: RuleEntry
    conditions: tuple[Condition, ...]
    variants: tuple[Variant, ...] = ()
    pack: str = ""

    @property
    def id(self) -> str:
        """The rule's id, such as lambda.run-exceeds-limit."""
        return self.entry.id

    @property
    def fields(self) -> tuple[str, ...]:
        """The descriptors that its conditions look at, factors instead of derived ones, without repeats."""
        names = [n for c in self.conditions for n in (DERIVED[c.field].factors if c.field in DERIVED else (c.field,))]
        return tuple(dict.fromkeys(names))

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts its conditions and its text name, without repeats."""
        named = [c.fact for c in self.conditions if c.fact]
        named += [name for name in PLACEHOLDER.findall(self.entry.because + self.entry.remedy) if "." in name]
        return tuple(dict.fromkeys(named))

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        """True (fires), False (silent) or None (unknown) for one workload's values, derived ones included."""
        verdicts = [condition.holds(values) for condition in self.conditions]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def expr(self) -> pl.Expr:
        """The same over a frame with descriptor and derived columns; null is unknown."""
        import polars as pl

        return pl.all_horizontal([condition.expr() for condition in self.conditions]).alias(self.id)

    def when_words(self) -> str:
        """All its conditions in one sentence part."""
        return " and ".join(condition.words() for condition in self.conditions)

    def text(self, template: str, values: Mapping[str, Any], facts: Facts) -> str:
        """`because` or `remedy` with its placeholders filled in words."""
        return PLACEHOLDER.sub(lambda match: _fill(match[1], values, facts), template)


def _fill(name: str, values: Mapping[str, Any], facts: Facts) -> str:
    if "." in name:
        return say_fact(facts, name)
    descriptor = DESCRIPTORS.get(name)
    value = values.get(name)
    if value is None:
        return f"an unknown {(descriptor or DERIVED[name]).title}"
    if descriptor is not None:
        return descriptor.say(value)
    return say(value, DERIVED[name].unit)


def say_fact(facts: Facts, id_: str) -> str:
    """The value of a fact in words, with its unit."""
    value, unit = facts[id_], facts.fact(id_).unit
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return say(value, unit) if isinstance(value, float) else value


class Conjunction(Protocol):
    """What an index holds: conditions that must all be true."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions."""
        ...


R = TypeVar("R", bound=Conjunction)
_IN_BYTE = [tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]


def numbers_of(bits: int) -> list[int]:
    """The numbers of the bits that are set, lowest first; by bytes, as every operation on a long integer copies it.

    >>> numbers_of(0b1_0000_0000_0110)
    [1, 2, 12]
    """
    octets = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return [8 * at + bit for at, octet in enumerate(octets) if octet for bit in _IN_BYTE[octet]]


class RuleIndex(Generic[R]):
    """All rules (or other conjunctions of conditions) at once: a lookup per descriptor and two bit operations each.

    The thresholds of the conditions cut each descriptor into finitely many cells in which no condition changes its
    truth. Per cell, one bit mask says which rules have all their conditions on that descriptor true, and one which have
    one that is false.
    """

    def __init__(self, rules: Sequence[R]) -> None:
        self.rules = tuple(rules)
        self.all = (1 << len(self.rules)) - 1
        by_field: dict[str, list[tuple[int, Condition]]] = {}
        for number, rule in enumerate(self.rules):
            for condition in rule.conditions:
                by_field.setdefault(condition.field, []).append((number, condition))
        self.cells = {field: Cells(pairs, self.all) for field, pairs in by_field.items()}

    def evaluate(self, values: Mapping[str, Any]) -> tuple[int, int]:
        """Bit masks (bit i = rule i) of the rules that fire and of those that are unknown; `values` with derived."""
        true, false = self.all, 0
        get = values.get
        for field, cells in self.cells.items():
            value = get(field)
            cell_true, cell_false = cells.unknown if value is None else cells.masks(value)
            true &= cell_true
            false |= cell_false
        return true, self.all & ~(true | false)

    def select(self, bits: int) -> list[R]:
        """The rules whose bits are set, in pack order."""
        rules = self.rules
        return [rules[number] for number in numbers_of(bits)]


class Cells:
    """The cells of one descriptor: a representative value of each, and the rule masks that hold in it."""

    def __init__(self, pairs: list[tuple[int, Condition]], every: int) -> None:
        operands = [item for _, c in pairs for item in (c.operand if isinstance(c.operand, tuple) else (c.operand,))]
        self.numeric = any(type(item) is float for item in operands)
        self.thresholds = sorted({item for item in operands if type(item) is float})
        self.representatives: list[Any] = self._representatives(operands)
        self._masks = [self._mask(pairs, value, every) for value in self.representatives]
        self.unknown = self._mask(pairs, None, every)
        self._by_value: dict[Any, tuple[int, int]] = (
            {} if self.numeric else dict(zip(self.representatives[1:], self._masks[1:], strict=True))
        )

    def _representatives(self, operands: Iterable[object]) -> list[Any]:
        if not self.numeric:
            return [_Other(), *dict.fromkeys(item for item in operands if item is not None)]
        cuts = self.thresholds
        between = [cuts[0] - 1, *((low + high) / 2 for low, high in zip(cuts, cuts[1:], strict=False)), cuts[-1] + 1]
        points: list[float] = [between[0]]
        for cut, above in zip(cuts, between[1:], strict=True):
            points += [cut, above]
        return points

    @staticmethod
    def _mask(pairs: list[tuple[int, Condition]], value: Any, every: int) -> tuple[int, int]:
        true, false = every, 0
        for number, condition in pairs:
            verdict = condition.holds({condition.field: value})
            if verdict is not True:
                true &= ~(1 << number)
            if verdict is False:
                false |= 1 << number
        return true, false

    def masks(self, value: Any) -> tuple[int, int]:
        """Masks of the rules all of whose conditions here are true, and of those with one that is false."""
        if value is None:
            return self.unknown
        if self.numeric:
            below = bisect_left(self.thresholds, value)
            at = below < len(self.thresholds) and self.thresholds[below] == value
            return self._masks[2 * below + at]
        return self._by_value.get(value, self._masks[0])


class _Other:
    """Stands for every value that no condition names."""


class RulePack:
    """All rules in force, with the facts they were read against. Rules of later packs replace earlier ones by id."""

    def __init__(self, rules: Iterable[Rule], facts: Facts) -> None:
        self.rules = tuple(rules)
        self.facts = facts
        self.index = RuleIndex(self.rules)
        self._by_id = {rule.id: rule for rule in self.rules}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def rule(self, id_: str) -> Rule:
        """The rule with this id; RuleError suggests near ones."""
        if id_ in self._by_id:
            return self._by_id[id_]
        import difflib

        near = difflib.get_close_matches(id_, self._by_id, n=3, cutoff=0.4)
        raise RuleError(f"no rule '{shown(id_)}'" + (f"; did you mean {', '.join(near)}?" if near else ""))

    def exprs(self) -> list[pl.Expr]:
        """One three-valued Boolean expression per rule, named by its id, over descriptor and derived columns."""
        return [rule.expr() for rule in self.rules]
