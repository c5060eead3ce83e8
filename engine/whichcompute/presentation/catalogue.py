"""The rule catalogue: every rule on one page, made from the rules themselves (docs/rules.md)."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.words import upper
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import NONE, SERVICE_NAMES, SERVICES
from whichcompute.knowledge.sources import Source
from whichcompute.presentation.rule_cards import Card, card

EFFECTS = {
    "exclude": "what rules it out",
    "prefer": "what favours it",
    "caution": "what counts against it",
    "companion": "usually combined with",
}
_HEAD = """# Rule catalogue

Every rule that ships with whichcompute, by service and effect. This page is made from the files in `rules/` by
`whichcompute rules catalogue > docs/rules.md`; a test keeps it up to date. `whichcompute rules show ID` prints one rule
with its examples and neighbours, and [rules/README.md](../rules/README.md) says how a rule is written.

A rule applies when **all** its conditions hold. Reasons are filled in with the values of one of the rule's
examples. Strengths (severe, strong, moderate, weak) are judgements of this project."""


def catalogue(pack: RulePack) -> str:
    """The catalogue of a pack as a Markdown page."""
    blocks = [_HEAD, "\n".join(_overview(pack))]
    for service in (*SERVICES, NONE):
        blocks.append(f"## {_heading(service)}")
        for effect, heading in EFFECTS.items():
            rules = _of(pack, service, effect)
            if rules:
                blocks.append(f"### {_heading(service)}: {heading}")
                blocks += [block for rule in rules for block in _entry(card(rule, pack))]
    return "\n\n".join(blocks) + "\n"


def _of(pack: RulePack, service: str, effect: str) -> list[Rule]:
    return [rule for rule in pack if (rule.entry.service, rule.entry.effect) == (service, effect)]


def _heading(service: str) -> str:
    return upper(SERVICE_NAMES[service])


def _overview(pack: RulePack) -> Iterator[str]:
    yield "| service | " + " | ".join(EFFECTS) + " | all |"
    yield "|---|" + "---:|" * (len(EFFECTS) + 1)
    for service in (*SERVICES, NONE):
        counts = [len(_of(pack, service, effect)) for effect in EFFECTS]
        yield f"| {_heading(service)} | " + " | ".join(map(str, [*counts, sum(counts)])) + " |"
    totals = [sum(rule.entry.effect == effect for rule in pack) for effect in EFFECTS]
    yield "| **all** | " + " | ".join(map(str, [*totals, sum(totals)])) + " |"


def _entry(shown: Card) -> Iterator[str]:
    entry = shown.rule.entry
    yield f"#### `{entry.id}`"
    yield f"**{shown.title}**{_kind(shown.rule)}, when {shown.when}."
    yield shown.because
    if shown.remedy:
        yield f"*What would help:* {shown.remedy}"
    for name, when, says in shown.variants:
        yield f"*Newer variant:* {name}{f' (when {when})' if when else ''}: {says}"
    yield "\n".join(f"- {line}" for line in _grounds(shown))


def _grounds(shown: Card) -> Iterator[str]:
    """What a rule is based on, line by line."""
    sections: dict[str, list[str]] = {}
    for reference in shown.sources:
        sections.setdefault(_link(reference.source), []).append(reference.section)
    yield "sources: " + "; ".join(link + _in_sections(names) for link, names in sections.items())
    if shown.facts:
        yield "facts: " + ", ".join(f"`{id_}` = {value}" for id_, value in shown.facts)
    if carries := [*shown.rule.entry.covers, *shown.rule.entry.adopts]:
        yield f"carries {', '.join(carries)}"


def _kind(rule: Rule) -> str:
    if rule.entry.companion:
        return f" ({rule.entry.companion})"
    return f" ({rule.entry.strength})" if rule.entry.strength else ""


def _link(source: Source) -> str:
    title = f"[{source.title}]({source.url})" if source.url else source.title
    return title + (f", read {source.read_on}" if source.read_on else "")


def _in_sections(names: list[str]) -> str:
    named = [name for name in names if name]
    return f" ({', '.join(named)})" if named else ""
