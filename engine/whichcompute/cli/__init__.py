"""The command line: parse, call, print, exit status. Each command's module is imported only when it is used."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whichcompute.base.errors import WhichcomputeError, printable, shown
from whichcompute.base.words import did_you_mean

if TYPE_CHECKING:
    from whichcompute.engine import Engine

_COMMANDS = {
    "ask": ("whichcompute.cli.ask.command", "Answer a few questions and see where the workload should run."),
    "recommend": ("whichcompute.cli.recommend", "Recommend a service for one workload, with reasons."),
    "score": ("whichcompute.cli.score", "Score a whole inventory of workloads."),
    "scan": ("whichcompute.cli.scan", "Read infrastructure code into an inventory."),
    "check": ("whichcompute.cli.check", "Hold declared services in infrastructure code against recommended ones."),
    "diff": ("whichcompute.cli.diff", "Say what changed between two scorings, and why."),
    "rules": ("whichcompute.cli.rules", "The rule layer: list, show, check, coverage."),
    "facts": ("whichcompute.cli.facts", "The limits and prices in use, each with source and date."),
    "train": ("whichcompute.cli.model", "Fit the classifier on labelled decisions."),
    "evaluate": ("whichcompute.cli.model", "Measure recommendations against labelled decisions."),
    "schema": ("whichcompute.cli.schema", "Print a JSON Schema."),
}


@dataclass(slots=True)
class Settings:
    """The global options; the engine they describe is built on first use."""

    rules: Sequence[Path] = ()
    model: Path | None = None
    as_of: date | None = None
    _engine: list[Engine] = field(default_factory=list)

    def engine(self) -> Engine:
        """The engine that the global options describe; facts apply as of today unless --as-of says otherwise."""
        if not self._engine:
            from whichcompute.engine import Engine

            # The only place where the clock is read: everything below takes the day as an argument.
            self._engine.append(Engine(self.rules, self.model, as_of=self.as_of or date.today()))
            gc.freeze()  # what is loaded stays to the end; main() paused the collector until here
            gc.enable()
        return self._engine[0]


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], _COMMANDS) or f"; commands: {', '.join(_COMMANDS)}"
            raise click.UsageError(f"no such command '{args[0]}'{hint}", ctx)
        return super().resolve_command(ctx, args)


def day(_ctx: click.Context, _param: click.Parameter, text: str | None) -> date | None:
    """The day written as 2026-11-23; a usage error when it is none."""
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"'{text}' is no day; write it as 2026-11-23") from None


_PATH = click.Path(path_type=Path)


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from whichcompute import __version__

        click.echo(f"whichcompute {__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--rules", multiple=True, type=_PATH, help="A rule pack over the shipped rules; repeatable, in order.")
@click.option("--model", type=_PATH, help="The folder of another trained classifier.")
@click.option(
    "--as-of", callback=day, metavar="DATE", help="Use limits and prices as they stood on this day (2026-11-23)."
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@click.pass_context
def cli(ctx: click.Context, rules: tuple[Path, ...], model: Path | None, as_of: date | None) -> None:
    """Where on AWS should a workload run (Lambda, Fargate, ECS on EC2, Batch, Lightsail or none of them), and why.

    \b
    Examples:
      whichcompute ask
      whichcompute recommend --set kind=event_handler --set max_duration_s=12
      whichcompute score inventory.csv -o scored.csv --report report.html
    """
    ctx.obj = Settings(rules, model, as_of)


def main() -> None:
    """Runs the command line; no traceback ever reaches a user."""
    gc.disable()  # nothing that is loaded at the start is garbage, and looking for it costs a short command time
    try:
        # Commands return nothing, so what comes back is the status of a click Exit, if any.
        status = cli.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.message = printable(error.message)  # type: ignore[misc]  # show() offers no other way in
        error.show()
        status = 2
    except WhichcomputeError as error:
        click.echo(f"Error: {error}", err=True)
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        status = 130
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        click.echo(f"Error: {printable(str(error.filename or 'output'))}: {error.strerror or error}", err=True)
        status = 2
    except Exception as error:
        if os.environ.get("WHICHCOMPUTE_DEBUG"):
            raise
        click.echo(f"Error: {type(error).__name__}: {shown(str(error))}. This is a defect of whichcompute;", err=True)
        click.echo("set WHICHCOMPUTE_DEBUG=1 to see where it happened, and report it.", err=True)
        status = 2
    sys.exit(status)
