"""`whichcompute recommend`: one workload from a file, from options, or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from whichcompute.base.documents import read_workload
from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.cli import Settings, changes, costs
from whichcompute.cli.terminal import safe_json, style, width
from whichcompute.engine import Engine
from whichcompute.knowledge.descriptors import Value, read
from whichcompute.knowledge.services import SERVICES
from whichcompute.presentation.recommendation import render


def settings_of(pairs: Iterable[str]) -> dict[str, Any]:
    """Fields from FIELD=VALUE options; an empty value makes a field unknown."""
    fields: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WorkloadError([Problem(pair, "", "write it as FIELD=VALUE")])
        fields[name.strip()] = value
    return fields


@dataclass(frozen=True)
class Wanted:
    """What to print and write."""

    free_tier: bool
    full: bool
    as_json: bool
    what_if: tuple[str, ...]
    path_to: str | None
    adr: Path | None
    chart: Path | None


@click.command()
@click.argument("file", required=False)
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="Set a field (over the file); repeatable.")
@click.option("--free-tier", is_flag=True, help="Count the Lambda free tier of the account in the costs.")
@click.option(
    "--full", is_flag=True, help="Every verdict with all reasons, sources, cost lines; what would overturn it."
)
@click.option("--what-if", multiple=True, metavar="FIELD=VALUE", help="Before and after a change; repeatable.")
@click.option("--path-to", type=click.Choice(SERVICES), help="The least changes that make this service win.")
@click.option("--adr", type=click.Path(path_type=Path), metavar="FILE.md", help="Also write a decision record.")
@click.option("--chart", type=click.Path(path_type=Path), metavar="FILE.svg", help="Also draw costs over calls.")
@click.option("--json", "as_json", is_flag=True, help="Print the recommendation (or what-if, or path) as JSON.")
@click.pass_obj
def recommend(settings: Settings, /, file: str | None, pairs: tuple[str, ...], **options: Any) -> None:
    """Recommend a service for one workload.

    FILE is JSON, YAML or TOML: a flat mapping of fields to values; - reads standard input. Values may carry units (15m,
    2GiB). `whichcompute schema workload` lists the fields.

    \b
    Examples:
      whichcompute recommend workload.yaml
      whichcompute recommend workload.yaml --set memory_mb=16GiB --full
      whichcompute recommend workload.yaml --what-if max_duration_s=20m
      whichcompute recommend workload.yaml --path-to lambda
      whichcompute recommend workload.yaml --chart costs.svg
      whichcompute recommend --set kind=batch_job --set max_duration_s=2h --json
    """
    wanted = Wanted(**options)
    if file is None and not pairs:
        raise click.UsageError("Give a FILE (or - for standard input), or --set FIELD=VALUE.")
    if wanted.what_if and wanted.path_to:
        raise click.UsageError("Give --what-if or --path-to, not both.")
    values = read({**(read_workload(file) if file else {}), **settings_of(pairs)})
    text = _text(settings.engine(), values, wanted)
    if wanted.adr:
        changes.save_record(settings.engine(), values, wanted.free_tier, wanted.adr)
        click.echo(f"Decision record: {wanted.adr}", err=True)
    if wanted.chart:
        costs.save_chart(settings.engine(), values, wanted.free_tier, wanted.chart)
        click.echo(f"Cost chart: {wanted.chart}", err=True)
    click.echo(text)


def _text(engine: Engine, values: Mapping[str, Value], wanted: Wanted) -> str:
    if wanted.what_if:
        return changes.what_if(engine, values, settings_of(wanted.what_if), wanted.free_tier, wanted.as_json)
    if wanted.path_to:
        return changes.path_to(engine, values, wanted.path_to, wanted.free_tier, wanted.as_json)
    recommendation = engine.recommender.recommend(values, free_tier=wanted.free_tier)
    if wanted.as_json:
        return safe_json(recommendation.model_dump_json(indent=2))
    text = render(recommendation, full=wanted.full, width=width(), style=style())
    if not wanted.full:
        return text
    further = [changes.sensitivity(engine, values), costs.break_even(engine, values, wanted.free_tier)]
    return "\n\n".join([text, *filter(None, further)])
