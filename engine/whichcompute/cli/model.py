"""`whichcompute train` and `whichcompute evaluate`: fit and measure the classifier on labelled decisions."""

from __future__ import annotations

from pathlib import Path

import click

from whichcompute.base.outputs import refuse_to_overwrite
from whichcompute.cli.options import AS_JSON, FORCE, PATH, interruptible
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import json_text

_CASES = click.option(
    "--cases",
    "files",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV of labelled decisions (descriptor columns and label); repeatable.",
)


@click.command()
@_CASES
@click.option(
    "--judgements",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV of experts' probabilities (p_lambda to p_none) for descriptors or, by case_id, for cases; repeatable.",
)
@click.option("--out", required=True, type=PATH, metavar="FOLDER", help="The folder to write the classifier into.")
@click.option("--with-default", is_flag=True, help="Learn from the shipped decisions and judgements too.")
@click.option(
    "--find-interactions", is_flag=True, help="First find reference distribution and interactions on the judgements."
)
@FORCE
@click.pass_obj
def train(
    settings: Settings,
    files: tuple[Path, ...],
    judgements: tuple[Path, ...],
    out: Path,
    with_default: bool,
    find_interactions: bool,
    force: bool,
) -> None:
    """Fit the classifier on labelled decisions and write it, with its model card, into a folder.

    A case file has a column `label` (lambda, fargate, ecs_ec2, batch, lightsail or none) and one column per known
    descriptor; acceptable, excluded, certainty (high, medium, low), case_id, source_url, source_kind, outside and
    description are used where they are given. 40 decisions are needed, or 10 with --with-default. Judgements train and
    never judge. Rules still veto. The new model is compared with the shipped one on decisions that neither has seen.
    Facts are the newest, or those of --as-of. Needs the extra `train` (scikit-learn, joblib).
    --find-interactions writes features.toml and reference.toml of the installation.

    \b
    Examples:
      whichcompute train --cases ours.csv --with-default --out our-model
      whichcompute --model our-model recommend workload.yaml
      whichcompute --model our-model evaluate --cases later-decisions.csv
    """
    from whichcompute.engine import RuleLayer

    refuse_to_overwrite(out.iterdir() if out.is_dir() else (), force)
    _name_unread(settings, files)
    # The newest facts and not today's: the same cases give the same model on every day.
    layer = RuleLayer(settings.packs, settings.as_of)
    with interruptible():
        if find_interactions:
            layer.find_interactions(judgements)
        card = layer.train(files, out, judgements, with_default, notify=lambda text: settings.note(f"{text} ..."))
    click.echo(card)


@click.command()
@_CASES
@AS_JSON
@click.pass_obj
def evaluate(settings: Settings, files: tuple[Path, ...], as_json: bool) -> None:
    """Measure recommendations against labelled decisions, and what rules and classifier each contribute.

    The shipped classifier was trained on the shipped cases, and their rules were written beside them: on those the
    figures flatter both. The model card has figures measured on held-out cases.

    \b
    Examples:
      whichcompute evaluate --cases ours.csv
      whichcompute --model our-model --rules ours.toml evaluate --cases ours.csv --json
    """
    from whichcompute.presentation.evaluation import words

    _name_unread(settings, files)
    figures = settings.engine.evaluate(files)
    click.echo(json_text(figures) if as_json else words(figures))


def _name_unread(settings: Settings, files: tuple[Path, ...]) -> None:
    from whichcompute.engine import read_case_file

    for path in files:
        if unread := read_case_file(path).unread:
            settings.note(f"{path}: ignored columns (not descriptors): {', '.join(unread)}")
