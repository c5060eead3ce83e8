"""The configuration files of one folder, which Terraform reads as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node
from whichcompute.importers.terraform.resources import Resource, read_resources
from whichcompute.importers.terraform.values import Values, references

Configuration: TypeAlias = "tuple[Findings, Node]"


def read_configuration(files: Sequence[Configuration]) -> None:
    """Adds the workloads of a folder to the findings of their files."""
    values = Values([body for _, body in files])
    resources: list[Resource] = []
    for findings, body in files:
        for kind, named in body.get("resource").items():
            for name, blocks in named.items():
                for block in blocks.each():
                    refers = {key: set(references(value)) for key, value in block.items()}
                    resolved = values.resolve(block)
                    resources.append(Resource(findings, kind, name, resolved, refers))
    read_resources(resources)
