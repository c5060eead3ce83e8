"""Held-out scores: of each decision by models that saw none of its kind of source, or none of its origin.

Those of one origin are held out together, near-duplicates too.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from threadpoolctl import threadpool_limits

from whichcompute.classifier.cases import POSED, Case
from whichcompute.classifier.features import Bools, Floats
from whichcompute.training.design_matrix import COUNT, Ints
from whichcompute.training.fit import softmax, temperature_of
from whichcompute.training.measures import Answers
from whichcompute.training.trainer import Trainer

Family: TypeAlias = Literal["majority", "logistic", "rules_alone", "classifier_alone", "both"]
FAMILIES: tuple[Family, ...] = ("majority", "logistic", "rules_alone", "classifier_alone", "both")
"""The kinds of model that are compared; the last is the one that is used."""
VETOED: tuple[Family, ...] = ("rules_alone", "both")
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
    first: dict[str, int] = {}
    same = [(number, first.setdefault(key, number)) for number, case in enumerate(cases) if (key := _origin(case))]
    links = np.array([*same, *_near_pairs([case.description for case in cases])], dtype=np.intp).reshape(-1, 2)
    linked = csr_matrix((np.ones(len(links)), links.T), shape=(len(cases), len(cases)))
    numbers: list[int] = connected_components(linked, directed=False)[1].tolist()
    return numbers


def _origin(case: Case) -> str:
    github = re.match(r"https?://(?:raw\.)?github(?:usercontent)?\.com/([^/]+/[^/]+)", case.url)
    site = github[1].lower() if github else re.sub(r"^https?://([^/]+).*", r"\1", case.url)
    if case.kind == POSED or site in _COLLECTIONS:
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


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of every decision by a model that did not see its part; the rules' vetoes, if they apply.

    `counts`: how much each decision counts for the temperature (see `calibration`); all alike if it is None.
    """

    scores: Floats
    vetoed: Bools
    parts: tuple[Ints, ...]
    counts: Floats | None = None


def _counts(cases: Sequence[Case]) -> Floats:
    kinds = Counter(case.kind for case in cases)
    return np.array([0.0 if case.kind == POSED else 1.0 / max(kinds[case.kind], LEAST_OF_KIND) for case in cases])


def held_out(
    trainer: Trainer, parts: Sequence[Ints], families: Sequence[Family], jobs: int
) -> Mapping[Family, HeldOut]:
    """For each family the scores of every decision, each part by a model that was fitted on all the others."""
    tasks = [(family, part) for family in families for part in parts]
    # Longest first, so that no processor waits at the end.
    tasks.sort(key=lambda task: FAMILIES.index(task[0]), reverse=True)
    done = Parallel(n_jobs=jobs)(delayed(_scores)(trainer, family, part) for family, part in tasks)
    found = {}
    for family in families:
        scores = np.zeros((len(trainer.cases), COUNT))
        for (named, part), result in zip(tasks, done, strict=True):
            if named == family:
                scores[part] = result
        vetoed = trainer.design.vetoed if family in VETOED else np.zeros_like(trainer.design.vetoed)
        found[family] = HeldOut(scores, vetoed, tuple(parts), _counts(trainer.cases))
    return found


def _scores(trainer: Trainer, family: Family, part: Ints) -> Floats:
    rest = np.setdiff1d(np.arange(len(trainer.cases)), part)
    # One thread, whatever the machine: the order of additions and so the last digits stay the same.
    with threadpool_limits(1):
        return score(trainer, family, rest, part)


def score(trainer: Trainer, family: Family, learned: Ints, asked: Ints) -> Floats:
    """The scores of some decisions by a model of a family that was fitted on others."""
    fitted = getattr(trainer, family)(learned)
    design = trainer.design.rows(asked)
    if family == "rules_alone":
        design = design.without_terms()
    scores: Floats = fitted.scores(design)
    return scores


@dataclass(frozen=True, slots=True)
class Calibration:
    """The temperature of the softmax, and the probability from which an answer is plausible."""

    temperature: float
    plausible_from: float


def calibration(held: HeldOut, label: Ints, rows: Ints, coverage: float) -> Calibration:
    """From the held-out scores of these decisions: least log loss, and `coverage` of the labels in their set.

    For the temperature the kinds of source count alike, and questions with an answer key not at all: those are written
    to have one clear answer, and a model that is as sure of what people describe is wrong too often.
    """
    counts = np.ones(len(rows)) if held.counts is None or not held.counts[rows].any() else held.counts[rows]
    temperature = temperature_of(held.scores[rows], held.vetoed[rows], label[rows], counts)
    likely = softmax(held.scores[rows], held.vetoed[rows], temperature)[np.arange(len(rows)), label[rows]]
    rank = int(np.floor((len(rows) + 1) * (1 - coverage)))
    return Calibration(temperature, float(np.sort(likely)[max(rank, 1) - 1]))


def answers_of(held: HeldOut, used: Calibration) -> Answers:
    """The answers under one calibration."""
    probabilities = softmax(held.scores, held.vetoed, used.temperature)
    return _answers(probabilities, np.full(len(probabilities), used.plausible_from))


def nested_answers_of(held: HeldOut, label: Ints, coverage: float) -> Answers:
    """The answers of each part under the calibration that the other parts' held-out scores give."""
    probabilities, least = np.zeros_like(held.scores), np.zeros(len(label))
    for part in held.parts:
        rest = np.setdiff1d(np.arange(len(label)), part)
        used = calibration(held, label, rest, coverage)
        probabilities[part] = softmax(held.scores[part], held.vetoed[part], used.temperature)
        least[part] = used.plausible_from
    return _answers(probabilities, least)


def _answers(probabilities: Floats, least: Floats) -> Answers:
    leading = probabilities.argmax(axis=1)
    plausible = (probabilities >= least[:, None]) & (probabilities > 0)
    plausible[np.arange(len(leading)), leading] = True
    return Answers(probabilities, leading, plausible)


@dataclass(frozen=True, slots=True)
class Trial:
    """Held-out scores of each family; `held` parts are whole kinds of source, or groups of origins."""

    by: Literal["kinds", "origins"]
    held: Mapping[Family, HeldOut]

    def nested(self, family: Family, label: Ints, coverage: float) -> Answers:
        """The answers of a family, each part calibrated on the others."""
        return nested_answers_of(self.held[family], label, coverage)

    def shipped(self, family: Family, label: Ints, coverage: float) -> Answers:
        """The answers of a family under the one calibration that is stored with a model."""
        held = self.held[family]
        return answers_of(held, calibration(held, label, np.arange(len(label)), coverage))
