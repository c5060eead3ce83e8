"""The command line: parse, call the engine, print, exit status. A command's module is imported when it is used."""

from __future__ import annotations

import codecs
import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from whichcompute.base.errors import WhichcomputeError, printable, shown
from whichcompute.cli.options import Group, accept_global_options, global_options
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import listed

_COMMANDS = {
    "ask": ("whichcompute.cli.ask.command.ask", "Answer a few questions and see where the workload should run."),
    "recommend": ("whichcompute.cli.recommend.recommend", "Recommend a service for one workload, with reasons."),
    "score": ("whichcompute.cli.score.score", "Score a whole inventory of workloads."),
    "map": ("whichcompute.cli.map.map_", "Say which column of an inventory is which field, and write a map."),
    "scan": ("whichcompute.cli.scan.scan", "Read infrastructure code into an inventory."),
    "check": (
        "whichcompute.cli.check.check",
        "Compare the services that code declares with recommended ones.",
    ),
    "review": ("whichcompute.cli.review.review", "Evaluate decision records again and show which have changed."),
    "diff": ("whichcompute.cli.diff.diff", "Show what changed between two scorings, and why."),
    "rules": ("whichcompute.cli.rules.rules", "The rules: list, show, check, coverage, diff, catalogue."),
    "facts": ("whichcompute.cli.facts.facts", "The limits and prices in use, each with source and date."),
    "train": ("whichcompute.cli.model.train", "Fit the classifier on labelled decisions."),
    "evaluate": ("whichcompute.cli.model.evaluate", "Measure recommendations against labelled decisions."),
    "config": ("whichcompute.cli.config.config", "Show which settings are in force, and where each comes from."),
    "mcp": ("whichcompute.cli.mcp.mcp", "Serve assistants by the Model Context Protocol."),
    "init": ("whichcompute.cli.init.init", "Write a commented workload file."),
    "completion": ("whichcompute.cli.completion.completion", "Print the completion script of a shell."),
    "schema": ("whichcompute.cli.schema.schema", "Print a JSON Schema."),
    "help": ("whichcompute.cli.help.help_", "Show the help of a command."),
}


_NO_ARGUMENTS = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""A group without a command; its message is the help. click before 8.2 prints the help itself."""


class _Commands(Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _drop_output()  # whoever read our output has enough; click would end with status 1
            return None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].rpartition(".")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        accept_global_options(command)
        return command

    def listed(self, ctx: click.Context) -> Iterator[tuple[str, str]]:
        yield from ((name, says) for name, (_, says) in _COMMANDS.items())  # imports none of them


@click.group(
    cls=_Commands,
    params=list[click.Parameter](global_options()),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done; 1 done, but --strict or --fail-on found what it names, or nothing could be used; "
    "2 wrong usage or unreadable input; 130 interrupted. Results go to standard output, all else to standard error.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Where on AWS should a workload run (Lambda, Fargate, ECS on EC2, Batch, Lightsail or none of them), and why.

    \b
    Examples:
      whichcompute ask
      whichcompute recommend --set kind=event_handler --set max_duration_s=12
      whichcompute score inventory.csv -o scored.csv --report report.html
    """
    ctx.ensure_object(Settings)


_PLAIN = {"█": "#", "▌": "|", "░": ".", "·": "-", "–": "-", "—": "-", "…": "..."}
"""What is written for characters that an older encoding of a terminal or a file does not have."""


def _set_up_streams() -> None:
    """Replaces standard streams that are closed, and characters that the encoding of an output lacks."""
    # In their order, as each opened file takes the lowest number that is free. Reading finds the end at once; writing
    # to that of standard output fails, so that no result is lost without a word.
    for name, mode, flags in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode))
    codecs.register_error("whichcompute", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="whichcompute")
    if isinstance(notes := sys.stderr, io.TextIOWrapper) and id(notes) == id(sys.__stderr__):
        sys.stderr = _Notes(notes.buffer, notes.encoding, notes.errors, line_buffering=True)


class _Notes(io.TextIOWrapper):
    """Standard error; what cannot be written there (a reader that ended, a full disk) is lost, and nothing else is."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def _plainly(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end]
    return "".join(_PLAIN.get(each, "?") for each in lost), error.end


def _drop_output() -> None:
    """Forgets what could not be written; Python would complain again when it flushes at exit."""
    with suppress(io.UnsupportedOperation):  # a caller of `main` may have set a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Runs the command line; no traceback ever reaches a user."""
    _set_up_streams()
    gc.disable()  # nothing that is loaded at the start is garbage, and looking for it costs a short command time
    try:
        # Commands return nothing, so what comes back is the status of a click Exit, if any.
        status = cli.main(standalone_mode=False) or 0
    except click.ClickException as error:
        if not isinstance(error, _NO_ARGUMENTS):
            error.message = printable(error.message)  # type: ignore[misc]  # show() offers no other way in
        error.show()
        status = 2
    except WhichcomputeError as error:
        listed(f"Error: {error}", "  ", err=True)
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        status = 130
    except OSError as error:
        _drop_output()
        # Only the name of a working folder that was removed is neither named nor that of an output.
        name = error.filename or ("the working folder" if isinstance(error, FileNotFoundError) else "output")
        click.echo(f"Error: {printable(str(name))}: {error.strerror or error}", err=True)
        status = 2
    except Exception as error:
        if os.environ.get("WHICHCOMPUTE_DEBUG"):
            raise
        click.echo(f"Error: {type(error).__name__}: {shown(str(error))}. This is a bug in whichcompute;", err=True)
        click.echo("set WHICHCOMPUTE_DEBUG=1 to see where it happened, and report it.", err=True)
        status = 2
    sys.exit(status)
