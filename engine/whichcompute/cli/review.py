"""`whichcompute review`: decision records evaluated again."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whichcompute.base.errors import printable
from whichcompute.base.outputs import refuse_to_overwrite, write_texts
from whichcompute.cli.configuration import OUTCOMES
from whichcompute.cli.options import FORCE, PATH, fail_if, fail_on
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import listed

if TYPE_CHECKING:
    from whichcompute.engine import Review


@click.command()
@click.argument("folder", type=PATH)
@fail_on(*OUTCOMES["review"])
@click.option("--write", is_flag=True, help="Write a superseding record beside each record that has changed.")
@FORCE
@click.pass_obj
def review(settings: Settings, folder: Path, fail_on: frozenset[str], write: bool, force: bool) -> None:
    """Evaluate the decision records in FOLDER again, with the rules, limits and prices of today (or of --as-of).

    It reads the records that `whichcompute recommend --adr` wrote, and says of each whether answer or decision have
    changed, and why; a record that another one supersedes is old. Damaged records are named with file and line; exit
    status 1 if no record could be used. --write leaves the old record as it is, and carries over into the new one what
    people wrote there.

    \b
    Examples:
      whichcompute review docs/decisions
      whichcompute review docs/decisions --fail-on changed
      whichcompute review docs/decisions --write
    """
    from whichcompute.engine import review as evaluate_again

    results = evaluate_again(settings.engine, folder, cache(settings.engine_on))
    for result in results:
        listed(printable(_line(result)), " " * 10)
    if not results:
        settings.note(f"{folder}: no decision records of whichcompute; `whichcompute recommend --adr FILE` writes one")
    if write:
        _supersede(settings, results, force)
    outcomes = {result.outcome for result in results}
    fail_if(bool(fail_on & outcomes) or outcomes == {"damaged"})


def _line(result: Review) -> str:
    if result.outcome == "damaged":
        return f"damaged   {result.why}"
    if result.outcome == "superseded":
        return f"old       {result.path}: {result.name}: {result.why}"
    if result.outcome == "same":
        return f"same      {result.path}: {result.name}: {result.after}"
    return f"changed   {result.path}: {result.name}: {result.before} -> {result.after}. {result.why}"


def _supersede(settings: Settings, results: list[Review], force: bool) -> None:
    texts = {}
    for result in results:
        if result.outcome == "changed" and result.workload is not None:
            target = result.path.with_name(f"{result.path.stem}-{settings.day}.md")
            texts[str(target)] = settings.engine.record(
                result.workload,
                free_tier=result.free_tier,
                supersedes=result.path.name,
                own=result.own,
                since=result.since,
            )
            if result.own is None:
                settings.note(f"{result.path}: does not say what was drafted; take over by hand what you wrote into it")
    refuse_to_overwrite(texts, force)
    write_texts(texts)
    for written in texts:
        settings.note(f"Decision record: {written}")
