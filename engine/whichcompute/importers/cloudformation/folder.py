"""The templates of all files: those that others nest are read with the parameters that these give."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from whichcompute.importers.cloudformation.template import importing, nested_path, read_template
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node
from whichcompute.importers.resources import Resource

MAX_DEPTH = 8
MAX_NESTED = 500
_REGION = "AWS::Region"
_ENVIRONMENT = re.compile(r"aws://[^/]*/([a-z]{2}(?:-[a-z]+)+-\d)")


def is_assembly(document: Node, name: str) -> bool:
    """Whether a document is a manifest that CDK writes beside its templates: of their stacks, or of their assets."""
    return bool(document.get("version")) and (bool(document.get("artifacts")) or document.has("dockerImages"))


def _assets(found: Sequence[Findings]) -> dict[str, dict[str, str]]:
    """By folder, the templates that manifests of CDK name, by what their addresses in Amazon S3 hold."""
    assets: dict[str, dict[str, str]] = {}
    for findings in found:
        for name, asset in (each for one in findings.kept["assemblies"] for each in one.get("files").items()):
            assets.setdefault(posixpath.dirname(findings.file), {})[name] = asset.get("source", "path").text
    return assets


def _regions(found: Sequence[Findings]) -> dict[str, Node]:
    """The Regions that manifests of CDK give to templates, by the paths of these."""
    regions: dict[str, Node] = {}
    for findings in found:
        manifests = findings.kept["assemblies"]
        for _, artifact in (each for one in manifests for each in one.get("artifacts").items()):
            where, template = artifact.get("environment"), artifact.get("properties", "templateFile").text
            if match := _ENVIRONMENT.fullmatch(where.text):
                regions[_target(findings, template)] = Node(match[1], where.line, True, findings.file)
    return regions


def read_templates(found: Sequence[Findings]) -> None:
    """Adds the workloads of all templates to the findings of their files."""
    files = {findings.file: findings for findings in found if findings.kept["templates"]}
    assets = _assets(found)
    nested = {
        target
        for findings in files.values()
        for template in findings.kept["templates"]
        for _, resource in template.get("Resources").items()
        if (target := _target(findings, nested_path(resource, _beside(findings, assets)))) in files
    }
    templates = [template for findings in files.values() for template in findings.kept["templates"]]
    regions = _regions(found)
    reading = _Reading(files, assets, [one for template in templates for one in importing(template)])
    for file, findings in files.items():
        if file not in nested:
            reading.read(findings, {_REGION: regions[file]} if file in regions else {}, "", 0)
    for file, findings in files.items():
        if file not in reading.done:  # templates that nest one another
            reading.read(findings, {}, "", MAX_DEPTH)


def _beside(findings: Findings, assets: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    return assets.get(posixpath.dirname(findings.file), {})


def _target(findings: Findings, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(findings.file), path)) if path else ""


class _Reading:
    """The templates of a scan while they are read."""

    def __init__(
        self, files: Mapping[str, Findings], assets: Mapping[str, Mapping[str, str]], importing: Sequence[Resource]
    ) -> None:
        self._files = files
        self._assets = assets
        self._importing = importing
        self._left = MAX_NESTED
        self.done: set[str] = set()

    def read(
        self, findings: Findings, given: Mapping[str, Node], prefix: str, depth: int, calls: tuple[str, ...] = ()
    ) -> None:
        """Adds the workloads of the templates of a file, and of those that they nest."""
        self.done.add(findings.file)
        here = {_REGION: given[_REGION]} if _REGION in given else {}

        def nest(resource: Node, name: Node, parameters: Mapping[str, Node]) -> bool:
            inner = self._files.get(_target(findings, nested_path(resource, _beside(findings, self._assets))))
            if inner is None or depth >= MAX_DEPTH or self._left <= 0:
                return False
            self._left -= 1
            self.read(inner, {**here, **parameters}, name.text, depth + 1, (*calls, f"{findings.file}:{name.line}"))
            return True

        for template in findings.kept["templates"]:
            read_template(findings, template, nest, given, prefix, calls, self._importing)
