"""What a classifier is fitted on, as arrays: features, rule votes, vetoes, soft labels, weights; groups and folds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from whichcompute.classifier.archetypes import Draw
from whichcompute.classifier.cases import Case
from whichcompute.classifier.features import Template, matrix
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import NONE, SERVICES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

COUNT = len(SERVICES)
VOTES = [(effect, strength) for effect in ("prefer", "caution") for strength in ("strong", "moderate", "weak")]
"""The kinds of advice whose worth is fitted; each column of votes counts the rules of one kind that fire."""

SIGNS = np.array([1.0 if effect == "prefer" else -1.0 for effect, _ in VOTES])
NEAR = 0.33  # from this similarity on, two descriptions tell of the same thing
Grouping = Literal["strict", "documents", "cases"]
_COLLECTIONS = {
    "aws/containers-roadmap",
    "aws-samples/serverless-patterns",
    "aws-samples/step-functions-workflows-collection",
    "dev.to",
    "aws.amazon.com",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of some workloads: features (n x d), rule votes (n x 5 x 6), vetoed services (n x 5)."""

    features: Floats
    votes: Floats
    vetoed: Bools

    def rows(self, chosen: Ints) -> Sight:
        """The same for some of the workloads."""
        return Sight(self.features[chosen], self.votes[chosen], self.vetoed[chosen])

    def over(self, below: Sight) -> Sight:
        """These workloads and then those."""
        return Sight(
            np.vstack([self.features, below.features]),
            np.concatenate([self.votes, below.votes]),
            np.vstack([self.vetoed, below.vetoed]),
        )


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a fit learns from: what is seen, the share of each service (n x 5), and how much each row counts."""

    sight: Sight
    shares: Floats
    weights: Floats


class Eye:
    """Sees workloads as a fit sees them, through one rule pack and one list of features."""

    def __init__(self, pack: RulePack, templates: Sequence[Template]) -> None:
        self.pack = pack
        self.templates = tuple(templates)

    def see(self, workloads: Sequence[Mapping[str, Value]]) -> Sight:
        """Features, votes and vetoes of the workloads."""
        votes = np.zeros((len(workloads), COUNT, len(VOTES)))
        vetoed = np.zeros((len(workloads), COUNT), dtype=bool)
        for row, values in enumerate(workloads):
            fired, _ = self.pack.index.evaluate(with_derived(values))
            for number in numbers_of(fired):
                entry = self.pack.rules[number].entry
                if entry.service == NONE:
                    continue
                if entry.effect == "exclude":
                    vetoed[row, SERVICES.index(entry.service)] = True
                elif entry.strength is not None:
                    votes[row, SERVICES.index(entry.service), VOTES.index((entry.effect, entry.strength))] += 1
        return Sight(matrix(self.templates, workloads), votes, vetoed)


def shares_of(cases: Sequence[Case], soft: float) -> Floats:
    """The share of each service: 1 for the label, of which `soft` is spread over what is acceptable besides."""
    shares = np.zeros((len(cases), COUNT))
    for row, case in zip(shares, cases, strict=True):
        others = [SERVICES.index(service) for service in SERVICES if service in case.acceptable]
        row[SERVICES.index(case.label)] = 1.0 - (soft if others else 0.0)
        row[others] += soft / max(len(others), 1)
    return shares


def shares_of_draws(drawn: Sequence[Draw]) -> Floats:
    """The share of each service of the archetypes that the draws came from."""
    return np.array([draw.shares for draw in drawn]).reshape(-1, COUNT)


def groups(cases: Sequence[Case], grouping: Grouping) -> list[int]:
    """A group number for each case; cases of one origin, and near-duplicates, share a group.

    strict: one group per repository or site. documents: collections of independent pieces (exam banks, pattern
    collections, issue trackers, publishing sites) are taken apart by document. cases: only the same address joins.
    """
    parent = list(range(len(cases)))

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    first: dict[str, int] = {}
    for number, case in enumerate(cases):
        key = _origin(case, grouping)
        if key:
            parent[root(number)] = root(first.setdefault(key, number))
    for one, other in _near_pairs([case.description for case in cases]):
        parent[root(one)] = root(other)
    return [root(number) for number in range(len(cases))]


def _origin(case: Case, grouping: Grouping) -> str:
    if grouping == "cases":
        return case.url
    github = re.match(r"https?://(?:raw\.)?github(?:usercontent)?\.com/([^/]+/[^/]+)", case.url)
    site = github[1].lower() if github else re.sub(r"^https?://([^/]+).*", r"\1", case.url)
    if grouping == "documents" and (case.kind == "exam" or site in _COLLECTIONS):
        return case.url.partition("#")[0]
    return site


def _near_pairs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of texts whose words overlap by more than NEAR (cosine, rare words weigh more)."""
    words = [sorted(set(re.findall(r"[a-z0-9]{3,}", text.lower()))) for text in texts]
    times = Counter(word for found in words for word in found)
    column = {word: number for number, word in enumerate(times)}
    rows = [row for row, found in enumerate(words) for _ in found]
    columns = [column[word] for found in words for word in found]
    weights = [math.log(len(texts) / times[word]) for found in words for word in found]
    table = csr_matrix((weights, (rows, columns)), shape=(len(texts), max(len(column), 1)))
    norms = np.sqrt(np.asarray(table.multiply(table).sum(axis=1))).ravel()
    alike = (table @ table.T).tocoo()
    pairs = zip(alike.row.tolist(), alike.col.tolist(), alike.data.tolist(), strict=True)
    return sorted((one, other) for one, other, dot in pairs if one > other and dot > NEAR * norms[one] * norms[other])


def folds(labels: Sequence[str], grouped: Sequence[int], count: int, seed: int) -> list[Ints]:
    """Row numbers of each held-out fold: groups stay together, labels are spread evenly, order by `seed`."""
    members: dict[int, list[int]] = {}
    for row, group in enumerate(grouped):
        members.setdefault(group, []).append(row)
    order = list(members.values())
    Random(seed).shuffle(order)
    order.sort(key=len, reverse=True)
    total = Counter(labels)
    filled: list[Counter[str]] = [Counter() for _ in range(count)]
    rows: list[list[int]] = [[] for _ in range(count)]
    for group_rows in order:
        mine = Counter(labels[row] for row in group_rows)
        costs = [_crowding(filled[n], mine, total) + len(rows[n]) / len(labels) / 1000 for n in range(count)]
        best = costs.index(min(costs))
        rows[best] += group_rows
        filled[best] += mine
    return [np.array(sorted(found), dtype=np.intp) for found in rows]


def _crowding(filled: Counter[str], mine: Counter[str], total: Counter[str]) -> float:
    return sum(
        ((filled[label] + mine[label]) / total[label]) ** 2 - (filled[label] / total[label]) ** 2
        for label in sorted(mine)
    )
