"""`whichcompute scan`: infrastructure code and configuration into an inventory."""

from __future__ import annotations

from pathlib import Path

import click

from whichcompute.base.errors import InventoryError, printable
from whichcompute.base.outputs import write_text


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("-o", "--out", metavar="OUT", help="The inventory: .csv or .json; without it CSV on standard output.")
@click.option("--force", is_flag=True, help="Overwrite OUT if it exists.")
@click.option("-q", "--quiet", is_flag=True, help="Print no notes on what was left out.")
@click.pass_context
def scan(ctx: click.Context, /, paths: tuple[Path, ...], out: str | None, force: bool, quiet: bool) -> None:
    """Read infrastructure code and configuration into an inventory that `score` reads.

    PATH is a folder or a file. Every value is given by a key or derived by a stated rule, and has file, line and key;
    likely values and defaults of platforms are listed apart and are not used. Nothing is executed, nothing is fetched,
    and environment values are never read. Files that .gitignore excludes are left out.

    \b
    Examples:
      whichcompute scan . -o inventory.csv
      whichcompute scan infrastructure/ docker-compose.yml -o found.json
      cdk synth && whichcompute scan cdk.out -o inventory.csv
    """
    from whichcompute.importers.rows import as_csv, as_json
    from whichcompute.importers.scanning import scan as find
    from whichcompute.presentation.check import scan_lines

    if out is not None and not out.endswith((".csv", ".json")) and out != "-":
        raise click.UsageError(f"--out {out}: must end in .csv or .json", ctx)
    if out is not None and Path(out).is_file() and not force:
        raise InventoryError(f"{out}: exists; give another name, or --force to overwrite it")
    found = find(paths)
    text = as_json(found) if out is not None and out.endswith(".json") else as_csv(found)
    if out in (None, "-"):
        click.echo(text, nl=False)
    else:
        assert out is not None
        write_text(out, text)
    for line in () if quiet else scan_lines(found):
        click.echo(printable(line), err=True)
    if not found.workloads:
        click.echo("No workload was found; `whichcompute scan --help` names what can be read.", err=True)
