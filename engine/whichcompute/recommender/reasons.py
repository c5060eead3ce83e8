"""Turns a weighing into words: the reasons of each verdict with their sources, limits not yet confirmed, margins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from whichcompute.classifier.model import Evidence
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.rules import PLACEHOLDER, Rule
from whichcompute.knowledge.services import NONE, SERVICE_NAMES, SERVICES
from whichcompute.knowledge.sources import Bibliography
from whichcompute.pricing import MonthlyCost
from whichcompute.recommender.aggregation import Weighing
from whichcompute.recommender.result import Cited, Companion, Margin, Reason, Unconfirmed, Variant, Verdict
from whichcompute.recommender.terms import Terms

CASES = "whichcompute-decisions"  # the source that every reading of the classifier cites
SLIGHT = 0.1  # evidence below this many log-odds is not named on its own
_UPPER = (">", ">=")
Subjects = Mapping[tuple[str, ...], str]


class Reasons:
    """Explains weighings by one table of terms; what does not depend on the workload is prepared once."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        pack = terms.pack
        self._facts: Facts = pack.facts
        self._cited = {rule.id: cite_all(rule.entry.sources, self._facts.sources) for rule in pack}
        self._cases = cite_all((CASES,), self._facts.sources)
        self._weight = dict(zip((rule.id for rule in pack), terms.rule_weights, strict=True))
        self._bases = [self._base(number) for number in range(len(SERVICES))]
        # A reason whose text names facts at most is the same for every workload on which its rule fires.
        self._fixed = {rule.id: self._reason(rule, {}) for rule in pack if _names_no_descriptor(rule)}
        self._words = {condition: condition.words() for rule in pack for condition in rule.conditions}
        single = [rule for rule in pack if rule.entry.effect == "exclude" and len(rule.fields) == 1]
        self._remembered: dict[tuple[str, ...], Unconfirmed] = {}
        self._waiting = {rule.id: self._unconfirmed(rule, {}) for rule in single}
        self._limits: dict[str, list[tuple[Rule, Condition, float]]] = {service: [] for service in SERVICES}
        for rule in pack:
            if rule.entry.effect == "exclude" and (limit := _upper_limit(rule)):
                self._limits[rule.entry.service].append((rule, *limit))

    def verdicts(
        self, weighing: Weighing, values: Mapping[str, Any], costs: Mapping[str, MonthlyCost | None]
    ) -> tuple[Verdict, ...]:
        """The verdict on every service, best first; `values` with the derived ones, `costs` by service."""
        evidence = self._terms.evidence(weighing.fired)
        subjects = {item.fields: f"Real decisions with {_said(item.fields, values)}" for item in evidence}
        found = []
        for number in weighing.ranking:
            service, out = SERVICES[number], weighing.excluded[number]
            fired = self._fired(weighing, service)
            reasons = self._reasons(fired, number, values, self._evidence(evidence, number, subjects))
            found.append(
                Verdict.build(
                    service=service,
                    name=SERVICE_NAMES[service],
                    status="ruled_out" if out else "unconfirmed" if weighing.unconfirmed[number] else "eligible",
                    probability=weighing.probabilities[number],
                    score=weighing.scores[number],
                    reasons=tuple(reasons),
                    cautions=tuple(reason.text for reason in reasons if reason.effect == "caution"),
                    remedies=tuple(r.text(r.entry.remedy, values, self._facts) for r in fired if r.entry.remedy),
                    unconfirmed=tuple(self._limits_open(weighing, number, values)),
                    companions=() if out else tuple(self._companions(fired, values)),
                    variants=tuple(self._variants(fired, values)),
                    margins=() if out else tuple(self._margins(service, values)),
                    monthly_cost_usd=costs[service],
                )
            )
        return tuple(found)

    def outside(self, weighing: Weighing, values: Mapping[str, Any]) -> list[Companion]:
        """What to consider when every service is ruled out."""
        return self._companions(self._fired(weighing, NONE), values)

    def _fired(self, weighing: Weighing, answer: str) -> list[Rule]:
        return self._select(weighing.fired & self._terms.of_answer[answer])

    def _select(self, mask: int) -> list[Rule]:
        return [self._terms.pack.rules[number] for number in numbers_of(mask)]

    def _reasons(
        self, rules: Iterable[Rule], number: int, values: Mapping[str, Any], evidence: list[Reason]
    ) -> list[Reason]:
        """All reasons for and against service `number`: vetoes first, then by weight, the base rate last."""
        fixed = self._fixed
        of_rules = [
            fixed.get(rule.id) or self._reason(rule, values) for rule in rules if rule.entry.effect != "companion"
        ]
        weighted = [reason for reason in of_rules if reason.effect != "exclude"] + evidence
        weighted.sort(key=lambda reason: (-abs(reason.weight), reason.rule))
        vetoes = sorted((r for r in of_rules if r.effect == "exclude"), key=lambda reason: reason.rule)
        return [*vetoes, *weighted, self._bases[number]]

    def _reason(self, rule: Rule, values: Mapping[str, Any]) -> Reason:
        entry = rule.entry
        return Reason.build(
            rule=entry.id,
            effect=entry.effect,
            text=rule.text(entry.because, values, self._facts),
            weight=self._weight[entry.id],
            strength=entry.strength,
            fields=rule.fields,
            sources=self._cited[entry.id],
            pack=rule.pack,
        )

    def _evidence(self, evidence: Iterable[Evidence], number: int, subjects: Subjects) -> list[Reason]:
        readings = [(item, item.weights[number]) for item in evidence if item.weights[number] != 0.0]
        found = [
            self._reading(item.fields, f"classifier.{item.name}", subjects[item.fields], w, number)
            for item, w in readings
            if abs(w) >= SLIGHT
        ]
        slight = [(item, w) for item, w in readings if abs(w) < SLIGHT]
        if slight:
            fields = tuple(dict.fromkeys(field for item, _ in slight for field in item.fields))
            weight = sum(w for _, w in slight)
            found.append(self._reading(fields, "classifier.other", "The other answers together", weight, number))
        return found

    def _reading(self, fields: tuple[str, ...], rule: str, subject: str, weight: float, number: int) -> Reason:
        direction = "speak for" if weight > 0 else "speak against"
        return Reason.build(
            rule=rule,
            effect="evidence",
            text=f"{subject} {direction} {SERVICE_NAMES[SERVICES[number]]}.",
            weight=weight,
            strength=None,
            fields=fields,
            sources=self._cases,
            pack="",
        )

    def _base(self, number: int) -> Reason:
        return Reason.build(
            rule="classifier.base",
            effect="base",
            text=f"How often real teams chose {SERVICE_NAMES[SERVICES[number]]}, before anything else is known.",
            weight=self._terms.base[number],
            strength=None,
            fields=(),
            sources=self._cases,
            pack="",
        )

    def _limits_open(self, weighing: Weighing, number: int, values: Mapping[str, Any]) -> list[Unconfirmed]:
        """The limits of a service that its unknown descriptors could still break."""
        waiting = self._select(weighing.unknown & self._terms.vetoes[number])
        return [self._waiting.get(rule.id) or self._unconfirmed(rule, values) for rule in waiting]

    def _unconfirmed(self, rule: Rule, values: Mapping[str, Any]) -> Unconfirmed:
        # What is open depends on which descriptors are unknown, not on the values of the others.
        key = (rule.id, *open_fields(rule, values))
        if key not in self._remembered:
            open_ = [self._words[condition] for condition in rule.conditions if condition.holds(values) is None]
            self._remembered[key] = Unconfirmed.build(
                rule=rule.id,
                text=f"Ruled out if {' and '.join(open_)}.",
                fields=key[1:],
                sources=self._cited[rule.id],
            )
        return self._remembered[key]

    def _companions(self, rules: Iterable[Rule], values: Mapping[str, Any]) -> list[Companion]:
        """What a service is usually combined with."""
        return [
            Companion.build(
                name=rule.entry.companion,
                text=rule.text(rule.entry.because, values, self._facts),
                rule=rule.id,
                sources=self._cited[rule.id],
            )
            for rule in rules
            if rule.entry.effect == "companion"
        ]

    def _variants(self, rules: Iterable[Rule], values: Mapping[str, Any]) -> list[Variant]:
        """Newer variants of a service that would not have the limits which rule it out."""
        return [
            Variant.build(
                name=variant.entry.name,
                text=rule.text(variant.entry.says, values, self._facts),
                rule=rule.id,
                sources=cite_all(variant.entry.sources, self._facts.sources),
            )
            for rule in rules
            if rule.entry.effect == "exclude"
            for variant in rule.variants
            if all(condition.holds(values) is True for condition in variant.conditions)
        ]

    def _margins(self, service: str, values: Mapping[str, Any]) -> list[Margin]:
        """How near the workload is to each numeric limit of a service that it passes, nearest first."""
        found = []
        for rule, condition, limit in self._limits[service]:
            value = values.get(condition.field)
            if value is None or value > limit or limit <= 0:
                continue
            spare = 1 - value / limit
            descriptor = DESCRIPTORS.get(condition.field) or DERIVED[condition.field]
            said = f"{descriptor.title}: {condition.say(value)} of {condition.say(limit)}, {spare:.0%} to spare"
            found.append(Margin.build(field=condition.field, text=said, spare=spare, rule=rule.id))
        return sorted(found, key=lambda margin: (margin.spare, margin.rule))


def _names_no_descriptor(rule: Rule) -> bool:
    return all("." in name for name in PLACEHOLDER.findall(rule.entry.because))


def _upper_limit(rule: Rule) -> tuple[Condition, float] | tuple[()]:
    condition = rule.conditions[0]
    if len(rule.conditions) == 1 and condition.op in _UPPER and isinstance(condition.operand, float):
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


def _said(fields: tuple[str, ...], values: Mapping[str, Any]) -> str:
    parts = []
    for field in fields:
        descriptor, value = DESCRIPTORS[field], values.get(field)
        parts.append(f"{descriptor.title} {'unknown' if value is None else descriptor.say(value)}")
    return " and ".join(parts)
