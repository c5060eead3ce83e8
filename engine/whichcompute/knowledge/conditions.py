"""One condition line: parse, type-check, evaluate for one workload, say in words.

A line is `descriptor operator operand`, `known descriptor` / `unknown descriptor`, or `unless descriptor == operand`
(or `in`), which is false where the comparison is true and holds otherwise. Nothing is ever evaluated as Python. Logic
is three-valued (Kleene): a comparison with an unknown descriptor is unknown (None), neither true nor false.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whichcompute.base.entries import EntryError
from whichcompute.base.errors import shown
from whichcompute.base.units import LARGEST, convert, read_number
from whichcompute.base.words import did_you_mean, joined
from whichcompute.knowledge.descriptors import DESCRIPTORS, PROPERTIES, Descriptor
from whichcompute.knowledge.facts import NO_FACTS, Facts

Literal = float | bool | str
Operand = Literal | tuple[Literal, ...] | None

_LINE = re.compile(r"\s*([a-z_][a-z0-9_]*)\s*(==|!=|<=|>=|<|>|in(?=[\s\[]))\s*(.+?)\s*", re.DOTALL)
_PRESENCE = re.compile(r"\s*(known|unknown)\s+([A-Za-z_][A-Za-z0-9_]*)\s*")
_UNLESS = re.compile(r"\s*unless\s+(.+)", re.DOTALL)
_IF_UNKNOWN = {"known": False, "unknown": True, "unless": True}
_FACT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_QUOTED = re.compile(r"'([^']*)'")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS = {
    "==": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "in": "is",
    "unless": "is not known to be",
}
_TYPES = {"number": float, "boolean": bool, "choice": str}
MAX_LENGTH = 500


class ConditionError(EntryError):
    """A condition line that cannot be used; what reads the file adds the place."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `fact` is the fact that the operand came from, if any; `text` is the line as written."""

    text: str
    field: str
    op: str
    operand: Operand = None
    fact: str = ""

    def test(self, value: Any) -> bool:
        """Whether the condition is true of a known value."""
        if self.op == "in":
            return value in self.operands
        if self.op == "unless":
            return value not in self.operands
        if self.op in ("known", "unknown"):
            return self.op == "known"
        return bool(self.compare(value))

    def compare(self, value: Any) -> Any:
        """The comparison of a value, or of anything that has comparison operators, with the operand."""
        return _COMPARE[self.op](value, self.operand)

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        """True, False, or None (unknown) for one workload's known values."""
        value = values.get(self.field)
        return self.if_unknown if value is None else self.test(value)

    @property
    def if_unknown(self) -> bool | None:
        """Whether the condition holds of an unknown descriptor; None where it compares, and is unknown itself."""
        return _IF_UNKNOWN.get(self.op)

    @property
    def operands(self) -> tuple[Literal | None, ...]:
        """The operand, or each entry of a list."""
        return self.operand if isinstance(self.operand, tuple) else (self.operand,)

    def say(self, value: Any) -> str:
        """A value of this condition's descriptor in words."""
        return PROPERTIES[self.field].say(value)

    def words(self) -> str:
        """The condition as a clause, such as 'longest run is above 15 min'."""
        descriptor = PROPERTIES[self.field]
        title = descriptor.title
        if self.op in ("known", "unknown"):
            return f"{title} is {self.op}"
        items = self.operands
        if isinstance(items[0], bool) and isinstance(descriptor, Descriptor):
            unless = f"nothing says that {descriptor.clauses[0 if items[0] else 1]}"
            return unless if self.op == "unless" else descriptor.clauses[0 if items[0] == (self.op == "==") else 1]
        return f"{title} {_WORDS[self.op]} {joined((self.say(item) for item in items), 'or')}"


def descriptors_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The descriptors that conditions look at, factors instead of derived ones, without repeats."""
    return tuple(dict.fromkeys(name for condition in conditions for name in PROPERTIES[condition.field].factors))


def all_hold(conditions: Iterable[Condition], values: Mapping[str, Any]) -> bool:
    """Whether every condition is true of known values, derived ones included; not where one is unknown."""
    return all(condition.holds(values) is True for condition in conditions)


def parse_all(lines: Iterable[str], facts: Facts) -> tuple[Condition, ...]:
    """The conditions in the lines of a `when`; ConditionError as from `parse`."""
    try:
        return tuple([parse(line, facts) for line in lines])
    except ConditionError as error:
        raise ConditionError(f"when: {error}") from None


def without_facts(lines: Any) -> tuple[Condition, ...]:
    """The conditions in the lines of an entry that names no facts; EntryError says what is wrong."""
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise EntryError(f"'{shown(lines)}' must be a list of texts")
    return tuple([parse(line, NO_FACTS) for line in lines])


def parse(text: str, facts: Facts) -> Condition:
    """The condition in a line; ConditionError says what is wrong with it and what is allowed."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"a line of {len(text):,} characters; at most {MAX_LENGTH} are read")
    if presence := _PRESENCE.fullmatch(text):
        return Condition(text, _field(presence[2]), presence[1])
    if unless := _UNLESS.fullmatch(text):
        inner = parse(unless[1], facts)
        descriptor = PROPERTIES[inner.field]
        if inner.op not in ("==", "in") or not isinstance(descriptor, Descriptor) or descriptor.type == "number":
            raise ConditionError(f"'{shown(text)}': `unless` takes == or in, on a choice or a boolean")
        operands = inner.operand if isinstance(inner.operand, tuple) else (inner.operand,)
        return Condition(text, inner.field, "unless", tuple(item for item in operands if item is not None))
    line = _LINE.fullmatch(text)
    if line is None:
        raise ConditionError(
            f"'{shown(text)}' is not a condition; write `descriptor operator operand` "
            "with == != < <= > >= in, or `known descriptor`, `unknown descriptor`, or `unless` before == or in"
        )
    field, op = _field(line[1]), line[2]
    operand, fact = _operand(line[3], field, facts)
    _check(field, op, operand, text)
    return Condition(text, field, op, operand, fact)


def _field(name: str) -> str:
    if name in PROPERTIES and PROPERTIES[name].decides:
        return name
    usable = [known for known, each in PROPERTIES.items() if each.decides]
    hint = did_you_mean(name, usable) or f"; allowed: {', '.join(usable)}"
    raise ConditionError(f"unknown descriptor '{shown(name)}'{hint}")


def _operand(text: str, field: str, facts: Facts) -> tuple[Operand, str]:
    if _FACT.fullmatch(text):
        return _from_fact(text, field, facts), text
    if text.startswith("[") and text.endswith("]"):
        items = [_literal(item.strip(), field) for item in text[1:-1].split(",") if item.strip()]
        if not items or len({type(item) for item in items}) != 1:
            raise ConditionError(f"'{shown(text)}' must be a list of values of one type")
        return tuple(items), ""
    return _literal(text, field), ""


def _literal(text: str, field: str) -> Literal:
    if text in ("true", "false"):
        return text == "true"
    if quoted := _QUOTED.fullmatch(text):
        return quoted[1]
    unit = PROPERTIES[field].unit
    number = read_number(text, unit or "count")
    if number is None or not abs(number) <= LARGEST:
        unit = f" in {unit}" if unit else ""
        allowed = f"a number{unit} of at most {LARGEST:g}, a 'quoted text', true, false, a [list] or a fact id"
        raise ConditionError(f"operand '{shown(text)}' of {field} must be {allowed}")
    return number


def _from_fact(id_: str, field: str, facts: Facts) -> Operand:
    if id_ not in facts:
        raise ConditionError(
            f"fact '{shown(id_)}' is unknown or not in force" + (f" on {facts.as_of}" if facts.as_of else "")
        )
    value, unit = facts[id_], facts.fact(id_).unit
    if isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        if not all(isinstance(item, str) for item in value):
            raise ConditionError(f"fact {id_} is a table and cannot be compared")
        return tuple(str(item) for item in value)
    converted = convert(value, unit, PROPERTIES[field].unit)
    if converted is None:
        raise ConditionError(f"fact {id_} is in {unit}, descriptor {field} in {PROPERTIES[field].unit}")
    return converted


def _check(field: str, op: str, operand: Operand, text: str) -> None:
    descriptor = DESCRIPTORS.get(field)
    kind = descriptor.type if descriptor else "number"
    items = operand if isinstance(operand, tuple) else (operand,)
    if (op == "in") != isinstance(operand, tuple):
        raise ConditionError(f"'{shown(text)}': `in` needs a list, and a list needs `in`")
    if kind != "number" and op not in ("==", "!=", "in"):
        raise ConditionError(f"'{shown(text)}': {field} is a {kind}, compare it with ==, != or in")
    expected = _TYPES[kind]
    if wrong := [item for item in items if type(item) is not expected]:
        raise ConditionError(f"'{shown(text)}': {field} is a {kind}, but '{shown(wrong[0])}' is not")
    if descriptor and kind == "choice" and (odd := [item for item in items if item not in descriptor.choices]):
        raise ConditionError(f"'{shown(odd[0])}' is not a value of {field}; {descriptor.allowed()}")
