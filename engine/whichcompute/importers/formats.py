"""Which reader a file is for: decided by what is in it, as `app.json` or `template.yaml` can be anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from whichcompute.importers.cloudformation import is_template, read_template
from whichcompute.importers.compose import is_compose, read_compose
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError, parse_json, parse_yaml

Test: TypeAlias = Callable[[Node, str], bool]
Reader: TypeAlias = Callable[[Findings, Node], None]

_MARKS = re.compile(r"AWS::|\bservices\b")
"""Texts of which a file with infrastructure code has at least one; all other files are not parsed."""
_GO_TEMPLATE = re.compile(r"\{\{-|\{\{\s*(\.|\$|include|if|range|with|end|template|toYaml)")
_HELM = "run `helm template CHART` and scan its output"
_SNAPSHOT = "run `cdk synth` and scan the templates in cdk.out"

DOCUMENTS: list[tuple[Test, Reader]] = [
    (lambda document, _: is_template(document), read_template),
    (is_compose, read_compose),
]
"""For documents of YAML and JSON: the test of a format and its reader."""


def read_file(findings: Findings, name: str, text: str) -> None:
    """Adds what a file holds to the findings; a file of no known format adds nothing."""
    if name.endswith(".snap"):
        if "AWS::" in text:
            findings.cannot_read(1, "a Jest snapshot, not a template", _SNAPSHOT)
        return
    if not _MARKS.search(text):
        return
    try:
        documents = _documents(name, text)
    except ParsingError as error:
        if _GO_TEMPLATE.search(text):
            findings.cannot_read(error.line, "a template of Helm or Go, not yet YAML", _HELM)
        elif name.endswith((".json", ".yml", ".yaml", ".template")):
            findings.cannot_read(error.line, str(error))
        return
    for document in documents:
        read_document(findings, name, document)


def _documents(name: str, text: str) -> Iterable[Node]:
    if name.endswith((".json", ".tfstate")) or text.lstrip().startswith("{"):
        return [parse_json(text)]
    return parse_yaml(text)


def read_document(findings: Findings, name: str, document: Node) -> None:
    """Adds what a document of YAML or JSON holds to the findings."""
    for test, reader in DOCUMENTS:
        if test(document, name):
            reader(findings, document)
            return
