"""The model card: what a classifier is, what it learned from, and how right it was on cases it had not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from whichcompute.classifier.cases import Case
from whichcompute.knowledge.services import NONE, SERVICE_NAMES, SERVICES
from whichcompute.training import measures
from whichcompute.training.cross_validation import Settings
from whichcompute.training.design_matrix import VOTES, Grouping, groups
from whichcompute.training.measures import Answers, Floats, Truth

_COLUMNS = {
    "accuracy": "exact",
    "accuracy_acceptable": "label or acceptable",
    "macro_recall_acceptable": "macro recall",
    "log_loss": "log loss",
    "mean_confidence": "confidence",
    "ece": "ECE",
    "ece_noise": "ECE by chance",
    "exclusions_broken": "exclusions broken",
    "set_coverage": "set coverage",
    "mean_set_size": "set size",
}
_GROUPED = {
    "strict": "all cases of one repository or site are held out together",
    "documents": "exam banks, pattern collections, issue trackers and publishing sites are taken apart by document",
    "cases": "only cases of one address, and near-duplicates, are held out together",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """Held-out answers of one family: one set for each repeat of the cross-validation."""

    key: str
    title: str
    repeats: tuple[Answers, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """All that a model card tells."""

    command: str
    cases: tuple[Case, ...]
    set_aside: int
    archetypes: int
    settings: Settings
    trials: Mapping[Grouping, Sequence[Trial]]
    model: Mapping[str, Any]
    disagreements: tuple[int, int, int]
    comparison: str

    @property
    def truth(self) -> Truth:
        """The labels of the cases, as arrays."""
        return measures.truth(self.cases)

    @property
    def main(self) -> dict[str, Trial]:
        """The trials of the first grouping, by family."""
        return {trial.key: trial for trial in next(iter(self.trials.values()))}


def card(account: Account) -> str:
    """The model card as Markdown."""
    parts = [
        _head(account),
        _data(account),
        *(_table(account, grouping, trials) for grouping, trials in account.trials.items()),
        _gains(account),
        _calibration(account),
        _services(account),
        _learned(account),
        [_LIMITS],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


_HEAD = """\
# Model card

Written by `{command}`. Not edited by hand: every figure below comes from that run.

A multinomial logistic regression on conjunctions of condition lines (one per value of a choice, yes and no of a
boolean, cuts of a number, and the interactions in data/features.toml), fitted together with six weights for the advice
of the rules (prefer and caution, each strong, moderate and weak; none below 0). Services that a rule excludes are left
out of the sum while fitting and while answering. Probabilities are softmax(score / temperature); temperature and the
thresholds of the plausible sets come from held-out scores."""

_SETTINGS = """\
Settings, fixed before this run: {settings}.
They were chosen in earlier runs on the same cases; over a wide range around them nothing changes beyond noise, and the
log loss may flatter by about 0.005 for it. Where the shipped cases come from and how they are skewed stands in
data/cases/README.md."""

_MISSED = """\
**Over the rules alone the classifier gains {gain:+.3f} exact ({low:+.3f} to {high:+.3f}): nothing beyond chance.**
Three points would have been worth having; they are missed. What is known of the reasons:

1. The rules were written by people who could read the shipped cases. The classifier is held out fold by fold, the rules
   cannot be, so `rules alone` and `both` look better here than they will on cases nobody has seen; the classifier alone
   is held out but for the archetypes. How large that advantage is cannot be measured on these cases.
2. Of the answers of both that are not the label, {served:.0%} are acceptable by the encoder's judgement: similar needs
   were decided differently by different teams (docs/classifier.md goes through them).

What the classifier does give: a ranking where no rule speaks, and a second opinion that is told wherever it differs."""

_LEARNED = """\
## What the fit made of the rules, and where it disagrees with them

Log-odds that one fired rule is worth: {worth}.
Temperature {heat:.3f}; {features} features have a weight. A kind of advice that real decisions do not bear out comes
out near 0: it is still shown as a reason, moves little, and can never turn round.

On {otherwise} of {cases} cases the classifier that was fitted alone would choose otherwise than both together (not held
out); the label is the answer of both in {both_right}, that of the classifier alone in {alone_right} of them. A
recommendation says so where it happens."""

_LIMITS = """\
## Not for

- Learning how common a service is: the mix of cases is that of exams, public code and stories, not of the world.
- Judging a rule or a limit: facts and exclusions come from documents, never from this model.
- Workloads far from every archetype and case: there the plausible set is wide, and that is the answer.
- Regions, prices, compliance: nothing of that is in the cases."""


def _head(account: Account) -> Iterator[str]:
    yield _HEAD.format(command=account.command)
    if account.comparison:
        yield ""
        yield account.comparison


def _data(account: Account) -> Iterator[str]:
    labels = Counter(case.label for case in account.cases)
    sure = Counter(case.certainty for case in account.cases)
    yield "## What it learned from"
    yield ""
    yield f"- {len(account.cases)} real decisions: {', '.join(f'{labels[s]} {s}' for s in SERVICES)}."
    yield f"- {account.set_aside} more with the label `{NONE}` were set aside: that answer belongs to the rules."
    yield f"- Certainty of the encoding: {', '.join(f'{count} {name}' for name, count in sorted(sure.items()))}."
    yield f"- {account.archetypes} archetypes, {account.settings.draws} draws each, each thinned to the fields that a"
    yield "  random real case of its kind knows. Draws are learned from at a low weight; no draw is ever judged."
    yield ""
    yield _SETTINGS.format(settings=", ".join(f"{name} {value}" for name, value in asdict(account.settings).items()))


def _table(account: Account, grouping: Grouping, trials: Sequence[Trial]) -> Iterator[str]:
    count = len(set(groups(account.cases, grouping)))
    yield f"## Held out: {grouping} groups"
    yield ""
    yield (
        f"{account.settings.folds}-fold cross-validation, {account.settings.repeats} repeats, {count} groups: "
        f"{_GROUPED[grouping]}; near-duplicate descriptions too. Mean over the repeats ± their standard deviation."
    )
    yield ""
    yield "| model | " + " | ".join(_COLUMNS.values()) + " |"
    yield "|---|" + "---|" * len(_COLUMNS)
    for trial in trials:
        told = [measures.figures(answers, account.truth) for answers in trial.repeats]
        yield f"| {trial.title} | " + " | ".join(_spread([t[key] for t in told], key) for key in _COLUMNS) + " |"


def _spread(values: Sequence[float], key: str) -> str:
    digits = 1 if key == "exclusions_broken" else 3
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"


def per_case(trial: Trial, truth: Truth, what: str) -> Floats:
    """One figure for each case, averaged over the repeats: hits, rights or losses."""
    averaged: Floats = np.mean([getattr(measures, what)(answers, truth) for answers in trial.repeats], axis=0)
    return averaged


def _gains(account: Account) -> Iterator[str]:
    truth, trials = account.truth, account.main
    both = trials["both"]
    yield "## Is it worth its place?"
    yield ""
    low, high = measures.interval(per_case(both, truth, "hits"))
    yield f"Both together: exact {per_case(both, truth, 'hits').mean():.3f}, 95 % interval {low:.3f} to {high:.3f}"
    yield "(bootstrap over cases, held-out answers averaged over the repeats). Difference of both together to:"
    yield ""
    yield "| to | exact | label or acceptable | log loss (lower is better) |"
    yield "|---|---|---|---|"
    for key, trial in trials.items():
        if key != "both":
            gains = [_gain(both, trial, truth, what) for what in ("hits", "rights", "losses")]
            yield f"| {trial.title} | " + " | ".join(gains) + " |"
    yield ""
    yield from _verdict(account)


def _gain(both: Trial, other: Trial, truth: Truth, what: str) -> str:
    difference = per_case(both, truth, what) - per_case(other, truth, what)
    low, high = measures.interval(difference)
    return f"{difference.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def _verdict(account: Account) -> Iterator[str]:
    truth, trials = account.truth, account.main
    hits, rights = (per_case(trials["both"], truth, what) for what in ("hits", "rights"))
    gain = hits - per_case(trials["rules_alone"], truth, "hits")
    low, high = measures.interval(gain)
    if low > 0:
        yield f"Over the rules alone the classifier gains {gain.mean():+.3f} exact, more than chance explains."
        return
    served = float((rights - hits).sum() / max((1 - hits).sum(), 1e-9))
    yield _MISSED.format(gain=gain.mean(), low=low, high=high, served=served)


def _calibration(account: Account) -> Iterator[str]:
    truth, trial = account.truth, account.main["both"]
    confidence = np.concatenate([answers.confidence for answers in trial.repeats])
    hit = np.concatenate([measures.hits(answers, truth) for answers in trial.repeats])
    bins = np.minimum((confidence * measures.BINS).astype(int), measures.BINS - 1)
    yield "## Is it as right as it says?"
    yield ""
    yield "Both together, held out, all repeats pooled."
    yield ""
    yield "| said | answers | mean confidence | were the label |"
    yield "|---|---|---|---|"
    for number in range(measures.BINS):
        mine = bins == number
        if mine.any():
            said = f"{number * 10}-{number * 10 + 10} %"
            answers = mine.sum() / len(trial.repeats)
            yield f"| {said} | {answers:.1f} | {confidence[mine].mean():.3f} | {hit[mine].mean():.3f} |"


def _services(account: Account) -> Iterator[str]:
    truth, trial = account.truth, account.main["both"]
    tables = [measures.per_service(answers, truth) for answers in trial.repeats]
    yield "## Service by service"
    yield ""
    yield f"Both together, held out; plausible sets made to hold {account.settings.coverage:.0%} of the labels."
    yield "A service is plausible from the share of the highest probability in the last column on."
    yield ""
    yield "| service | cases | precision | recall | recall, acceptable counts | set coverage | plausible from |"
    yield "|---|---|---|---|---|---|---|"
    for number, service in enumerate(SERVICES):
        rows = [table[service] for table in tables if service in table]
        keys = ("precision", "recall", "recall_acceptable", "set_coverage")
        told = [_mean([row[key] for row in rows]) for key in keys]
        least = account.model["plausible_at_least"][number]
        count = int((truth.label == number).sum())
        yield f"| {SERVICE_NAMES[service]} | {count} | " + " | ".join(told) + f" | {least:.3f} |"


def _mean(values: Sequence[Any]) -> str:
    known = [value for value in values if value is not None]
    return f"{np.mean(known):.3f}" if known else "–"


def _learned(account: Account) -> Iterator[str]:
    weights = account.model["rule_weights"]
    otherwise, both_right, alone_right = account.disagreements
    yield _LEARNED.format(
        worth=", ".join(f"{effect} {strength} {weights[effect][strength]:.2f}" for effect, strength in VOTES),
        heat=account.model["temperature"],
        features=len(account.model["features"]),
        otherwise=otherwise,
        cases=len(account.cases),
        both_right=both_right,
        alone_right=alone_right,
    )
