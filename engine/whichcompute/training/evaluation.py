"""Measures recommendations against labelled decisions, and what rules and classifier each contribute to them.

A new model is measured against the shipped one on decisions that neither has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import Case, read_cases
from whichcompute.classifier.features import Floats
from whichcompute.classifier.model import Classifier
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import ANSWERS, NONE
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.recommender import Recommender
from whichcompute.training import measures
from whichcompute.training.measures import Answers, Truth

_SHOWN = 8  # changed answers that are listed
_FEWEST = 10  # decisions by which two models can be compared


def evaluate(files: Sequence[Path], recommender: Recommender) -> dict[str, Any]:
    """The figures of `whichcompute evaluate --json`; DataError when a case file cannot be read.

    Rates from 0 to 1, log loss in nats over six answers (a label counts as 1e-4 at least), intervals 95 % by bootstrap
    over cases. An undecided recommendation counts by its leading answer. Rules alone and classifier alone are models of
    their own, each fitted to do without the other.
    """
    cases = read_cases(files)
    if not cases:
        raise DataError(f"{', '.join(map(str, files))}: contains no cases")
    known, aggregator = measures.truth(cases), recommender.aggregator
    answers = {
        name: measures.answers_of(rival, recommender.costs if name == "rules_alone" else None, cases)
        for name, rival in _rivals(aggregator).items()
    }
    answers["both"] = both = measures.answers_of(aggregator, recommender.costs, cases)
    return {
        **measures.figures(both, known),
        "accuracy_interval": measures.interval(measures.hits(both, known)),
        "outside_accuracy": _outside(recommender, cases),
        "per_service": measures.per_service(both, known),
        "ablation": {name: _row(given, both, known) for name, given in answers.items()},
        "classifier_otherwise": _otherwise(aggregator, cases, both, known),
        "trained_on": len(cases) - len(unseen(cases, aggregator.classifier)),
    }


def _rivals(aggregator: Aggregator) -> dict[str, Aggregator]:
    without_rules = RulePack((), aggregator.pack.facts)
    return {
        name: Aggregator(aggregator.pack if name == "rules_alone" else without_rules, rival)
        for name, rival in aggregator.classifier.rivals.items()
    }


def _outside(recommender: Recommender, cases: Sequence[Case]) -> float | None:
    """Of the cases for none that say where they went: how often the first place is that, or EC2 beside it as second."""
    hits = []
    for case in cases:
        if case.label == NONE and case.outside:
            places = [place.id for place in recommender.recommend(dict(case.values)).outside[:2]]
            hits.append(case.outside in places[:1] or (case.outside in places and "ec2" in places))
    return sum(hits) / len(hits) if hits else None


def _row(answers: Answers, both: Answers, known: Truth) -> dict[str, Any]:
    """The figures of one part, and what both together gain over it (exact, log loss) with intervals."""
    exact = measures.hits(both, known) - measures.hits(answers, known)
    loss = measures.losses(both, known) - measures.losses(answers, known)
    return {
        **measures.figures(answers, known),
        "accuracy_interval": measures.interval(measures.hits(answers, known)),
        "gain_of_both": {
            "accuracy": float(exact.mean()),
            "accuracy_interval": measures.interval(exact),
            "log_loss": float(loss.mean()) if len(loss) else 0.0,
            "log_loss_interval": measures.interval(loss),
        },
    }


def _otherwise(aggregator: Aggregator, cases: Sequence[Case], both: Answers, known: Truth) -> dict[str, int]:
    """How often the classifier alone would choose otherwise than is recommended, and which is right there."""
    alone = np.array([np.argmax(aggregator.classifier.alone(with_derived(case.values))) for case in cases])
    differs = alone != both.leading
    return {
        "n": int(differs.sum()),
        "ruled_out": int(sum(both.probabilities[row, alone[row]] == 0 for row in np.flatnonzero(differs))),
        "recommendation_is_label": int((differs & (both.leading == known.label)).sum()),
        "classifier_is_label": int((differs & (alone == known.label)).sum()),
    }


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """`sentence` sums up; `lines` give the figures and what changes."""

    sentence: str
    lines: tuple[str, ...]


def unseen(cases: Sequence[Case], model: Classifier) -> list[int]:
    """The numbers of the cases that a model was not trained on, by id and by address."""
    decisions = model.neighbours.decisions
    ids, urls = {decided.id for decided in decisions}, {decided.url for decided in decisions} - {""}
    return [number for number, case in enumerate(cases) if case.id not in ids and case.url not in urls]


def compare(cases: Sequence[Case], shipped: Answers, held_out: Answers) -> ModelComparison:
    """The held-out answers of the new model against those of the shipped one, on cases that neither has seen."""
    if len(cases) < _FEWEST:
        count = len(cases)
        sentence = f"Only {count} of these decisions are new to both models; {_FEWEST} are needed to compare them."
        return ModelComparison(sentence, (sentence,))
    known = measures.truth(cases)
    hits = measures.hits(held_out, known) - measures.hits(shipped, known)
    saved = measures.losses(shipped, known) - measures.losses(held_out, known)
    sentence = f"On {len(cases)} decisions that neither model has seen, the new model is {_verdict(saved)}."
    exact, before = (measures.hits(answers, known).mean() for answers in (held_out, shipped))
    loss, loss_before = (measures.losses(answers, known).mean() for answers in (held_out, shipped))
    return ModelComparison(
        sentence,
        (
            sentence,
            f"  exact {exact:.3f} against {before:.3f} ({_between(hits)})",
            f"  log loss {loss:.3f} against {loss_before:.3f} (saves {_between(saved)})",
            *_changes(cases, shipped, held_out),
        ),
    )


def _verdict(saved: Floats) -> str:
    low, high = measures.interval(saved)
    if low > 0:
        return "better than the shipped one"
    if high < 0:
        return "worse than the shipped one: do not use it"
    return "neither better nor worse than the shipped one beyond chance"


def _between(values: Floats) -> str:
    low, high = measures.interval(values)
    return f"{values.mean():+.3f}, 95 % interval {low:+.3f} to {high:+.3f}"


def _changes(cases: Sequence[Case], before: Answers, after: Answers) -> list[str]:
    moved = [
        (case, ANSWERS[old], ANSWERS[new])
        for case, old, new in zip(cases, before.leading, after.leading, strict=True)
        if old != new
    ]
    lines = [f"  {len(moved)} of {len(cases)} answers change:"] if moved else ["  no answer changes"]
    lines += [f"    {case.id}: {old} -> {new} (chosen: {case.label})" for case, old, new in moved[:_SHOWN]]
    return lines + ([f"    and {len(moved) - _SHOWN} more"] if len(moved) > _SHOWN else [])
