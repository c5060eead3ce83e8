"""One rule with all its details, for `rules show` and for the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whichcompute.analysis.boxes import Space
from whichcompute.base.errors import WorkloadError
from whichcompute.base.words import upper
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import Rule, RulePack, filled, say_fact
from whichcompute.knowledge.sources import Citation

_NEIGHBOURS = 8
_FUSSY = re.compile(r"\D|0+(?=\D|$)")


@dataclass(frozen=True, slots=True)
class Card:
    """A rule in words. Texts are filled in for `example`, a workload that the rule fires on."""

    rule: Rule
    title: str
    when: str
    because: str
    remedy: str
    variants: tuple[tuple[str, str, str], ...]
    sources: tuple[Citation, ...]
    facts: tuple[tuple[str, str], ...]
    example: Mapping[str, Any]
    neighbours: tuple[Rule, ...]


def card(rule: Rule, pack: RulePack) -> Card:
    """The card of one rule of a pack."""
    example, facts = _example(rule), pack.facts
    values = with_derived(read(example))
    return Card(
        rule=rule,
        title=title(rule),
        when=rule.when_words(),
        because=filled(rule.entry.because, values, facts),
        remedy=filled(rule.entry.remedy, values, facts),
        variants=tuple(
            (v.entry.name, " and ".join(c.words() for c in v.conditions), filled(v.entry.says, values, facts))
            for v in rule.variants
        ),
        sources=tuple(map(facts.sources.cite, rule.entry.sources)),
        facts=tuple((id_, say_fact(facts, id_)) for id_ in rule.facts),
        example=example,
        neighbours=tuple(neighbours(rule, pack)),
    )


def _example(rule: Rule) -> Mapping[str, Any]:
    """The example of the rule that is the easiest to read; a constructed workload when it has none."""
    examples: list[dict[str, Any]] = sorted(rule.entry.fires_on, key=_fussiness)
    for example in examples:
        try:
            if rule.holds(with_derived(read(example))):
                return example
        except WorkloadError:
            continue
    return Space(rule.conditions).witness_of(rule.conditions) or {}


def _fussiness(example: Mapping[str, Any]) -> int:
    # "300GB" reads better than 10241, which tests a boundary.
    return sum(len(_FUSSY.sub("", str(value))) for value in example.values())


def title(rule: Rule) -> str:
    """The pattern that a rule's id names, as a heading.

    >>> from types import SimpleNamespace
    >>> title(SimpleNamespace(id="lambda.duration-exceeds-limit"))
    'Duration exceeds limit'
    """
    words = rule.id.partition(".")[2].replace("-", " ")
    return upper(words)


def neighbours(rule: Rule, pack: RulePack) -> list[Rule]:
    """Rules that look at the same descriptors, nearest first; those of the same service before others."""

    def nearness(other: Rule) -> tuple[float, bool]:
        shared = len(set(rule.fields) & set(other.fields))
        return shared / len(set(rule.fields) | set(other.fields)), other.entry.service == rule.entry.service

    near = [other for other in pack if other.id != rule.id and nearness(other)[0] > 0]
    return sorted(near, key=nearness, reverse=True)[:_NEIGHBOURS]
