"""Rules as text for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from whichcompute.cli.terminal import writer

if TYPE_CHECKING:
    from whichcompute.knowledge.rules import Rule
    from whichcompute.presentation.rule_cards import Card

_MARGIN = 9


def rule_line(rule: Rule, size: int) -> str:
    """One rule on one line: id, effect, strength, conditions in words."""
    kind = f"{rule.entry.effect} {rule.entry.strength or ''}".strip()
    pack = f"  [{rule.pack}]" if rule.pack else ""
    return f"{rule.id:<{size}}  {kind:<16}  {rule.when_words()}{pack}"


def page(card: Card) -> str:
    """Everything about one rule, a row for each of its parts."""
    entry = card.rule.entry
    strength = f", {entry.strength}" if entry.strength else ""
    text = writer()
    text.line(f"{entry.id} ({entry.effect}{strength})")
    for name, said in rows(card):
        if said:
            text.add(said, f"{name:<{_MARGIN}}", " " * _MARGIN, cut=False)
    return str(text)


def rows(card: Card) -> Iterator[tuple[str, str]]:
    """Each part of a rule and what is said there; empty texts are left out where they are shown."""
    entry = card.rule.entry
    yield "title", card.title
    yield "names", entry.companion
    yield "when", card.when
    yield from (("", line) for line in entry.when)
    yield "because", card.because
    yield "remedy", card.remedy
    yield from (("variant", f"{name}{f', when {when}' if when else ''}: {says}") for name, when, says in card.variants)
    yield from (("source", str(reference)) for reference in card.sources)
    yield from (("fact", f"{id_} = {value}") for id_, value in card.facts)
    for name, examples in (("fires", entry.fires_on), ("silent", entry.silent_on), ("unknown", entry.unknown_on)):
        yield from ((name, _workload(example)) for example in examples)
    yield "carries", f"statements {', '.join(entry.covers)}" if entry.covers else ""
    yield "carries", f"guidance {', '.join(entry.adopts)}" if entry.adopts else ""
    yield "pack", card.rule.pack or "shipped with whichcompute"
    yield from (("near", f"{each.id} ({each.entry.effect}): {each.when_words()}") for each in card.neighbours)


def _workload(example: Mapping[str, Any]) -> str:
    values = {name: str(value).lower() if isinstance(value, bool) else value for name, value in example.items()}
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "nothing known"
