"""`whichcompute diff`: what changed between two scorings of an inventory, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from whichcompute.cli.options import AS_JSON, FORCE, fail_if
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import json_text, style

if TYPE_CHECKING:
    from whichcompute.inventory.diff import ScoringComparison

_SHOWN = 20


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--key", metavar="COLUMN", help="The input column that names rows; else workload_id or the tool's own.")
@click.option("--cells", is_flag=True, help="List rows as well in which only other results differ.")
@click.option("--limit", metavar="N", type=click.IntRange(0), help=f"How many rows to list; {_SHOWN}, and all in JSON.")
@click.option("--all", "everything", is_flag=True, help="List all rows, facts and rules.")
@AS_JSON
@click.option("-o", "--out", metavar="FILE.csv", help="Also write a line for each listed, added or removed row.")
@click.option(
    "--fail-on",
    type=click.Choice(["never", "changed", "any"]),
    default="never",
    show_default=True,
    help="Exit with 1 if a service, place or decision changed; any: if any result did, or rows were added or removed.",
)
@FORCE
@click.pass_obj
def diff(
    settings: Settings, old: str, new: str, key: str | None, cells: bool, limit: int | None, everything: bool,
    as_json: bool, out: str | None, fail_on: str, force: bool,
) -> None:  # fmt: skip
    """Show which recommendations changed from OLD to NEW, two scored inventories, and why.

    The causes: input cells, facts (limits and prices), rules, the model, the engine's version, options. They are read
    from the record that `whichcompute score` writes beside its output (OUT.scoring.json); without it, changes of the
    input can only be separated from everything else. Rows are paired by workload_id or by the column in which the tool
    that wrote the inventory names them; those of the same name or without one in their order. Where
    few rows have a name they are paired by their number, if both files have as many rows.

    \b
    Examples:
      whichcompute diff june.csv today.csv
      whichcompute diff june.csv today.csv -o changed.csv --all
      whichcompute diff june.parquet today.csv --key VM --json
      whichcompute diff approved.csv today.csv --fail-on changed
    """
    from whichcompute import engine
    from whichcompute.presentation.diff import lines

    if everything and limit is not None:
        raise click.UsageError("Give --all or --limit, not both.")
    comparison = engine.compare(old, new, key=key, cells=cells)
    for notice in comparison.notices:
        settings.note(f"Note: {notice}")
    if out is not None:
        engine.save_changes(comparison, out, force=force)
    if as_json:
        click.echo(json_text(engine.changes_as_json(comparison, limit)))
    else:
        most = None if everything else _SHOWN if limit is None else limit
        for line in lines(comparison, most, style()):
            click.echo(line)
    fail_if(_fails(comparison, fail_on))


def _fails(comparison: ScoringComparison, fail_on: str) -> bool:
    if fail_on == "any":
        return bool(comparison.any_result or comparison.pairs.added.height or comparison.pairs.removed.height)
    return fail_on == "changed" and comparison.changed > 0
