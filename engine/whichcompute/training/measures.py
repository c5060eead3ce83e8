"""How right, how sure and how careful a set of answers is, measured against labelled decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.classifier.cases import Case
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import ANSWERS, NONE, SERVICES
from whichcompute.recommender.aggregation import Aggregator

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

COUNT = len(SERVICES)
BINS = 10
FLOOR = 1e-9  # what a label counts as at least, so that one vetoed label does not make the log loss infinite
_SIMULATIONS = 2000
_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers for many cases: probabilities by service, number in ANSWERS of what is recommended, the plausible set."""

    probabilities: Floats
    front: Ints
    plausible: Bools

    @property
    def confidence(self) -> Floats:
        """The probability of what is recommended; 1 where all services are ruled out."""
        confidence: Floats = np.where(self.front == COUNT, 1.0, self.probabilities.max(axis=1))
        return confidence


@dataclass(frozen=True, slots=True)
class Truth:
    """What the cases say, as arrays: label, what counts as right, what is impossible (columns in ANSWERS' order)."""

    label: Ints
    serves: Bools
    excluded: Bools

    @property
    def of_service(self) -> Bools:
        """Which cases have a service as label."""
        return self.label < COUNT


def truth(cases: Sequence[Case]) -> Truth:
    """The cases' labels as arrays."""
    label = np.array([ANSWERS.index(case.label) for case in cases], dtype=np.intp)
    return Truth(label, _flags([c.serves for c in cases]), _flags([c.excluded for c in cases]))


def _flags(sets: Sequence[frozenset[str]]) -> Bools:
    return np.array([[answer in named for answer in ANSWERS] for named in sets], dtype=bool).reshape(-1, COUNT + 1)


def answers_of(scale: Aggregator, cases: Sequence[Case]) -> Answers:
    """What a scale answers for each case: the same weighing that a recommendation is made from."""
    probabilities = np.zeros((len(cases), COUNT))
    front = np.full(len(cases), COUNT, dtype=np.intp)
    plausible = np.zeros((len(cases), COUNT), dtype=bool)
    for row, case in enumerate(cases):
        weighing = scale.weigh(with_derived(case.values))
        probabilities[row] = weighing.probabilities
        front[row] = ANSWERS.index(weighing.service or NONE)
        plausible[row] = [service in weighing.plausible for service in SERVICES]
    return Answers(probabilities, front, plausible)


def figures(answers: Answers, known: Truth) -> dict[str, Any]:
    """The figures that every set of answers is told by; rates from 0 to 1, log loss in nats, sizes in services."""
    hit, right = hits(answers, known), rights(answers, known)
    return {
        "n": len(hit),
        "accuracy": _mean(hit),
        "accuracy_acceptable": _mean(right),
        "macro_recall_acceptable": _mean(
            [right[known.label == s].mean() for s in range(COUNT) if (known.label == s).any()]
        ),
        "log_loss": _mean(losses(answers, known)),
        "mean_confidence": _mean(answers.confidence),
        "ece": calibration_error(answers.confidence, hit),
        "ece_noise": calibration_noise(answers.confidence),
        "exclusions_broken": int(known.excluded[np.arange(len(hit)), answers.front].sum()),
        "set_coverage": _mean(covered(answers, known)),
        "mean_set_size": _mean(answers.plausible.sum(axis=1)[known.of_service]),
    }


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def hits(answers: Answers, known: Truth) -> Floats:
    """1 where the recommended answer is the label, else 0."""
    hit: Floats = (answers.front == known.label).astype(np.float64)
    return hit


def rights(answers: Answers, known: Truth) -> Floats:
    """1 where the recommended answer is the label or acceptable, else 0."""
    right: Floats = known.serves[np.arange(len(known.label)), answers.front].astype(np.float64)
    return right


def losses(answers: Answers, known: Truth) -> Floats:
    """Minus the logarithm of the label's probability, for the cases whose label is a service."""
    rows = np.flatnonzero(known.of_service)
    loss: Floats = -np.log(np.maximum(answers.probabilities[rows, known.label[rows]], FLOOR))
    return loss


def covered(answers: Answers, known: Truth) -> Floats:
    """1 where the plausible set holds the label; for the label none, where nothing is plausible."""
    nothing = ~answers.plausible.any(axis=1, keepdims=True)
    sets = np.hstack([answers.plausible, nothing])
    held: Floats = sets[np.arange(len(known.label)), known.label].astype(np.float64)
    return held


def calibration_error(confidence: Floats, hit: Floats) -> float:
    """Expected calibration error: the mean gap between confidence and hit rate over ten equal bins of confidence."""
    return float(_gaps(confidence, hit[None, :])[0]) if len(hit) else 0.0


def calibration_noise(confidence: Floats) -> float:
    """95th percentile of that error for a forecaster whose confidences are exactly right, by simulation."""
    if not len(confidence):
        return 0.0
    luck = np.random.default_rng(_SEED).random((_SIMULATIONS, len(confidence)))
    return float(np.quantile(_gaps(confidence, (luck < confidence).astype(np.float64)), 0.95))


def _gaps(confidence: Floats, hit: Floats) -> Floats:
    bins = np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
    of_bin = np.eye(BINS)[bins]
    gaps: Floats = np.abs((confidence - hit) @ of_bin).sum(axis=1) / len(confidence)
    return gaps


def per_service(answers: Answers, known: Truth) -> dict[str, dict[str, float | int | None]]:
    """For each answer: precision, recall, recall when acceptable counts, coverage of the sets, number of cases."""
    right, inside = rights(answers, known), covered(answers, known)
    table: dict[str, dict[str, float | int | None]] = {}
    for number, answer in enumerate(ANSWERS):
        mine, said = known.label == number, answers.front == number
        both = float((mine & said).sum())
        if not mine.any() and not said.any():
            continue
        table[answer] = {
            "precision": both / float(said.sum()) if said.any() else None,
            "recall": both / float(mine.sum()) if mine.any() else None,
            "recall_acceptable": _mean(right[mine]) if mine.any() else None,
            "set_coverage": _mean(inside[mine]) if mine.any() else None,
            "n": int(mine.sum()),
        }
    return table


def interval(values: Floats) -> list[float]:
    """95 % bootstrap interval of the mean (fixed seed), by drawing cases with replacement."""
    if not len(values):
        return [0.0, 0.0]
    drawn = np.random.default_rng(_SEED).integers(0, len(values), (_SIMULATIONS, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return [float(low), float(high)]


def second_opinions(scale: Aggregator, cases: Sequence[Case]) -> Ints:
    """Number of the service that the classifier alone, fitted without rules, would choose for each case."""
    chosen = [scale.classifier.alone(with_derived(case.values)) for case in cases]
    favourite: Ints = np.array(chosen).reshape(-1, COUNT).argmax(axis=1)
    return favourite
