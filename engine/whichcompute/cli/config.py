"""`whichcompute config`: which settings are in force, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterator

import click

from whichcompute.base.errors import printable
from whichcompute.base.version import DOCUMENTS
from whichcompute.cli.options import AS_JSON, Group
from whichcompute.cli.settings import RULES, Settings
from whichcompute.cli.terminal import json_text


@click.group(cls=Group)
def config() -> None:
    """The settings in force: options, else the environment, else the configuration file, else the defaults.

    The file is whichcompute.toml, or [tool.whichcompute] in pyproject.toml, in the working directory or the nearest
    folder above; --config names another one. docs/configuration.md lists its keys.

    \b
    Examples:
      whichcompute config show
    """


@config.command("show")
@AS_JSON
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Show every setting with its value and where that comes from.

    \b
    Examples:
      whichcompute config show
      whichcompute --region eu-central-1 config show --json
    """
    rows = list(_rows(settings))
    if as_json:
        click.echo(json_text([{"setting": name, "value": value, "from": origin} for name, value, origin in rows]))
        return
    for name, value, origin in rows:
        click.echo(printable(f"{name:<10} {value or '-'}  ({origin})"))


def _rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Each setting, its value in words, and where it comes from."""
    given = settings.configured
    file = str(given.file or "")
    yield "file", file, _origin(settings)
    for pack in given.rules:
        yield "rules", str(pack), file
    for packs, origin in ((settings.environment, RULES), (settings.rules, "--rules")):
        yield from (("rules", str(pack), origin) for pack in packs)
    if not settings.packs:
        yield "rules", "the shipped ones", "default"
    yield (
        "model",
        *_first((str(settings.model or ""), "--model"), (str(given.model or ""), file), ("the shipped one", "")),
    )
    yield "region", *_first((settings.region, "--region"), (given.region, file), ("not set", ""))
    yield "as_of", str(settings.day), "--as-of" if settings.as_of else "today"
    yield "free_tier", "yes" if given.free_tier else "no", file if "free_tier" in given.keys else "default"
    yield "documents", *_first((given.documents, file), (DOCUMENTS, "default"), ("not set", ""))
    for command, outcomes in given.fail_on.items():
        yield "fail_on", f"{command}: {', '.join(outcomes)}", file
    for each in given.suppress:
        where = f" in {', '.join(each.paths)}" if each.paths else ""
        until = f" until {each.until}" if each.until else ""
        yield "suppress", f"{each.rule}{where}{until}: {each.reason}", file


def _origin(settings: Settings) -> str:
    if settings.configured.file is None:
        return "no configuration file here or above"
    return "--config" if settings.named else "found here or above"


def _first(*choices: tuple[str, str]) -> tuple[str, str]:
    """The first value that is given, and where it comes from."""
    value, origin = next((value, origin) for value, origin in choices if value)
    return value, origin or "default"
