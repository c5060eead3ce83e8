"""From case files to a model folder: families compared on held-out cases, the fit, calibration, the card."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from whichcompute.base.errors import DataError, ModelError
from whichcompute.base.resources import folder
from whichcompute.classifier import archetypes, features, model_files
from whichcompute.classifier import model as classifier
from whichcompute.classifier.cases import Case, read_cases, shipped
from whichcompute.classifier.features import Template
from whichcompute.classifier.model import Classifier
from whichcompute.classifier.model_files import Stored
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import NONE, SERVICES
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.arrays import softmax
from whichcompute.training import measures
from whichcompute.training.candidates import FAMILIES, base_rates, classifier_only, rules_only, whole
from whichcompute.training.card import Account, Trial, card, per_case
from whichcompute.training.cross_validation import Course, HeldOut, Settings, answers_of, relative, thresholds, training
from whichcompute.training.design_matrix import VOTES, Eye, Grouping, Ints, groups
from whichcompute.training.fit import Fitted, temperature_of
from whichcompute.training.rule_rates import chances
from whichcompute.training.user_model import Comparison, compare

LEAST = 40
"""The fewest decisions for one of the services that a classifier is fitted on."""

LEAST_WITH_DEFAULT = 10
"""The fewest of one's own when the shipped ones are added."""

_DIGITS = 4
_SPREAD_OVER = 4  # at least this many times as many groups as folds, else cases are grouped less strictly
_IN_FINE = ("rules_alone", "classifier_alone", "both")  # told for the second grouping too
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train on and where to; `with_default` adds the shipped cases, `jobs` is how many processors to use."""

    files: Sequence[Path]
    out: Path
    pack: RulePack
    with_default: bool = False
    settings: Settings = field(default_factory=Settings)
    jobs: int = os.cpu_count() or 1


def train(plan: Plan, say: Say) -> str:
    """Writes the model folder and returns a report on it; DataError or ModelError before anything is written."""
    model_files.check_writable(plan.out)
    own = read_cases(plan.files)
    cases = read_cases([*plan.files, shipped()]) if plan.with_default else own
    kept = tuple(case for case in cases if case.label != NONE)
    _check_enough(own, kept, plan.with_default)
    say(f"{len(kept)} decisions for a service, {len(cases) - len(kept)} for none (set aside)")
    shapes = archetypes.load()
    course = Course(kept, Eye(plan.pack, features.load(plan.pack.facts)), shapes, plan.settings)
    grouping = _grouping(kept, plan.settings)
    trials, held = _trials(course, grouping, plan.jobs, say)
    say("fitting on all cases")
    model, rivals = _models(course, held)
    beside = {model_files.RIVALS: json.dumps(rivals).encode()}
    scale = Aggregator(plan.pack, Classifier(model, plan.pack.facts, beside))
    comparison = _comparison(own, kept, next(t for t in trials[grouping] if t.key == "both"), scale)
    account = Account(
        command=_command(plan),
        cases=kept,
        set_aside=len(cases) - len(kept),
        archetypes=len(shapes),
        settings=plan.settings,
        trials=trials,
        model=model,
        disagreements=_disagreements(scale, kept),
        comparison=comparison.sentence if comparison else "",
    )
    model_files.save(plan.out, Stored(model, rivals, [_decision(case) for case in cases], card(account)))
    return _report(plan, account, comparison)


def _check_enough(own: Sequence[Case], kept: Sequence[Case], with_default: bool) -> None:
    count = sum(case.label != NONE for case in own)
    least = LEAST_WITH_DEFAULT if with_default else LEAST
    if count < least:
        hint = "" if with_default else f"; with --with-default, which adds the shipped ones, {LEAST_WITH_DEFAULT} do"
        raise DataError(f"{count} decisions for one of {', '.join(SERVICES)}: at least {least} are needed{hint}")
    if len({case.label for case in kept}) < 2:
        raise DataError(f"every decision is for {kept[0].label}: there is nothing to tell apart")


def _grouping(cases: Sequence[Case], settings: Settings) -> Grouping:
    order: tuple[Grouping, ...] = ("strict", "documents", "cases")
    for grouping in order:
        if len(set(groups(cases, grouping))) >= _SPREAD_OVER * settings.folds:
            return grouping
    if len(set(groups(cases, "cases"))) < settings.folds:
        raise DataError(
            "the decisions come from so few places that none can be held out; add decisions of other origin"
        )
    return "cases"


def _trials(
    course: Course, grouping: Grouping, jobs: int, say: Say
) -> tuple[dict[Grouping, list[Trial]], dict[str, list[HeldOut]]]:
    """Held-out answers of all families in the first grouping and of the main ones in the next finer; raw scores."""
    label = measures.truth(course.cases).label
    rounds: dict[Grouping, list[str]] = {grouping: list(FAMILIES)}
    if grouping == "strict":
        rounds["documents"] = list(_IN_FINE)
    trials: dict[Grouping, list[Trial]] = {}
    scores: dict[str, list[HeldOut]] = {}
    for kind, keys in rounds.items():
        say(f"cross-validation, {kind} groups: {', '.join(keys)}")
        held = course.run([FAMILIES[key] for key in keys], kind, jobs)
        scores = scores or held
        trials[kind] = [
            Trial(key, FAMILIES[key].title, tuple(answers_of(h, label, course.settings.coverage) for h in held[key]))
            for key in keys
        ]
    return trials, scores


def _models(course: Course, held: dict[str, list[HeldOut]]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The model as it is stored, and its rivals: each part fitted alone, and the majority class."""
    label = measures.truth(course.cases).label
    taught = training(course.cases, course.eye, course.shapes, course.settings, seed=0)
    templates = course.eye.templates

    def stored(key: str, fitted: Fitted, seen: Sequence[Template]) -> dict[str, Any]:
        return _stored(fitted, seen, *_calibrated(held[key], label, course.settings.coverage))

    nothing = np.zeros((0, len(SERVICES)))
    with threadpool_limits(1):
        model = stored("both", whole(taught), templates) | {"chances": chances(course.eye.pack, course.shapes)}
        rivals = {
            "rules_alone": stored("rules_alone", rules_only(taught), ()),
            "classifier_alone": stored("classifier_alone", classifier_only(taught), templates),
            "majority": stored("majority", Fitted(nothing, base_rates(course.cases), np.zeros(len(VOTES))), ()),
        }
    return model, rivals


def _calibrated(held: Sequence[HeldOut], label: Ints, coverage: float) -> tuple[float, list[float]]:
    """Temperature and thresholds from the held-out scores of all repeats."""
    scores = np.vstack([h.scores for h in held])
    vetoed, labels = np.vstack([h.vetoed for h in held]), np.tile(label, len(held))
    heat = temperature_of(scores, vetoed, labels)
    least = [thresholds(relative(softmax(h.scores, h.vetoed, heat)), label, coverage) for h in held]
    return heat, np.mean(least, axis=0).tolist()


def _stored(fitted: Fitted, templates: Sequence[Template], heat: float, least: Sequence[float]) -> dict[str, Any]:
    weights: dict[str, dict[str, float]] = {"prefer": {}, "caution": {}}
    for (effect, strength), worth in zip(VOTES, fitted.advice.tolist(), strict=True):
        weights[effect][strength] = round(worth, _DIGITS)
    rows = [_rounded(row) for row in fitted.features.tolist()]
    return {
        "format": classifier.FORMAT,
        "services": list(SERVICES),
        "base": _rounded(fitted.base.tolist()),
        "rule_weights": weights,
        "temperature": round(heat, _DIGITS),
        "plausible_at_least": _rounded(least),
        "features": [
            {"name": template.name, "when": list(template.when), "weights": row}
            for template, row in zip(templates, rows, strict=True)
            if any(row)
        ],
    }


def _rounded(numbers: Sequence[float]) -> list[float]:
    return [round(number, _DIGITS) + 0.0 for number in numbers]


def _decision(case: Case) -> dict[str, Any]:
    about = {"id": case.id, "description": case.description, "choice": case.label, "url": case.url}
    return {**about, "values": case.values}


def _disagreements(scale: Aggregator, cases: Sequence[Case]) -> tuple[int, int, int]:
    """Cases on which the classifier alone would choose otherwise; how often the whole is right there, and it."""
    known = measures.truth(cases)
    whole_, alone = measures.answers_of(scale, cases), measures.second_opinions(scale, cases)
    otherwise = whole_.front != alone
    return (
        int(otherwise.sum()),
        int((otherwise & (whole_.front == known.label)).sum()),
        int((otherwise & (alone == known.label)).sum()),
    )


def _comparison(own: Sequence[Case], kept: Sequence[Case], both: Trial, scale: Aggregator) -> Comparison | None:
    """The new model against the shipped one on one's own cases; None when those are the shipped cases themselves."""
    known = {(case.url, case.description) for case in read_cases([shipped()])}
    if all((case.url, case.description) in known for case in own):
        return None
    try:
        before = classifier.load(folder("models") / "default", scale.pack.facts)
    except ModelError:
        return None
    mine = [kept.index(case) for case in own if case.label != NONE]
    return compare(
        [kept[row] for row in mine], [_rows(a, mine) for a in both.repeats], Aggregator(scale.pack, before), scale
    )


def _rows(answers: measures.Answers, rows: Sequence[int]) -> measures.Answers:
    chosen = np.array(rows, dtype=np.intp)
    return measures.Answers(answers.probabilities[chosen], answers.front[chosen], answers.plausible[chosen])


def _command(plan: Plan) -> str:
    files = " ".join(f"--cases {_named(path)}" for path in plan.files)
    return f"whichcompute train {files} --out {_named(plan.out)}" + (" --with-default" if plan.with_default else "")


def _named(path: Path) -> str:
    # A full path would put somebody's folders into the card, and other bytes on every machine.
    return path.name if path.is_absolute() else path.as_posix()


def _report(plan: Plan, account: Account, comparison: Comparison | None) -> str:
    labels = Counter(case.label for case in account.cases)
    lines = [f"Trained on {len(account.cases)} decisions: {', '.join(f'{labels[s]} {s}' for s in SERVICES)}."]
    lines += [_line(account.main[key], account) for key in ("majority", "rules_alone", "classifier_alone", "both")]
    if comparison:
        lines += ["", *comparison.lines]
    return "\n".join([*lines, "", f"Written: {plan.out} (the whole comparison: {plan.out / model_files.CARD})"])


def _line(trial: Trial, account: Account) -> str:
    exact, right, loss = (per_case(trial, account.truth, what).mean() for what in ("hits", "rights", "losses"))
    told = f"exact {exact:.3f}, label or acceptable {right:.3f}, log loss {loss:.3f}"
    return f"  {trial.title:<44} held out: {told}"
