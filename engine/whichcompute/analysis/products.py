"""Decides exactly whether numbers in intervals can have products in intervals, and finds such numbers.

With every number positive, `a·b <= c` is linear in logarithms, so Fourier-Motzkin elimination works with bounds that
are multiplied instead of added; fractions keep it exact. Zero is treated separately. Rounding of floating-point
products is left aside, and with more than one whole number in a system a solution might be missed (no derived
descriptor has two).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor

from whichcompute.knowledge.intervals import Interval

ZERO = Fraction(0)
_LARGE = 100_000


@dataclass(frozen=True, slots=True)
class Bound:
    """The product of variables to their powers is at most `limit`, or below it when `strict`."""

    powers: Mapping[str, int]
    limit: Fraction
    strict: bool

    def times(self, other: Bound, variable: str) -> Bound:
        """Both bounds multiplied so that `variable`, which they hold from opposite sides, falls out."""
        mine, theirs = abs(other.powers[variable]), abs(self.powers[variable])
        names = self.powers.keys() | other.powers.keys()
        powers = {name: self.powers.get(name, 0) * mine + other.powers.get(name, 0) * theirs for name in names}
        limit = self.limit**mine * other.limit**theirs
        return Bound({name: power for name, power in powers.items() if power}, limit, self.strict or other.strict)

    def at(self, values: Mapping[str, Fraction]) -> Bound:
        """The bound that is left for the other variables when some have these positive values."""
        limit = self.limit
        for name in self.powers.keys() & values.keys():
            limit /= values[name] ** self.powers[name]
        return Bound({n: p for n, p in self.powers.items() if n not in values}, limit, self.strict)


@dataclass(frozen=True, slots=True)
class System:
    """Variables in intervals; `products` (factors, scale, interval) and `ordered` pairs (first <= second) bind them."""

    variables: Mapping[str, Interval[Fraction]]
    products: Sequence[tuple[Sequence[str], Fraction, Interval[Fraction]]] = ()
    ordered: Sequence[tuple[str, str]] = ()
    whole: frozenset[str] = frozenset()

    def solve(self) -> dict[str, Fraction] | None:
        """Values that meet everything, round ones where possible; None when there are none."""
        for zeros in self._zero_cases():
            bounds = self._bounds(zeros)
            if bounds is not None and (values := self._positive(bounds, zeros)) is not None:
                return {name: values.get(name, ZERO) for name in self.variables}
        return None

    def _zero_cases(self) -> Iterable[frozenset[str]]:
        """Every choice of the variables that are zero, the fewest zeros first."""
        options = []
        for interval in self.variables.values():
            positive = [False] if interval.high > 0 else []
            options.append([*positive, True] if 0 in interval else positive)
        named = (zip(self.variables, case, strict=True) for case in product(*options))
        return sorted((frozenset(name for name, zero in case if zero) for case in named), key=len)

    def _bounds(self, zeros: frozenset[str]) -> list[Bound] | None:
        """The bounds on the positive variables; None when a product or an order cannot hold with these zeros."""
        bounds = [b for n, interval in self.variables.items() if n not in zeros for b in _between({n: 1}, interval)]
        for factors, scale, interval in self.products:
            if zeros.isdisjoint(factors):
                if interval.high <= 0:
                    return None
                powers = {name: list(factors).count(name) for name in factors}
                bounds += _between(powers, interval, scale)
            elif 0 not in interval:
                return None
        for small, large in self.ordered:
            if small not in zeros and large in zeros:
                return None
            if small not in zeros:
                bounds.append(Bound({small: 1, large: -1}, Fraction(1), False))
        return bounds

    def _positive(self, bounds: list[Bound], zeros: frozenset[str]) -> dict[str, Fraction] | None:
        values: dict[str, Fraction] = {}
        names = sorted((n for n in self.variables if n not in zeros), key=lambda n: n not in self.whole)
        for name in names:
            whole = name in self.whole
            interval = _projected([bound.at(values) for bound in bounds], name)
            if interval is None or interval.is_empty(whole):
                return None
            values[name] = round_number(interval, whole)
        return values if all(_holds(bound.at(values)) for bound in bounds) else None


def _between(powers: Mapping[str, int], interval: Interval[Fraction], scale: Fraction = Fraction(1)) -> list[Bound]:
    bounds = [Bound(powers, interval.high / scale, interval.high_open)]
    if interval.low > 0:
        inverse = {name: -power for name, power in powers.items()}
        bounds.append(Bound(inverse, scale / interval.low, interval.low_open))
    return bounds


def _holds(bound: Bound) -> bool:
    return bound.limit > 1 if bound.strict else bound.limit >= 1


def _projected(bounds: list[Bound], kept: str) -> Interval[Fraction] | None:
    """The values of one variable that the others can follow; None when the bounds contradict each other."""
    others = {name for bound in bounds for name in bound.powers} - {kept}
    for name in sorted(others):
        bounds = _without(bounds, name)
    if not all(_holds(bound) for bound in bounds if not bound.powers):
        return None
    low, low_open, high, high_open = ZERO, True, Fraction(10**30), True
    for bound in bounds:
        power = bound.powers.get(kept, 0)
        if abs(power) > 1:
            raise ValueError(f"a product holds {kept} twice, and no root is taken")
        if power == 1 and (bound.limit, not bound.strict) < (high, not high_open):
            high, high_open = bound.limit, bound.strict
        if power == -1 and (1 / bound.limit, bound.strict) > (low, low_open):
            low, low_open = 1 / bound.limit, bound.strict
    return Interval(low, high, low_open, high_open)


def _without(bounds: list[Bound], name: str) -> list[Bound]:
    upper = [bound for bound in bounds if bound.powers.get(name, 0) > 0]
    lower = [bound for bound in bounds if bound.powers.get(name, 0) < 0]
    rest = [bound for bound in bounds if not bound.powers.get(name, 0)]
    return rest + [above.times(below, name) for above in upper for below in lower]


def round_number(interval: Interval[Fraction], whole: bool = False) -> Fraction:
    """A number of a non-empty interval that reads well: near its lower end, or half way up when it begins at zero."""
    for candidate in _candidates(interval, whole):
        if candidate in interval and (not whole or candidate.denominator == 1):
            return candidate
    return (interval.low + interval.high) / 2


def _candidates(interval: Interval[Fraction], whole: bool) -> Iterable[Fraction]:
    low, high = interval.low, interval.high
    if low > 0:
        yield low
        yield Fraction(floor(low) + 1)
    elif whole or interval.low_open or high > _LARGE:
        yield Fraction(1)
    yield _shortened(high / 2 if low == 0 else (low + high) / 2, whole)
    if whole:
        yield Fraction(ceil(low))
        yield Fraction(floor(low) + 1)
    yield high
    for digits in range(1, 18):
        yield Fraction(f"{float((low + high) / 2):.{digits}g}")


def _shortened(number: Fraction, whole: bool) -> Fraction:
    short = Fraction(f"{float(number):.2g}")
    return Fraction(floor(short)) if whole else short
