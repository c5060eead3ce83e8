"""The global options, and what they describe: which rules, facts and classifier answer, and how much is said.

What an option does not give comes from the configuration file, and what that does not give is the default.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from whichcompute.base.errors import printable
from whichcompute.base.version import DOCUMENTS
from whichcompute.cli.configuration import OUTCOMES, Configuration, find, read

if TYPE_CHECKING:
    from whichcompute.engine import Engine, RuleLayer

_UNCONFIGURED = ("completion", "help", "init", "schema")
"""Commands that need no settings: a broken configuration does not stop them."""
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


@dataclass
class Settings:
    """The global options as they were given; the engine they describe is built on first use.

    `config` is what the configuration file says, None until one was looked for; `named`: by --config.
    """

    rules: tuple[Path, ...] = ()
    model: Path | None = None
    as_of: date | None = None
    region: str = ""
    quiet: bool = False
    config: Configuration | None = None
    named: bool = False

    @property
    def configured(self) -> Configuration:
        """The configuration in force; empty where there is none."""
        return self.config or Configuration()

    @property
    def packs(self) -> tuple[Path, ...]:
        """The rule packs in order: those of the configuration, then those of the options."""
        return (*self.configured.rules, *self.rules)

    @property
    def model_folder(self) -> Path | None:
        """The folder of the classifier; None for the shipped one."""
        return self.model or self.configured.model

    @property
    def default_region(self) -> str:
        """The Region of workloads that name none; empty where it stays unknown."""
        return self.region or self.configured.region

    @property
    def documents(self) -> str:
        """Where the site with the page of each rule is published; empty where that is not known."""
        return self.configured.documents or DOCUMENTS

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that the options name, which no output may replace."""
        return self.rules if self.model is None else (*self.rules, self.model)

    @property
    def day(self) -> date:
        """The day whose facts apply: today unless --as-of gives another one."""
        # The only place where the clock is read: everything below takes the day as an argument.
        return self.as_of or date.today()

    @cached_property
    def engine(self) -> Engine:
        """The engine that the global options describe."""
        engine = self.engine_on(self.day)
        gc.freeze()  # what is loaded stays to the end; main() paused the collector until here
        gc.enable()
        return engine

    def engine_on(self, day: date) -> Engine:
        """The same engine with the facts of another day."""
        from whichcompute.engine import Engine

        return Engine(self.packs, self.model_folder, as_of=day, region=self.default_region)

    @cached_property
    def layer(self) -> RuleLayer:
        """The rules and facts that the global options describe, without the classifier."""
        from whichcompute.engine import RuleLayer

        return RuleLayer(self.packs, self.day, self.default_region)

    def note(self, text: str) -> None:
        """Says something on standard error, unless --quiet is given."""
        if not self.quiet:
            click.echo(printable(text), err=True)


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
            help="A rule pack or price list, or a folder of them, over the shipped ones; repeatable, in order.",
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
FREE_TIER = click.option(
    "--free-tier/--no-free-tier", default=False, help="Count the Lambda free tier of the account in the costs."
)
FORCE = click.option("--force", is_flag=True, help="Overwrite files that exist.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
