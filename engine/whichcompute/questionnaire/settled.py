"""Whether any answers still to come could change the leading answer: a bound that never says no in error.

Per open descriptor the cell that helps a rival most is taken, and every term on several open descriptors is
granted whatever helps most, as if they were independent. So `settled` is certain where it says yes; where it says no, a
change may still be impossible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.questionnaire.respondents import possible_values
from whichcompute.questionnaire.terms import COUNT, Answers, AnswerTerms, closed_value, is_open

_NOISE = 1e-9  # sums in another order may differ by this


def settled(terms: AnswerTerms, answers: Answers, leading: int) -> bool:
    """Whether the answer with this number stays the leading one whatever is answered from here on."""
    out = terms.out(answers)
    reachable = _reachable(terms, answers)
    if reachable & terms.vetoing[leading]:
        return False
    leads = _leads(terms, answers, leading, reachable)
    return all(out[rival] or rival == leading or lead > _NOISE for rival, lead in enumerate(leads))


def _reachable(terms: AnswerTerms, answers: Answers) -> int:
    # Alive, and each of its open conditions can be met by some value that the descriptor allows.
    mask = terms.alive(answers)
    for field, table in _open_tables(terms, answers).items():
        met = 0
        for row in table:
            met |= row
        mask &= met | ~terms.looking_at(field)
    return mask


def _open_tables(terms: AnswerTerms, answers: Answers) -> dict[str, list[int]]:
    return {f: _rows(terms, f) for f in terms.index.cells if is_open(f, answers)}


def _rows(terms: AnswerTerms, field: str) -> list[int]:
    # The masks of staying unknown and of every cell that some allowed value lies in.
    cells, descriptor = terms.index.cells[field], DESCRIPTORS.get(field)
    if descriptor is None or descriptor.type == "number":
        highest = descriptor.maximum if descriptor else math.inf
        possible = [value for value in cells.representatives if 0 <= value <= highest]
    else:
        possible = possible_values(field)
    return [cells.masks(value)[0] for value in (None, *possible)]


def _leads(terms: AnswerTerms, answers: Answers, front: int, reachable: int) -> NDArray[np.float64]:
    """The least by which `front` can lead each answer in the end."""
    pull = terms.weights - terms.weights[:, [front]]  # what each term does for a rival against the front
    sure = terms.sure(answers)
    gained = terms.base - terms.base[front] + pull[numbers_of(sure)].sum(axis=0)
    tables = _open_tables(terms, answers)
    alone, several = 0, 0
    for field in tables:
        mask = terms.looking_at(field) & reachable
        several |= alone & mask
        alone |= mask
    alone &= ~several
    gained = gained + np.maximum(pull[numbers_of(several)], 0).sum(axis=0)
    for field, rows in tables.items():
        own = terms.looking_at(field) & alone
        if own:
            gained = gained + np.max([pull[numbers_of(row & own)].sum(axis=0) for row in rows], axis=0)
    for fields, weights in terms.evidence.tables:
        gained = gained + _most(fields, weights, terms, answers, front)
    return np.asarray(-gained)


def _most(
    fields: Sequence[str], weights: NDArray[np.float64], terms: AnswerTerms, answers: Answers, front: int
) -> NDArray[np.float64]:
    """The most that the classifier can read off these fields for each rival against the front in the end."""
    at = [_cells_left(field, terms, answers) for field in fields]
    pull = weights[tuple(at)] - weights[tuple(at)][..., [front]]
    return np.asarray(pull.reshape(-1, COUNT).max(axis=0))


def _cells_left(field: str, terms: AnswerTerms, answers: Answers) -> int | slice:
    """The cells in which the classifier may read a field in the end: all, or one."""
    cell, value = terms.evidence.cell, None
    beside = [(other, hiding) for name, other, hiding in terms.evidence.unread if name == field]
    if any(is_open(name, answers) for name in (field, *(other for other, _ in beside))):
        return slice(None)
    if all(cell(other, closed_value(other, answers)) != hiding for other, hiding in beside):
        value = closed_value(field, answers)
    return cell(field, value)
