"""`whichcompute check`: declared services against recommended ones, from infrastructure code."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whichcompute.base.words import counted, did_you_mean
from whichcompute.cli.configuration import OUTCOMES, Suppression
from whichcompute.cli.options import PATH, fail_if, fail_on, form
from whichcompute.cli.settings import Settings

if TYPE_CHECKING:
    from whichcompute.importers.checking import Check, Problem


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=PATH)
@form("text", "json", "markdown", "sarif")
@click.option("--baseline", type=PATH, metavar="FILE", help="An earlier check as JSON: report only what is new.")
@fail_on(*OUTCOMES["check"])
@click.pass_obj
def check(
    settings: Settings, paths: tuple[Path, ...], form: str, baseline: Path | None, fail_on: frozenset[str]
) -> None:
    """Compare the service that infrastructure code declares with the recommended one; show the margin to each limit.

    PATH is a folder or a file, read as by `whichcompute scan`. The declared service is never part of the need.

    \b
    --fail-on takes:
      limit          a hard limit of the declared service is exceeded
      contradiction  the declared service is not among the plausible ones
      caution        a strong or severe caution holds against the declared service
      margin         less than 10 % is left to a hard limit
      none           none of the services compared fits
      undecided      too little is known
      close          several answers are plausible

    A comment `# whichcompute: ignore RULE: REASON` in the file suppresses the problems of a rule (or of an outcome, as
    above) on its line, on the next one, or of the workload or the call of its module that begins there; the
    configuration file does it for whole files. SARIF has none, undecided and close only where --fail-on names them.

    \b
    Examples:
      whichcompute check .
      whichcompute check cdk.out --format sarif > compute.sarif
      whichcompute check . --format markdown --fail-on limit,margin
      whichcompute check . --baseline accepted.json --fail-on margin
    """
    suppressed: Counter[Suppression] = Counter()
    result = settings.engine.check(
        *paths, baseline=baseline, left_out=lambda each: _matches(settings, each, suppressed)
    )
    _say_suppressions(settings, suppressed)
    for note in result.notes:
        settings.note(f"Note: {note}")
    if result.known:
        settings.note(f"Note: {counted(result.known, 'workload')} of {baseline} without anything new")
    click.echo(_text(result, form, settings.documents, fail_on))
    nothing = not (result.workloads or result.known) and (bool(result.unreadable) or not result.files)
    fail_if(nothing or bool(fail_on & {problem.outcome for problem in result.problems}))


def _say_suppressions(settings: Settings, suppressed: Counter[Suppression]) -> None:
    """Says what the configuration suppresses, what no longer, and what names nothing."""
    for suppression, count in suppressed.items():
        over = suppression.is_over(settings.day)
        again = f"{counted(count, 'problem')} of it {'appears' if count == 1 else 'appear'} again"
        ended = f"ended on {suppression.until}, so {again}" if over else ""
        settings.note(f"Note: suppression of {suppression.rule}: {ended or counted(count, 'problem')}")
    outcomes = OUTCOMES["check"]
    own = {"check.size", *(f"check.{each}" for each in outcomes)}
    known = {*(rule.id for rule in settings.engine.pack.rules), *outcomes, *own}
    for odd in (each.rule for each in settings.configured.suppress if each.rule not in known):
        settings.note(f"Note: suppression of {odd}: no such rule or outcome{did_you_mean(odd, known)}")


def _matches(settings: Settings, problem: Problem, suppressed: Counter[Suppression]) -> bool:
    found = settings.configured.suppression(problem.rule, problem.outcome, problem.file)
    if found is None:
        return False
    suppressed[found] += 1
    return not found.is_over(settings.day)


def _text(result: Check, form: str, documents: str, fail_on: frozenset[str]) -> str:
    from whichcompute.cli.terminal import printed

    if form == "sarif":
        from whichcompute.presentation.sarif import sarif

        return sarif(result, documents, fail_on)
    from whichcompute.presentation.check import markdown_check, render_check

    return markdown_check(result, documents) if form == "markdown" else printed(result, form, render_check)
