"""`whichcompute completion`: the script with which a shell completes, and what it completes after an option.

Fields and their values, ids of rules and facts, presets.
"""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from whichcompute.knowledge.descriptors import DESCRIPTORS

_WHOLE_WORDS = "COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}\n"
"""Bash takes what follows an equals sign for another word, so that no value of FIELD=VALUE would be completed."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> None:
    """Print the completion script of SHELL, to be evaluated when the shell starts.

    \b
    Examples:
      eval "$(whichcompute completion bash)"
      whichcompute completion fish > ~/.config/fish/completions/whichcompute.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    script = found(ctx.find_root().command, {}, "whichcompute", "_WHICHCOMPUTE_COMPLETE")
    # Not script.source(): it runs the shell to look at its version.
    click.echo(_WHOLE_WORDS if shell == "bash" else "", nl=False)
    click.echo(script.source_template % script.source_vars())


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
    from whichcompute.engine import presets

    return [name for name in [*presets(), "none"] if name.startswith(typed)]
