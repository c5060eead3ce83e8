"""`whichcompute ask`: the questionnaire in a terminal, in a pipe, or on a page of its own."""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click

from whichcompute.base.documents import read_workload
from whichcompute.base.errors import WhichcomputeError
from whichcompute.cli import Settings
from whichcompute.cli.ask.keys import Keys
from whichcompute.cli.ask.lines import Lines
from whichcompute.cli.ask.session import Face, hold
from whichcompute.cli.terminal import safe_json, style, width
from whichcompute.presentation.recommendation import render
from whichcompute.questionnaire import Interview
from whichcompute.questionnaire.answers import save, scalar

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--answers", "given", type=_FILE, help="Begin with the answers in FILE; they are not asked again.")
@click.option("--save", "target", type=_FILE, help="Keep the answers in FILE (YAML, for `recommend` or for later).")
@click.option("--json", "as_json", is_flag=True, help="Print the whole recommendation as JSON.")
@click.option("--plain", is_flag=True, help="Plain lines and sentences, for screen readers.")
@click.option("--web", is_flag=True, help="Ask on a page in the browser, served on this machine only.")
@click.option("--free-tier", is_flag=True, help="Count the Lambda free tier of the account in the costs.")
@click.pass_obj
def ask(
    settings: Settings, given: Path | None, target: Path | None, as_json: bool, plain: bool, web: bool, free_tier: bool
) -> None:
    """Answer a few questions and see where the workload should run.

    What decides most is asked first, and it stops when further answers would hardly change the outcome. 'I don't know'
    is always an answer. Ctrl-C or the end of input stop at any time: the answers so far are kept and used.

    \b
    Examples:
      whichcompute ask
      whichcompute ask --save answers.yaml
      whichcompute ask --answers answers.yaml --save answers.yaml
      whichcompute ask --web
    """
    interview = Interview(settings.engine().recommender, _begin(given, target))
    if target:
        save(interview, target)  # a file that cannot be written should not cost the answers
    if web:
        from whichcompute.cli.ask.web import serve

        serve(interview, lambda: _keep(interview, target), free_tier=free_tier)
    else:
        _hold(interview, target, plain)
    recommendation = interview.recommendation(free_tier=free_tier)
    if target:
        save(interview, target)
    click.echo(_farewell(interview, target), err=True)
    words = render(recommendation, width=width(), style=style()) if not as_json else ""
    click.echo(words or safe_json(recommendation.model_dump_json(indent=2)))


def _begin(given: Path | None, target: Path | None) -> dict[str, object]:
    if given is None or (given == target and not given.exists()):
        return {}  # `--answers x --save x` is how a session is begun and gone on with
    return read_workload(str(given))


def _hold(interview: Interview, target: Path | None, plain: bool) -> None:
    from whichcompute.cli.ask import screen as ask_screen

    # A polite kill ends as Ctrl-C does: with the terminal set back and the answers kept.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not plain and ask_screen.usable():
            keys = Keys(sys.stdin.fileno())
            with keys.raw():
                hold(interview, ask_screen.Screen(keys), lambda: _keep(interview, target))
        else:
            face: Face = Lines(sys.stdin, _line_width(), plain)
            hold(interview, face, lambda: _keep(interview, target))
    except EOFError:
        click.echo("End of input: this is the recommendation on what was answered.", err=True)
    except KeyboardInterrupt:
        click.echo("\nStopped: this is the recommendation on what was answered.", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)


def _line_width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns - 1, 90)


def _keep(interview: Interview, target: Path | None) -> None:
    if target:
        with suppress(WhichcomputeError):  # reported at the end, when saving is tried once more
            save(interview, target)


def _farewell(interview: Interview, target: Path | None) -> str:
    given = [step for step in interview.steps.values() if step.said]
    ranges = [f"{step.field} = {scalar(step.value)} ({step.said})" for step in given if step.value is not None]
    if ranges:
        click.echo(f"Where you chose a range, one number in it was used: {', '.join(ranges)}.", err=True)
    if target:
        return f"Answers saved in {target}. To go on: whichcompute ask --answers {shlex.quote(str(target))}\n"
    pairs = [f"--set {shlex.quote(f'{field}={scalar(value)}')}" for field, value in interview.known.items()]
    return f"To see this again: whichcompute recommend {' '.join(pairs)}\n" if pairs else ""
