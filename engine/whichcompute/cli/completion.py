"""`whichcompute completion`: the script with which a shell completes commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


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
    click.echo(script.source_template % script.source_vars())
