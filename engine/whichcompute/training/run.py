"""From files to a model folder: held-out comparison, the fit on everything, calibration, the card."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from whichcompute.base.errors import DataError, ModelError
from whichcompute.base.resources import folder
from whichcompute.classifier import directions, features, model_files
from whichcompute.classifier import model as classifier
from whichcompute.classifier.cases import Case, read_cases, read_judgements, shipped
from whichcompute.classifier.features import Features
from whichcompute.classifier.model_files import Stored
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.training import cross_validation, measures, reference
from whichcompute.training.card import Account, card
from whichcompute.training.cross_validation import FAMILIES, Calibration, Family, Trial, calibration, held_out
from whichcompute.training.design_matrix import VOTES, Designer, Ints, labels_of
from whichcompute.training.evaluation import ModelComparison, compare, unseen
from whichcompute.training.fit import Fitted, breaches
from whichcompute.training.stored import empty, rounded, terms_of
from whichcompute.training.trainer import FitSettings, Trainer

LEAST = 40
"""The fewest decisions that a classifier is fitted on."""
LEAST_WITH_DEFAULT = 10
"""The fewest of the user when the shipped ones are added."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train on and where to; `with_default` adds what was shipped, `jobs` is how many processors to use."""

    files: Sequence[Path]
    out: Path
    pack: RulePack
    judgements: Sequence[Path] = ()
    with_default: bool = False
    settings: FitSettings = field(default_factory=FitSettings)
    jobs: int = os.cpu_count() or 1


def shipped_judgements() -> tuple[Path, Path]:
    """The files of judgements and of experts' opinions on the shipped cases."""
    data = folder("data")
    return data / "judgements" / "judgements.csv", data / "cases" / "expert.csv"


def train(plan: Plan, say: Say) -> str:
    """Writes the model folder and returns a report on it; DataError or ModelError before anything is written."""
    model_files.check_writable(plan.out)
    own = read_cases(plan.files)
    cases = read_cases([*plan.files, shipped()]) if plan.with_default else own
    _check(own, cases, plan.with_default)
    judgements = read_judgements([*plan.judgements, *(shipped_judgements() if plan.with_default else ())])
    say(f"{len(cases)} decisions, {len(judgements.rows)} judgements")
    seen, declared = features.load(plan.pack.facts), directions.load()
    rates = reference.rates(plan.pack, seen, plan.settings.seed)
    trainer = Trainer(Designer(plan.pack, seen, rates), declared, cases, judgements, plan.settings)
    say("fitting on all decisions")
    fitted = _fits(trainer)
    trials = _trials(trainer, plan, say)
    model, rivals = _models(trainer, fitted, trials[0], seen)
    model["rates"] = rivals["rules_alone"]["rates"] = rates
    comparison = _comparison(own, cases, trials, plan)
    account = Account(
        command=_command(plan),
        trainer=trainer,
        judgements=judgements,
        trials=trials,
        model=model,
        terms=dict(Counter(map(len, seen.terms))),
        directions=(len(declared), len(breaches(seen, seen.terms, fitted["both"].weights, declared))),
        comparison=comparison.sentence if comparison else "",
    )
    model = {**model, "importance": classifier.Classifier(model, plan.pack.facts).importance}
    model_files.save(plan.out, Stored(model, rivals, [_decision(case) for case in cases], card(account)))
    return _report(plan, account, comparison)


def _check(own: Sequence[Case], cases: Sequence[Case], with_default: bool) -> None:
    least = LEAST_WITH_DEFAULT if with_default else LEAST
    if len(own) < least:
        hint = (
            "" if with_default else f"; {LEAST_WITH_DEFAULT} suffice with --with-default, which adds the shipped ones"
        )
        raise DataError(f"{len(own)} decisions: at least {least} are needed{hint}")
    if len({case.label for case in cases}) < 2:
        raise DataError(f"every decision is for {cases[0].label}: at least two different answers are needed")


def _trials(trainer: Trainer, plan: Plan, say: Say) -> list[Trial]:
    """Held-out scores: by kinds of source if there are enough, and by origin."""
    trials = []
    if kinds := cross_validation.kinds(trainer.cases):
        say(f"holding out each kind of source: {', '.join(kinds)}")
        trials.append(Trial("kinds", held_out(trainer, list(kinds.values()), FAMILIES, plan.jobs)))
    groups = cross_validation.groups(trainer.cases)
    if len(set(groups)) < plan.settings.folds:
        raise DataError(
            "the decisions come from so few places that none can be held out; add decisions of other origin"
        )
    labels = [case.label for case in trainer.cases]
    parts = cross_validation.folds(labels, groups, plan.settings.folds, plan.settings.seed)
    say(f"holding out origins, {len(set(groups))} in {plan.settings.folds} parts")
    trials.append(Trial("origins", held_out(trainer, parts, FAMILIES, plan.jobs)))
    return trials


def _fits(trainer: Trainer) -> dict[Family, Fitted]:
    """Each family fitted on all decisions."""
    rows = np.arange(len(trainer.cases))
    with threadpool_limits(1):
        return {family: getattr(trainer, family)(rows) for family in FAMILIES}


def _models(
    trainer: Trainer, fitted: Mapping[Family, Fitted], trial: Trial, seen: Features
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The model as it is stored, and its rivals: each part fitted alone, and the majority class."""
    rows, label, coverage = np.arange(len(trainer.cases)), labels_of(trainer.cases), trainer.settings.coverage
    stored: dict[str, dict[str, Any]] = {
        family: _stored(fit, seen, calibration(trial.held[family], label, rows, coverage), trainer.settings)
        for family, fit in fitted.items()
        if family != "logistic"
    }
    return stored.pop("both"), stored


def _stored(fitted: Fitted, seen: Features, used: Calibration, settings: FitSettings) -> dict[str, Any]:
    weights = dict(zip(VOTES, rounded(fitted.advice), strict=False))
    ratio, budget = rounded(fitted.advice[len(VOTES) :])
    model = empty({"log_ratio": ratio, "over_budget": budget})
    for (effect, strength), weight in weights.items():
        model["rule_weights"][effect][strength] = weight
    return {
        **model,
        "base": rounded(fitted.base),
        "temperature": round(used.temperature, 4),
        "plausible_from": round(used.plausible_from, 4),
        "decided_from": settings.decided_from,
        "undecided_below": settings.undecided_below,
        **(terms_of(seen, fitted.weights) if len(fitted.weights) else {}),
    }


def _decision(case: Case) -> dict[str, Any]:
    about = {"id": case.id, "description": case.description, "choice": case.label, "url": case.url, "kind": case.kind}
    return {**about, "values": case.values}


def _comparison(
    own: Sequence[Case], cases: Sequence[Case], trials: Sequence[Trial], plan: Plan
) -> ModelComparison | None:
    """The new model against the shipped one; None when the user's decisions are the shipped ones themselves."""
    known = {(case.url, case.description) for case in read_cases([shipped()])}
    if all((case.url, case.description) in known for case in own):
        return None
    try:
        before = classifier.load(folder("models") / "default", plan.pack.facts)
    except ModelError:
        return None
    chosen = [own[number] for number in unseen(own, before)]
    rows: Ints = np.array([cases.index(case) for case in chosen], dtype=np.intp)
    after = trials[-1].nested("both", labels_of(cases), plan.settings.coverage).rows(rows)
    old = measures.answers_of(Aggregator(plan.pack, before), CostModel(plan.pack.facts), chosen)
    return compare(chosen, old, after)


def _command(plan: Plan) -> str:
    files = [f"--cases {_named(path)}" for path in plan.files]
    files += [f"--judgements {_named(path)}" for path in plan.judgements]
    default = " --with-default" if plan.with_default else ""
    return f"whichcompute train {' '.join(files)} --out {_named(plan.out)}{default}"


def _named(path: Path) -> str:
    # A full path would put the folders of a user into the card, and make it differ on every machine.
    return path.name if path.is_absolute() else path.as_posix()


def _report(plan: Plan, account: Account, comparison: ModelComparison | None) -> str:
    labels = Counter(case.label for case in account.cases)
    lines = [f"Trained on {len(account.cases)} decisions: {', '.join(f'{labels[a]} {a}' for a in ANSWERS)}."]
    lines += [_line(account, family) for family in FAMILIES]
    if comparison:
        lines += ["", *comparison.lines]
    return "\n".join([*lines, "", f"Written: {plan.out} (the whole comparison: {plan.out / model_files.CARD})"])


def _line(account: Account, family: Family) -> str:
    figures = account.figures(account.trials[0], family)
    return (
        f"  {family:<16} held out: exact {figures['accuracy']:.3f}, label or acceptable "
        f"{figures['accuracy_acceptable']:.3f}, log loss {figures['log_loss']:.3f}"
    )
