"""A house model against the shipped one, on the house's own decisions: what changed, and is it better?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whichcompute.classifier.cases import Case
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.training import measures
from whichcompute.training.measures import Answers, Floats

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Comparison:
    """`sentence` sums up; `lines` tell of the figures and of what changed."""

    sentence: str
    lines: tuple[str, ...]


def compare(own: Sequence[Case], held_out: Sequence[Answers], before: Aggregator, after: Aggregator) -> Comparison:
    """The held-out answers of the new model (one set for each repeat) against what the shipped model answers."""
    known = measures.truth(own)
    old = measures.answers_of(before, own)
    right, spent = measures.hits(old, known), measures.losses(old, known)
    hits = np.mean([measures.hits(answers, known) for answers in held_out], axis=0)
    losses = np.mean([measures.losses(answers, known) for answers in held_out], axis=0)
    saved = spent - losses
    sentence = f"On {len(own)} decisions of your own, held out, the new model is {_verdict(saved)}."
    return Comparison(
        sentence,
        (
            sentence,
            f"  exact {hits.mean():.3f} against {right.mean():.3f} ({_between(hits - right)})",
            f"  log loss {losses.mean():.3f} against {spent.mean():.3f} (saves {_between(saved)})",
            *_changes(own, before, after),
        ),
    )


def _verdict(saved: Floats) -> str:
    low, high = measures.interval(saved)
    if low > 0:
        return "better than the shipped one"
    return (
        "worse than the shipped one: do not use it"
        if high < 0
        else "no better and no worse than the shipped one beyond chance"
    )


def _between(values: Floats) -> str:
    low, high = measures.interval(values)
    return f"{values.mean():+.3f}, 95 % interval {low:+.3f} to {high:+.3f}"


def _changes(own: Sequence[Case], before: Aggregator, after: Aggregator) -> list[str]:
    """Which recommendations change, and what rule advice is worth now."""
    old, new = measures.answers_of(before, own).front, measures.answers_of(after, own).front
    moved = [(case, ANSWERS[a], ANSWERS[b]) for case, a, b in zip(own, old, new, strict=True) if a != b]
    lines = [f"  {len(moved)} of {len(own)} recommendations change:"] if moved else ["  no recommendation changes"]
    for case, was, now in moved[:_SHOWN]:
        lines.append(f"    {case.id}: {was} -> {now} (chosen: {case.label})")
    if len(moved) > _SHOWN:
        lines.append(f"    and {len(moved) - _SHOWN} more")
    kinds = [(effect, strength) for effect in ("prefer", "caution") for strength in ("strong", "moderate", "weak")]
    worth = [
        f"{effect} {strength} {before.classifier.rule_weight(effect, strength):.2f} -> "
        f"{after.classifier.rule_weight(effect, strength):.2f}"
        for effect, strength in kinds
    ]
    return [*lines, "  log-odds of rule advice: " + ", ".join(worth)]
