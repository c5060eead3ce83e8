"""The short form: one sentence that a beginner understands, and notes on the answer as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whichcompute.base.words import counted, joined, plural
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.services import SERVICE_NAMES, SERVICES
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.result import Reason, Verdict


def summary(weighing: Weighing, verdicts: Sequence[Verdict]) -> str:
    """The recommendation in one sentence, with the reason that weighs most."""
    if weighing.service is None:
        return "None of the services compared can run this workload: a hard limit rules out each of them."
    first = verdicts[0]
    if weighing.decision == "undecided":
        return f"Too little is known to choose; {first.name} is in front so far, with {first.probability:.0%}."
    why = _because(first)
    if weighing.decision == "decided":
        return f"{first.name} fits best{why}"
    others = joined(SERVICE_NAMES[service] for service in weighing.plausible if service != first.service)
    return f"{first.name} is in front, but {others} would be plausible too{why}"


def _because(verdict: Verdict) -> str:
    reason = strongest(verdict)
    return (
        f": {reason.text[0].lower() + reason.text[1:] if reason.effect == 'evidence' else reason.text}"
        if reason
        else "."
    )


def strongest(verdict: Verdict) -> Reason | None:
    """The reason that speaks most for a service: a rule if one fires, else a reading of the classifier."""
    favour = [reason for reason in verdict.reasons if reason.weight > 0 and reason.effect != "base"]
    rules = [reason for reason in favour if reason.effect == "prefer"]
    return next(iter(rules or favour), None)


def notes(
    aggregator: Aggregator, weighing: Weighing, verdicts: Sequence[Verdict], values: Mapping[str, Any]
) -> Iterator[str]:
    """What a reader should know: unconfirmed limits of the answer, a classifier of another mind, stale facts."""
    if weighing.service is None:
        yield "Amazon EC2 runs whatever fits a virtual machine; it is the usual answer when these services cannot."
    else:
        yield from _unconfirmed(verdicts[0])
        yield from _disagreement(aggregator, weighing, values)
    yield from _stale(aggregator, weighing)


def _unconfirmed(first: Verdict) -> Iterator[str]:
    if first.unconfirmed:
        fields = dict.fromkeys(field for limit in first.unconfirmed for field in limit.fields)
        limits, fields_word = counted(len(first.unconfirmed), "limit"), plural(len(fields), "field")
        yield f"{limits} of {first.name} cannot be checked without the {fields_word} {joined(fields)}."


def _disagreement(aggregator: Aggregator, weighing: Weighing, values: Mapping[str, Any]) -> Iterator[str]:
    alone = aggregator.alone(values)
    favourite = max(range(len(SERVICES)), key=lambda number: alone[number])
    if favourite != weighing.ranking[0]:
        out = ", which a hard limit rules out" if weighing.excluded[favourite] else ""
        yield (
            f"The classifier alone would choose {SERVICE_NAMES[SERVICES[favourite]]} "
            f"({alone[favourite]:.0%} against {alone[weighing.ranking[0]]:.0%}){out}."
        )


def _stale(aggregator: Aggregator, weighing: Weighing) -> Iterator[str]:
    facts, as_of = aggregator.pack.facts, aggregator.pack.facts.as_of
    if as_of is None:
        return
    # What fired, and the limits that the service in front was held against.
    terms = aggregator.terms
    used = [terms.pack.rules[number] for number in numbers_of(weighing.fired & terms.rules)]
    used += [r for r in aggregator.pack if r.entry.effect == "exclude" and r.entry.service == weighing.service]
    stale = [facts.fact(id_) for id_ in sorted({id_ for rule in used for id_ in rule.facts})]
    told = [f"{fact.id} (read {dated.read_on})" for fact in stale if fact.is_stale(as_of) and (dated := fact.at(as_of))]
    if told:
        yield f"This hangs on facts not read again for a year, check them before you rely on it: {', '.join(told)}."
