"""Held-out scores: of each decision by models that saw none of its kind of source, or none of its origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from whichcompute.classifier.features import Bools, Floats
from whichcompute.training.design_matrix import COUNT, Ints
from whichcompute.training.fit import softmax, temperature_of
from whichcompute.training.measures import Answers
from whichcompute.training.trainer import Trainer

Family: TypeAlias = Literal["majority", "logistic", "rules_alone", "classifier_alone", "both"]
FAMILIES: tuple[Family, ...] = ("majority", "logistic", "rules_alone", "classifier_alone", "both")
"""The kinds of model that are compared; the last is the one that is used."""
VETOED: tuple[Family, ...] = ("rules_alone", "both")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of every decision by a model that did not see its part; the rules' vetoes, if they apply."""

    scores: Floats
    vetoed: Bools
    parts: tuple[Ints, ...]


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
        found[family] = HeldOut(scores, vetoed, tuple(parts))
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
    """From the held-out scores of these decisions: least log loss, and `coverage` of the labels in their set."""
    temperature = temperature_of(held.scores[rows], held.vetoed[rows], label[rows])
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
