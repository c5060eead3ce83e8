"""`whichcompute completion`: the script with which a shell completes, and what it completes after an option.

Fields and their values, ids of rules and facts, presets.
"""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from whichcompute.knowledge.descriptors import DESCRIPTORS

_WHOLE_WORDS = r"""
_whichcompute_whole_words() {
    local word after rest=$COMP_LINE words=()
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        after=${rest#"${rest%%[![:space:]]*}"}
        if [[ $after == "$rest" && ${#words[@]} -gt 0 ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        rest=${after#"$word"}
    done
    local COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
    _whichcompute_completion "$@"
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
    word=${words[-1]}
    [[ $word == -*=* ]] && COMPREPLY=("${COMPREPLY[@]/#/${word%%=*}=}")
    [[ $COMP_WORDBREAKS == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*=}"}"}")
    return 0
}
complete -o nosort -F _whichcompute_whole_words whichcompute"""
"""Bash takes what follows an equals sign for another word, and replaces that word only, unless it is set otherwise.

Around the function of click: joins the words that no space parts, gives --OPTION=VALUE back as a whole, and cuts what
stays from the replies. That list of signs is one for all programs of the shell, so it is left alone.
"""


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
    click.echo(script.source_template % script.source_vars() + (_WHOLE_WORDS if shell == "bash" else ""))


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
