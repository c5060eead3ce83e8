"""Ranges of a number that matter: the thresholds of the terms in play cut it, and nothing else does."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from whichcompute.knowledge.descriptors import Descriptor

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIMES = (
    *(1, 2, 5, 10, 20, 30, 45),
    *(n * _MINUTE for n in (1, 2, 3, 5, 7, 10, 12, 15, 20, 30, 45)),
    *(n * _HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
    *(n * _DAY for n in (1, 2, 3, 5, 7, 10, 14, 20, 30, 60)),
)
_SIZES = tuple(part * 2.0**n for n in range(-10, 30) for part in (1, 1.5))
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; an end belongs to it only if it is `closed`. Whole-number ranges are closed."""

    low: float
    high: float
    low_closed: bool = True
    high_closed: bool = True

    def holds(self, value: float) -> bool:
        """Whether a number lies in it."""
        above = value > self.low or (self.low_closed and value == self.low)
        return above and (value < self.high or (self.high_closed and value == self.high))

    def words(self, descriptor: Descriptor) -> str:
        """The range in words with units, such as 'more than 15 min, up to 1 h'."""
        low, high = descriptor.say(self.low), descriptor.say(self.high)
        top = self.high >= descriptor.maximum
        if self.low == self.high:
            return "none" if self.low == 0 else f"exactly {low}"
        if top:
            if descriptor.integer and self.low % 10 == 1 and self.low > 1:
                return f"more than {descriptor.say(self.low - 1)}"  # more than 100, rather than 101 or more
            return f"{low} or more" if self.low_closed else f"more than {low}"
        below = f"up to {high}" if self.high_closed else f"less than {high}"
        if self.low == 0 and self.low_closed:
            return below
        if descriptor.integer:
            return f"{low} to {high}"
        return f"{low} or more, {below}" if self.low_closed else f"more than {low}, {below}"

    def middle(self, descriptor: Descriptor) -> float:
        """A plain number inside, which stands for the range where one number is needed."""
        if self.low == self.high:
            return self.low
        if self.high >= descriptor.maximum:
            wanted = min(self.low * 2 or 1.0, descriptor.maximum)
        elif self.low == 0:
            wanted = self.high / 2
        else:
            wanted = math.sqrt(self.low * self.high)
        inside = [plain for plain in (*_plain(wanted, descriptor), wanted) if self.holds(plain)]
        return inside[0] if inside else self.low if self.low_closed else self.high


def _plain(value: float, descriptor: Descriptor) -> list[float]:
    if descriptor.unit == "s" and 1 <= value <= _TIMES[-1]:
        ladder: Iterable[float] = _TIMES
    elif descriptor.unit in ("MB", "GB"):
        ladder = _SIZES
    else:
        size = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
        ladder = [step * scale for scale in (size, size * 10) for step in _STEPS]
    near = sorted(ladder, key=lambda plain: abs(math.log(plain / value)) if value > 0 else plain)
    whole = [math.floor(value), math.ceil(value)]
    return [float(n) for n in [*near[:2], *whole] if not descriptor.integer or n == int(n)]


def cut(descriptor: Descriptor, cuts: Iterable[float], outcome: Callable[[float], Hashable]) -> list[Range]:
    """The ranges of a descriptor within which `outcome` does not change; it may change only at the cuts."""
    pieces = [(piece, outcome(inside)) for piece, inside in _pieces(descriptor, cuts)]
    above = [key for _, key in pieces[1:]] + [None]
    merged: list[tuple[Range, Hashable]] = []
    for (piece, key), next_key in zip(pieces, above, strict=True):
        # A threshold where something holds for that very number alone is no answer to offer: it joins what is below.
        alone = piece.low == piece.high > 0 and key != next_key
        if merged and (alone or merged[-1][1] == key):
            before, kept = merged[-1]
            merged[-1] = Range(before.low, piece.high, before.low_closed, piece.high_closed), kept
        else:
            merged.append((piece, key))
    ranges = [piece for piece, _ in merged]
    return [_whole(piece) for piece in ranges] if descriptor.integer else ranges


def _pieces(descriptor: Descriptor, cuts: Iterable[float]) -> Iterator[tuple[Range, float]]:
    """Each cut and each stretch between two, with a number inside; without those that hold no allowed number."""
    low, low_closed = 0.0, True
    pieces: list[tuple[Range, float]] = []
    for end in sorted({c for c in cuts if 0 <= c < descriptor.maximum}):
        if end > low:
            pieces.append((Range(low, end, low_closed, False), (low + end) / 2))
        pieces.append((Range(end, end), end))
        low, low_closed = end, False
    pieces.append((Range(low, descriptor.maximum, low_closed, True), _above(low, descriptor)))
    yield from (piece for piece in pieces if not descriptor.integer or _has_whole(piece[0]))


def _above(low: float, descriptor: Descriptor) -> float:
    return min(low + max(1.0, low), (low + descriptor.maximum) / 2)


def _whole(piece: Range) -> Range:
    low = math.ceil(piece.low) + (not piece.low_closed and piece.low == math.ceil(piece.low))
    high = math.floor(piece.high) - (not piece.high_closed and piece.high == math.floor(piece.high))
    return Range(float(low), float(high))


def _has_whole(piece: Range) -> bool:
    whole = _whole(piece)
    return whole.low <= whole.high
