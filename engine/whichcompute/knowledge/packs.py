"""Reads rule packs from files and layers them: shipped rules first, then each pack of the user in order.

A pack may bring rules (a rule with a known id replaces it), `switch_off = [ids]`, `[[adjust]]` (id, strength), and its
own `[[source]]` and `[[fact]]` entries (a fact with a known id replaces it, such as a raised quota); with `region`, its
`[[price]]` entries are a price list of that Region (see `price_lists`), as `facts import-prices` writes them;
`[[finding]]` lists what the proofs may find in it, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from whichcompute.base.entries import EntryError, read_entry, tables
from whichcompute.base.errors import RuleError, printable, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.conditions import parse_all
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.facts import Facts, parse_facts
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.price_lists import parse_price_list
from whichcompute.knowledge.rules import GRADES, PLACEHOLDER, Aspect, Rule, RuleEntry, RulePack, Strength, Variant
from whichcompute.knowledge.services import NONE, SHIPPED
from whichcompute.knowledge.sources import Bibliography, parse_sources

MAX_RULES = 2000
_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9][a-z0-9-]*")
_PACK_KEYS = {"name", "service", "rule", "source", "fact", "switch_off", "adjust", "finding", "region", "price"}
_STRENGTHS = get_args(Strength)


def shipped_files() -> list[Path]:
    """The rule files that came with this installation."""
    return [folder("rules") / f"{service}.toml" for service in (*SHIPPED, NONE)]


def load(facts: Facts, packs: Sequence[Path] = (), base: Sequence[Path] | None = None) -> RulePack:
    """The shipped rules (or those in `base`) with the user's packs over them, read against `facts`."""
    own = list(shipped_files() if base is None else base)
    read = [(path, _read(path)) for path in [*own, *packs]]
    for path, table in read:
        place = str(path)
        sources = parse_sources(table.get("source", []), place)
        lists = [parse_price_list(table, place)] if "region" in table or "price" in table else []
        facts = facts.extended(parse_facts(table.get("fact", []), place), sources, lists)
    rules: dict[str, Rule] = {}
    lifted: list[str] = []
    for path, table in read:
        pack = "" if path in own else _name(path, table)
        before = {id_: rule for id_, rule in rules.items() if rule.entry.effect == "exclude"}
        _layer(rules, table, str(path), facts, pack)
        if pack:
            lifted += _lifted(pack, table, [id_ for id_, rule in before.items() if rules.get(id_) is not rule])
    return RulePack(rules.values(), facts, tuple(lifted))


def _name(path: Path, table: dict[str, Any]) -> str:
    name = table.get("name", path.stem)
    if not isinstance(name, str) or not name.strip():
        raise RuleError(f"{path}: name: '{shown(name)}' must be a text that is not empty; it names the pack's rules")
    return printable(name)


def _lifted(pack: str, table: dict[str, Any], rules: Sequence[str]) -> list[str]:
    """In words, what a pack of the user changes of the hard limits before it."""
    facts = [str(entry.get("id")) for entry in table.get("fact", [])]
    parts = [("the limits", rules), ("the facts", facts)]
    changed = " and ".join(f"{what} {', '.join(ids)}" for what, ids in parts if ids)
    return [f"The rule pack '{pack}' replaces or switches off {changed}."] if changed else []


def _read(path: Path) -> dict[str, Any]:
    table = read_toml(path)
    if unknown := set(table) - _PACK_KEYS:
        raise RuleError(f"{path}: unknown entry {[shown(k) for k in sorted(unknown)]}; allowed: {sorted(_PACK_KEYS)}")
    return table


def _layer(rules: dict[str, Rule], table: dict[str, Any], place: str, facts: Facts, pack: str) -> None:
    here: set[str] = set()
    for entry in _tables(table, "rule", place):
        rule = parse_rule(entry, table.get("service"), place, facts, pack)
        if rule.id in here:
            raise RuleError(f"{place}: rule {rule.id} is duplicated")
        here.add(rule.id)
        rules[rule.id] = rule
    for id_ in _known_ids(table.get("switch_off", []), rules, f"{place}: switch_off"):
        del rules[id_]
    for entry in _tables(table, "adjust", place):
        (id_,) = _known_ids([entry.get("id")], rules, f"{place}: adjust")
        rules[id_] = _adjusted(rules[id_], entry, f"{place}: adjust {id_}", pack)


def _tables(table: dict[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    entries = tables(table.get(name, []), name, place, RuleError)
    if len(entries) > MAX_RULES:
        raise RuleError(f"{place}: {len(entries):,} entries of {name}; at most {MAX_RULES:,} are read")
    return entries


def _known_ids(ids: object, rules: dict[str, Rule], place: str) -> list[str]:
    if not isinstance(ids, list):
        raise RuleError(f"{place}: must be a list of rule ids")
    for id_ in ids:
        if not isinstance(id_, str) or id_ not in rules:
            raise RuleError(f"{place}: unknown rule '{shown(id_)}'")
    return ids


def _adjusted(rule: Rule, entry: dict[str, Any], place: str, pack: str) -> Rule:
    strength = entry.get("strength")
    if set(entry) != {"id", "strength"} or strength not in _STRENGTHS:
        raise RuleError(f"{place}: needs id and strength; strength is one of {', '.join(_STRENGTHS)}")
    if rule.entry.strength is None:
        raise RuleError(f"{place}: an {rule.entry.effect} rule has no strength")
    if strength not in (allowed := GRADES[rule.entry.effect]):
        raise RuleError(f"{place}: the strength of a {rule.entry.effect} rule is one of {', '.join(allowed)}")
    return replace(rule, entry=replace(rule.entry, strength=strength), pack=pack)


def parse_rule(entry: dict[str, Any], service: object, file: str, facts: Facts, pack: str = "") -> Rule:
    """The rule in one `[[rule]]` entry; RuleError names file, rule and what is wrong."""
    place = f"{file}: rule {shown(entry.get('id', '?'))}"
    try:
        parsed = rule_entry({"service": service, **entry} if service is not None else entry)
        conditions = parse_all(parsed.when, facts)
        variants = tuple(Variant(variant, parse_all(variant.when, facts)) for variant in parsed.variant)
    except EntryError as error:
        raise RuleError(f"{place}: {error}") from None
    for problem in _problems(parsed, facts.sources, facts):
        raise RuleError(f"{place}: {problem}")
    return Rule(parsed, conditions, variants, pack)


def rule_entry(table: dict[str, Any]) -> RuleEntry:
    """The entry as the file has it; EntryError names the part that is wrong, what was found, and what is allowed."""
    entry = read_entry(table, RuleEntry)
    if not _ID.fullmatch(entry.id):
        raise EntryError(f"id: '{shown(entry.id)}' must be written service.what-it-is, in lower case")
    return entry


def _problems(entry: RuleEntry, sources: Bibliography, facts: Facts) -> Iterable[str]:
    weighed = entry.effect in ("prefer", "caution")
    if weighed and entry.strength is None:
        yield f"strength is missing; one of {', '.join(_STRENGTHS)}"
    elif weighed and entry.strength not in GRADES[entry.effect]:
        yield f"strength '{entry.strength}' applies to cautions only; one of {', '.join(GRADES[entry.effect])}"
    if not weighed and entry.strength is not None:
        yield f"strength applies to prefer and caution only, not to {entry.effect}"
    if weighed and entry.aspect is None:
        yield f"aspect is missing: the question that the rule concerns; one of {', '.join(get_args(Aspect))}"
    if entry.service == NONE and not weighed:
        yield "service none takes prefer and caution rules only: evidence for an answer outside the services compared"
    if entry.outside and entry.outside not in places():
        yield f"outside '{shown(entry.outside)}' is unknown; one of {', '.join(places())}"
    if entry.outside and entry.service != NONE:
        yield "outside (a place outside the services compared) applies to rules of service none only"
    if (entry.effect == "companion") != bool(entry.companion):
        yield "companion (the name of what is usually combined) applies to companion rules, and only to them"
    for reference in [*entry.sources, *(reference for variant in entry.variant for reference in variant.sources)]:
        if problem := sources.problem(reference):
            yield f"sources: {problem}"
    texts = [entry.because, entry.remedy, *(variant.says for variant in entry.variant)]
    for name in (name for text in texts for name in PLACEHOLDER.findall(text)):
        if name not in facts and not (name in PROPERTIES and PROPERTIES[name].decides):
            yield f"placeholder {{{shown(name)}}} is neither a descriptor nor a fact in force"
