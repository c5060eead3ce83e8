"""Makes the sheets behind the questionnaire, data/answers.csv, from decisions and archetypes (`make docs`).

Archetypes are shapes of workloads with the share of each service; workloads are drawn from them. Every real decision is
a sheet as it is. Every archetype is drawn from: half of its sheets are complete, as those of somebody who knows the
workload well, half have gaps as real descriptions have them. The classifier is not trained on draws.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from whichcompute.base.entries import EntryError, entries_of
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder
from whichcompute.classifier import cases
from whichcompute.classifier.cases import Case
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import SERVICES

EACH = 2  # sheets of an archetype, of either sort
SEED = 7
_LOWEST = 1e-3  # where a log-uniform range that begins at 0 begins


@dataclass(frozen=True, slots=True)
class ValueShares:
    """One of several values, drawn by weight; a single value is a choice of one."""

    values: tuple[Value, ...]
    weights: tuple[float, ...]

    def draw(self, rng: Random) -> Value:
        """One of the values."""
        return rng.choices(self.values, self.weights)[0]


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A number between two ends, drawn log-uniformly; rounded where only whole numbers are allowed."""

    low: float
    high: float
    integer: bool

    def draw(self, rng: Random) -> Value:
        """A number of the range."""
        number = math.exp(rng.uniform(math.log(max(self.low, _LOWEST)), math.log(max(self.high, _LOWEST))))
        return float(round(number)) if self.integer else number


@dataclass(frozen=True, slots=True)
class Archetype:
    """A shape of workload: how its descriptors are distributed, and the share of each service in SERVICES' order."""

    id: str
    shares: tuple[float, ...]
    descriptors: Mapping[str, ValueShares | NumberRange]

    def draw(self, rng: Random) -> dict[str, Value]:
        """A workload of this shape with all descriptors that the shape names; the usual run is at most the longest."""
        values = {name: spec.draw(rng) for name, spec in self.descriptors.items()}
        usual, longest = values.get("typical_duration_s"), values.get("max_duration_s")
        if isinstance(usual, float) and isinstance(longest, float):
            values["typical_duration_s"] = min(usual, longest)
        return values


@dataclass(frozen=True, slots=True)
class Draw:
    """A drawn workload with gaps as real ones have, and the share of each service."""

    values: dict[str, Value]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An archetype as the file has it."""

    id: str
    service: dict[str, float]
    descriptors: dict[str, Any]
    name: str = ""
    says: str = ""
    sources: tuple[str, ...] = ()


def load(path: Path | None = None) -> tuple[Archetype, ...]:
    """The archetypes of a file (None: the shipped ones); DataError names file, archetype and field."""
    path = path or folder("data") / "archetypes.toml"
    found = []
    for entry in entries_of(path, "archetype", _Entry):
        try:
            found.append(_archetype(entry))
        except EntryError as problem:
            raise DataError(f"{path}: archetype {shown(entry.id)}: {problem}") from None
    return tuple(found)


def _archetype(entry: _Entry) -> Archetype:
    if odd := sorted(set(entry.service) - set(SERVICES)):
        raise EntryError(f"service '{shown(odd[0])}' is none of {', '.join(SERVICES)}")
    row = tuple(float(entry.service.get(service, 0.0)) for service in SERVICES)
    if min(row) < 0 or abs(sum(row) - 1) > 1e-6:
        raise EntryError(f"service shares sum to {sum(row):g}; they must sum to 1, none below 0")
    return Archetype(entry.id, row, {name: _spec(name, spec) for name, spec in entry.descriptors.items()})


def _spec(name: str, spec: Any) -> ValueShares | NumberRange:
    if name not in DECIDING:
        raise EntryError(f"unknown descriptor '{shown(name)}'")
    if isinstance(spec, list):
        return _range(name, spec)
    weights = spec if isinstance(spec, dict) else {spec: 1.0}
    if not all(isinstance(w, int | float) and not isinstance(w, bool) and w >= 0 for w in weights.values()):
        raise EntryError(f"{name}: weights must be numbers from 0")
    if sum(weights.values()) <= 0:
        raise EntryError(f"{name}: the weights sum to 0")
    return ValueShares(tuple(_value(name, value) for value in weights), tuple(map(float, weights.values())))


def _range(name: str, spec: Sequence[Any]) -> NumberRange:
    if DESCRIPTORS[name].type != "number" or len(spec) != 2:
        raise EntryError(f"{name}: a list must be [low, high] of a number")
    low, high = (float(_value(name, end)) for end in spec)
    if low > high:
        raise EntryError(f"{name}: range begins at {low:g} and ends at {high:g}")
    return NumberRange(low, high, DESCRIPTORS[name].integer)


def _value(name: str, value: Any) -> Value:
    try:
        read = DESCRIPTORS[name].read(value)
    except ValueError as error:
        raise EntryError(f"{name}: '{shown(value)}'; {error}") from None
    if read is None:
        raise EntryError(f"{name}: an empty value; leave the field out instead")
    return read


def draws(archetypes: Sequence[Archetype], each: int, cases: Sequence[Case], seed: int) -> list[Draw]:
    """`each` workloads of every archetype, thinned to the fields that a random case of the same kind knows.

    Real descriptions leave most fields open.
    """
    rng = Random(seed)
    of_kind: dict[Any, list[Case]] = {}
    for case in cases:
        of_kind.setdefault(case.values.get("kind"), []).append(case)
    drawn = []
    for archetype in archetypes:
        for _ in range(each):
            values = archetype.draw(rng)
            pattern = rng.choice(of_kind.get(values.get("kind")) or list(cases)).values
            drawn.append(Draw({name: v for name, v in values.items() if name in pattern}, archetype.shares))
    return drawn


def sheets() -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Origin and values of each sheet, the real decisions first."""
    decisions = cases.read_cases([cases.shipped()])
    shapes = load()
    for decision in decisions:
        yield decision.id, decision.values
    yield from _complete(shapes)
    gapped = draws(shapes, EACH, decisions, SEED)
    for number, draw in enumerate(gapped):
        yield f"archetype:{shapes[number // EACH].id}", draw.values


def _complete(shapes: Sequence[Archetype]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    rng = Random(SEED)
    for shape in shapes:
        for _ in range(EACH):
            yield f"complete:{shape.id}", shape.draw(rng)


def as_csv() -> str:
    """The sheets as CSV: their origin, then every descriptor; blank for what is not known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["origin", *DECIDING])
    for origin, values in sheets():
        writer.writerow([origin, *(_cell(values.get(field)) for field in DECIDING)])
    return text.getvalue()


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.0f}" if value == int(value) else f"{value:.6g}"
