"""`whichcompute init`: a workload file to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from whichcompute.base.outputs import refuse_to_overwrite, write_text
from whichcompute.base.words import wrap
from whichcompute.cli.options import FORCE
from whichcompute.cli.settings import Settings
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor

_WIDTH = 100


@click.command()
@click.argument("file", default="workload.yaml")
@FORCE
@click.pass_obj
def init(settings: Settings, file: str, force: bool) -> None:
    """Write a commented workload file (YAML) with every field; FILE is workload.yaml unless given, - prints it.

    \b
    Examples:
      whichcompute init
      whichcompute init billing.yaml
    """
    if file == "-":
        click.echo(workload_file(), nl=False)
        return
    refuse_to_overwrite([file], force)
    write_text(file, workload_file())
    settings.note(f"Workload file: {file}. Fill it in, then: whichcompute recommend {Path(file)}")


def workload_file() -> str:
    """The text of the file: every field with meaning and allowed values, all of them unknown."""
    lines = ["# A workload for `whichcompute recommend`. Every field is optional: an empty field is unknown."]
    for descriptor in DESCRIPTORS.values():
        lines += ["", *_comments(descriptor), f"{descriptor.name}:"]
    return "\n".join(lines) + "\n"


def _comments(descriptor: Descriptor) -> Iterator[str]:
    yield from wrap(f"{descriptor.title}: {descriptor.meaning}", _WIDTH, "# ", "# ")
    for choice, meaning in descriptor.choices.items():
        yield from wrap(f"{choice}: {meaning}", _WIDTH, "#   ", "#     ")
    if descriptor.decides and not descriptor.choices:
        yield from wrap(descriptor.allowed(), _WIDTH, "#   ", "#   ")
    if descriptor.example:
        yield f"#   example: {descriptor.example}"
