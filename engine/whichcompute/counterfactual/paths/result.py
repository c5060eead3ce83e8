"""What comes back: a Path to another service with its steps, or why there is none; and single answers that overturn."""

from __future__ import annotations

from dataclasses import dataclass

from whichcompute.base.records import Printed, Record
from whichcompute.base.words import counted
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.services import Answer
from whichcompute.recommender.result import Cited, Decision, Recommendation


@dataclass(frozen=True)
class Step(Record):
    """One change: `before` None means not known yet, so the step says what the answer would have to be.

    `values` are all answers with the same outcome once the other steps are taken, in words. `effort` is 1 for an answer
    or a setting, 2 for some work, 3 for code or redesign. `how` says what to do, `remedy` what the rule advises whose
    limit the step lifts.
    """

    field: str
    title: str
    before: Value | None
    after: Value
    values: str
    effort: int
    text: str
    how: str
    remedy: str = ""


@dataclass(frozen=True)
class Obstacle(Record):
    """A hard limit that no change lifts: its rule, and the descriptors it looks at."""

    rule: str
    text: str
    fields: tuple[str, ...]
    sources: tuple[Cited, ...]


@dataclass(frozen=True)
class Path(Printed):
    """The way to an answer: few steps that make it lead, of these with the least effort.

    Steps change what is known; only where that is not enough, some are answers that are not known yet (`before` None).
    `answers`: what the unknown would have to be for the answer to lead without any change; `alternatives`: other single
    steps of the same effort. `after` is the recommendation once all steps are taken, `settled_by` the further answers
    with which it would be decided; empty where it is decided already, or where no answers that were tried decide it.
    If no set of changes was found, `reachable` is false, `why` says so, and `obstacles` are the limits in the way.
    """

    service: Answer
    reachable: bool
    effort: int
    steps: tuple[Step, ...] = ()
    answers: tuple[Step, ...] = ()
    alternatives: tuple[Step, ...] = ()
    after: Recommendation | None = None
    settled_by: tuple[Step, ...] = ()
    why: str = ""
    obstacles: tuple[Obstacle, ...] = ()

    def __repr__(self) -> str:
        way = f"{counted(len(self.steps), 'step')}, effort {self.effort}" if self.reachable else "not reachable"
        return f"<Path to {self.service!r}: {way}>"

    @property
    def decided(self) -> bool:
        """Whether the answer is decided once all steps are taken."""
        return self.after is not None and is_settled(self.after.decision)


def is_settled(decision: Decision) -> bool:
    """Whether a decision leaves nothing open: one service is clearly best, or none of them fits."""
    return decision in ("decided", "none")


@dataclass(frozen=True)
class Flip(Record):
    """A single answer that overturns the recommendation: the nearest of its descriptor that leads to `service`.

    `before` None means not known yet; `values` are the answers around `after` with the same outcome, in words.
    """

    field: str
    title: str
    before: Value | None
    after: Value
    values: str
    service: Answer
    text: str
