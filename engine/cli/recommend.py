"""`whichcompute recommend`: one workload from a file, from options, or both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from engine.cli import Settings
from engine.cli.terminal import style, width
from engine.documents import read_workload
from engine.errors import Problem, WorkloadError
from engine.render import render


def settings_of(pairs: Iterable[str]) -> dict[str, Any]:
    """Fields from FIELD=VALUE options; an empty value makes a field unknown."""
    fields: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WorkloadError([Problem(pair, "", "write it as FIELD=VALUE")])
        fields[name.strip()] = value
    return fields


@click.command()
@click.argument("file", required=False)
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="Set a field (over the file); repeatable.")
@click.option("--free-tier", is_flag=True, help="Count the Lambda free tier of the account in the costs.")
@click.option("--full", is_flag=True, help="Every verdict with all reasons, sources and cost lines.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole recommendation as JSON.")
@click.pass_obj
def recommend(
    settings: Settings, file: str | None, pairs: tuple[str, ...], free_tier: bool, full: bool, as_json: bool
) -> None:
    """Recommend a service for one workload.

    FILE is JSON, YAML or TOML: a flat mapping of fields to values; - reads standard input. Values may carry units (15m,
    2GiB). `whichcompute schema workload` lists the fields.

    \b
    Examples:
      whichcompute recommend workload.yaml
      whichcompute recommend workload.yaml --set memory_mb=16GiB --full
      whichcompute recommend --set kind=batch_job --set max_duration_s=2h --json
    """
    if file is None and not pairs:
        raise click.UsageError("Give a FILE (or - for standard input), or --set FIELD=VALUE.")
    fields = {**(read_workload(file) if file else {}), **settings_of(pairs)}
    recommendation = settings.engine().recommend(fields, free_tier=free_tier)
    if as_json:
        click.echo(recommendation.model_dump_json(indent=2))
    else:
        click.echo(render(recommendation, full=full, width=width(), style=style()))
