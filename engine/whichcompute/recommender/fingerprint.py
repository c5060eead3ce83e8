"""What answers are made from, as short hashes: engine, rules, facts, model and day.

The combined fingerprint hashes the bytes of the files: every start of an engine needs it, and hashing parsed content
would take twice the time. A comment moved within a rule file therefore changes it, though no answer changes; engines
with the same fingerprint give the same answers. Provenance, recorded for scorings only, hashes parsed content, in which
neither comments nor the order of files count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from whichcompute.base.resources import folder
from whichcompute.base.version import VERSION
from whichcompute.classifier.model import Classifier
from whichcompute.classifier.model_files import MANIFEST
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.packs import shipped_files
from whichcompute.knowledge.rules import Rule
from whichcompute.recommender.aggregation import Aggregator

LENGTH = 16
_SHORT = 8  # enough to tell the few versions of one rule apart
_LARGEST = 2000  # of a longer value the hash is kept

Kept = float | bool | str | list[Any]


@dataclass(frozen=True, slots=True)
class FactValue:
    """A fact's value in force and its unit; of a very long value its hash."""

    value: Kept
    unit: str


@dataclass(frozen=True, slots=True)
class RuleHash:
    """Hashes of what a rule decides by and of what it says, and the facts that its conditions read."""

    decides: str
    says: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What answers are made from, part by part: two scorings are compared by it.

    `facts` holds the prices of other Regions too. `rule_set` is the hash of all rules in their order, which decides
    which of equally heavy ones is named first.
    """

    engine: str
    as_of: str
    rules: Mapping[str, RuleHash]
    rule_set: str
    facts: Mapping[str, FactValue]
    model: str


def fingerprint(parts: Mapping[str, str]) -> str:
    """The parts as one: 16 hexadecimal digits."""
    return of_content(sorted(parts.items()))


def parts(packs: Sequence[Path], facts: Path | Facts | None, model: Path, as_of: date | None) -> dict[str, str]:
    """The hash of each part of the engine with these user packs, facts (None: the shipped ones) and model folder.

    The engine is identified by its version and the table of descriptors.
    """
    if isinstance(facts, Facts):
        of_facts = of_content(dict(facts))
    else:
        of_facts = _files(sorted((facts or folder("data") / "facts").rglob("*.toml")))
    return {
        "as_of": str(as_of),
        "engine": f"{VERSION} {_files([folder('data') / 'descriptors.toml'])}",
        "facts": of_facts,
        "model": _files([model / MANIFEST]),
        "rules": of_content([_files([*shipped_files(), *packs]), [path.stem for path in packs]]),
    }


def provenance(aggregator: Aggregator) -> Provenance:
    """What answers of this aggregator are made from, part by part."""
    facts = aggregator.pack.facts
    rules = {rule.id: _rule_hash(rule) for rule in aggregator.pack}
    return Provenance(
        engine=VERSION,
        as_of=str(facts.as_of or ""),
        rules=rules,
        rule_set=of_content([[id_, rule.decides, rule.says] for id_, rule in rules.items()]),
        facts={id_: FactValue(_kept(value), facts.fact(id_).unit) for id_, value in facts.items()} | _prices(facts),
        model=of_classifier(aggregator.classifier),
    )


def _prices(facts: Facts) -> dict[str, FactValue]:
    """The prices that are known in other Regions, named `FACT in REGION`; those that are not known are left out."""
    found: dict[str, FactValue] = {}
    for region in facts.regions()[1:]:
        there = facts.in_region(region)
        for id_, value in {} if there is None else there.items():
            if facts.fact(id_).by_region and value == value and value != []:  # NaN, or an empty table: not known
                found[f"{id_} in {region}"] = FactValue(_kept(value), facts.fact(id_).unit)
    return found


def of_classifier(classifier: Classifier) -> str:
    """The hash of the numbers that a classifier weighs with."""
    return of_content(classifier.numbers)


def _rule_hash(rule: Rule) -> RuleHash:
    entry = rule.entry
    decides = [entry.service, entry.effect, entry.when, entry.strength, entry.aspect, entry.outside]
    variants = [[each.name, each.says, each.when] for each in entry.variant]
    says = [entry.because, entry.remedy, entry.companion, entry.sources, variants]
    read = tuple(dict.fromkeys(condition.fact for condition in rule.conditions if condition.fact))
    return RuleHash(of_content(decides)[:_SHORT], of_content(says)[:_SHORT], read)


def _kept(value: Any) -> Kept:
    if isinstance(value, float | bool):
        return value
    written = _json(value)
    plain: Kept = json.loads(written)
    if isinstance(plain, str | list) and len(written) > _LARGEST:
        return f"{len(plain)} entries, hash {_hash(written)}"
    return plain


def _files(paths: Iterable[Path]) -> str:
    digest = sha256()
    for path in paths:
        digest.update(sha256(path.read_bytes()).digest())  # so that the files' ends count
    return digest.hexdigest()[:LENGTH]


def of_content(content: object) -> str:
    """The hash of anything that is made of texts, numbers, lists and mappings: 16 hexadecimal digits."""
    return _hash(_json(content))


def _hash(written: str) -> str:
    return sha256(written.encode()).hexdigest()[:LENGTH]


def _json(content: object) -> str:
    return json.dumps(content, sort_keys=True, default=str)  # TOML has days, which JSON has not
