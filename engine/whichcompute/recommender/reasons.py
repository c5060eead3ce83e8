"""Turns a weighing into words: the reasons of each verdict with their sources, limits not yet confirmed, margins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from whichcompute.base.units import range_words
from whichcompute.base.words import upper
from whichcompute.classifier.neighbours import NearestDecisions
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.conditions import Condition, all_hold
from whichcompute.knowledge.considerations import Considerations
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.outside import DEFAULT_PLACE, NAMED_FROM, likely_places, places
from whichcompute.knowledge.rules import GRADES, PLACEHOLDER, Rule, filled
from whichcompute.knowledge.services import ANSWERS, NONE, RECORDS, SERVICE_NAMES
from whichcompute.knowledge.sources import Bibliography
from whichcompute.recommender.aggregation import Aggregator, Weighing
from whichcompute.recommender.precedents import Precedents
from whichcompute.recommender.result import (
    Cited,
    Companion,
    Consideration,
    Margin,
    Outside,
    Reason,
    Unconfirmed,
    Variant,
)

CASES = "whichcompute-decisions"
"""The source of everything that the classifier reads."""
PRICES = "aws-ec2-pricing"
"""The source of prices where a service names none, and of places outside."""
_NAMED = 3
RANKS = {strength: rank for rank, strength in enumerate(reversed(GRADES["caution"]), 1)}
"""How much a rule says, by its strength: from 1 (weak) on."""
_UPPER = (">", ">=")


class Reasons:
    """Explains weighings against one rule pack; what does not depend on the workload is worked out once."""

    def __init__(self, aggregator: Aggregator) -> None:
        self._terms = aggregator.terms
        self._pack = aggregator.pack
        self._facts: Facts = aggregator.pack.facts
        self._cited: dict[str, tuple[Cited, ...]] = {}
        self._cases = cite_all((CASES,), self._facts.sources)
        known = self._facts.sources
        pages = (RECORDS[answer].prices if answer in RECORDS else PRICES for answer in ANSWERS)
        self._prices = [cite_all((page if page in known else PRICES,), known) for page in pages]
        self._considerations = Considerations(self._facts)
        self._number = {rule.id: number for number, rule in enumerate(self._pack)}
        self._bases = [self._base(number, aggregator.classifier.base[number]) for number in range(len(ANSWERS))]
        # Kept: a reason whose text names facts at most is the same for every workload on which its rule fires.
        self._fixed: dict[str, Reason] = {}
        self._remembered: dict[tuple[str, ...], Unconfirmed] = {}
        self._limits: dict[str, list[tuple[Rule, Condition, float]]] = {answer: [] for answer in ANSWERS}
        for rule in self._pack:
            if rule.entry.effect == "exclude" and (limit := _upper_limit(rule)):
                self._limits[rule.entry.service].append((rule, *limit))

    def _cite(self, rule: Rule) -> tuple[Cited, ...]:
        if rule.id not in self._cited:
            self._cited[rule.id] = cite_all(rule.entry.sources, self._facts.sources)
        return self._cited[rule.id]

    def fired(self, weighing: Weighing, answer: str) -> list[Rule]:
        """The rules of an answer that fire."""
        numbers = numbers_of(weighing.fired & self._terms.of_answer[answer])
        return [self._pack.rules[number] for number in numbers]

    def reasons(
        self,
        rules: Iterable[Rule],
        weighing: Weighing,
        number: int,
        values: Mapping[str, Any],
        cost: str,
        decisions: Callable[[], NearestDecisions],
    ) -> list[Reason]:
        """All reasons for and against answer `number`: vetoes first, then by weight, the base rate last."""
        of_rules = [self._reason(rule, values) for rule in rules if rule.entry.effect != "companion"]
        weighted = [reason for reason in of_rules if reason.effect != "exclude"]
        weighted += self._evidence(weighing, number, decisions)
        if cost and weighing.cost[number]:
            weighted.append(
                Reason("costs.estimates", "cost", cost, weighing.cost[number], sources=self._prices[number])
            )
        weighted.sort(key=lambda reason: (-abs(reason.weight), reason.rule))
        vetoes = sorted((r for r in of_rules if r.effect == "exclude"), key=lambda reason: reason.rule)
        return [*vetoes, *weighted, self._bases[number]]

    def _reason(self, rule: Rule, values: Mapping[str, Any]) -> Reason:
        if rule.id in self._fixed:
            return self._fixed[rule.id]
        entry = rule.entry
        reason = Reason(
            rule=entry.id,
            effect=entry.effect,
            text=filled(entry.because, values, self._facts),
            weight=self._terms.rule_weights[self._number[entry.id]],
            strength=entry.strength,
            aspect=entry.aspect,
            fields=rule.fields,
            sources=self._cite(rule),
            pack=rule.pack,
        )
        if _names_no_descriptor(rule):
            self._fixed[rule.id] = reason
        return reason

    def _evidence(self, weighing: Weighing, number: int, decisions: Callable[[], NearestDecisions]) -> list[Reason]:
        """One line for all that the classifier reads off the descriptors, with what centres the rules."""
        by_field: dict[str, float] = {}
        for item in weighing.evidence:
            for field in item.fields:
                by_field[field] = by_field.get(field, 0.0) + item.weights[number] / len(item.fields)
        total = sum(item.weights[number] for item in weighing.evidence) + self._centring(weighing.fired, number)
        if not total:
            return []
        same = [field for field, weight in by_field.items() if weight * total > 0]
        fields = tuple(sorted(same, key=lambda field: (-abs(by_field[field]), field))[:_NAMED])
        words = Precedents(ANSWERS[number], fields, total, decisions)
        return [
            Reason.deferred(
                words, rule="classifier.decisions", effect="evidence", weight=total, fields=fields, sources=self._cases
            )
        ]

    def _centring(self, fired: int, number: int) -> float:
        weights = self._terms.weights
        return sum(row[number] for at in numbers_of(fired & ~self._terms.rules) if (row := weights[at]))

    def _base(self, number: int, weight: float) -> Reason:
        text = f"How often teams choose {SERVICE_NAMES[ANSWERS[number]]} before anything is known."
        return Reason("classifier.base", "base", text, weight, sources=self._cases)

    def outside(self, weighing: Weighing, values: Mapping[str, Any]) -> list[Outside]:
        """Where outside the services compared, best first: the places of the rules that fire, by weight."""
        numbers = numbers_of(weighing.fired & self._terms.of_answer[NONE])
        ordered = place_order([self._pack.rules[number] for number in numbers])
        if not ordered and (weighing.service == NONE or weighing.probabilities[-1] >= NAMED_FROM):
            ordered = [(place, []) for place in likely_places(values)]
        return [self._place(id_, rules, values) for id_, rules in ordered]

    def _place(self, id_: str, rules: Sequence[Rule], values: Mapping[str, Any]) -> Outside:
        place = places()[id_]
        first = min(rules, key=_precedence, default=None)
        return Outside(
            id=id_,
            name=place.name,
            names=place.names,
            text=filled(first.entry.because, values, self._facts) if first else place.text,
            rules=tuple(rule.id for rule in rules),
            sources=self._cite(first) if first else cite_all(place.sources, self._facts.sources),
        )

    def unconfirmed(self, weighing: Weighing, service: str, values: Mapping[str, Any]) -> list[Unconfirmed]:
        """The limits of a service that its unknown descriptors could still break."""
        numbers = numbers_of(weighing.unknown & self._terms.vetoes[ANSWERS.index(service)])
        waiting = [self._pack.rules[number] for number in numbers]
        return [self._unconfirmed(rule, values) for rule in waiting]

    def _unconfirmed(self, rule: Rule, values: Mapping[str, Any]) -> Unconfirmed:
        # What is open depends on which descriptors are unknown, not on the values of the others.
        key = (rule.id, *open_fields(rule, values))
        if key not in self._remembered:
            open_ = [condition.words() for condition in rule.conditions if condition.holds(values) is None]
            self._remembered[key] = Unconfirmed(
                rule=rule.id,
                text=f"Ruled out if {' and '.join(open_)}.",
                fields=key[1:],
                sources=self._cite(rule),
            )
        return self._remembered[key]

    def companions(self, rules: Iterable[Rule], values: Mapping[str, Any]) -> list[Companion]:
        """What is usually combined with a service."""
        return [
            Companion(
                name=rule.entry.companion,
                text=filled(rule.entry.because, values, self._facts),
                rule=rule.id,
                sources=self._cite(rule),
            )
            for rule in rules
            if rule.entry.effect == "companion"
        ]

    def variants(self, rules: Sequence[Rule], values: Mapping[str, Any]) -> list[Variant]:
        """Newer forms of a service that lift every limit which rules it out; those of cautions where none does."""
        applicable = [
            (rule, variant) for rule in rules for variant in rule.variants if all_hold(variant.conditions, values)
        ]
        limits = {rule.id for rule in rules if rule.entry.effect == "exclude"}
        lifted: dict[str, set[str]] = {}
        for rule, variant in applicable:
            lifted.setdefault(variant.entry.name, set()).add(rule.id)
        return [
            Variant(
                name=variant.entry.name,
                text=filled(variant.entry.says, values, self._facts),
                rule=rule.id,
                sources=cite_all(variant.entry.sources, self._facts.sources),
            )
            for rule, variant in applicable
            if limits <= lifted[variant.entry.name]
        ]

    def margins(self, service: str, values: Mapping[str, Any]) -> list[Margin]:
        """How near the workload is to each numeric limit of a service that it passes, nearest first."""
        found: dict[tuple[str, float], Margin] = {}
        for rule, condition, limit in self._limits[service]:
            value = values.get(condition.field)
            if value is None or value > limit or limit <= 0 or (condition.field, limit) in found:
                continue
            if not all(other.holds(values) for other in rule.conditions[1:]):
                continue
            spare = 1 - value / limit
            left = "" if range_words(value) else f", {spare:.0%} to spare"
            said = f"{PROPERTIES[condition.field].title}: {condition.say(value)} of {condition.say(limit)}{left}"
            margin = Margin(field=condition.field, text=said, spare=spare, rule=rule.id)
            found[condition.field, limit] = margin
        return sorted(found.values(), key=lambda margin: (margin.spare, margin.rule))

    def sources(self, rule: str) -> tuple[Cited, ...]:
        """The sources of a rule, by its id."""
        return self._cite(self._pack.rules[self._number[rule]])

    def remedy(self, rule: str, values: Mapping[str, Any]) -> str:
        """What helps where a rule fires on these values, by its id; empty where it names nothing."""
        return filled(self._pack.rules[self._number[rule]].entry.remedy, values, self._facts)

    def considerations(self, answer: str, values: Mapping[str, Any]) -> list[Consideration]:
        """What to settle before building on an answer, most relevant first."""
        return [
            Consideration(
                id=found.entry.id,
                text=filled(found.entry.says, values, self._facts),
                sources=cite_all(found.entry.sources, self._facts.sources),
            )
            for found in self._considerations.of(answer, values)
        ]

    def reading(self, answer: str, outside: Iterable[Outside], values: Mapping[str, Any]) -> tuple[Cited, ...]:
        """Where to read on before building: guides of service and stack, or what is said of the first place outside."""
        if answer == NONE:
            return tuple(source for place in list(outside)[:1] for source in place.sources if source.url)
        record = RECORDS[answer]
        guides = (record.guide, record.stack_guides.get(values.get("app_stack", ""), ""))
        return cite_all([guide for guide in guides if guide in self._facts.sources], self._facts.sources)


def answer_name(weighing: Weighing, number: int, outside: Sequence[Outside]) -> str:
    """The name of answer `number`; where `none` is plausible, that of the first place outside."""
    if ANSWERS[number] == NONE and NONE in weighing.plausible and outside:
        return upper(outside[0].name)
    return SERVICE_NAMES[ANSWERS[number]]


def place_order(rules: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    """The places that these rules of the answer `none` point to with their rules, those of the strongest first.

    Of equally strong ones those come first that are marked so, then those whose rule looks at more of the workload (a
    database that needs the host is not a managed one), and plain instances last: any workload runs there.
    """
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.entry.effect == "prefer" and rule.entry.outside:
            found.setdefault(rule.entry.outside, []).append(rule)
    return sorted(found.items(), key=lambda item: _place_of(*item))


def _place_of(place: str, rules: Iterable[Rule]) -> tuple[int, bool, int, bool]:
    strength, fields = min(map(_precedence, rules))
    return strength, not places()[place].first, fields, place == DEFAULT_PLACE


def _precedence(rule: Rule) -> tuple[int, int]:
    """Lowest of the strongest rule, of those of the one that looks at most of the workload."""
    return -RANKS[rule.entry.strength or "weak"], -len(rule.fields)


def _names_no_descriptor(rule: Rule) -> bool:
    return all("." in name for name in PLACEHOLDER.findall(rule.entry.because))


def _upper_limit(rule: Rule) -> tuple[Condition, float] | tuple[()]:
    """The limit of a rule in its first condition; one that holds on further conditions must be a fact."""
    condition = rule.conditions[0]
    stated = len(rule.conditions) == 1 or condition.fact
    if stated and condition.op in _UPPER and isinstance(condition.operand, float):
        return condition, condition.operand
    return ()


def cite_all(references: Iterable[str], sources: Bibliography) -> tuple[Cited, ...]:
    """The sources that a list of references names, as a reader sees them."""
    cited = []
    for reference in references:
        citation = sources.cite(reference)
        source = citation.source
        cited.append(
            Cited(
                key=source.key,
                title=source.title,
                section=citation.section,
                url=source.url,
                kind=source.kind,
                read_on=source.read_on,
            )
        )
    return tuple(cited)


def open_fields(rule: Rule, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The unknown descriptors that a rule waits for."""
    return tuple(field for field in rule.fields if values.get(field) is None)
