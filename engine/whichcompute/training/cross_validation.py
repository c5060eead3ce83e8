"""Held-out answers: grouped, repeated cross-validation of every model family on the same folds, folds in parallel.

Draws from archetypes may be learned from; only real cases are answered. Temperature and the thresholds of the plausible
set are taken from the other folds' held-out scores, never from the fold that is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from whichcompute.classifier import archetypes
from whichcompute.classifier.archetypes import Archetype, Draw
from whichcompute.classifier.cases import Case
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.arrays import softmax
from whichcompute.training.design_matrix import (
    COUNT,
    Bools,
    Eye,
    Floats,
    Grouping,
    Ints,
    Lessons,
    Sight,
    folds,
    groups,
    shares_of,
    shares_of_draws,
)
from whichcompute.training.fit import temperature_of
from whichcompute.training.measures import Answers

CERTAINTY = {"high": 1.0, "medium": 0.8, "low": 0.4}
"""What a case counts by how sure its encoding is."""

_FAIRNESS = 0.25  # 0: one threshold for all services, 1: to each its own
_LOWEST = 0.001


@dataclass(frozen=True, slots=True)
class Settings:
    """How a classifier is fitted. The values were fixed before the figures of a model card are made."""

    freedom: float = 0.4  # C of the logistic regression: smaller holds feature weights nearer to 0
    advice_ridge: float = 10.0  # holds the worth of rule advice near 0: the rules' authors could read the cases
    soft: float = 0.2  # share of a label that goes to what would have served too
    draws: int = 20  # workloads drawn from each archetype
    draw_weight: float = 0.05  # what a draw counts, against 1 for a case of high certainty
    coverage: float = 0.9  # share of labels that the plausible set is to hold
    folds: int = 5
    repeats: int = 5


@dataclass(frozen=True, slots=True)
class Training:
    """What a family may learn from in one fold."""

    cases: tuple[Case, ...]
    drawn: tuple[Draw, ...]
    seen: Sight
    seen_draws: Sight
    settings: Settings

    def lessons(self) -> Lessons:
        """Cases and draws together, with soft labels and weights."""
        shares = np.vstack([shares_of(self.cases, self.settings.soft), shares_of_draws(self.drawn)])
        weights = [CERTAINTY[case.certainty] for case in self.cases]
        return Lessons(
            self.seen.over(self.seen_draws), shares, np.array(weights + [self.settings.draw_weight] * len(self.drawn))
        )


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of model: learns from a fold and gives log-odds for held-out cases; `vetoes`: the rules' vetoes apply."""

    key: str
    title: str
    answer: Callable[[Training, Sequence[Case], Sight], Floats]
    vetoes: bool = False


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of every case from a model that never saw its group; `parts` are the folds."""

    scores: Floats
    vetoed: Bools
    parts: tuple[Ints, ...]


def training(cases: Sequence[Case], eye: Eye, shapes: Sequence[Archetype], settings: Settings, seed: int) -> Training:
    """What can be learned from these cases, draws thinned to gaps as these cases have them included."""
    drawn = tuple(archetypes.draws(shapes, settings.draws, cases, seed)) if settings.draw_weight > 0 else ()
    seen, seen_draws = eye.see([c.values for c in cases]), eye.see([d.values for d in drawn])
    return Training(tuple(cases), drawn, seen, seen_draws, settings)


@dataclass(frozen=True, slots=True)
class Course:
    """A cross-validation to run: the cases, how they are seen, the archetypes, and how a classifier is fitted."""

    cases: tuple[Case, ...]
    eye: Eye
    shapes: tuple[Archetype, ...]
    settings: Settings

    def run(self, families: Sequence[Family], grouping: Grouping, jobs: int) -> dict[str, list[HeldOut]]:
        """For each family (by key) the held-out scores of every repeat."""
        grouped = groups(self.cases, grouping)
        labels = [case.label for case in self.cases]
        count = min(self.settings.folds, len(set(grouped)))
        parts = [tuple(folds(labels, grouped, count, seed)) for seed in range(self.settings.repeats)]
        tasks = [(seed, part) for seed, split in enumerate(parts) for part in split]
        done = Parallel(n_jobs=jobs)(delayed(_fold)(self, families, part, seed) for seed, part in tasks)
        vetoed = self.eye.see([case.values for case in self.cases]).vetoed
        found: dict[str, list[HeldOut]] = {}
        for family in families:
            mask = vetoed if family.vetoes else np.zeros_like(vetoed)
            for seed, split in enumerate(parts):
                scores = np.zeros((len(self.cases), COUNT))
                for (at, part), result in zip(tasks, done, strict=True):
                    if at == seed:
                        scores[part] = result[family.key]
                found.setdefault(family.key, []).append(HeldOut(scores, mask, split))
        return found


def _fold(course: Course, families: Sequence[Family], part: Ints, seed: int) -> dict[str, Floats]:
    held = set(part.tolist())
    learned = [case for number, case in enumerate(course.cases) if number not in held]
    taught = training(learned, course.eye, course.shapes, course.settings, seed)
    asked = [course.cases[number] for number in part]
    sight = course.eye.see([case.values for case in asked])
    # One thread, whatever the machine: the order of additions and so the last digits stay the same.
    with threadpool_limits(1):
        return {family.key: family.answer(taught, asked, sight) for family in families}


def answers_of(held: HeldOut, label: Ints, coverage: float) -> Answers:
    """Calibrated answers: temperature and thresholds of each fold from the held-out scores of the other folds."""
    probabilities = np.zeros_like(held.scores)
    plausible = np.zeros(held.scores.shape, dtype=bool)
    for part in held.parts:
        others = np.setdiff1d(np.arange(len(label)), part)
        heat = temperature_of(held.scores[others], held.vetoed[others], label[others])
        probabilities[part] = softmax(held.scores[part], held.vetoed[part], heat)
        likely = softmax(held.scores[others], held.vetoed[others], heat)
        plausible[part] = relative(probabilities[part]) >= thresholds(relative(likely), label[others], coverage)
    nothing = held.vetoed.all(axis=1)
    front = np.where(nothing, len(SERVICES), np.where(held.vetoed, -np.inf, held.scores).argmax(axis=1))
    return Answers(probabilities, front, plausible & ~held.vetoed)


def relative(probabilities: Floats) -> Floats:
    """Each probability as a share of the highest of its row; 0 where every service is vetoed.

    Thresholds on shares leave few services where one stands out and many where nothing is known; thresholds on
    probabilities would leave one of the equally likely services, for its thousandth more.
    """
    top = probabilities.max(axis=1, keepdims=True)
    shares: Floats = probabilities / np.where(top > 0, top, 1.0)
    return shares


def thresholds(likely: Floats, label: Ints, coverage: float) -> Floats:
    """The share of the highest probability from which each service is plausible, so that labels are held as asked.

    One threshold for all serves the services that are seldom chosen worst. Each service's own quantile would be fair
    but rests on a few dozen cases; so the thresholds go part of the way and are then scaled to the coverage overall.
    """
    of_label = likely[np.arange(len(label)), label]
    overall = _quantile(of_label, coverage)
    own = [_quantile(of_label[label == service], coverage) for service in range(COUNT)]
    shape = np.array([max(quantile or overall, _LOWEST) ** _FAIRNESS for quantile in own])
    found: Floats = np.minimum(shape * _quantile(of_label / shape[label], coverage), 1.0)
    return found


def _quantile(of_labels: Floats, coverage: float) -> float:
    """The conformal quantile: as low as needed that a further label lies above it with the probability asked for."""
    ordered = np.sort(of_labels)
    rank = int(np.floor((len(ordered) + 1) * (1 - coverage)))
    return float(ordered[max(rank, 1) - 1]) if len(ordered) else 0.0
