"""How right, how sure and how careful a set of answers is, measured against labelled decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whichcompute.classifier.cases import Case
from whichcompute.classifier.features import Bools, Floats
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.training.design_matrix import COUNT, Ints
from whichcompute.training.fit import log_losses

BINS = 10
_SIMULATIONS = 2000
_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers for many cases: probabilities (n x 6), number in ANSWERS of what leads, the plausible sets (n x 6)."""

    probabilities: Floats
    leading: Ints
    plausible: Bools

    @property
    def confidence(self) -> Floats:
        """The probability of what leads."""
        confidence: Floats = self.probabilities[np.arange(len(self.leading)), self.leading]
        return confidence

    def rows(self, chosen: Ints) -> Answers:
        """The answers for some of the cases."""
        return Answers(self.probabilities[chosen], self.leading[chosen], self.plausible[chosen])


@dataclass(frozen=True, slots=True)
class Truth:
    """What the cases say, as arrays: label, what counts as right, what is impossible (columns in ANSWERS' order)."""

    label: Ints
    serves: Bools
    excluded: Bools

    def rows(self, chosen: Ints) -> Truth:
        """The same for some of the cases."""
        return Truth(self.label[chosen], self.serves[chosen], self.excluded[chosen])


def truth(cases: Sequence[Case]) -> Truth:
    """The cases' labels as arrays."""
    label = np.array([ANSWERS.index(case.label) for case in cases], dtype=np.intp)
    return Truth(label, _flags([c.serves for c in cases]), _flags([c.excluded for c in cases]))


def _flags(sets: Sequence[frozenset[str]]) -> Bools:
    return np.array([[answer in named for answer in ANSWERS] for named in sets], dtype=bool).reshape(-1, COUNT)


def answers_of(aggregator: Aggregator, costs: CostModel | None, cases: Sequence[Case]) -> Answers:
    """What rules, classifier and costs (None: without costs) answer: what a recommendation is made from."""
    probabilities = np.zeros((len(cases), COUNT))
    leading = np.zeros(len(cases), dtype=np.intp)
    plausible = np.zeros((len(cases), COUNT), dtype=bool)
    for row, case in enumerate(cases):
        usd = list(costs.priced(case.values).comparable.values()) if costs else ()
        weighing = aggregator.weigh(with_derived(case.values), usd)
        probabilities[row] = weighing.probabilities
        leading[row] = ANSWERS.index(weighing.service)
        plausible[row] = [answer in weighing.plausible for answer in ANSWERS]
    return Answers(probabilities, leading, plausible)


def figures(answers: Answers, known: Truth) -> dict[str, Any]:
    """The figures of a set of answers; rates from 0 to 1, log loss in nats over six answers, sizes in answers."""
    hit, right = hits(answers, known), rights(answers, known)
    return {
        "n": len(hit),
        "accuracy": _mean(hit),
        "accuracy_acceptable": _mean(right),
        "macro_recall": _mean([hit[known.label == a].mean() for a in range(COUNT) if (known.label == a).any()]),
        "log_loss": _mean(losses(answers, known)),
        "mean_confidence": _mean(answers.confidence),
        "ece": calibration_error(answers.confidence, hit),
        "ece_noise": calibration_noise(answers.confidence),
        "exclusions_broken": int(known.excluded[np.arange(len(hit)), answers.leading].sum()),
        "set_coverage": _mean(covered(answers, known)),
        "mean_set_size": _mean(answers.plausible.sum(axis=1)),
    }


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def hits(answers: Answers, known: Truth) -> Floats:
    """1 where the recommended answer is the label, else 0."""
    hit: Floats = (answers.leading == known.label).astype(np.float64)
    return hit


def rights(answers: Answers, known: Truth) -> Floats:
    """1 where the recommended answer is the label or acceptable, else 0."""
    right: Floats = known.serves[np.arange(len(known.label)), answers.leading].astype(np.float64)
    return right


def losses(answers: Answers, known: Truth) -> Floats:
    """Minus the logarithm of the label's probability (1e-4 at least)."""
    return log_losses(answers.probabilities, known.label)


def covered(answers: Answers, known: Truth) -> Floats:
    """1 where the plausible set holds the label."""
    held: Floats = answers.plausible[np.arange(len(known.label)), known.label].astype(np.float64)
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
        mine, said = known.label == number, answers.leading == number
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
