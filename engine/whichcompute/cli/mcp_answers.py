"""What the tools of `whichcompute mcp` answer: a host gets a schema made of these, with their words."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class Link(TypedDict):
    """A source: its title and address."""

    title: str
    url: str


class Point(TypedDict):
    """One reason or limit: the rule, what it says, and its sources."""

    rule: str
    text: str
    sources: list[Link]


class Option(TypedDict):
    """One answer: its status, probability (0 to 1), reasons, and USD a month, expected and from low to high.

    A cost is null where too little is known. `name` is the product; for a plausible `none` the place outside.
    """

    service: str
    name: str
    status: str
    probability: float
    monthly_cost_usd: float | None
    monthly_cost_low_usd: float | None
    monthly_cost_high_usd: float | None
    reasons: list[Point]


class Advice(TypedDict):
    """The recommendation: the leading answer, how sure it is, all options best first, and what is missing."""

    service: str
    decision: str
    confidence: float
    summary: str
    options: list[Option]
    cautions: list[str]
    outside: list[str]
    missing: list[str]
    notes: list[str]
    fingerprint: str


class Answer(TypedDict):
    """An answer to a question: its words, and the fields to put into the workload if it is chosen."""

    words: str
    fields: dict[str, object]


class Asked(TypedDict):
    """The next question, its field and the answers to choose from; field is empty when none is left.

    A number may also be given exactly; leave the field out where the answer is not known.
    """

    field: str
    question: str
    why: str
    choices: list[Answer]
    answer_is_settled: bool


class Change(TypedDict):
    """One answer that would change the recommendation."""

    field: str
    text: str


class Limits(TypedDict):
    """The limits of one service: those exceeded, those not yet checked, and the headroom to those that hold."""

    service: str
    status: str
    exceeded: list[Point]
    not_checked: list[Point]
    headroom: list[str]


class RuleText(TypedDict):
    """One rule: what it does and when, the reason, and where that is documented."""

    rule: str
    service: str
    effect: str
    when: str
    because: str
    remedy: str
    sources: list[Link]


class Found(TypedDict):
    """A workload in infrastructure code as the fields of a workload."""

    workloads: list[dict[str, object]]
