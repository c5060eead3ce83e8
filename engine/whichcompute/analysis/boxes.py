"""Boxes in descriptor space: the workloads on which all of some conditions hold, and exact arithmetic with them.

A box says for some descriptors which cells they may be in (see axes); the others are free, unknown included.
Derived descriptors have their own axes, bound to their factors as products. One thing is taken for granted beyond the
descriptor table: where both are known, the usual run is no longer than the longest run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from whichcompute.analysis.axes import UNKNOWN, Axis
from whichcompute.analysis.products import System
from whichcompute.base.errors import RuleError
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.intervals import Interval

Box = Mapping[str, int]
"""Descriptor -> mask of the cells it may be in; a descriptor that is missing may be anything."""

MOST = 100_000
"""The most parts of one region that are examined."""

ORDERED = ("typical_duration_s", "max_duration_s")
"""Where both are known, the first is at most the second."""


class Space:
    """The descriptors that some conditions name, and the boxes over them."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        by_field: dict[str, list[Condition]] = {}
        for condition in conditions:
            by_field.setdefault(condition.field, []).append(condition)
        factors = [factor for field in by_field if field in DERIVED for factor in DERIVED[field].factors]
        self.axes = {field: Axis(field, by_field.get(field, ())) for field in [*by_field, *factors]}
        self._solved: dict[frozenset[tuple[str, int]], dict[str, Fraction] | None] = {}

    def box(self, conditions: Iterable[Condition]) -> Box:
        """The workloads on which all conditions are true; a field with mask 0 when there are none."""
        box: dict[str, int] = {}
        for condition in conditions:
            axis = self.axes[condition.field]
            box[condition.field] = box.get(condition.field, axis.full) & axis.mask(condition)
        return box

    def both(self, first: Box, second: Box) -> Box:
        """The workloads in both boxes."""
        return {**first, **{name: first.get(name, mask) & mask for name, mask in second.items()}}

    def is_empty(self, box: Box) -> bool:
        """Whether no workload lies in a box."""
        return not all(box.values()) or self._bound(box) is None

    def within(self, inner: Box, outer: Box) -> bool:
        """Whether every workload of one box lies in another."""
        return next(self.minus(inner, outer), None) is None

    def minus(self, box: Box, cut: Box) -> Iterator[Box]:
        """What is left of a box without another, as boxes that do not overlap."""
        rest = dict(box)
        for name, mask in cut.items():
            here = rest.get(name, self.axes[name].full)
            outside = {**rest, name: here & ~mask}
            if not self.is_empty(outside):
                yield outside
            rest[name] = here & mask
            if not rest[name]:
                return

    def remainder(self, box: Box, cuts: Sequence[Box]) -> Iterator[Box]:
        """What is left of a box when all of some others are taken away, part by part."""
        parts = [] if self.is_empty(box) else [(box, 0)]
        looked_at = 0
        while parts:
            part, number = parts.pop()
            looked_at += 1
            if looked_at > MOST:
                raise RuleError(f"rules that cut a region into more than {MOST:,} parts; check fewer packs at once")
            if number == len(cuts):
                yield part
            else:
                parts += [(piece, number + 1) for piece in reversed(list(self.minus(part, cuts[number])))]

    def covers(self, cuts: Sequence[Box], box: Box) -> bool:
        """Whether some boxes together hold all of another."""
        return next(self.remainder(box, cuts), None) is None

    def witness(self, box: Box) -> dict[str, Value] | None:
        """A workload in the box, with as few known fields as it takes.

        None when the box is empty, or when only exact arithmetic reaches it and floating-point numbers do not.
        """
        values = self._bound(box) if all(box.values()) else None
        if values is None:
            return None
        known: dict[str, Value] = {name: float(value) for name, value in values.items()}
        for name in box.keys() - known.keys() - DERIVED.keys():
            if not box[name] & UNKNOWN and (value := self.axes[name].value(box[name])) is not None:
                known[name] = value
        return {n: _plain(known[n]) for n in DESCRIPTORS if n in known} if self.holds(box, known) else None

    def witness_of(self, conditions: Iterable[Condition]) -> dict[str, Value] | None:
        """A workload on which all conditions are true; None when there is none."""
        return self.witness(self.box(conditions))

    def holds(self, box: Box, values: Mapping[str, Value]) -> bool:
        """Whether a workload lies in a box."""
        complete = with_derived(values)
        return all(self.axes[name].holds(mask, complete.get(name)) for name, mask in box.items())

    def words(self, box: Box) -> str:
        """A box as a sentence part."""
        parts = [self.axes[name].words(mask) for name, mask in box.items() if mask != self.axes[name].full]
        return " and ".join(parts) or "always"

    def _bound(self, box: Box) -> dict[str, Fraction] | None:
        """Consistent values for the known descriptors of a box; None when there are none."""
        names = self._bound_names(box)
        if not names:
            return {}
        key = frozenset((name, mask) for name, mask in box.items() if name in names or name in DERIVED)
        if key not in self._solved:
            self._solved[key] = next(self._solutions(box, names), None)
        return self._solved[key]

    def _bound_names(self, box: Box) -> list[str]:
        derived = [name for name in box if name in DERIVED and box[name] != self.axes[name].full]
        names = dict.fromkeys(factor for name in derived for factor in DERIVED[name].factors)
        if all(name in names or name in box for name in ORDERED):
            names.update(dict.fromkeys(ORDERED))
        return list(names)

    def _solutions(self, box: Box, names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
        derived = [name for name in box if name in DERIVED]
        for options in product(*(self._options(box, name) for name in [*names, *derived])):
            chosen = dict(zip([*names, *derived], options, strict=True))
            known = {name: interval for name in names if (interval := chosen[name]) is not None}
            if any((chosen[d] is not None) != all(f in known for f in DERIVED[d].factors) for d in derived):
                continue
            products = [
                (DERIVED[d].factors, Fraction(DERIVED[d].scale), interval)
                for d in derived
                if (interval := chosen[d]) is not None
            ]
            ordered = [ORDERED] if all(name in known for name in ORDERED) else []
            whole = frozenset(name for name in known if self.axes[name].whole)
            if (values := System(known, products, ordered, whole).solve()) is not None:
                yield values

    def _options(self, box: Box, name: str) -> list[Interval[Fraction] | None]:
        """The intervals that a number may lie in, and None where it may be unknown: that comes first, it says least."""
        mask = box.get(name, self.axes[name].full)
        return [*([None] if mask & UNKNOWN else []), *self.axes[name].pieces(mask)]


def _plain(value: Value) -> Value:
    return int(value) if isinstance(value, float) and value == int(value) else value
