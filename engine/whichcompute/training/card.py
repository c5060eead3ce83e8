"""The model card: what a classifier is, what it learned from, and how right it was on decisions it had not seen.

Its text is the template card.md.j2; the figures in it are worked out here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from whichcompute.classifier.cases import Case, Judgements
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES
from whichcompute.training import measures
from whichcompute.training.cross_validation import FAMILIES, LEAST_OF_KIND, Family, Trial, kinds
from whichcompute.training.design_matrix import VOTES, Ints
from whichcompute.training.measures import Answers, Truth
from whichcompute.training.trainer import FitSettings, Trainer

TITLES: Mapping[Family, str] = {
    "majority": "majority class",
    "logistic": "logistic regression on decisions alone (scikit-learn)",
    "rules_alone": "rules alone",
    "classifier_alone": "classifier alone",
    "both": "both together (used)",
}
_COLUMNS = {
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
_ANSWER_COLUMNS = {
    "precision": "precision",
    "recall": "recall",
    "recall_acceptable": "recall, acceptable counts",
    "set_coverage": "set coverage",
}
_MEASURES = (measures.hits, measures.rights, measures.losses)
_WORTH_EXACT, _WORTH_LOSS = 0.03, 0.05

Figures = Mapping[str, Any]
"""Rates, losses and counts by name, as `measures` gives them."""


@dataclass(frozen=True)
class Account:
    """All that a model card reports. `terms` counts terms by their number of conditions."""

    command: str
    trainer: Trainer
    judgements: Judgements
    trials: Sequence[Trial]
    model: Mapping[str, Any]
    terms: Mapping[int, int]
    directions: tuple[int, int]
    comparison: str

    @property
    def cases(self) -> tuple[Case, ...]:
        """The decisions that were learned from."""
        return self.trainer.cases

    @property
    def settings(self) -> FitSettings:
        """How the model was fitted."""
        return self.trainer.settings

    @cached_property
    def truth(self) -> Truth:
        """The labels of the decisions, as arrays."""
        return measures.truth(self.cases)

    def answers(self, trial: Trial, family: Family, nested: bool = False) -> Answers:
        """Held-out answers of a family, under the stored calibration or, `nested`, under one that saw none of them."""
        make = trial.nested if nested else trial.shipped
        return make(family, self.truth.label, self.settings.coverage)

    def figures(self, trial: Trial, family: Family) -> Figures:
        """The figures of the held-out answers of a family."""
        return measures.figures(self.answers(trial, family), self.truth)

    def by_kind(self, answers: Answers) -> dict[str, Figures]:
        """The figures of each kind of source that has enough decisions, and of all."""
        rows: dict[str, Ints] = {kind: own for kind, own in kinds(self.cases).items() if len(own) >= LEAST_OF_KIND}
        rows["all"] = np.arange(len(self.cases), dtype=np.intp)
        return {kind: measures.figures(answers.rows(own), self.truth.rows(own)) for kind, own in rows.items()}

    def by_model(self, trial: Trial) -> dict[str, Figures]:
        """The figures of each family, by its title."""
        return {TITLES[family]: self.figures(trial, family) for family in FAMILIES}

    def gains(self, trial: Trial) -> dict[str, list[tuple[float, ...]]]:
        """What both together gain over each other family: per measure the mean and the ends of its interval."""
        both = self.answers(trial, "both")
        return {
            TITLES[family]: [_gain(measure(both, self.truth) - measure(other, self.truth)) for measure in _MEASURES]
            for family in FAMILIES
            if family != "both" and (other := self.answers(trial, family))
        }

    def worth(self, trial: Trial) -> str:
        """Whether rules and costs gain as much over the classifier alone as they were meant to, in a sentence."""
        (exact, *_), _, (lost, *_) = self.gains(trial)[TITLES["classifier_alone"]]
        gained = f"Rules and costs gain {exact:+.3f} exact and save {-lost:+.3f} log loss over the classifier alone"
        if exact >= _WORTH_EXACT or -lost >= _WORTH_LOSS:
            return f"{gained}."
        aim = f"less than the {_WORTH_EXACT:.2f} or {_WORTH_LOSS:.2f} that were aimed at"
        return f"**{gained}: {aim}.** They give reasons, sources and hard limits."

    @property
    def opinions(self) -> list[tuple[float, ...] | None]:
        """The expert's shares for each decision; None where there are none."""
        return [self.judgements.opinion(case.id) for case in self.cases]

    @property
    def expert(self) -> Answers | None:
        """The expert's opinions as answers; None unless there is one on every decision."""
        if not all(self.opinions):
            return None
        shares = np.array(self.opinions)
        return Answers(shares, shares.argmax(axis=1), shares >= self.model["plausible_from"])

    @property
    def calibration(self) -> list[Figures]:
        """For each tenth of confidence (in percent) how many held-out answers are that sure, and how often right."""
        return calibration(self.answers(self.trials[0], "both"), self.truth)

    @property
    def by_answer(self) -> dict[str, Figures]:
        """Precision, recall and coverage by the name of each answer."""
        table = measures.per_service(self.answers(self.trials[0], "both"), self.truth)
        return {SERVICE_NAMES[name]: row for name, row in table.items()}


def _gain(difference: np.ndarray[Any, Any]) -> tuple[float, ...]:
    return (float(difference.mean()), *measures.interval(difference))


def calibration(answers: Answers, known: Truth) -> list[Figures]:
    """For each tenth of confidence that has any: its ends in percent, the answers in it, their mean confidence and the
    share of them that is the label."""
    confidence, hit = answers.confidence, measures.hits(answers, known)
    numbers = np.minimum((confidence * measures.BINS).astype(int), measures.BINS - 1)
    bins = [(number, numbers == number) for number in np.unique(numbers).tolist()]
    width = 100 // measures.BINS
    return [
        {
            "low": number * width,
            "high": (number + 1) * width,
            "answers": own.sum(),
            "confidence": confidence[own].mean(),
            "right": hit[own].mean(),
        }
        for number, own in bins
    ]


def card(account: Account) -> str:
    """The model card as Markdown."""
    labels = Counter(case.label for case in account.cases)
    return _template().render(
        account=account,
        model=account.model,
        settings=asdict(account.settings),
        columns=_COLUMNS,
        answer_columns=_ANSWER_COLUMNS,
        votes=VOTES,
        labels=[(answer, labels[answer]) for answer in ANSWERS],
        kinds=Counter(case.kind for case in account.cases).most_common(),
        certainties=Counter(case.certainty for case in account.cases).most_common(),
    )


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    environment.filters["digits"] = lambda value, count=3: f"{value:.{count}f}"
    environment.filters["cell"] = cell
    return environment.get_template("card.md.j2")


def cell(value: float | None) -> str:
    """A figure in a table: counts whole, shares and losses to three digits, a dash for none."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
