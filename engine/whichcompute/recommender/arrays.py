"""The table of terms for many workloads at once: scores from the bits of the terms that hold, and probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whichcompute.recommender.terms import Terms

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]
"""One line per workload: bit `position` of the line stands for one term."""


class Sums:
    """Adds the weights of the terms that hold; `placed` names the term at each bit of a line (None: no term)."""

    def __init__(self, terms: Terms, placed: Sequence[int | None]) -> None:
        self._base = np.array(terms.base)
        per_bit = np.zeros((len(placed), len(terms.base)))
        for position, number in enumerate(placed):
            if number is not None:
                per_bit[position] = terms.weights[number] or 0.0
        # For each byte of a line that weighs anything: what each of its 256 values adds to each service. A matrix
        # product would start threads, which on a busy machine take ten times as long.
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
        tables = (bits @ per_bit[first : first + 8] for first in range(0, len(placed), 8))
        self._tables = {byte: table for byte, table in enumerate(tables) if table.any()}

    def scores(self, fired: Words) -> Floats:
        """The log-odds of each service (n x services), vetoes aside."""
        scores = np.broadcast_to(self._base, (len(fired), len(self._base))).copy()
        octets, adds = fired.view(np.uint8), np.empty_like(scores)
        for byte, table in self._tables.items():
            scores += np.take(table, octets[:, byte], axis=0, out=adds, mode="clip")  # a byte is never out of bounds
        return scores


def softmax(scores: Floats, excluded: Bools, temperature: float = 1.0) -> Floats:
    """Probabilities (n x services): 0 for excluded services; all 0 where every service is excluded."""
    left = np.where(excluded, -np.inf, scores)
    top = over_services(np.maximum, left)
    parts = np.exp((left - np.where(np.isfinite(top), top, 0.0)) / temperature)
    total = over_services(np.add, parts)
    return parts / np.where(total > 0, total, 1.0)


def over_services(combine: np.ufunc, values: Floats) -> Floats:
    """One value a row (as a column): numpy reduces a short line per row slowly, and a few long columns fast."""
    result: Floats = values[:, :1]
    for service in range(1, values.shape[1]):
        result = combine(result, values[:, service : service + 1])
    return result
