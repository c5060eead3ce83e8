"""`whichcompute schema`: JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

import json

import click
from pydantic import TypeAdapter

from whichcompute.knowledge.workload import Workload
from whichcompute.recommender.result import Recommendation

_MODELS = {"workload": Workload, "recommendation": Recommendation}


@click.command()
@click.argument("name", type=click.Choice(list(_MODELS)))
def schema(name: str) -> None:
    """Print the JSON Schema of a workload or of a recommendation.

    \b
    Examples:
      whichcompute schema workload > workload.schema.json
    """
    document = TypeAdapter(_MODELS[name]).json_schema()
    click.echo(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **document}, indent=2))
