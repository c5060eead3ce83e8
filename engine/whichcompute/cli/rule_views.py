"""Rules as text for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from whichcompute.base.words import wrap
from whichcompute.cli.terminal import width

if TYPE_CHECKING:
    from whichcompute.knowledge.rules import Rule
    from whichcompute.presentation.rule_cards import Card

_MARGIN = 9


def rule_line(rule: Rule, size: int) -> str:
    """One rule on one line: id, effect, strength, conditions in words."""
    kind = f"{rule.entry.effect} {rule.entry.strength or ''}".strip()
    pack = f"  [{rule.pack}]" if rule.pack else ""
    return f"{rule.id:<{size}}  {kind:<16}  {rule.when_words()}{pack}"


def page(card: Card) -> Iterator[str]:
    """Everything about one rule, line by line."""
    entry = card.rule.entry
    strength = f", {entry.strength}" if entry.strength else ""
    yield f"{entry.id} ({entry.effect}{strength})"
    yield from _row("title", card.title)
    if entry.companion:
        yield from _row("names", entry.companion)
    yield from _row("when", card.when)
    yield from (f"{'':<{_MARGIN}}{line}" for line in entry.when)
    yield from _row("because", card.because)
    if card.remedy:
        yield from _row("remedy", card.remedy)
    for name, when, says in card.variants:
        yield from _row("variant", f"{name}{f', when {when}' if when else ''}: {says}")
    yield from (line for reference in card.sources for line in _row("source", str(reference)))
    yield from (line for id_, value in card.facts for line in _row("fact", f"{id_} = {value}"))
    yield from _examples(card.rule)
    yield from _origin(card)


def _examples(rule: Rule) -> Iterator[str]:
    entry = rule.entry
    for name, examples in (("fires", entry.fires_on), ("silent", entry.silent_on), ("unknown", entry.unknown_on)):
        for example in examples:
            yield from _row(name, _workload(example))


def _origin(card: Card) -> Iterator[str]:
    entry = card.rule.entry
    if entry.covers:
        yield from _row("carries", f"statements {', '.join(entry.covers)}")
    if entry.adopts:
        yield from _row("carries", f"guidance {', '.join(entry.adopts)}")
    yield from _row("pack", card.rule.pack or "shipped with whichcompute")
    for other in card.neighbours:
        yield from _row("near", f"{other.id} ({other.entry.effect}): {other.when_words()}")


def _workload(example: Mapping[str, Any]) -> str:
    values = {name: str(value).lower() if isinstance(value, bool) else value for name, value in example.items()}
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "nothing known"


def _row(name: str, text: str) -> list[str]:
    return wrap(text, width(), f"{name:<{_MARGIN}}", " " * _MARGIN, break_words=False)
