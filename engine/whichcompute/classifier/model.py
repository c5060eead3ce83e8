"""The trained classifier: log-odds per answer from terms, each a centred conjunction of condition lines.

A term adds its weights times the product, over its conditions, of (1 if it holds, else 0) - P, where P is the share of
workloads on which the condition holds in the reference distribution. A term adds nothing while a descriptor that it
looks at is unknown. So an unknown descriptor counts as the average of what it could be, and that a descriptor is known
is not evidence.

What is stored is what prediction needs, as plain numbers and condition lines in JSON. Beside the model lie the
decisions it was trained on (shown as similar cases) and its rivals (its parts, each fitted alone, for comparison).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from typing import Any

from whichcompute.base.errors import DataError, ModelError, WorkloadError, shown
from whichcompute.classifier.model_files import (
    DECISIONS,
    MODEL,
    RIVALS,
    StoredModel,
    StoredTerm,
    contents,
    read_json,
    read_stored,
)
from whichcompute.classifier.neighbours import Decided, Neighbours
from whichcompute.knowledge.cells import Cells
from whichcompute.knowledge.conditions import Condition, ConditionError, parse
from whichcompute.knowledge.descriptors import UNREAD, read
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import ANSWERS

NAMES_OF_RIVALS = ("majority", "rules_alone", "classifier_alone")
UNSEEN_RULE_RATE = 0.25
"""How often a rule that training has not seen is taken to fire once its descriptors are known."""

Weights = tuple[float, ...]
"""Log-odds, one for each of ANSWERS."""
NOTHING: Weights = (0.0,) * len(ANSWERS)
NONE_OUT = (False,) * len(ANSWERS)
PAIRS = tuple(combinations(range(len(ANSWERS)), 2))
"""The numbers of every two answers."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the classifier reads off the named descriptors together: log-odds per answer."""

    fields: tuple[str, ...]
    weights: Weights


@dataclass(frozen=True, slots=True)
class TermLine:
    """One condition that terms look at, as an item of an index."""

    conditions: tuple[Condition, ...]


class TermGroup:
    """All terms over the same descriptors, as one table of weights by the cells of their values."""

    def __init__(self, fields: tuple[str, ...], cells: Sequence[FieldCells]) -> None:
        self.fields = fields
        self._cells = tuple(cells)
        self._terms: list[tuple[tuple[int, ...], Weights]] = []
        self._known: dict[tuple[int, ...], Weights] = {}

    def add(self, lines: Sequence[int], weights: Weights) -> None:
        """Adds a term: for each descriptor the number of its condition there."""
        self._terms.append((tuple(lines), weights))

    @cached_property
    def alike(self) -> tuple[tuple[int, ...], ...]:
        """For each descriptor and each of its cells: the first cell that the terms here cannot tell from it.

        A group looks at few of the thresholds on its descriptors, so that few of their cells differ to it.
        """
        found = []
        for at, cells in enumerate(self._cells):
            used = sum({1 << lines[at] for lines, _ in self._terms})
            first: dict[int, int] = {}
            found.append(tuple([first.setdefault(mask & used, number) for number, mask in enumerate(cells.masks)]))
        return tuple(found)

    def at(self, numbers: tuple[int, ...]) -> Weights:
        """The sum of the terms where the descriptors lie in these cells; worked out once for each."""
        found = self._known.get(numbers)
        if found is None:
            found = self._known[numbers] = self._sum([c.centred[n] for c, n in zip(self._cells, numbers, strict=True)])
        return found

    def _sum(self, centred: Sequence[Sequence[float]]) -> Weights:
        sums = [0.0] * len(ANSWERS)
        for lines, weights in self._terms:
            value = math.prod(row[line] for row, line in zip(centred, lines, strict=True))
            for answer, weight in enumerate(weights):
                sums[answer] += value * weight
        return tuple(sums)


class FieldCells:
    """The cells of one descriptor, and the value of each condition on it in each of them, less its reference share."""

    def __init__(self, conditions: Sequence[Condition], shares: Sequence[float]) -> None:
        self.conditions = tuple(conditions)
        self.cells = Cells(list(enumerate(conditions)), (1 << len(conditions)) - 1)
        self.masks = self.cells.true_masks[:-1]
        self.centred = [
            tuple([(mask >> number & 1) - share for number, share in enumerate(shares)]) for mask in self.masks
        ]
        self.shares = _cell_shares(self.masks, shares)


def _cell_shares(masks: Sequence[int], shares: Sequence[float]) -> tuple[float, ...]:
    """The share of each cell from those of its conditions: one holds at most, or each implies the one before."""
    nested = any(mask.bit_count() > 1 for mask in masks)
    found = []
    for mask in masks:
        inside = min((share for number, share in enumerate(shares) if mask >> number & 1), default=1.0)
        others = [share for number, share in enumerate(shares) if not mask >> number & 1]
        beyond = max(others, default=0.0) if nested else sum(others) if not mask else 0.0
        found.append(max(inside - beyond, 0.0) / masks.count(mask))  # a threshold is a separate cell beside the next
    return tuple(found)


class Classifier:
    """Predicts from stored numbers; immutable. `base` is the log-odds per answer before anything is known.

    `beside` holds the other files of the model folder, by name; they are read when they are first asked for.
    ModelError when the numbers cannot be used.
    """

    def __init__(self, stored: Mapping[str, Any], facts: Facts, beside: Mapping[str, bytes] | None = None) -> None:
        self._facts = facts
        self._beside = beside or {DECISIONS: b'{"decisions": []}', RIVALS: b"{}"}
        self._stored: StoredModel = read_stored(stored)
        self.base: Weights = self._stored.base
        self.temperature = self._stored.temperature
        self.plausible_from = self._stored.plausible_from
        self.decided_from = self._stored.decided_from
        self.undecided_below = self._stored.undecided_below
        self.cost_log_ratio, self.cost_over_budget = self._stored.cost
        self.numbers: Mapping[str, Any] = {name: stored[name] for name in sorted(stored)}
        self.fields: dict[str, FieldCells] = {}
        self.groups = self._grouped()
        # Most groups wait for something unknown: one comparison of bits says so.
        self._bits = {field: 1 << number for number, field in enumerate(self.fields)}
        self._masked = [(sum([self._bits[field] for field in group.fields]), group) for group in self.groups]
        self.unread = tuple(self._unread())
        """Fields that are not read beside a cell of another: field, other field, number of the cell."""

    def _grouped(self) -> tuple[TermGroup, ...]:
        used = dict.fromkeys(line for term in self._stored.terms for line in term.when)
        lines = {line: self._condition(line) for line in used}
        by_field: dict[str, list[str]] = {}
        for line, condition in lines.items():
            by_field.setdefault(condition.field, []).append(line)
        shares = self._stored.reference
        for field, own in by_field.items():
            self.fields[field] = FieldCells([lines[line] for line in own], [shares[line] for line in own])
        number = {line: at for own in by_field.values() for at, line in enumerate(own)}
        groups: dict[tuple[str, ...], TermGroup] = {}
        for term in self._stored.terms:
            ordered = sorted(term.when, key=lambda line: lines[line].field)
            fields = tuple(lines[line].field for line in ordered)
            if len(set(fields)) < len(fields):
                raise ModelError(f"term {shown(list(term.when))}: two conditions on one descriptor")
            if fields not in groups:
                groups[fields] = TermGroup(fields, [self.fields[field] for field in fields])
            groups[fields].add([number[line] for line in ordered], term.weights)
        return tuple(groups.values())

    def _unread(self) -> Iterator[tuple[str, str, int]]:
        for field, other, value in UNREAD:
            if {field, other} <= set(self.fields) and value in (values := self.fields[other].cells.representatives):
                yield field, other, values.index(value)

    def _condition(self, line: str) -> Condition:
        try:
            condition = parse(line, self._facts)
        except ConditionError as error:
            raise ModelError(f"term {shown(line)}: {error}") from None
        if condition.if_unknown is not None:
            raise ModelError(f"term {shown(line)}: that a descriptor is known is not evidence")
        return condition

    @property
    def lines(self) -> list[TermLine]:
        """The condition lines of its terms, for an index that is to know where what it reads can change."""
        return [TermLine((condition,)) for own in self.fields.values() for condition in own.conditions]

    def rule_weight(self, effect: str, strength: str) -> float:
        """Log-odds that a fired `prefer` or `caution` rule of this strength is worth; not negative."""
        return self._stored.rule_weights[effect, strength]

    def rate(self, rule: str) -> float:
        """How likely a rule is to fire once its descriptors are known; UNSEEN_RULE_RATE if training has not seen it."""
        return self._stored.rates.get(rule, UNSEEN_RULE_RATE)

    @property
    def terms(self) -> Sequence[StoredTerm]:
        """The terms as they are stored."""
        return self._stored.terms

    def share(self, line: str) -> float:
        """The share of the reference distribution in which a condition line of a term holds."""
        return self._stored.reference[line]

    def evidence(self, values: Mapping[str, Any]) -> list[Evidence]:
        """What is read off the known values (derived ones included), terms of the same descriptors together."""
        cells = {
            field: own.cells.number(value)
            for field, own in self.fields.items()
            if (value := values.get(field)) is not None
        }
        for field, other, cell in self.unread:
            if cells.get(other) == cell:
                cells.pop(field, None)
        known = sum([self._bits[field] for field in cells])
        return [
            Evidence(group.fields, group.at(tuple([cells[field] for field in group.fields])))
            for mask, group in self._masked
            if mask & known == mask
        ]

    def scores(self, values: Mapping[str, Any]) -> Weights:
        """The log-odds per answer from the known values, rules aside."""
        parts = [self.base, *(item.weights for item in self.evidence(values))]
        return tuple(map(sum, zip(*parts, strict=True)))

    def plausible(self, probabilities: Sequence[float]) -> frozenset[int]:
        """Numbers of the answers in the prediction set, the most probable one always among them."""
        top = max(probabilities)
        return frozenset(n for n, p in enumerate(probabilities) if p > 0 and (p >= self.plausible_from or p == top))

    def probabilities(self, values: Mapping[str, Any]) -> Weights:
        """What the classifier reads off the known values (derived ones included) as probabilities, rules aside."""
        return softmax(self.scores(values), self.temperature)

    def alone(self, values: Mapping[str, Any]) -> Weights:
        """A second opinion: probabilities of the classifier that was fitted alone, without any rule."""
        return self.rivals["classifier_alone"].probabilities(values)

    @cached_property
    def rivals(self) -> dict[str, Classifier]:
        """Each part of the model fitted for itself, and the majority class: what the whole is to beat."""
        stored = read_json(self._beside[RIVALS], RIVALS)
        if set(stored) != set(NAMES_OF_RIVALS):
            raise ModelError(f"{RIVALS} must hold {', '.join(NAMES_OF_RIVALS)}")
        return {name: Classifier(stored[name], self._facts) for name in NAMES_OF_RIVALS}

    @cached_property
    def neighbours(self) -> Neighbours:
        """The decisions it was trained on, ready to be searched; ModelError when they cannot be read."""
        try:
            entries = read_json(self._beside[DECISIONS], DECISIONS)["decisions"]
            return Neighbours(Decided(**{**entry, "values": read(entry["values"])}) for entry in entries)
        except (KeyError, TypeError, AttributeError, WorkloadError) as error:
            raise ModelError(f"{DECISIONS}: {shown(str(error))}; re-create it with `whichcompute train`") from None

    @cached_property
    def importance(self) -> dict[str, Weights]:
        """How far each descriptor moves every two answers (PAIRS) apart, on average over the reference distribution.

        What a conjunction does is shared equally among its descriptors. A value that is rare counts for little.
        """
        if self._stored.importance:
            return dict(self._stored.importance)
        apart: dict[str, list[float]] = {}
        for group in self.groups:
            parts = []
            for field, alike in zip(group.fields, group.alike, strict=True):
                shares = dict.fromkeys(alike, 0.0)
                for first, share in zip(alike, self.fields[field].shares, strict=True):
                    shares[first] += share
                parts.append(shares.items())
            sums = [apart.setdefault(field, [0.0] * len(PAIRS)) for field in group.fields]
            for combination in product(*parts):
                row = group.at(tuple([number for number, _ in combination]))
                share = math.prod([share for _, share in combination]) / len(group.fields)
                for number, (first, second) in enumerate(PAIRS):
                    for own in sums:
                        own[number] += share * abs(row[first] - row[second])
        return {field: tuple(own) for field, own in apart.items()}


def softmax(scores: Sequence[float], temperature: float, excluded: Sequence[bool] = NONE_OUT) -> Weights:
    """The probability of each answer, 0 for those that are excluded; at least one must be left."""
    top = max(score for score, out in zip(scores, excluded, strict=True) if not out)
    parts = [0.0 if out else math.exp((s - top) / temperature) for s, out in zip(scores, excluded, strict=True)]
    total = sum(parts)
    return tuple([part / total for part in parts])


def load(folder: Path, facts: Facts) -> Classifier:
    """The classifier in a model folder; ModelError names the folder and why it is refused."""
    try:
        files = contents(folder)
        return Classifier(read_json(files[MODEL], MODEL), facts, files)
    except ModelError as error:
        raise ModelError(f"{folder}: {error}; re-create it with `whichcompute train`") from None
    except DataError as error:
        raise ModelError(f"{error}; re-create the model with `whichcompute train`") from None
    except (AttributeError, TypeError, KeyError, OverflowError) as error:
        raise ModelError(f"{folder}: {shown(str(error))}; re-create it with `whichcompute train`") from None
