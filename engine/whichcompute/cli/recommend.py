"""`whichcompute recommend`: one workload from a file, from options, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os.path import exists
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from whichcompute.base.documents import read_workload
from whichcompute.base.errors import InventoryError, Problem, WorkloadError, shown
from whichcompute.cli import completion
from whichcompute.cli.options import FAIL_ON, FORCE, FREE_TIER, PATH, fail_if, form
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import csv_text, json_text, on_terminal, printed
from whichcompute.knowledge.descriptors import Value, read
from whichcompute.knowledge.services import SERVICES
from whichcompute.presentation.recommendation import render

if TYPE_CHECKING:
    from whichcompute.engine import Engine

_NO_FILE = "`whichcompute init` writes one to fill in, and --set FIELD=VALUE needs none, as in --set kind=website"


def settings_of(pairs: Iterable[str], option: str = "--set") -> dict[str, object]:
    """Fields from FIELD=VALUE arguments of an option; an empty value makes a field unknown."""
    fields: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WorkloadError(
                [Problem(pair, "", f"write it as {option} FIELD=VALUE, here {option} {shown(pair)}=VALUE")]
            )
        fields[name.strip()] = value
    return fields


def read_given(file: str | None, pairs: Iterable[str]) -> dict[str, Value]:
    """The fields of a file and of the options over it; WorkloadError says which of the two a bad field came from."""
    options = settings_of(pairs)
    if file and file != "-" and not exists(file):
        name = shown(file)
        hint = f"to give a field, type --set {name}" if "=" in file else _NO_FILE
        raise InventoryError(f"{name}: no such file; {hint}")
    fields = read_workload(file) if file else {}
    try:
        return read({**fields, **options})
    except WorkloadError as error:
        if not file or any(problem.field in options for problem in error.problems):
            raise
        raise WorkloadError(error.problems, place=file) from None


@dataclass(frozen=True)
class Wanted:
    """What to print and write."""

    free_tier: bool
    full: bool
    form: str
    output: Path | None
    what_if: tuple[str, ...]
    path_to: str | None
    adr: Path | None
    chart: Path | None
    fail_on: frozenset[str]
    force: bool

    def check(self, inputs: Iterable[str | Path | None]) -> None:
        """Raises a usage error for options that contradict each other, or a file that must not be overwritten."""
        if self.what_if and self.path_to:
            raise click.UsageError("Give --what-if or --path-to, not both.")
        if self.form in ("markdown", "csv") and (self.what_if or self.path_to):
            raise click.UsageError(
                f"--format {self.form} is not available with --what-if or --path-to; use text or json."
            )
        if self.output or self.adr or self.chart:
            from whichcompute.base.outputs import must_end, refuse_to_overwrite

            must_end(self.adr, "Markdown", ".md")
            must_end(self.chart, "SVG", ".svg")
            refuse_to_overwrite([self.output, self.adr, self.chart], self.force, inputs)


@click.command()
@click.argument("file", required=False)
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="FIELD=VALUE",
    shell_complete=completion.settings,
    help="Set a field (over the file); repeatable.",
)
@FREE_TIER
@click.option(
    "--full",
    is_flag=True,
    help="Every verdict with all reasons, sources, cost lines; what would change it. In JSON: break-even.",
)
@click.option(
    "--what-if",
    multiple=True,
    metavar="FIELD=VALUE",
    shell_complete=completion.settings,
    help="Before and after a change; repeatable.",
)
@click.option(
    "--path-to", type=click.Choice(SERVICES), help="The smallest set of changes that makes this service the answer."
)
@click.option("--adr", type=PATH, metavar="FILE.md", help="Also write a decision record.")
@click.option("--chart", type=PATH, metavar="FILE.svg", help="Also draw costs over calls.")
@form("text", "json", "markdown", "csv")
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Write the result to FILE instead of printing it.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@FAIL_ON
@FORCE
@click.pass_obj
def recommend(
    settings: Settings, /, file: str | None, pairs: tuple[str, ...], as_json: bool, form: str, **options: Any
) -> None:
    """Recommend a service for one workload.

    FILE is JSON, YAML or TOML: a flat mapping of fields to values; - reads standard input. Values may carry units (15m,
    2GiB). `whichcompute schema workload` lists the fields.

    \b
    Examples:
      whichcompute recommend workload.yaml
      whichcompute recommend workload.yaml --set memory_mb=16GiB --full
      whichcompute recommend workload.yaml --what-if max_duration_s=20m
      whichcompute recommend workload.yaml --path-to lambda
      whichcompute recommend workload.yaml --chart costs.svg
      whichcompute recommend --set kind=batch_job --set max_duration_s=2h --json
      whichcompute recommend workload.yaml --format markdown -o comment.md
    """
    wanted = Wanted(form="json" if as_json else form, **options)
    if file is None and not pairs:
        raise click.UsageError("Give a FILE (or - for standard input), or --set FIELD=VALUE.")
    wanted.check([file, *settings.inputs])
    values = read_given(file, pairs)
    text, decision = _text(settings.engine, values, wanted)
    if wanted.output or wanted.adr or wanted.chart:
        _write(settings, values, wanted, text)
    if not wanted.output:
        click.echo(text)
    fail_if(decision in wanted.fail_on)


def _write(settings: Settings, values: Mapping[str, Value], wanted: Wanted, text: str) -> None:
    """Writes the files asked for: all of them, or none where one cannot be made or written."""
    from whichcompute.base.outputs import is_stream, write_texts

    engine, free_tier = settings.engine, wanted.free_tier
    made: dict[str, tuple[Path | None, Callable[[], str]]] = {
        "Result": (wanted.output, lambda: f"{click.unstyle(text)}\n"),
        "Decision record": (wanted.adr, lambda: engine.record(values, free_tier=free_tier)),
        "Cost chart": (wanted.chart, lambda: engine.chart(values, free_tier=free_tier)),
    }
    asked = {what: (str(file), make) for what, (file, make) in made.items() if file}
    write_texts({file: make() for file, make in asked.values()})
    for what, (file, _) in asked.items():
        if not is_stream(file):
            settings.note(f"{what}: {file}")


def _text(engine: Engine, values: Mapping[str, Value], wanted: Wanted) -> tuple[str, str]:
    """What to print, and the decision that it reports: of a what-if that after the changes."""
    if wanted.what_if:
        from whichcompute.presentation.changes import render_what_if

        change = engine.what_if(values, free_tier=wanted.free_tier, **settings_of(wanted.what_if, "--what-if"))
        return printed(change, wanted.form, render_what_if), change.after.decision
    result = engine.recommend(values, free_tier=wanted.free_tier)
    if wanted.path_to:
        from whichcompute.presentation.changes import render_path

        path = engine.path_to(values, wanted.path_to, free_tier=wanted.free_tier)
        return printed(path, wanted.form, render_path), result.decision
    if wanted.form == "markdown":
        from whichcompute.presentation.markdown import markdown

        return markdown(result), result.decision
    if wanted.form == "csv":
        (row,) = engine.score([values], free_tier=wanted.free_tier)
        return csv_text(row), result.decision
    if not wanted.full:
        return printed(result, wanted.form, render), result.decision
    found = engine.break_even(values, free_tier=wanted.free_tier)
    if wanted.form == "json":
        return json_text({**result.model_dump(), "break_even": [each.model_dump() for each in found]}), result.decision
    from whichcompute.presentation.changes import render_break_even, render_sensitivity

    flips = on_terminal(render_sensitivity, engine.sensitivity(values))
    parts = [on_terminal(render, result, full=True), flips, on_terminal(render_break_even, found)]
    return "\n\n".join(filter(None, parts)), result.decision
