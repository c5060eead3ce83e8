"""`whichcompute ask`: the questionnaire in a terminal, in a pipe, or in the browser."""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whichcompute import engine
from whichcompute.base.documents import read_workload
from whichcompute.base.errors import InventoryError, WhichcomputeError, WorkloadError
from whichcompute.base.outputs import refuse_to_overwrite
from whichcompute.base.units import range_words
from whichcompute.base.words import counted
from whichcompute.cli.ask.keys import Keys
from whichcompute.cli.ask.lines import Lines
from whichcompute.cli.ask.session import Frontend, run_session
from whichcompute.cli.options import FORCE, FREE_TIER, PATH
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import printed
from whichcompute.knowledge.descriptors import read, scalar
from whichcompute.presentation.recommendation import render

if TYPE_CHECKING:
    from whichcompute.questionnaire import Interview

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--answers", "given", type=_FILE, help="Begin with the answers in FILE; they are not asked again.")
@click.option("--from", "source", type=PATH, metavar="PATH", help="Begin with what infrastructure code says (a scan).")
@click.option("--workload", metavar="NAME", default="", help="With --from: the workload, where there are several.")
@click.option("--save", "target", type=_FILE, help="Save the answers in FILE (YAML, for `recommend` or for later).")
@click.option("--json", "as_json", is_flag=True, help="Print the whole recommendation as JSON.")
@click.option("--plain", is_flag=True, help="Plain lines and sentences, for screen readers.")
@click.option("--web", is_flag=True, help="Ask on a page in the browser, served on this machine only.")
@FREE_TIER
@FORCE
@click.pass_obj
def ask(
    settings: Settings, given: Path | None, source: Path | None, workload: str, target: Path | None, as_json: bool,
    plain: bool, web: bool, free_tier: bool, force: bool,
) -> None:  # fmt: skip
    """Answer a few questions and see where the workload should run.

    The most decisive question comes first, and it stops when further answers would hardly change the outcome. 'I don't
    know' is always an answer. Ctrl-C or the end of input stop at any time: the answers so far are kept and used.

    \b
    Examples:
      whichcompute ask
      whichcompute ask --save answers.yaml
      whichcompute ask --answers answers.yaml --save answers.yaml
      whichcompute ask --web
      whichcompute scan . -o found.json && whichcompute ask --from found.json --workload api
    """
    refuse_to_overwrite([target if target != given else None], force, [source])
    known = _scanned(settings, source, workload) if source is not None else {}
    begun = _begin(given, target)
    interview = settings.engine.interview({**known, **begun})
    if target:
        engine.save_answers(interview, target)  # a file that cannot be written should not cost the answers
    if web:
        from whichcompute.cli.ask.web import serve

        serve(interview, lambda: _save_if_possible(interview, target), free_tier=free_tier)
    else:
        _run(interview, target, plain)
    recommendation = interview.recommendation(free_tier=free_tier)
    if target:
        engine.save_answers(interview, target)
    for line in _farewell(interview, target):
        settings.note(line)
    click.echo(printed(recommendation, "json" if as_json else "text", partial(render, firmness=interview.firmness)))


def _scanned(settings: Settings, source: Path, workload: str) -> dict[str, object]:
    """What a scan says of a workload; what is likely only is shown and asked."""
    found = engine.found_workload(source, workload)
    settings.note(f"{found.workload_id}: {counted(len(found.values), 'value')} from {found.file}.")
    if found.hints:
        settings.note(f"Likely, not used: {', '.join(f'{hint.field}={hint.value}' for hint in found.hints)}")
    return dict(found.need)


def _begin(given: Path | None, target: Path | None) -> dict[str, object]:
    if given is None or (given == target and not given.exists()):
        return {}  # `--answers x --save x` begins a session and continues it
    if not given.exists():
        name = shlex.quote(str(given))
        raise InventoryError(f"{given}: no such file; `whichcompute ask --save {name}` begins it")
    fields = read_workload(str(given))
    try:
        read(fields)
    except WorkloadError as error:
        raise WorkloadError(error.problems, place=str(given)) from None
    return fields


def _run(interview: Interview, target: Path | None, plain: bool) -> None:
    from whichcompute.cli.ask import screen as ask_screen

    # SIGTERM ends the session as Ctrl-C does: the terminal is restored and the answers are kept.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    save = partial(_save_if_possible, interview, target)
    try:
        if not plain and ask_screen.usable():
            keys = Keys(sys.stdin.fileno())
            with keys.raw():
                run_session(interview, ask_screen.Screen(keys), save)
        else:
            frontend: Frontend = Lines(sys.stdin, _line_width(), plain)
            run_session(interview, frontend, save)
    except EOFError:
        click.echo("End of input: this is the recommendation for the answers so far.", err=True)
    except KeyboardInterrupt:
        click.echo("\nStopped: this is the recommendation for the answers so far.", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)


def _line_width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns - 1, 90)


def _save_if_possible(interview: Interview, target: Path | None) -> None:
    if target:
        with suppress(WhichcomputeError):  # reported at the end, when saving is tried once more
            engine.save_answers(interview, target)


def _farewell(interview: Interview, target: Path | None) -> Iterator[str]:
    given = {field: value for field, value in interview.known.items() if range_words(value)}
    ranges = [f"{field} = {scalar(value)} ({range_words(value)})" for field, value in given.items()]
    if ranges:
        yield f"Where you chose a range, one number in it was used: {', '.join(ranges)}."
    if target:
        yield f"Answers saved in {target}. To continue: whichcompute ask --answers {shlex.quote(str(target))}"
    elif interview.known:
        pairs = [f"--set {shlex.quote(f'{field}={scalar(value)}')}" for field, value in interview.known.items()]
        yield f"To see this again: whichcompute recommend {' '.join(pairs)}"
    yield ""
