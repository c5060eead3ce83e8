"""The tables of a model card, as Markdown lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from whichcompute.classifier.features import Floats
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.training import measures
from whichcompute.training.measures import Answers, Truth

COLUMNS = {
    "accuracy": "exact",
    "accuracy_acceptable": "label or acceptable",
    "macro_recall": "macro recall",
    "log_loss": "log loss",
    "mean_confidence": "confidence",
    "ece": "ECE",
    "ece_noise": "ECE by chance",
    "exclusions_broken": "exclusions broken",
    "set_coverage": "set coverage",
    "mean_set_size": "set size",
}


def table(first: str, rows: Mapping[str, Mapping[str, Any]], columns: Mapping[str, str] = COLUMNS) -> Iterator[str]:
    """One row of figures for each name; n comes first."""
    yield f"| {first} | n | " + " | ".join(columns.values()) + " |"
    yield "|---|---|" + "---|" * len(columns)
    for name, figures in rows.items():
        yield f"| {name} | {figures['n']} | " + " | ".join(_cell(figures[key]) for key in columns) + " |"


def _cell(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def gains(parts: Mapping[str, Answers], both: Answers, known: Truth) -> Iterator[str]:
    """What both together gain over each part, with intervals."""
    yield "| over | exact | label or acceptable | log loss (lower is better) |"
    yield "|---|---|---|---|"
    for name, answers in parts.items():
        cells = [_gain(measure(both, known) - measure(answers, known)) for measure in _MEASURES]
        yield f"| {name} | " + " | ".join(cells) + " |"


_MEASURES = (measures.hits, measures.rights, measures.losses)


def _gain(difference: Floats) -> str:
    low, high = measures.interval(difference)
    return f"{difference.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def calibration(answers: Answers, known: Truth) -> Iterator[str]:
    """How often answers of each confidence are the label."""
    confidence, hit = answers.confidence, measures.hits(answers, known)
    bins = np.minimum((confidence * measures.BINS).astype(int), measures.BINS - 1)
    yield "| confidence | answers | mean confidence | were the label |"
    yield "|---|---|---|---|"
    for number in range(measures.BINS):
        own = bins == number
        if own.any():
            shown = f"{number * 10}-{number * 10 + 10} %"
            yield f"| {shown} | {own.sum()} | {confidence[own].mean():.3f} | {hit[own].mean():.3f} |"


def answers_table(answers: Answers, known: Truth) -> Iterator[str]:
    """Precision, recall and coverage by answer."""
    rows = {SERVICE_NAMES[name]: row for name, row in measures.per_service(answers, known).items()}
    columns = {
        "precision": "precision",
        "recall": "recall",
        "recall_acceptable": "recall, acceptable counts",
        "set_coverage": "set coverage",
    }
    yield from table("answer", rows, columns)


def counted(counts: Mapping[str, int] | Sequence[tuple[str, int]]) -> str:
    """Counts in a sentence, such as '3 lambda, 2 none'."""
    pairs = counts.items() if isinstance(counts, Mapping) else counts
    return ", ".join(f"{count} {name or 'not given'}" for name, count in pairs)
