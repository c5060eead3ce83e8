"""`whichcompute schema`: JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

import click

from whichcompute.cli.terminal import json_text


@click.command()
@click.argument("name", type=click.Choice(["workload", "recommendation"]))
def schema(name: str) -> None:
    """Print the JSON Schema of a workload or of a recommendation.

    \b
    Examples:
      whichcompute schema workload > workload.schema.json
    """
    from pydantic import TypeAdapter

    from whichcompute import Recommendation, Workload

    document = TypeAdapter({"workload": Workload, "recommendation": Recommendation}[name]).json_schema()
    click.echo(json_text({"$schema": "https://json-schema.org/draft/2020-12/schema", **document}))
