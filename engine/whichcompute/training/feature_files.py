"""Finds the reference distribution and the interactions anew, from judgements alone, and writes them as data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whichcompute.base.errors import DataError
from whichcompute.base.outputs import write_texts
from whichcompute.base.resources import folder, read_text
from whichcompute.classifier import directions
from whichcompute.classifier.cases import Judgement, read_judgements
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Features, Field, Floats, Term, set_shares
from whichcompute.classifier.features import fields as fields_of
from whichcompute.knowledge.facts import Facts
from whichcompute.training import reference
from whichcompute.training.design_matrix import ADVICE, COUNT, Design, sharpened
from whichcompute.training.fit import BASE_RIDGE, Fitted, Penalty, TrainingSet, fit, softmax, weight_bounds

_REFERENCE = """\
# The reference distribution: the share of each cell of each field, as far as answers depend on it. Learned from the
# judgements alone (training/reference.py), but for the shares that features.toml sets; `whichcompute train
# --find-interactions` writes this file anew.
#
# A number: below its first cut, then from each cut of features.toml on. A boolean: no, yes. A choice: each value.

[shares]
"""
_RIDGE, _RIDGE_INTERACTION = 0.4, 1.0
_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """How many pairs and triples to find, how many a round, and the fewest judgements on which a candidate holds.

    A pair must also be known and not hold on as many judgements.
    """

    pairs: int = 240
    triples: int = 90
    each_round: int = 30
    least_of_pair: int = 12
    least_of_stem: int = 30  # of the pair that a triple extends
    least_of_triple: int = 10


class InteractionSearch:
    """Finds interactions of one set of features; the features' own terms are not looked at, only their conditions."""

    def __init__(self, features: Features, judged: Sequence[Judgement], directions: Sequence[Direction]) -> None:
        self._features = features
        self._directions = directions
        workloads = [judgement.values for judgement in judged]
        self._known, self._holds = features.truth(workloads)
        self._degrees = features.degrees(workloads)
        self._shares = sharpened(np.array([judgement.shares for judgement in judged]), reference.SHARPNESS)
        fields = np.array([condition.field for condition in features.conditions])
        self._other = fields[:, None] != fields[None, :]

    def find(self, search: SearchLimits) -> list[Term]:
        """The interactions in the order in which they were found."""
        terms: list[Term] = [(number,) for number in range(len(self._features.conditions))]
        single = len(terms)
        pairs = self._pairs(search)
        for _ in range(search.pairs // search.each_round):
            terms += self._best(terms, pairs, search.each_round, 3)
        triples = sorted(set(self._triples(search)))
        for _ in range(search.triples // search.each_round):
            terms += self._best(terms, triples, search.each_round, 4)
        return terms[single:]

    def _pairs(self, search: SearchLimits) -> list[Term]:
        together, seen = self._holds.T @ self._holds, self._known.T @ self._known
        least = search.least_of_pair
        enough = np.triu(self._other & (together >= least) & (seen - together >= least), 1)
        return [(int(one), int(other)) for one, other in zip(*np.where(enough), strict=True)]

    def _triples(self, search: SearchLimits) -> Iterator[Term]:
        together = self._holds.T @ self._holds
        stems = np.argwhere(np.triu(self._other & (together >= search.least_of_stem), 1))
        support = (self._holds[:, stems[:, 0]] * self._holds[:, stems[:, 1]]).T @ self._holds
        for stem, third in np.argwhere(support >= search.least_of_triple):
            one, two = stems[stem]
            if self._other[third, one] and self._other[third, two]:
                yield tuple(sorted((int(one), int(two), int(third))))

    def _best(self, terms: Sequence[Term], candidates: Sequence[Term], count: int, of_condition: int) -> list[Term]:
        """The candidates of largest gain; a condition at most `of_condition` times a round, a set of fields twice."""
        gain = self._gain(candidates, self._expected(terms))
        chosen: list[Term] = []
        have, used = set(terms), dict[object, int]()
        for number in np.argsort(-gain, kind="stable"):
            term = candidates[number]
            fields = tuple(self._features.conditions[condition].field for condition in term)
            often = used.get(fields, 0) >= 2 or any(used.get(c, 0) >= of_condition for c in term)
            if term in have or often:
                continue
            chosen.append(term)
            for key in (*term, fields):
                used[key] = used.get(key, 0) + 1
            if len(chosen) == count:
                break
        return chosen

    def _expected(self, terms: Sequence[Term]) -> Floats:
        """The probabilities that a fit on these terms gives the judged workloads."""
        columns = self._features.columns(self._degrees, terms)
        none = np.zeros((len(columns), COUNT))
        design = Design(columns, np.zeros((*none.shape, len(ADVICE))), none.astype(bool))
        ridge = np.array([_RIDGE if len(term) == 1 else _RIDGE_INTERACTION for term in terms])
        start = Fitted.nothing(len(terms))
        data = TrainingSet(design, self._shares, np.ones(len(columns)))
        limits = weight_bounds(self._features, terms, self._directions)
        fitted = fit(data, Penalty(ridge, BASE_RIDGE, np.ones(len(ADVICE)), start), limits)
        return softmax(fitted.scores(design), design.vetoed)

    def _gain(self, candidates: Sequence[Term], likely: Floats) -> Floats:
        """How much one Newton step on each candidate lowers the loss, if its bounds allow the step."""
        limits = weight_bounds(self._features, candidates, self._directions)
        gain = np.zeros(len(candidates))
        for start in range(0, len(candidates), _BLOCK):
            part = slice(start, start + _BLOCK)
            columns = np.stack([self._degrees[:, list(term)].prod(axis=1) for term in candidates[part]], axis=1)
            slope, curve = columns.T @ (self._shares - likely), (columns**2).T @ (likely * (1 - likely))
            free = ((slope > 0) & (limits.high[part] > 0)) | ((slope < 0) & (limits.low[part] < 0))
            gain[part] = np.where(free, slope**2 / (curve + 1.0), 0).sum(axis=1)
        return gain


def find_in(files: Sequence[Path], facts: Facts) -> None:
    """Finds both on the judgements in these files; DataError when there are none, or a file cannot be read."""
    judged = read_judgements(files).rows
    if not judged:
        raise DataError("interactions are found on judgements; name a file of them with --judgements")
    find(judged, facts)


def find(
    judged: Sequence[Judgement], facts: Facts, search: SearchLimits | None = None, data: Path | None = None
) -> None:
    """Writes reference.toml and the interactions of features.toml into the folder `data` (None: the shipped one)."""
    data = data or folder("data")
    path, declared = data / "features.toml", directions.load()
    fields = fields_of(path)
    shares = {**reference.learn(Features(fields, facts), judged, declared), **set_shares(path)}
    rounded = {name: [round(share, 4) for share in row] for name, row in shares.items()}
    rounded = {name: [share / sum(row) for share in row] for name, row in rounded.items()}
    features = Features(fields, facts, shares=rounded)
    found = InteractionSearch(features, judged, declared).find(search or SearchLimits())
    interactions = with_interactions(read_text(path), features, found)
    write_texts({str(data / "reference.toml"): reference_text(fields, shares), str(path): interactions})


def reference_text(fields: Sequence[Field], shares: Mapping[str, Sequence[float]]) -> str:
    """The file of the reference distribution."""
    return _REFERENCE + "".join(f"{field.name} = {_row(field, shares[field.name])}\n" for field in fields)


def _row(field: Field, shares: Sequence[float]) -> str:
    numbers = [f"{share:.4f}" for share in shares]
    if field.cuts or field.cells == (False, True):
        return f"[{', '.join(numbers)}]"
    return f"{{ {', '.join(f'{cell} = {number}' for cell, number in zip(field.cells, numbers, strict=True))} }}"


def with_interactions(text: str, features: Features, found: Sequence[Term]) -> str:
    """The feature file with these interactions instead of those in it."""
    start, end = text.index("interactions = ["), text.index("]\n\n[cuts]")
    rows = [", ".join(f'"{features.lines[number]}"' for number in term) for term in found]
    return f"{text[:start]}interactions = [\n" + "".join(f"  [{row}],\n" for row in rows) + text[end:]
