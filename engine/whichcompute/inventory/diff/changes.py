"""The differences of two scorings by their records: facts, rules, model, engine, options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from whichcompute.base.units import say
from whichcompute.inventory.record import ScoringRecord
from whichcompute.recommender.fingerprint import FactValue, RuleHash

RuleChange = Literal["added", "removed", "edited", "reworded"]
NO_VALUE = "none"


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two scorings, old before new; `known` is False if a record is missing.

    `facts` are values as text, `rules` how each changed, `read` the facts that the conditions of a rule read in either
    scoring.
    """

    known: bool = False
    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rules: Mapping[str, RuleChange] = field(default_factory=dict)
    reordered: bool = False
    model: bool = False
    engine: tuple[str, str] | None = None
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    fingerprints: tuple[str, str] = ("", "")
    as_of: tuple[str, str] = ("", "")
    read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def remapped(self) -> bool:
        """Whether the columns of the inventory were read differently."""
        return "map" in self.options

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of things that differ and can change which service is recommended."""
        differences = {
            "facts": bool(self.facts),
            "rules": self.reordered or any(change != "reworded" for change in self.rules.values()),
            "model": self.model,
            "engine": self.engine is not None,
            "options": self.remapped,
        }
        return tuple(kind for kind, differs in differences.items() if differs)


def between(old: ScoringRecord | None, new: ScoringRecord | None) -> Changes:
    """The differences of two records; nothing is known if one is missing."""
    if old is None or new is None:
        return Changes()
    before, after = old.provenance, new.provenance
    rules = _rules(before.rules, after.rules)
    either = {**before.rules, **after.rules}
    read = {id_: (*_facts_of(before.rules, id_), *_facts_of(after.rules, id_)) for id_ in either}
    return Changes(
        known=True,
        facts=_facts(before.facts, after.facts),
        rules=rules,
        reordered=before.rule_set != after.rule_set and not rules,
        model=before.model != after.model,
        engine=(before.engine, after.engine) if before.engine != after.engine else None,
        options=_options(old, new),
        fingerprints=(old.fingerprint, new.fingerprint),
        as_of=(before.as_of, after.as_of),
        read={id_: tuple(dict.fromkeys(facts)) for id_, facts in read.items() if facts},
    )


def _facts_of(rules: Mapping[str, RuleHash], id_: str) -> tuple[str, ...]:
    return rules[id_].facts if id_ in rules else ()


def _rules(old: Mapping[str, RuleHash], new: Mapping[str, RuleHash]) -> dict[str, RuleChange]:
    found: dict[str, RuleChange] = {}
    for id_ in sorted({**old, **new}):
        if id_ not in old or id_ not in new:
            found[id_] = "removed" if id_ in old else "added"
        elif old[id_].decides != new[id_].decides:
            found[id_] = "edited"
        elif old[id_].says != new[id_].says:
            found[id_] = "reworded"
    return found


def _facts(old: Mapping[str, FactValue], new: Mapping[str, FactValue]) -> dict[str, tuple[str, str]]:
    found = {}
    for id_ in sorted({**old, **new}):
        before, after = old.get(id_), new.get(id_)
        if before != after:
            found[id_] = _only_differing(_as_text(before), _as_text(after))
    return found


def _as_text(fact: FactValue | None) -> str | list[Any]:
    if fact is None:
        return NO_VALUE
    if isinstance(fact.value, bool):
        return "yes" if fact.value else "no"
    if isinstance(fact.value, float):
        return say(fact.value, fact.unit)
    return fact.value


def _only_differing(old: str | list[Any], new: str | list[Any]) -> tuple[str, str]:
    """Both values as text; of two lists only the items that are not in both."""
    if isinstance(old, list) and isinstance(new, list):
        removed, added = [item for item in old if item not in new], [item for item in new if item not in old]
        if removed or added:
            return _listed(removed), _listed(added)
    return _listed(old), _listed(new)


def _listed(value: str | list[Any]) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value)) or NO_VALUE


def _options(old: ScoringRecord, new: ScoringRecord) -> dict[str, tuple[str, str]]:
    before, after = old.options, new.options
    found = {}
    if before.explain != after.explain:
        found["explain"] = (before.explain, after.explain)
    if before.free_tier != after.free_tier:
        found["free tier"] = _yes(before.free_tier), _yes(after.free_tier)
    if before.map != after.map:
        found["map"] = (before.map, after.map)
    elif before.map_hash != after.map_hash:
        found["map"] = (before.map, f"{after.map}, edited")
    return found


def _yes(flag: bool) -> str:
    return "counted" if flag else "not counted"
