"""`whichcompute facts`: the limits and prices in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from whichcompute.base.errors import FactError
from whichcompute.base.units import plain, say
from whichcompute.base.words import counted
from whichcompute.cli.completion import fact_ids
from whichcompute.cli.options import AS_JSON, FORCE, PATH, Group, each_region, fail_if
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import json_text, listed, writer

if TYPE_CHECKING:
    from whichcompute.engine import RuleLayer
    from whichcompute.engine.verification import Verified
    from whichcompute.knowledge.dated import Dated
    from whichcompute.knowledge.facts import Fact, Facts
    from whichcompute.presentation.writer import Writer


@click.group(cls=Group)
def facts() -> None:
    """The limits and prices in use, each with source and date.

    \b
    Examples:
      whichcompute facts show lambda.max_duration
      whichcompute facts check --strict
    """


@facts.command("list")
@click.option("--service", metavar="NAME", help="Only facts whose id begins with this service.")
@click.option("--source", metavar="KEY", help="Only facts whose value in force was read in this source.")
@AS_JSON
@click.pass_obj
def list_facts(settings: Settings, service: str | None, source: str | None, as_json: bool) -> None:
    """List the facts in force: id, value, unit, day read.

    \b
    Examples:
      whichcompute facts list --service lambda
      whichcompute facts list --source aws-lambda-quotas --json
    """
    layer = settings.layer
    known = layer.facts
    shown = [
        (fact, dated)
        for fact, dated in _in_force(known)
        if (service is None or fact.id.split(".")[0] == service) and (source is None or dated.source == source)
    ]
    if not shown:
        services = sorted({fact.id.split(".")[0] for fact in known.all()})
        raise click.UsageError(f"No such facts. There are facts of {', '.join(services)}.")
    if as_json:
        click.echo(json_text([_record(fact, dated) for fact, dated in shown]))
        return
    size = max(len(fact.id) for fact, _ in shown)
    for fact, dated in shown:
        listed(f"{fact.id:<{size}}  {_value(layer, fact):<24}  read {dated.read_on}  {fact.title}")


def _in_force(known: Facts) -> Iterator[tuple[Fact, Dated]]:
    for fact in known.all():
        dated = fact.at(known.as_of)
        if dated is not None:
            yield fact, dated


def _record(fact: Fact, dated: Dated) -> dict[str, Any]:
    head = {"id": fact.id, "title": fact.title, "unit": fact.unit, "statement": fact.statement}
    return {**head, **{name: getattr(dated, name) for name in ("value", "since", "source", "read_on", "note")}}


def _value(layer: RuleLayer, fact: Fact) -> str:
    value = layer.facts[fact.id]
    if value == [] or value != value:
        return "not known"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"table of {len(value)} rows"
    if isinstance(value, float) and fact.unit not in ("s", "MB", "GB"):
        return f"{plain(value, 10)} {fact.unit}"
    return layer.say_fact(fact.id)


@facts.command("show")
@click.argument("id_", metavar="ID", shell_complete=fact_ids)
@click.pass_obj
def show_fact(settings: Settings, id_: str) -> None:
    """Show one fact: value, unit, source, date and history.

    \b
    Examples:
      whichcompute facts show lambda.max_duration
    """
    layer, page = settings.layer, writer()
    fact = layer.facts.fact(id_)
    page.add(f"{fact.id}: {fact.title}", "", "  ")
    page.add(fact.statement)
    if settings.default_region and fact.by_region:
        page.add(f"the price below is that of {settings.default_region}")
    if fact.variant:
        page.add(f"applies to the variant {fact.variant.replace('_', ' ')}")
    if fact.hard is not None:
        page.add("cannot be raised" if fact.hard else "can be raised on request")
    for dated in fact.values:
        _add_value(page, fact, dated, layer.facts)
    if users := _users(layer, id_):
        page.line()
        page.add(f"used by {', '.join(users)}", "", "  ", cut=False)
    click.echo(page)


def _add_value(page: Writer, fact: Fact, dated: Dated, known: Facts) -> None:
    source = known.sources.cite(dated.source).source
    since = f"since {dated.since}" if dated.since else "from the beginning"
    force = "in force" if dated is fact.at(known.as_of) else "not in force"
    table = [row for row in dated.value if isinstance(row, dict)] if isinstance(dated.value, list) else []
    page.line()
    page.add(f"{force}, {since}:" + ("" if table else f" {_plain(dated.value)} {fact.unit}"), "", "  ")
    page.each((", ".join(f"{name} {value}" for name, value in row.items()) for row in table), "  ", "    ")
    address = f", {source.url}" if source.url else ""
    page.add(f"source: {source.title}{address} [{dated.source}]", "  ", "    ", cut=False)
    page.add(f"read on {dated.read_on}{'; ' + dated.note if dated.note else ''}", "  ", "    ")


def _users(layer: RuleLayer, id_: str) -> list[str]:
    return [rule.id for rule in layer.pack if id_ in rule.facts]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "not known," if value != value else plain(value, 10) if isinstance(value, float) else str(value)


@facts.command("check")
@click.option("--days", default=365, show_default=True, help="After how many days a fact counts as stale.")
@AS_JSON
@click.option("--strict", is_flag=True, help="Exit status 1 when a fact is stale.")
@click.pass_obj
def check_facts(settings: Settings, days: int, as_json: bool, strict: bool) -> None:
    """List the facts that were last verified more than a year ago.

    \b
    Examples:
      whichcompute facts check
      whichcompute facts check --days 180 --strict
    """
    layer = settings.layer
    known = layer.facts
    as_of = known.as_of
    if as_of is None:
        raise FactError("facts: the day to check against is missing")
    stale = [(fact, dated) for fact, dated in _in_force(known) if (as_of - dated.read_on).days > days]
    stale.sort(key=lambda pair: (-len(_users(layer, pair[0].id)), pair[1].read_on))
    if as_json:
        entries = [{**_record(fact, dated), "rules": _users(layer, fact.id)} for fact, dated in stale]
        click.echo(json_text({"as_of": as_of, "days": days, "stale": entries}))
    else:
        for fact, dated in stale:
            listed(_stale(layer, fact, dated, as_of))
        click.echo(f"{len(known)} facts in force, {len(stale)} last verified more than {days} days before {as_of}")
    fail_if(strict and bool(stale))


@facts.command("verify")
@AS_JSON
@click.option("--strict", is_flag=True, help="Exit status 1 when a value differs.")
@click.pass_obj
def verify_facts(settings: Settings, as_json: bool, strict: bool) -> None:
    """Hold limits against botocore's descriptions of AWS interfaces, and name each difference with both values.

    A difference says that one of the two is out of date; read the source again before a fact is changed. Needs the
    extra `verify` (botocore); uses no network.

    \b
    Examples:
      whichcompute facts verify
      whichcompute facts verify --json --strict
    """
    from whichcompute.engine.verification import botocore_models, verify

    model, version = botocore_models()
    layer = settings.layer
    found = verify(layer.facts, model)
    if as_json:
        click.echo(json_text({"against": version, "facts": [asdict(each) for each in found]}))
    else:
        for each in found:
            if each.outcome in ("different", "not stated"):
                listed(_compared(layer, each, version))
        same = sum(each.outcome == "same" for each in found)
        known = ", ".join(each.fact for each in found if each.because)
        also = f"; known to differ: {known} (--json says why)" if known else ""
        listed(f"{len(found)} facts held against {version} on {settings.day}: {same} the same{also}")
    fail_if(strict and any(each.outcome == "different" for each in found))


def _compared(layer: RuleLayer, each: Verified, version: str) -> str:
    fact = layer.facts.fact(each.fact)
    ours = f"{_value(layer, fact)}, read {each.read_on}"
    if each.outcome == "not stated":
        return f"not stated: {each.fact} ({ours}); {version} no longer says it at {each.place}"
    theirs = ", ".join(each.theirs) if isinstance(each.theirs, list) else _plainly(each.theirs, fact.unit)
    users = len(_users(layer, each.fact))
    return f"different: {each.fact} is {ours}; {version} says {theirs} ({each.place}); {users} rules depend on it"


def _plainly(value: object, unit: str) -> str:
    return say(value, unit) if isinstance(value, float) and unit in ("s", "MB", "GB") else f"{value} {unit}"


def _stale(layer: RuleLayer, fact: Fact, dated: Dated, as_of: date) -> str:
    source = layer.facts.sources.cite(dated.source).source
    age = (as_of - dated.read_on).days
    users = len(_users(layer, fact.id))
    again = f"; verify: {source.url or source.title}"
    return f"stale: {fact.id}, read {dated.read_on}, {age} days ago; {users} rules depend on it{again}"


@facts.command("import-prices")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PATH)
@click.option("-o", "--out", required=True, metavar="FOLDER", type=PATH, help="For the lists.")
@click.option("--only", multiple=True, metavar="REGION", callback=each_region, help="Only this Region; repeatable.")
@FORCE
@click.pass_obj
def import_prices(settings: Settings, files: tuple[Path, ...], out: Path, only: tuple[str, ...], force: bool) -> None:
    """Make price lists from the price list files that AWS publishes: one for each Region, REGION.toml in FOLDER.

    FILE is the index.json or index.csv of an offer (AWSLambda, AmazonECS, AmazonEC2, AWSELB, AmazonApiGateway,
    AmazonVPC, AWSDataTransfer, AmazonCloudWatch, AmazonEFS, AmazonECR, AmazonS3, AmazonRDS, AmazonElastiCache,
    AmazonLightsail), of one Region or of all; it is read in a stream, so it may be of any size. Nothing is downloaded.
    With --force, lists that are in FOLDER keep what they have of other offers. `--rules FOLDER` then uses the prices.

    \b
    Examples:
      whichcompute facts import-prices AWSLambda.json AmazonECS.csv -o prices
      whichcompute facts import-prices AmazonEC2.json -o prices --only eu-central-2
      whichcompute --rules prices --region eu-central-2 recommend workload.yaml
    """
    from whichcompute.engine import import_prices as import_files

    imported = import_files(files, out, settings.layer.pack.facts, only, force=force)
    for region, prices in imported.prices.items():
        settings.note(f"{out / region}.toml: {counted(len(prices), 'price')}")
        if missing := imported.missing(region):
            settings.note(f"  not in these files: {', '.join(missing)}")
    for place in imported.ambiguous:
        settings.note(f"Note: {place}: left out, as the file gives different prices for it")
    if not imported.prices:
        codes = ", ".join(file.code for file in imported.files)
        click.echo(f"Error: no price in USD that estimates use is in these files; their offers: {codes}", err=True)
        fail_if(True)
    settings.note(f"Use them: whichcompute --rules {out} --region REGION recommend ...")
