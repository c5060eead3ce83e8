"""Measures recommendations against labelled decisions, and what rules and classifier each contribute to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import Case, read_cases
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import NONE
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.training import measures
from whichcompute.training.measures import Answers, Truth
from whichcompute.training.user_model import unseen

if TYPE_CHECKING:
    from whichcompute.engine import Engine

_ROWS = {"majority": "majority class", "rules_alone": "rules alone", "classifier_alone": "classifier alone"}


def evaluate(files: Sequence[Path], engine: Engine) -> dict[str, Any]:
    """The figures of `whichcompute evaluate --json`; DataError when a case file cannot be read.

    Rates from 0 to 1, log loss in nats over six answers (a label counts as 1e-4 at least), intervals 95 % by bootstrap
    over cases. An undecided recommendation counts by its leading answer. Rules alone and classifier alone are models of
    their own, each fitted to do without the other.
    """
    cases = read_cases(files)
    if not cases:
        raise DataError(f"{', '.join(map(str, files))}: no case in it")
    known, recommender = measures.truth(cases), engine.recommender
    aggregator = recommender.aggregator
    answers = {
        name: measures.answers_of(rival, recommender.costs if name == "rules_alone" else None, cases)
        for name, rival in _rivals(aggregator).items()
    }
    answers["both"] = both = measures.answers_of(aggregator, recommender.costs, cases)
    return {
        **measures.figures(both, known),
        "accuracy_interval": measures.interval(measures.hits(both, known)),
        "outside_accuracy": _outside(engine, cases),
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


def _outside(engine: Engine, cases: Sequence[Case]) -> float | None:
    """Of the cases for none that say where they went: how often the first place is that, or EC2 beside it as second."""
    hits = []
    for case in cases:
        if case.label == NONE and case.outside:
            places = [place.id for place in engine.recommend(dict(case.values)).outside[:2]]
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


def words(figures: Mapping[str, Any]) -> str:
    """The figures for a reader at a terminal."""
    low, high = figures["accuracy_interval"]
    macro, outside = figures["macro_recall"], figures["outside_accuracy"]
    lines = [
        f"{figures['n']} cases" + _seen(figures),
        "",
        f"recommended = label            {figures['accuracy']:.3f}   (95 % interval {low:.3f} to {high:.3f})",
        f"mean recall of the answers     {macro:.3f}",
        f"label or acceptable            {figures['accuracy_acceptable']:.3f}",
        f"log loss                       {figures['log_loss']:.3f}",
        f"mean confidence                {figures['mean_confidence']:.3f}",
        f"calibration error              {figures['ece']:.3f}   (chance alone gives up to {figures['ece_noise']:.3f})",
        f"impossible answer recommended  {figures['exclusions_broken']}",
        f"plausible set holds the label  {figures['set_coverage']:.3f}   (mean size {figures['mean_set_size']:.2f})",
        *([] if outside is None else [f"place outside named            {outside:.3f}"]),
        "",
        *_services(figures["per_service"]),
        "",
        *_ablation(figures["ablation"]),
        "",
        _differs(figures["classifier_otherwise"]),
    ]
    return "\n".join(lines)


def _seen(figures: Mapping[str, Any]) -> str:
    seen = figures["trained_on"]
    if not seen:
        return ", none of which the classifier was trained on"
    return f"; the classifier was trained on {seen} of them, which flatters it: the model card has held-out figures"


def _services(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [f"{'answer':<12}{'cases':>6}{'precision':>11}{'recall':>8}{'acceptable':>12}{'in the set':>12}"]
    for answer, row in table.items():
        cells = [_rate(row[key]) for key in ("precision", "recall", "recall_acceptable", "set_coverage")]
        lines.append(f"{answer:<12}{row['n']:>6}{cells[0]:>11}{cells[1]:>8}{cells[2]:>12}{cells[3]:>12}")
    return lines


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _ablation(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [f"{'':<18}{'exact':>7}{'acceptable':>12}{'log loss':>10}{'broken':>8}   both gain (exact, 95 % interval)"]
    for name, row in rows.items():
        gain = row["gain_of_both"]
        low, high = gain["accuracy_interval"]
        gained = "" if name == "both" else f"   {gain['accuracy']:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(
            f"{_ROWS.get(name, 'both together'):<18}{row['accuracy']:>7.3f}{row['accuracy_acceptable']:>12.3f}"
            f"{row['log_loss']:>10.3f}{row['exclusions_broken']:>8}{gained}"
        )
    return lines


def _differs(counts: Mapping[str, int]) -> str:
    otherwise = f"The classifier alone would choose otherwise on {counts['n']} cases"
    out = f"{counts['ruled_out']} times a service that is ruled out"
    label = f"the recommendation is the label {counts['recommendation_is_label']} times"
    return f"{otherwise} ({out}); there {label}, its choice {counts['classifier_is_label']} times."
