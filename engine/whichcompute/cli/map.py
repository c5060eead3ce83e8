"""`whichcompute map`: drafts the map of an inventory, and asks what is unsure."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import click

from whichcompute.base.outputs import refuse_to_overwrite, write_text
from whichcompute.base.words import upper, wrap
from whichcompute.cli.options import FORCE, SHEET, fail_if
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import width

if TYPE_CHECKING:
    from whichcompute.inventory.maps.questions import Question


@click.command("map")
@click.argument("inventory")
@click.option("-o", "--out", metavar="FILE", default="-", help="The map (YAML); without it standard output.")
@SHEET
@FORCE
@click.pass_obj
def map_(settings: Settings, inventory: str, out: str, sheet: str | None, force: bool) -> None:
    """Say which column of INVENTORY is which field, ask the three things that are least sure, and write a map.

    Questions are asked on standard error and answered on standard input; an empty answer takes the one in brackets,
    and so does the end of an input that is not a terminal. The map is a draft of what `score` reads without one: edit
    it, and pass it with --map.

    \b
    Examples:
      whichcompute map servers.csv -o map.yaml
      whichcompute score servers.csv -o scored.csv --map map.yaml
    """
    from whichcompute.engine import suggestion

    if out != "-":
        refuse_to_overwrite([out], force, [inventory])
    text = suggestion(inventory, sheet, _ask)
    if out == "-":
        click.echo(text, nl=False)
    else:
        write_text(out, text)
        settings.note(f"Map: {out}. Check it, then: whichcompute score {inventory} -o OUT --map {out}")
    fail_without_columns(text)


def fail_without_columns(draft: str) -> None:
    """Ends the command with status 1 when a draft names no column, as nothing of the inventory could be used."""
    from yaml import safe_load

    if not safe_load(draft)["columns"]:
        click.echo("No column resembles a field: name at least one in the map before you use it", err=True)
        fail_if(True)


class _Answers(click.Choice[str]):
    """Some answers; the beginning of one alone is that one, such as `y`."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        begun = [each for each in self.choices if each.lower().startswith(value.strip().lower())]
        return super().convert(begun[0] if len(begun) == 1 else value, param, ctx)


def _ask(question: Question) -> str:
    """One of the answers; the default at the end of the input."""
    answers = _Answers(list(question.options), case_sensitive=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # that of polars would wait for the end of the line
    text = upper(question.text)
    click.echo("\n".join(wrap(text, width())), err=True)
    try:
        return str(click.prompt("Answer", type=answers, default=question.default, err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        return question.default
