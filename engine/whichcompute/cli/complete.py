"""What a shell completes after an option or a command: fields and their values, ids of rules and facts, presets."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from whichcompute.knowledge.descriptors import DESCRIPTORS


def settings(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """FIELD=VALUE: the fields, and after the equals sign the values of a choice."""
    name, equals, begun = typed.partition("=")
    if not equals:
        return [
            CompletionItem(f"{field.name}=", help=field.title)
            for field in DESCRIPTORS.values()
            if field.name.startswith(name)
        ]
    descriptor = DESCRIPTORS.get(name)
    values = () if descriptor is None else ("yes", "no") if descriptor.type == "boolean" else descriptor.choices
    return [CompletionItem(f"{name}={value}") for value in values if value.startswith(begun)]


def rule_ids(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """The ids of the shipped rules."""
    from whichcompute.engine import RuleLayer

    return [rule.id for rule in RuleLayer((), None).pack if rule.id.startswith(typed)]


def fact_ids(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """The ids of the shipped facts."""
    from whichcompute.engine import RuleLayer

    return [id_ for id_ in RuleLayer((), None).facts if id_.startswith(typed)]


def preset_names(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """The names of the inventory presets."""
    from whichcompute.engine import known_presets

    return [name for name in [*known_presets(), "none"] if name.startswith(typed)]
