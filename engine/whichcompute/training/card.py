"""The model card: what a classifier is, what it learned from, and how right it was on decisions it had not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from whichcompute.classifier.cases import Case, Judgements
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training import measures
from whichcompute.training.card_tables import answers_table, calibration, counted, gains, table
from whichcompute.training.cross_validation import FAMILIES, LEAST_OF_KIND, Family, Trial, kinds
from whichcompute.training.design_matrix import VOTES, Ints
from whichcompute.training.measures import Answers
from whichcompute.training.trainer import FitSettings, Trainer

TITLES: Mapping[Family, str] = {
    "majority": "majority class",
    "logistic": "logistic regression on decisions alone (scikit-learn)",
    "rules_alone": "rules alone",
    "classifier_alone": "classifier alone",
    "both": "both together (used)",
}
_WORTH_EXACT, _WORTH_LOSS = 0.03, 0.05
_HELD = {
    "kinds": "Each kind of source is held out whole: its decisions are answered by a model that saw none of that kind.",
    "origins": "All decisions of one repository, site or exam document are held out together, near-duplicates too.",
}


@dataclass(frozen=True, slots=True)
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

    @property
    def truth(self) -> measures.Truth:
        """The labels of the decisions, as arrays."""
        return measures.truth(self.cases)

    def answers(self, trial: Trial, family: Family, nested: bool = False) -> Answers:
        """Held-out answers of a family, under the stored calibration or, `nested`, under one that saw none of them."""
        make = trial.nested if nested else trial.shipped
        return make(family, self.truth.label, self.settings.coverage)

    def figures(self, trial: Trial, family: Family) -> dict[str, Any]:
        """The figures of the held-out answers of a family."""
        return measures.figures(self.answers(trial, family), self.truth)


def card(account: Account) -> str:
    """The model card as Markdown."""
    parts = [_head(account), _data(account)]
    for trial in account.trials:
        parts += [_by_kind(account, trial), _parts(account, trial)]
    parts += [_expert(account), _calibration(account), _learned(account), iter([_LIMITS])]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


_HEAD = """\
# Model card

Written by `{command}`. Not edited by hand: every figure below comes from that run.

An additive model of the log-odds of six answers (the services compared, and none of them): {single} conditions of
data/features.toml, {pairs} pairs and {triples} triples of them, fitted together with six weights for the rules (prefer
and caution, each strong, moderate and weak; none below 0), and weights set for severe cautions and costs. A term counts
relative to its average in the reference distribution (data/reference.toml), so an unknown field counts as the
average of what it could be, and that a field is known is not evidence. Probabilities are
softmax(score / {temperature:.3f}) over the answers that no rule vetoes. An answer is plausible from {plausible:.3f} on;
`decided` takes {decided:.2f}, and below {undecided:.2f} the answer is `undecided`."""

_DATA = """\
## What it learned from

- {cases} real decisions: {labels}. By kind of source: {kinds}. Certainty of the encoding: {certainty}.
- {judged} judgements: what an expert would expect of a described workload. **They are opinions, not observations.**
  They train and never judge. Of the shipped ones, 276 workloads were judged twice: the leading answer is the same in
  0.89.
- {opinions} opinions of an expert on the decisions, given without sight of the label, as part of their soft labels.

Origin, skews and limits of what is shipped: data/cases/README.md and data/judgements/README.md. The reference
distribution and the interactions come from the shipped judgements alone, so no figure below depends on them having seen
a decision. The settings were chosen in earlier runs on the shipped decisions; over a wide range around them the log
loss of held-out kinds stays within 0.01.

Settings: {settings}."""

_LEARNED = """\
## What the fit made of rules, costs and directions

Log-odds of a fired rule when it is the only one on its aspect: {weights}.
Of a cost e times the lowest: -{ratio:.2f}, and ten times as much for what lies beyond three times the lowest; of a cost
above the budget: -{budget:.2f}, five times as much above twice the budget. The weights of rules are held near values
that are large enough to be seen among the reasons; twice as large they give the same held-out figures within chance.
Those of costs are settings, chosen on held-out decisions: judgements were given without estimates.

Declared directions (data/directions.toml): {directions}; breaches by the weights: {breaches}. All conditions on ordered
fields are "at least", so a bound on the sign of a weight is a proof for every workload.

The reference distribution assumes that fields are independent, and that what the experts' answers reveal of an average
workload holds for the user's. It is not a survey of workloads: it is the average that leaves their answers unchanged
while a field is unknown."""

_LIMITS = """\
## Not for

- Learning how common a service is: the mix of decisions is that of exams, public code and stories, not of the world.
- Judging a rule or a limit: facts and exclusions come from documents, never from this model.
- Workloads unlike every decision and judgement: there the plausible set is wide, and that is the answer.
- Regions, prices, compliance: nothing of that is in the decisions."""


def _head(account: Account) -> Iterator[str]:
    model = account.model
    yield _HEAD.format(
        command=account.command,
        single=account.terms.get(1, 0),
        pairs=account.terms.get(2, 0),
        triples=account.terms.get(3, 0),
        temperature=model["temperature"],
        plausible=model["plausible_from"],
        decided=model["decided_from"],
        undecided=model["undecided_below"],
    )
    if account.comparison:
        yield ""
        yield account.comparison


def _data(account: Account) -> Iterator[str]:
    cases = account.cases
    labels = Counter(case.label for case in cases)
    yield _DATA.format(
        cases=len(cases),
        labels=counted([(answer, labels[answer]) for answer in ANSWERS]),
        kinds=counted(Counter(case.kind for case in cases).most_common()),
        certainty=counted(Counter(case.certainty for case in cases).most_common()),
        judged=f"{len(account.judgements.rows):,}",
        opinions=sum(account.judgements.opinion(case.id) is not None for case in cases),
        settings=", ".join(f"{name} {value}" for name, value in asdict(account.settings).items()),
    )


def _rows(account: Account) -> dict[str, Ints]:
    """The decisions of each kind of source that has enough of them, and all."""
    large = {kind: rows for kind, rows in kinds(account.cases).items() if len(rows) >= LEAST_OF_KIND}
    return {**large, "all": np.arange(len(account.cases), dtype=np.intp)}


def _figures(account: Account, answers: Answers) -> dict[str, dict[str, Any]]:
    known = account.truth
    return {kind: measures.figures(answers.rows(rows), known.rows(rows)) for kind, rows in _rows(account).items()}


def _by_kind(account: Account, trial: Trial) -> Iterator[str]:
    yield f"## Held out by {trial.by}: by kind of source"
    yield ""
    yield f"{_HELD[trial.by]} Log loss in nats over six answers; ECE by chance: its 95th percentile if all were right."
    yield ""
    yield from table("kind", _figures(account, account.answers(trial, "both")))
    yield ""
    yield "The same with everything nested: temperature and threshold of the sets come from the other parts alone, too."
    yield ""
    yield from table("kind", _figures(account, account.answers(trial, "both", nested=True)))


def _parts(account: Account, trial: Trial) -> Iterator[str]:
    known = account.truth
    found = {family: account.answers(trial, family) for family in FAMILIES}
    yield f"## Held out by {trial.by}: rules alone, classifier alone, both"
    yield ""
    yield from table("model", {TITLES[name]: measures.figures(answers, known) for name, answers in found.items()})
    yield ""
    yield "What both together gain (95 % interval by bootstrap over decisions):"
    yield ""
    others = {TITLES[name]: answers for name, answers in found.items() if name != "both"}
    yield from gains(others, found["both"], known)
    yield ""
    yield _verdict(found["classifier_alone"], found["both"], known)


def _verdict(alone: Answers, both: Answers, known: measures.Truth) -> str:
    """Whether rules and costs gain as much over the classifier alone as they were meant to."""
    exact = float((measures.hits(both, known) - measures.hits(alone, known)).mean())
    saved = float((measures.losses(alone, known) - measures.losses(both, known)).mean())
    gained = f"Rules and costs gain {exact:+.3f} exact and save {saved:+.3f} log loss over the classifier alone"
    if exact >= _WORTH_EXACT or saved >= _WORTH_LOSS:
        return f"{gained}."
    aim = f"less than the {_WORTH_EXACT:.2f} or {_WORTH_LOSS:.2f} that were aimed at"
    return f"**{gained}: {aim}.** They give reasons, sources and hard limits."


def _expert(account: Account) -> Iterator[str]:
    opinions = [account.judgements.opinion(case.id) for case in account.cases]
    yield "## An expert who saw the same fields"
    yield ""
    if not all(opinions):
        yield "No opinions of an expert on all of these decisions were given."
        return
    shares = np.array(opinions)
    answers = Answers(shares, shares.argmax(axis=1), shares >= account.model["plausible_from"])
    yield "The mark to beat: an architect's probabilities for each decision, from its descriptors alone."
    yield ""
    yield from table("kind", _figures(account, answers))


def _calibration(account: Account) -> Iterator[str]:
    trial, known = account.trials[0], account.truth
    answers = account.answers(trial, "both")
    yield f"## Calibration, and each answer (held out by {trial.by})"
    yield ""
    yield from calibration(answers, known)
    yield ""
    yield from answers_table(answers, known)


def _learned(account: Account) -> Iterator[str]:
    weights, cost = account.model["rule_weights"], account.model["cost"]
    yield _LEARNED.format(
        weights=", ".join(f"{effect} {strength} {weights[effect][strength]:.2f}" for effect, strength in VOTES),
        ratio=cost["log_ratio"],
        budget=cost["over_budget"],
        directions=account.directions[0],
        breaches=account.directions[1],
    )
