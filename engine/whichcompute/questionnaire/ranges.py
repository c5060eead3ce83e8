"""Ranges of a number that matter: the thresholds of the terms in play cut it, and nothing else does."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator

from whichcompute.knowledge.descriptors import Descriptor
from whichcompute.knowledge.intervals import Interval, cut_at, plainly, size_below, whole_numbers

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIMES = (
    *(1, 2, 5, 10, 20, 30, 45),
    *(n * _MINUTE for n in (1, 2, 3, 5, 7, 10, 12, 15, 20, 30, 45)),
    *(n * _HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
    *(n * _DAY for n in (1, 2, 3, 5, 7, 10, 14, 20, 30, 60)),
)
_SIZES = tuple(part * 2.0**n for n in range(-10, 30) for part in (1, 1.5))
_STEPS = (1, 2, 5)
_FEW = 4
_ROUND = 1000  # from here on "below 3,000" is easier to read than "to 2,999"
_NEAR = 1.05  # times a cut, up to which another is as good as the same


def words(piece: Interval[float], descriptor: Descriptor) -> str:
    """A range as an answer to choose, such as 'above 15 min and at most 1 h'."""
    if piece.high == 0:
        return "none"
    if descriptor.integer and piece.low != piece.high and piece.low > 0 and piece.high < _ROUND:
        return f"{descriptor.say(piece.low)} to {descriptor.say(piece.high)}"
    ends = plainly(piece, descriptor.unit) if descriptor.integer or piece.high >= descriptor.maximum else piece
    return ends.words(descriptor.unit, descriptor.maximum)


def middle(piece: Interval[float], descriptor: Descriptor) -> float:
    """A plain number inside a range, which represents it where one number is needed."""
    if piece.low == piece.high:
        return piece.low
    if piece.high >= descriptor.maximum:
        wanted = min(piece.low * 2 or 1.0, descriptor.maximum)
    elif piece.low == 0:
        wanted = piece.high / 2
    else:
        wanted = math.sqrt(piece.low * piece.high)
    inside = [plain for plain in (*_plain(wanted, descriptor), wanted) if plain in piece]
    return inside[0] if inside else piece.high if piece.low_open else piece.low


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


def cut(descriptor: Descriptor, cuts: Iterable[float], outcome: Callable[[float], Hashable]) -> list[Interval[float]]:
    """The ranges of a descriptor within which `outcome` does not change; it may change only at the cuts.

    Cuts that lie too near to one another for an answer by heart count as one; an exact value may always be given.
    """
    pieces = [(piece, outcome(inside)) for piece, inside in _pieces(descriptor, _apart(descriptor, cuts))]
    above = [key for _, key in pieces[1:]] + [None]
    merged: list[tuple[Interval[float], Hashable]] = []
    for (piece, key), next_key in zip(pieces, above, strict=True):
        # A threshold where something holds for that very number alone is no answer to offer: it joins what is below.
        # Few of something are: no GPU is not one GPU.
        alone = piece.low == piece.high > (_FEW if descriptor.integer else 0) and key != next_key
        if merged and (alone or merged[-1][1] == key):
            before, kept = merged[-1]
            merged[-1] = before.through(piece), kept
        else:
            merged.append((piece, key))
    ranges = [piece for piece, _ in merged]
    return [whole_numbers(piece) for piece in ranges] if descriptor.integer else ranges


def _apart(descriptor: Descriptor, cuts: Iterable[float]) -> list[float]:
    """The cuts that people tell apart, and 'from 1,025 MB on' as 'above 1,024 MB'."""
    kept: list[float] = []
    for each in sorted(cuts):
        plain = each if descriptor.integer else size_below(each, descriptor.unit)
        if not kept or kept[-1] <= 0 or plain > kept[-1] * _NEAR:
            kept.append(plain)
    return kept


def _pieces(descriptor: Descriptor, cuts: Iterable[float]) -> Iterator[tuple[Interval[float], float]]:
    """Each cut and each stretch between two, with a number inside; without those that hold no allowed number."""
    most = descriptor.maximum
    for piece in cut_at((cut for cut in cuts if cut < most), 0.0, most):
        if not piece.is_empty(whole=descriptor.integer):
            yield piece, _above(piece.low, descriptor) if piece.high == most else (piece.low + piece.high) / 2


def _above(low: float, descriptor: Descriptor) -> float:
    return min(low + max(1.0, low), (low + descriptor.maximum) / 2)
