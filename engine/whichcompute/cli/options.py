"""What commands share: the global options, the options of several commands, groups, and how a command ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from whichcompute.base.words import did_you_mean
from whichcompute.cli.configuration import OUTCOMES, find, read
from whichcompute.cli.settings import RULES, Settings

_UNCONFIGURED = ("completion", "help", "init", "schema")
"""Commands that need no settings: a broken configuration does not stop them."""
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)
FREE_TIER = click.option(
    "--free-tier/--no-free-tier", default=False, help="Count the Lambda free tier of the account in the costs."
)
FORCE = click.option("--force", is_flag=True, help="Overwrite files that exist.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
SHEET = click.option(
    "--sheet", metavar="NAME", help="The sheet of an Excel workbook; without it the one most like an inventory."
)


def form(*names: str) -> Callable[[_Decorated], _Decorated]:
    """The option that says how a result is printed; the first name is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How to print the result.",
    )


class Group(click.Group):
    """Commands, each listed with its first paragraph; a name that is none of theirs is answered with those that are."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they are used."""
        return list(self.commands)

    def listed(self, ctx: click.Context) -> Iterator[tuple[str, str]]:
        """Each command and what it does."""
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            paragraph = ((command and command.help) or "").partition("\n\n")[0]
            yield name, " ".join(paragraph.split())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands into the help."""
        with formatter.section("Commands"):
            formatter.write_dl([*self.listed(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            hint = did_you_mean(args[0], known) or f"; commands: {', '.join(known)}"
            raise click.UsageError(f"no such command '{args[0]}'{hint}", ctx)
        return super().resolve_command(ctx, args)


def fail_if(found: bool) -> None:
    """Ends the command with status 1 if it found what --strict or --fail-on names, or could use nothing."""
    if found:
        raise click.exceptions.Exit(1)


def _day(_ctx: click.Context, _param: click.Parameter, text: str | None) -> date | None:
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a date; use YYYY-MM-DD") from None


def _region(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    from whichcompute.knowledge.descriptors import DESCRIPTORS

    try:
        return None if text is None else str(DESCRIPTORS["region"].read(text) or "")
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is not an AWS Region; {error}") from None


def each_region(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The Regions of a repeatable option, checked."""
    return tuple(filter(None, (_region(ctx, param, text) for text in texts)))


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from whichcompute import __version__

        click.echo(f"whichcompute {__version__}")
        ctx.exit()


def _configure(ctx: click.Context, _param: click.Parameter, file: Path | None) -> None:
    """Reads the configuration once a command is known, before its other options take their defaults from it."""
    settings = ctx.ensure_object(Settings)
    if file is not None:
        settings.config, settings.named = read(file), True
    if isinstance(ctx.command, click.Group) or ctx.command.name in _UNCONFIGURED:
        return
    if settings.config is None:
        settings.config = find(Path.cwd())
        if settings.config.file is not None:
            settings.note(f"Note: settings from {settings.config.file}: {', '.join(settings.config.keys)}")
    if not settings.environment and (packs := os.environ.get(RULES)):
        settings.environment = tuple(Path(pack) for pack in packs.split(os.pathsep) if pack)
        settings.note(f"Note: rules from {RULES}: {', '.join(map(str, settings.environment))}")
    top_level = ctx.parent is not None and ctx.parent.parent is None  # `rules check` is not `check`
    ctx.default_map = settings.config.defaults(str(ctx.command.name) if top_level else "")


def _keep(convert: Callable[..., Any] | None = None) -> Callable[[click.Context, click.Parameter, Any], None]:
    """A callback that puts the option's value into the Settings; rule packs add up, other values are replaced."""

    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        settings = ctx.ensure_object(Settings)
        value = convert(ctx, param, value) if convert else value
        assert param.name is not None
        if param.name == "rules":
            settings.rules = (*settings.rules, *value)
        elif value:
            setattr(settings, param.name, value)

    return callback


def global_options(hidden: bool = False) -> list[click.Option]:
    """The options that may be given before and after a command (there `hidden`: its help shows its own options)."""
    path = click.Path(path_type=Path)
    shared: dict[str, Any] = {"expose_value": False, "hidden": hidden}
    return [
        click.Option(
            ["--rules"], multiple=True, type=path, callback=_keep(), metavar="PATH", **shared,
            help="A rule pack or price list, or a folder of them, over the shipped ones; repeatable, in order. "
            f"Those that {RULES} names come before them.",
        ),
        click.Option(
            ["--model"], type=path, callback=_keep(), metavar="FOLDER", **shared,
            help="The folder of another trained classifier.",
        ),
        click.Option(
            ["--as-of"], callback=_keep(_day), metavar="DATE", **shared,
            help="Use the limits and prices of this day (YYYY-MM-DD).",
        ),
        click.Option(
            ["--region"], callback=_keep(_region), metavar="REGION", **shared,
            help="The AWS Region of workloads that name none, such as eu-central-1.",
        ),
        click.Option(
            ["--config"], type=path, is_eager=True, callback=_configure, metavar="FILE", **shared,
            help="Settings from this file; else from whichcompute.toml or pyproject.toml here or above.",
        ),
        click.Option(
            ["-q", "--quiet"], is_flag=True, is_eager=True, callback=_keep(), **shared,
            help="Print results and errors only.",
        ),
        click.Option(
            ["-V", "--version"], is_flag=True, is_eager=True, callback=_version, **shared, help="Print the version."
        ),
    ]  # fmt: skip


def accept_global_options(command: click.Command) -> None:
    """Lets a command and its own commands take the global options too; each once."""
    if any(param.name == "quiet" for param in command.params):
        return
    command.params += global_options(hidden=True)
    command.epilog = "Global options (whichcompute --help) may be given before or after the command."
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            accept_global_options(inner)


class _Outcomes(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Outcomes separated by commas, as `--fail-on undecided,none`."""

    name = "LIST"

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = allowed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        if isinstance(value, frozenset):
            return value
        names = {name.strip() for name in str(value).split(",") if name.strip()}
        if unknown := sorted(names - {*self.allowed}):
            self.fail(f"{', '.join(map(repr, unknown))}; allowed: {', '.join(self.allowed)}, separated by commas")
        return frozenset(names)


def fail_on(*names: str) -> Callable[[_Decorated], _Decorated]:
    """The option that ends a command with status 1 on any of these outcomes."""
    return click.option(
        "--fail-on",
        type=_Outcomes(names),
        default=frozenset(),
        metavar="LIST",
        help=f"Exit with 1 on any of {', '.join(names)} (separated by commas).",
    )


FAIL_ON = fail_on(*OUTCOMES["recommend"])


@contextmanager
def interruptible() -> Iterator[None]:
    """Handles SIGTERM and SIGHUP like Ctrl-C, so that no partial output remains, and no process of ours."""
    import_module("polars")  # first: it installs a SIGINT handler, under which a read that waits for input never ends

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    stops = [signal.SIGINT, signal.SIGTERM]
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none; under nohup it is ignored
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        stops.append(hangup)
    before = {number: signal.signal(number, stop) for number in stops}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
