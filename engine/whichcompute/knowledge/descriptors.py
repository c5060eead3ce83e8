"""The descriptor table: the model, the readers, the questions and the schema are all made from it.

The table is data/descriptors.toml. An absent, null or empty value means unknown, never a default.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Literal

from whichcompute.base.entries import read_entries
from whichcompute.base.errors import DataError, Problem, WorkloadError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.base.units import SPELLED, InRange, plain, read_number, say
from whichcompute.base.words import did_you_mean, joined

Value = float | bool | str
TRUE, FALSE = ("true", "yes", "1", "y"), ("false", "no", "0", "n")
UNKNOWN = frozenset(("", "-", "--", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "unknown", "?", "tbd"))
"""Usual spellings of nothing, in lower case; `none` is a value where the descriptor has such a choice."""

_PLAIN = (str, float, int, bool, type(None), InRange)
_MARKS = str.maketrans("", "", "-_ \t")
_HALF = re.compile("[\ud800-\udfff]")
DONT_KNOW = "I don't know"
"""How people answer that a field is unknown."""


@dataclass(frozen=True, slots=True)
class BroadAnswer:
    """An answer to the question about a field that says more than this field: a value for each of several."""

    id: str
    words: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One named property of a workload, as a row of the descriptor table. Numbers are never negative.

    `choices` are worded as answers; `names` are the words for them in a sentence, where the value itself is not such a
    word. `clauses` say of a boolean what it means in a sentence: if yes, and if no. `positive`: nothing has 0 of it,
    so 0 is unknown: tools write it where they found nothing out. `unread_while`: beside one of these values of other
    fields it says something else than it usually does, and the classifier takes it as unknown.
    """

    name: str
    type: Literal["number", "choice", "boolean", "text"]
    title: str
    meaning: str
    also_called: tuple[str, ...] = ()
    unit: str = ""
    integer: bool = False
    maximum: float = math.inf
    positive: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    offers: tuple[BroadAnswer, ...] = ()
    clauses: tuple[str, ...] = ()
    question: str = ""
    why: str = ""
    example: str = ""
    aspect: str = ""
    effort: int = 0
    change: str = ""
    change_effort: int = 0
    unread_while: Mapping[str, Any] = field(default_factory=dict)

    @property
    def decides(self) -> bool:
        """Whether rules and classifier may look at it; text is only passed through."""
        return self.type != "text"

    @property
    def factors(self) -> tuple[str, ...]:
        """What has to be known for it: itself."""
        return (self.name,)

    def read(self, value: object) -> Value | None:
        """The value in the descriptor's unit, None for unknown; ValueError says what is allowed."""
        if type(value) is str and value in self.choices:
            return value  # the most frequent case by far, and a tenth of the time of the others
        value = self.native(value)
        if value is None or (isinstance(value, str) and self._says_nothing(value)):
            return None
        if self.type == "number":
            number = self._number(value)
            return None if self.positive and number == 0 else number
        if self.type == "boolean":
            return _boolean(value)
        if self.type == "choice":
            return self._choice(value)
        text = _text(value)
        if _HALF.search(text):
            raise ValueError("allowed: text; this holds half of a character (a lone surrogate)")
        return text

    def native(self, value: Any) -> Any:
        """A value as one of Python's own: of an enumeration its value, of a duration seconds, of fractions a float."""
        if type(value) in _PLAIN:
            return value
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, timedelta):
            return value.total_seconds() if self.unit == "s" else value
        if type(value).__module__ != "numpy" or not hasattr(value, "item"):
            number = _float(value) if self.type == "number" and hasattr(value, "__float__") else None
            return value if number is None else number
        if type(value).__name__ != "timedelta64" or value != value:
            return value.item()
        # Of nanoseconds numpy's own conversion makes a bare number.
        return float(value / type(value)(1, "s")) if self.unit == "s" else value

    def _says_nothing(self, text: str) -> bool:
        word = text.strip().lower()
        return not word or (self.decides and word in UNKNOWN and word not in self.choices)

    def _number(self, value: object) -> float:
        number: float | None
        if isinstance(value, str):
            number = read_number(value, self.unit)
        elif isinstance(value, InRange):
            number = value
        else:
            number = _float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None
        if number is None or not math.isfinite(number):
            raise ValueError(self.allowed())
        if not 0 <= number <= self.maximum or (self.integer and number != int(number)):
            raise ValueError(self.allowed())
        return number

    def _choice(self, value: object) -> str:
        text = _text(value).strip().lower()
        if text in self.choices:
            return text
        folded = _folded(text)
        found = [choice for choice in self.choices if _folded(choice) == folded]
        called = [choice for choice, meaning in self.choices.items() if text and f"({text})" in meaning.lower()]
        if not found and called:
            raise ValueError(f"allowed: {called[0]} for {self.choices[called[0]]}, or another id")
        if not found:
            raise ValueError(self.allowed() + did_you_mean(text, self.choices))
        return found[0]

    def offer(self, id_: object) -> BroadAnswer | None:
        """The answer on offer with this id."""
        return next((offer for offer in self.offers if offer.id == id_), None)

    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.type == "boolean":
            return "allowed: true, false, yes, no, y, n, 1, 0"
        if self.type == "choice":
            return f"allowed: {', '.join(self.choices)}"
        kind = "a whole number" if self.integer else "a number"
        units = f" in {self.unit}" if self.unit not in ("count", "") else ""
        spelled = SPELLED.get(self.unit)
        carrying = f", or with another unit ({spelled})" if spelled else ""
        return f"allowed: {kind} from 0 to {plain(self.maximum)}{units}{carrying}"

    def say(self, value: Value) -> str:
        """A value of this descriptor in words, with its unit."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return self.names.get(value, value) if isinstance(value, str) else say(value, self.unit)


@dataclass(frozen=True, slots=True)
class Derived:
    """A product of descriptors, named once so that rules can use it; unknown as soon as one factor is unknown."""

    name: str
    title: str
    unit: str
    factors: tuple[str, ...]
    scale: float
    meaning: str
    decides: ClassVar[bool] = True

    def say(self, value: float) -> str:
        """A value in words, with its unit."""
        return say(value, self.unit)

    def of(self, values: Mapping[str, Any]) -> float | None:
        """The product, None when a factor is unknown."""
        product = self.scale
        for factor in self.factors:
            value = values.get(factor)
            if value is None:
                return None
            product *= value
        return product


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError):  # an integer beyond all floats, or an array
        return None


def _text(value: object) -> str:
    try:
        return value if isinstance(value, str) else str(value)
    except ValueError:  # a whole number of more digits than Python writes
        raise ValueError("allowed: text, or a number of at most 4,300 digits") from None


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value).strip().lower() if isinstance(value, str | int) else ""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ValueError("allowed: true, false, yes, no, y, n, 1, 0")


def _folded(text: str) -> str:
    """Without hyphens, underscores and blanks, which are spelt in many ways."""
    return text.translate(_MARKS)


@dataclass(frozen=True, slots=True)
class _Together:
    fields: tuple[str, ...]


@cache
def _tables() -> tuple[dict[str, Descriptor], dict[str, Derived], dict[str, tuple[str, ...]]]:
    path = folder("data") / "descriptors.toml"
    table = read_toml(path)
    descriptors = read_entries(table.get("field"), Descriptor, "field", str(path), DataError, "name")
    derived = read_entries(table.get("derived"), Derived, "derived", str(path), DataError, "name")
    groups = read_entries(table.get("together"), _Together, "together", str(path), DataError, "fields")
    together = {name: group.fields for group in groups for name in group.fields}
    return {each.name: each for each in descriptors}, {each.name: each for each in derived}, together


DESCRIPTORS, DERIVED, TOGETHER = _tables()
"""The descriptor table and the derived descriptors, by name, in the order of an inventory's columns; and by field those
that the questionnaire asks at once, itself included."""

PROPERTIES: Mapping[str, Descriptor | Derived] = {**DESCRIPTORS, **DERIVED}
"""Both together: whatever a condition or a placeholder may name."""

_FEW = 3  # more fields than this with one word in common are no help
_HINTS = 100  # wrong names for which near ones are looked for, which takes time

DECIDING = [name for name, descriptor in DESCRIPTORS.items() if descriptor.decides]
"""Names of the descriptors that rules and classifier look at."""

UNREAD = [(name, other, value) for name, one in DESCRIPTORS.items() for other, value in one.unread_while.items()]
"""Fields that the classifier takes as unknown beside a value of another field: field, other field, its value."""


def unread(name: str, values: Mapping[str, Any]) -> bool:
    """Whether the classifier takes a field as unknown beside these values."""
    return any(name == field and values.get(other) == value for field, other, value in UNREAD)


def is_missing(value: object) -> bool:
    """Whether pandas, numpy and databases mark a missing value so: NaN, NA and NaT."""
    if isinstance(value, float):
        return value != value
    return type(value).__name__ in ("NAType", "NaTType") or (type(value).__name__ == "Decimal" and str(value) == "NaN")


def no_workload(given: object) -> WorkloadError:
    """What to raise for something that is not a workload at all."""
    return WorkloadError([Problem("workload", given, "allowed: a mapping of fields to values, or a Workload")])


def read(mapping: Mapping[str, object]) -> dict[str, Value]:
    """The known values of a workload by descriptor name, in table order; WorkloadError names every bad field."""
    if not isinstance(mapping, Mapping):
        raise no_workload(mapping)
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, given in mapping.items():
        descriptor = DESCRIPTORS.get(name) if isinstance(name, str) else None
        if descriptor is None:
            word = name if isinstance(name, str) else shown(name)
            near = _fields_like(word) if len(problems) < _HINTS else ""
            problems.append(Problem(word, given, f"no such field{near}"))
            continue
        try:
            value = descriptor.read(given)
        except ValueError as error:
            problems.append(Problem(name, given, str(error)))
            continue
        if value is not None:
            values[name] = value
    if problems:
        raise WorkloadError(problems)
    return values


def _fields_like(name: str) -> str:
    """The fields that a wrong name may mean: that people call so, that have it as a word, that are near; else all."""
    word = name.lower()
    called = [field for field, descriptor in DESCRIPTORS.items() if word in descriptor.also_called]
    parts = called or [field for field in DESCRIPTORS if word in field.split("_")]
    found = f" (did you mean {joined(parts, 'or')}?)" if 0 < len(parts) <= _FEW else did_you_mean(name, DESCRIPTORS)
    return found or "; `whichcompute schema workload` lists all"


def with_derived(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values and the derived descriptors whose factors are all known."""
    complete = dict(values)
    for name, derived in DERIVED.items():
        value = derived.of(values)
        if value is not None:
            complete[name] = value
    return complete


def per_unit(name: str, values: Mapping[str, Any]) -> dict[str, float]:
    """What each derived descriptor is per unit of one factor, where its others are known: its value changes with it."""
    products = {other: each.of({**values, name: 1.0}) for other, each in DERIVED.items() if name in each.factors}
    return {other: product for other, product in products.items() if product is not None}


def scalar(value: Value) -> str:
    """A value the way YAML and `--set` read it back unchanged."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else repr(value)
