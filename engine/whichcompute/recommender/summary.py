"""The short form: one sentence that a beginner understands, and notes on the answer as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whichcompute.base.words import counted, joined, percent, plural, upper
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.services import NONE
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.result import Outside, Reason, Verdict
from whichcompute.recommender.terms import DOUBTS

MANY_ANSWERS = 8
"""From so many answers on enough is known, even if no answer is clearly ahead."""


def summary(
    weighing: Weighing, verdicts: Sequence[Verdict], outside: Sequence[Outside], known: int, open_as: str = ""
) -> str:
    """The recommendation in one sentence, with the reason that decides; `open_as` is what, cautions aside, forbids
    to call the leading answer decided; `known` is the number of answers.
    """
    first = verdicts[0]
    if weighing.all_out:
        return f"A hard limit rules out every service compared; consider {_places(outside)}."
    if weighing.decision == "undecided":
        leading = f"{_name(first, outside)} leads with {percent(first.probability)}"
        little = "Too little is known to recommend one answer" if known < MANY_ANSWERS else "Several answers fit alike"
        if len(weighing.plausible) == 1:
            little = "What is known concerns one aspect only, too little to decide"
        return f"{little}; {leading}."
    why = f": {outside[0].text}" if outside and outside[0].rules and first.service == NONE else None
    why = why or _because(first, verdicts, _name(first, outside))
    if weighing.decision in ("decided", "none"):
        return f"{upper(_name(first, outside))} fits best{why}"
    others = [verdict for verdict in verdicts[1:] if verdict.service in weighing.plausible]
    rivals = [_name(other, outside) for other in others]
    also = f" {upper(joined(rivals))} {'is' if len(rivals) == 1 else 'are'} plausible too." if rivals else ""
    return f"{upper(_name(first, outside))} leads{why}{_doubt(first) or (open_as and f' {open_as}')}{also}"


def _name(verdict: Verdict, outside: Sequence[Outside]) -> str:
    return _places(outside) if verdict.service == NONE else verdict.name


def _places(outside: Sequence[Outside]) -> str:
    return " or ".join(place.name for place in outside[:2])


def _because(verdict: Verdict, verdicts: Sequence[Verdict], name: str) -> str:
    """A rule that favours the answer; where none does, the limit on what would lead without it, or what ranks it."""
    reason = strongest(verdict)
    if reason is not None:
        return f": {reason.text}"
    out = [other for other in verdicts if other.status == "ruled_out"]
    ahead = max((other for other in out if other.score > verdict.score), key=lambda other: other.score, default=None)
    if ahead is not None:
        limit = next(reason.text for reason in ahead.reasons if reason.effect == "exclude")
        return f". No rule favours {name}, but a hard limit rules out {ahead.name}, which would lead: {limit}"
    limits = f"hard limits rule out {joined([other.name for other in out])}, and " if out else ""
    rest = " of the rest" if out else ""
    return f". No rule favours {name}; {limits}the classifier ranks it first{rest}."


def _doubt(verdict: Verdict) -> str:
    """The caution by which an answer is not decided."""
    doubts = (reason.text for reason in verdict.reasons if reason.effect == "caution" and reason.strength in DOUBTS)
    return next((f" Against it: {text}" for text in doubts), "")


def strongest(verdict: Verdict) -> Reason | None:
    """The rule that decides for the leading answer, else the weightiest; never what the classifier reads, which is a
    correlation and not a reason."""
    return next((reason for reason in verdict.reasons if reason.effect == "prefer" and reason.weight > 0), None)


def notes(
    aggregator: Aggregator,
    weighing: Weighing,
    verdicts: Sequence[Verdict],
    outside: Sequence[Outside],
    values: Mapping[str, Any],
    expensive: str,
) -> Iterator[str]:
    """What a reader should know: contradictions, limits still to check, costs against the answer, stale facts."""
    yield from (contradiction.text for contradiction in contradictions(values))
    if not weighing.all_out:
        yield from _unconfirmed(verdicts[0])
    if expensive and weighing.service == NONE:
        yield f"{upper(_name(verdicts[0], outside[:1]))}: {expensive}."
    elif expensive and not weighing.all_out:
        yield f"{verdicts[0].name} is not called decided: {expensive}."
    yield from aggregator.pack.lifted
    yield from _stale(aggregator, weighing)


def _unconfirmed(first: Verdict) -> Iterator[str]:
    if first.unconfirmed:
        fields = dict.fromkeys(field for limit in first.unconfirmed for field in limit.fields)
        limits, fields_word = counted(len(first.unconfirmed), "limit"), plural(len(fields), "field")
        yield f"{limits} of {first.name} cannot be checked without the {fields_word} {joined(fields)}."


def _stale(aggregator: Aggregator, weighing: Weighing) -> Iterator[str]:
    facts, as_of = aggregator.pack.facts, aggregator.pack.facts.as_of
    if as_of is None:
        return
    # The rules that fired, and the limits that the leading service was held against.
    used = [aggregator.pack.rules[number] for number in numbers_of(weighing.fired & aggregator.terms.rules)]
    used += [r for r in aggregator.pack if r.entry.effect == "exclude" and r.entry.service == weighing.service]
    read = [facts.fact(id_) for id_ in sorted({id_ for rule in used for id_ in rule.facts})]
    named = [f"{fact.id} (read {dated.read_on})" for fact in read if fact.is_stale(as_of) and (dated := fact.at(as_of))]
    if named:
        yield f"Based on facts last verified more than a year ago; check them first: {', '.join(named)}."
