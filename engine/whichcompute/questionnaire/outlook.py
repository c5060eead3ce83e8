"""What may still come: how likely further answers change the recommendation, and what each question is worth.

Every respondent finishes the questionnaire in the user's place: the user's answers where there are any, its own for the
rest. The share of those that end at another answer is the chance of change. A question has an expected value of
information: how much more often, once it is answered, the leading answer is the final one, and how much more probable
that one is then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, with_derived
from whichcompute.questionnaire.respondents import Numbers, Respondents
from whichcompute.questionnaire.terms import COUNT, Answers, AnswerTerms, Codes, leading

Groups = tuple[dict[str, Codes], Codes]
"""The different answers to a question as cell numbers by field, and which of them each respondent gives."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The view after some answers: the leading answer now, the chance that it changes, what each question is worth.

    `ends` are the probabilities of the answers in the end; `alike` is how many respondents they rest on: of those
    that resemble the answers so far, as many as would have the same weight in all (Kish's effective sample size).
    """

    service: int
    chance: float
    ends: Numbers
    worth: Mapping[str, float]
    alike: float


class Outlook:
    """Looks ahead from given answers over one set of terms and respondents; may be shared."""

    def __init__(self, terms: AnswerTerms, respondents: Respondents) -> None:
        self.terms = terms
        self.respondents = respondents
        self._codes = {f: self._column(f) for f in terms.index.cells if f not in DERIVED}
        factors = {factor for derived in DERIVED.values() for factor in derived.factors}
        self._fixed = {field: self._groups(field, {}) for field in DECIDING if field not in factors}

    def _column(self, field: str) -> Codes:
        column = self.respondents.columns[field]
        if DESCRIPTORS[field].type == "number":
            return self.terms.codes(field, column)
        lookup = [0, *(self.terms.code(field, value) for value in self.respondents.known[field])]
        return np.array(lookup, dtype=np.intp)[column.astype(np.intp)]

    def look(self, answers: Answers) -> Prospect:
        """The prospect after these answers."""
        known = self._known(answers)
        scores = self.terms.scores(known, 1)
        now = int(leading(scores)[0])
        weights = self.respondents.weigh(answers)
        ends = self._ends(answers)
        shares = _shares(ends, weights)
        groups = {f: self._fixed.get(f) or self._groups(f, answers) for f in DECIDING if f not in answers}
        before = float((weights * ((ends == now) + self.terms.probabilities(scores)[0, ends])).sum())
        nearer = {field: right - before for field, right in self._right(known, groups, weights, ends).items()}
        alike = float(1 / (weights**2).sum())
        return Prospect(now, max(0.0, float(1 - shares[now])), shares, nearer, alike)

    def now(self, answers: Answers) -> int:
        """The number of the leading answer on these answers alone."""
        return int(leading(self.terms.scores(self._known(answers), 1))[0])

    def _known(self, answers: Answers) -> dict[str, Codes | int]:
        known = with_derived({f: v for f, v in answers.items() if v is not None})
        return {f: self.terms.code(f, v) for f, v in known.items() if f in self.terms.index.cells}

    def _ends(self, answers: Answers) -> Codes:
        columns: dict[str, Codes | int] = dict(self._codes)
        for field, value in answers.items():
            if field in columns:
                columns[field] = self.terms.code(field, value)
        for name in DERIVED.keys() & self.terms.index.cells.keys():
            columns[name] = self.terms.codes(name, self._derived(name, answers))
        return leading(self.terms.scores(columns, len(self.respondents)))

    def _derived(self, name: str, answers: Answers, alone: str = "") -> Numbers:
        # With `alone`, only that one of the open factors is taken from the respondents, the others stay unknown.
        product = np.full(len(self.respondents), DERIVED[name].scale)
        for factor in DERIVED[name].factors:
            if factor in answers or alone not in ("", factor):
                value = answers.get(factor)
                product = product * (np.nan if value is None else float(value))
            else:
                product = product * self.respondents.columns[factor]
        return product

    def _groups(self, field: str, answers: Answers) -> Groups:
        """Cell numbers by field for each different answer that respondents give, and each one's number among these."""
        columns = {field: self._codes[field]} if field in self._codes else {}
        for name, derived in DERIVED.items():
            if field in derived.factors and name in self.terms.index.cells:
                columns[name] = self.terms.codes(name, self._derived(name, answers, field))
        if not columns:
            return {}, np.zeros(len(self.respondents), dtype=np.intp)
        key = np.zeros(len(self.respondents), dtype=np.intp)
        for column in columns.values():
            key = key * (int(column.max()) + 1) + column
        _, first, number = np.unique(key, return_index=True, return_inverse=True)
        return {name: column[first] for name, column in columns.items()}, number

    def _right(
        self, known: Mapping[str, Codes | int], groups: Mapping[str, Groups], weights: Numbers, ends: Codes
    ) -> dict[str, float]:
        """By field, how right its answer leaves one about the end: how often, and by the probability given to it."""
        columns, starts = _stacked(known, groups)
        scores = self.terms.scores(columns, starts[-1])
        leaders, shares = leading(scores), self.terms.probabilities(scores)
        right = {}
        for (field, (_, number)), start in zip(groups.items(), starts, strict=False):
            row = start + number  # of each respondent
            right[field] = float((weights * ((leaders[row] == ends) + shares[row, ends])).sum())
        return right


def _stacked(
    known: Mapping[str, Codes | int], groups: Mapping[str, Groups]
) -> tuple[dict[str, Codes | int], list[int]]:
    """Columns with a row for each answer to each question on top of what is known, and where each question begins."""
    starts = [0, *accumulate(int(number.max()) + 1 for _, number in groups.values())]
    columns: dict[str, Codes | int] = dict(known)
    for (codes, _), start, end in zip(groups.values(), starts, starts[1:], strict=False):
        for name, code in codes.items():
            column = columns.get(name, 0)
            if isinstance(column, int):
                columns[name] = column = np.full(starts[-1], column)
            column[start:end] = code
    return columns, starts


def _shares(numbers: Codes, weights: Numbers) -> Numbers:
    return np.bincount(numbers, weights, COUNT).astype(np.float64)
