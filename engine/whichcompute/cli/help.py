"""`whichcompute help`: the help of a command."""

from __future__ import annotations

import click


@click.command("help")
@click.argument("words", metavar="[COMMAND]...", nargs=-1)
@click.pass_context
def help_(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Show the help of a command, as `whichcompute COMMAND --help` does.

    \b
    Examples:
      whichcompute help score
      whichcompute help rules check
    """
    assert ctx.parent is not None
    shown = ctx.parent
    for word in words:
        group = shown.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"'{shown.command_path}' has no commands; found '{word}'")
        _, command, _ = group.resolve_command(shown, [word])
        assert command is not None
        shown = click.Context(command, info_name=word, parent=shown)
    click.echo(shown.get_help())
