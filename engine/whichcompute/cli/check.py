"""`whichcompute check`: declared services against recommended ones, from infrastructure code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from whichcompute.base.words import joined
from whichcompute.cli import Settings

if TYPE_CHECKING:
    from whichcompute.importers.checking import Check


def _outcomes(ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> frozenset[str]:
    from whichcompute.importers.checking import OUTCOMES

    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    for name in names:
        if name not in OUTCOMES:
            raise click.BadParameter(f"'{name}' is not an outcome; allowed: {joined(OUTCOMES, 'or')}", ctx)
    return frozenset(names)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown", "sarif"]), default="text")
@click.option(
    "--fail-on",
    multiple=True,
    callback=_outcomes,
    metavar="LIST",
    help="Exit with 1 on any of limit, margin, contradiction, none, undecided, close (comma-separated).",
)
@click.pass_context
def check(ctx: click.Context, /, paths: tuple[Path, ...], form: str, fail_on: frozenset[str]) -> None:
    """Hold the service that infrastructure code declares against the recommended one, with the margin to each limit.

    PATH is a folder or a file, read as by `whichcompute scan`. The declared service is never part of the need.

    \b
    --fail-on takes:
      limit          a hard limit of the declared service is exceeded
      margin         less than 10 % is left to a hard limit
      contradiction  the declared service is not among the plausible ones
      none           none of the services compared fits
      undecided      too little is known
      close          several answers are plausible

    \b
    Examples:
      whichcompute check .
      whichcompute check cdk.out --format sarif > compute.sarif
      whichcompute check . --format markdown --fail-on limit,margin
    """
    from whichcompute.importers.checking import check as compare
    from whichcompute.importers.scanning import scan

    settings: Settings = ctx.obj
    found = scan(paths)
    result = compare(settings.engine().recommender, found)
    click.echo(_text(result, form))
    if fail_on & {problem.outcome for problem in result.problems}:
        ctx.exit(1)


def _text(result: Check, form: str) -> str:
    from whichcompute.cli.terminal import safe_json, style, width

    if form == "json":
        return safe_json(result.model_dump_json(indent=2))
    if form == "sarif":
        from whichcompute.presentation.sarif import sarif

        return sarif(result)
    from whichcompute.presentation.check import markdown_check, render_check

    return markdown_check(result) if form == "markdown" else render_check(result, width(), style())
