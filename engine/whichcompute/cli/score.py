"""`whichcompute score`: a whole inventory, from file to file."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from whichcompute.base.errors import NothingRead
from whichcompute.base.outputs import refuse_to_overwrite
from whichcompute.cli.completion import preset_names
from whichcompute.cli.map import fail_without_columns
from whichcompute.cli.options import FAIL_ON, FORCE, FREE_TIER, SHEET, fail_if, interruptible
from whichcompute.cli.settings import Settings

if TYPE_CHECKING:
    from whichcompute.inventory.run import Progress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""

_KEEP_MEMORY = {_TRIM_THRESHOLD: 1 << 30, _MMAP_THRESHOLD: 1 << 25, _ARENA_MAX: 1}  # 1 << 25: the largest allowed


@click.command()
@click.argument("inventory")
@click.option("-o", "--out", metavar="FILE", help="The result: .csv, .csv.gz, .parquet, .jsonl or .xlsx; - for stdout.")
@click.option(
    "--rejects",
    metavar="FILE",
    help="Rows that cannot be read (CSV); without it, if there are any: OUT.rejects.csv, or standard error.",
)
@click.option("--merge", metavar="FILE", help="A corrected rejects file of an earlier run: its rows take their places.")
@click.option(
    "--preset",
    metavar="NAME",
    shell_complete=preset_names,
    help="The tool that wrote it (rvtools, ...); none: no tool.",
)
@SHEET
@click.option("--map", "map_file", metavar="FILE", help="A YAML file that says which column is which field.")
@click.option("--suggest-map", is_flag=True, help="Print a draft of such a file and score nothing.")
@click.option(
    "--explain",
    type=click.Choice(["none", "short", "full"]),
    help="Reasons in OUT; by default full in a workbook, short elsewhere.",
)
@click.option("--values", is_flag=True, help="Add what was understood as columns read_FIELD.")
@click.option(
    "--no-roles",
    "roles",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Derive nothing from roles and installed software.",
)
@click.option("--report", metavar="FILE.html", help="A self-contained HTML page on the whole inventory.")
@click.option(
    "--portfolio",
    metavar="FILE.json",
    help="What all rows cost together, what they could share and save, and the quotas they break, as JSON.",
)
@FREE_TIER
@click.option("--strict", is_flag=True, help="Reject rows with unreadable cells; exit with 1 if any is rejected.")
@FAIL_ON
@click.option("--in-place", is_flag=True, help="Allow INVENTORY itself as OUT; refused if any row is rejected.")
@FORCE
@click.pass_obj
def score(settings: Settings, /, inventory: str, **options: Any) -> None:
    """Score a whole inventory of workloads: all its columns unchanged, then recommendation, confidence, reasons, cost.

    INVENTORY is CSV (also gzipped), Parquet, JSON Lines, Excel (.xlsx) or a list of workloads in YAML or JSON; - reads
    CSV from standard input. Columns named like a field (`whichcompute schema workload`) are read, all others pass
    through. Cells may carry units (15m, 2GiB); an empty cell means unknown. Files of known tools are
    recognised by their header.

    OUT.scoring.json, beside OUT, records what the answers were made from: `whichcompute diff` compares scorings by it.

    \b
    Examples:
      whichcompute score inventory.csv -o scored.csv --report report.html
      whichcompute score rvtools.csv -o scored.csv --preset rvtools
      zcat big.csv.gz | whichcompute score - -o - --explain none > scored.csv
    """
    _set_up_libraries()
    from whichcompute.engine import suggestion
    from whichcompute.presentation.scoring import summary_lines

    written = [options[name] for name in ("out", "rejects", "report", "portfolio")]
    refuse_to_overwrite(written, force=True, inputs=settings.inputs)
    fail_on = options.pop("fail_on")
    if options.pop("suggest_map"):
        click.echo(draft := suggestion(inventory, options["sheet"]), nl=False)
        fail_without_columns(draft)
        return
    if options["out"] is None:
        raise click.UsageError("Missing option '-o' / '--out'.")
    try:
        with progress_bar(settings.quiet) as (progress, pause), interruptible():

            def notify(text: str) -> None:
                pause()
                settings.note(f"Note: {text}")

            outcome = settings.engine.score_inventory(inventory, notify=notify, progress=progress, **options)
    except NothingRead as error:
        click.echo(f"Error: {error}", err=True)
        fail_if(True)
    for line in summary_lines(outcome):
        settings.note(line)
    useless = bool(outcome.tally.rejects) and not outcome.tally.count
    strict = options["strict"] and bool(outcome.tally.rejects or outcome.doubts)
    fail_if(useless or strict or any(decision in fail_on for _, decision in outcome.tally.outcomes))


def _set_up_libraries() -> None:
    """Sets what numpy and polars read when they are imported."""
    # Pieces are scored in parallel already; further threads within numpy would only compete.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Every piece needs as much memory as the one before: returning it in between takes a tenth of the time.
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:-1,muzzy_decay_ms:-1")
    with suppress(AttributeError, OSError, TypeError):  # only glibc has these options
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in _KEEP_MEMORY.items():
            mallopt(option, value)


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[tuple[Progress, Callable[[], None]]]:
    """A progress bar if standard error is a terminal and not `quiet`, and what takes it away until the next progress.

    Otherwise nothing is shown.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda rows, share: None, lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(rows: int, share: float | None) -> None:
            rate = rows / max(bar.tasks[0].elapsed or 0.0, 1e-6)
            said = f"{rows:,} rows, {rate:,.0f} a second" if rows else "reading"
            bar.update(task, completed=share or 0.0, total=None if share is None else 1.0, description=said)
            bar.start()

        yield show, bar.stop
