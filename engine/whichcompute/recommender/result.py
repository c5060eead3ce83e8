"""What comes back: a Recommendation with a Verdict for each service, and the reasons of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from whichcompute.base.records import Printed, Record
from whichcompute.knowledge.rules import Aspect, Effect, Strength
from whichcompute.knowledge.services import Answer
from whichcompute.pricing import MonthlyCost

Status = Literal["eligible", "unconfirmed", "ruled_out"]
Decision = Literal["decided", "close", "undecided", "none"]


@dataclass(frozen=True)
class Cited(Record):
    """A source as a reader sees it; `read_on` is the day it was last read."""

    key: str
    title: str
    section: str = ""
    url: str = ""
    kind: str = ""
    read_on: date | None = None


@dataclass(frozen=True)
class Reason(Record):
    """One reason for or against a service.

    `weight` is in log-odds and adds up over the reasons to the verdict's score; an `exclude` vetoes and weighs nothing.
    `evidence` is what the classifier reads off the named fields, `cost` what the estimates say, `base` how often the
    answer was chosen overall. `aspect` is the question that a rule concerns.
    `pack` names the user's rule pack a rule came from; empty for the shipped rules.
    """

    rule: str
    effect: Effect | Literal["evidence", "cost", "base"]
    text: str
    weight: float
    strength: Strength | None = None
    aspect: Aspect | None = None
    fields: tuple[str, ...] = ()
    sources: tuple[Cited, ...] = ()
    pack: str = ""


@dataclass(frozen=True)
class Unconfirmed(Record):
    """A limit that could still rule the service out: which rule, in words, and the unknown fields it waits for."""

    rule: str
    text: str
    fields: tuple[str, ...]
    sources: tuple[Cited, ...] = ()

    @property
    def condition(self) -> str:
        """What would rule the service out, for the end of a sentence."""
        return self.text.removeprefix("Ruled out if ").removesuffix(".")


@dataclass(frozen=True)
class Companion(Record):
    """What is usually combined with the service for this workload."""

    name: str
    text: str
    rule: str
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Variant(Record):
    """A newer form of the service that does not have the limit which rules the ordinary one out."""

    name: str
    text: str
    rule: str
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Margin(Record):
    """How near the workload is to a limit it passes; `spare` is the share of the limit that is left (0 to 1)."""

    field: str
    text: str
    spare: float
    rule: str


def decision_words(decision: Decision, plausible: int) -> str:
    """A decision with what it means: `close` may have one plausible answer only, which something forbids to decide."""
    if decision != "close":
        return decision
    return "close: other answers are plausible too" if plausible > 1 else "close: likely, but not certain"


@dataclass(frozen=True)
class Verdict(Record):
    """What becomes of one answer: its status, its probability (0 to 1), its score (log-odds) and why.

    `name` is that of the first place outside for a plausible `none`. `reasons` are vetoes first, then by weight; those
    of the leading answer begin with the rules in its favour, the most decisive first. `cost_needs` names what an
    estimate needs where there is none.
    """

    service: Answer
    name: str
    status: Status
    probability: float
    score: float
    reasons: tuple[Reason, ...]
    cautions: tuple[str, ...]
    remedies: tuple[str, ...]
    unconfirmed: tuple[Unconfirmed, ...]
    companions: tuple[Companion, ...]
    variants: tuple[Variant, ...]
    margins: tuple[Margin, ...]
    monthly_cost_usd: MonthlyCost | None
    cost_needs: str

    def __repr__(self) -> str:
        return f"<Verdict {self.service!r}, {self.status}, probability {self.probability:.2f}>"


@dataclass(frozen=True)
class Outside(Record):
    """A place outside the services compared: its id, the products it names, why, the rules that say so, sources.

    `monthly_cost_usd` is an estimate for common sizes; None where the place has no prices here or too little is known.
    """

    id: str
    name: str
    names: tuple[str, ...]
    text: str
    rules: tuple[str, ...]
    sources: tuple[Cited, ...] = ()
    monthly_cost_usd: MonthlyCost | None = None


@dataclass(frozen=True)
class Similar(Record):
    """A comparable decision on record; `shares` names the fields in which they are alike."""

    id: str
    description: str
    choice: Answer
    url: str
    shares: tuple[str, ...]


@dataclass(frozen=True)
class Consideration(Record):
    """What a professional settles before building on a service: an id, what to settle and why, and sources."""

    id: str
    text: str
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Recommendation(Printed):
    """All answers in order, best first, with the decision that follows from them.

    `service` leads also when the decision is `undecided`. `probabilities` add up to 1. `confidence` is the
    calibrated probability of the leading answer; `plausible_services` is a 90 % prediction set; `missing` names the
    unknown fields whose answer could change the recommendation or its cost, most decisive first; `outside` names
    where to look outside the services compared, best first; `similar` holds the nearest comparable decisions, one that
    chose otherwise among them, nearest first, and `comparable` how often those chose each answer; `considerations`
    what to settle before building on the leading answer, most relevant first; `reading` where to read on before that;
    `notes` say what a reader should know of the answer as a whole.
    """

    service: Answer
    decision: Decision
    confidence: float
    runner_up: Answer | None
    plausible_services: tuple[Answer, ...]
    summary: str
    probabilities: dict[Answer, float]
    verdicts: tuple[Verdict, ...]
    missing: tuple[str, ...]
    outside: tuple[Outside, ...]
    similar: tuple[Similar, ...]
    comparable: dict[Answer, int]
    considerations: tuple[Consideration, ...]
    reading: tuple[Cited, ...]
    notes: tuple[str, ...]
    workload: dict[str, float | bool | str]
    as_of: date | None
    fingerprint: str

    def __repr__(self) -> str:
        return f"<Recommendation {self.service!r}, {self.decision}, confidence {self.confidence:.2f}>"
