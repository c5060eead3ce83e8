"""Which decisions are held out together: those of one origin, near-duplicates, and whole kinds of source."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from random import Random

import numpy as np
from scipy.sparse import csr_matrix

from whichcompute.classifier.cases import Case
from whichcompute.training.design_matrix import Ints

NEAR = 0.33
"""From this similarity on, two descriptions are of the same workload."""
LEAST_OF_KIND = 20
"""A kind of source with fewer decisions is not reported by itself."""
_COLLECTIONS = {
    "aws/containers-roadmap",
    "aws-samples/serverless-patterns",
    "aws-samples/step-functions-workflows-collection",
    "dev.to",
    "aws.amazon.com",
}


def kinds(cases: Sequence[Case]) -> dict[str, Ints]:
    """The rows of each kind of source, if there are enough kinds with enough rows to hold each out whole; else none."""
    rows: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        rows.setdefault(case.kind, []).append(number)
    large = [kind for kind, own in rows.items() if kind and len(own) >= LEAST_OF_KIND]
    return {kind: np.array(own, dtype=np.intp) for kind, own in rows.items()} if len(large) >= 3 else {}


def groups(cases: Sequence[Case]) -> list[int]:
    """A group number for each case: cases of one repository or site, and near-duplicates, share a group.

    Collections of independent pieces (exam banks, pattern collections, issue trackers) are taken apart by document.
    """
    parent = list(range(len(cases)))

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    first: dict[str, int] = {}
    for number, case in enumerate(cases):
        key = _origin(case)
        if key:
            parent[root(number)] = root(first.setdefault(key, number))
    for one, other in _near_pairs([case.description for case in cases]):
        parent[root(one)] = root(other)
    return [root(number) for number in range(len(cases))]


def _origin(case: Case) -> str:
    github = re.match(r"https?://(?:raw\.)?github(?:usercontent)?\.com/([^/]+/[^/]+)", case.url)
    site = github[1].lower() if github else re.sub(r"^https?://([^/]+).*", r"\1", case.url)
    if case.kind == "exam" or site in _COLLECTIONS:
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
