"""`whichcompute diff`: what changed between two scorings of an inventory, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from whichcompute.base.errors import InventoryError, printable
from whichcompute.cli.terminal import safe_json, style

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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-o", "--out", metavar="FILE.csv", help="Also write a line for each listed, added or removed row.")
@click.option(
    "--fail-on",
    type=click.Choice(["never", "changed", "any"]),
    default="never",
    show_default=True,
    help="Exit with 1 if a service or decision changed; any: if any result did, or rows were added or removed.",
)
@click.pass_context
def diff(
    ctx: click.Context, /, old: str, new: str, key: str | None, cells: bool, limit: int | None, everything: bool,
    as_json: bool, out: str | None, fail_on: str,
) -> None:  # fmt: skip
    """Say which recommendations changed from OLD to NEW, two scored inventories, and why.

    The causes: input cells, facts (limits and prices), rules, the model, the engine's version, options. They are told
    from the record that `whichcompute score` writes beside its output (OUT.scoring.json); without it only input and
    anything else can be told apart. Rows are paired by workload_id or by the column in which the tool that wrote the
    inventory names them, else by their number.

    \b
    Examples:
      whichcompute diff june.csv today.csv
      whichcompute diff june.csv today.csv -o changed.csv --all
      whichcompute diff june.parquet today.csv --key VM --json
      whichcompute diff approved.csv today.csv --fail-on changed
    """
    from whichcompute.inventory.diff import ComparisonOptions, compare
    from whichcompute.inventory.diff.tables import as_json as told_in_json
    from whichcompute.presentation.diff import lines

    if everything and limit is not None:
        raise click.UsageError("Give --all or --limit, not both.", ctx)
    comparison = compare(old, new, ComparisonOptions(key, cells))
    for notice in comparison.notices:
        click.echo(f"Note: {printable(notice)}", err=True)
    if out is not None:
        _write(comparison, out)
    if as_json:
        click.echo(safe_json(json.dumps(told_in_json(comparison, limit), indent=2, ensure_ascii=False)))
    else:
        most = None if everything else _SHOWN if limit is None else limit
        for line in lines(comparison, most, style()):
            click.echo(line)
    if _fails(comparison, fail_on):
        ctx.exit(1)


def _write(comparison: ScoringComparison, out: str) -> None:
    from pathlib import Path

    from whichcompute.base.outputs import Outputs
    from whichcompute.inventory.diff.tables import as_csv
    from whichcompute.inventory.record import record_file

    for file in comparison.files:
        if Path(out).resolve() in (Path(name).resolve() for name in (file.name, record_file(file.name) or file.name)):
            raise InventoryError(f"{out}: is one of the files that are compared")
    with Outputs() as outputs:
        output = outputs.add(out)
        for piece in as_csv(comparison):
            output.file.write(piece)


def _fails(comparison: ScoringComparison, fail_on: str) -> bool:
    if fail_on == "any":
        return bool(comparison.any_result or comparison.pairs.added.height or comparison.pairs.removed.height)
    return fail_on == "changed" and comparison.changed > 0
