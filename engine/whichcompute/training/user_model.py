"""A new model against the shipped one, on decisions that neither has seen: what changes, and is it better?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whichcompute.classifier.cases import Case
from whichcompute.classifier.features import Floats
from whichcompute.classifier.model import Classifier
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training import measures
from whichcompute.training.measures import Answers

_SHOWN = 8
_FEWEST = 10


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
