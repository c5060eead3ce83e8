"""Which reader a file is for: decided by what is in it, as `app.json` or `template.yaml` can be anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import PurePath
from typing import NamedTuple

from whichcompute.importers.aws_files import is_aws_file
from whichcompute.importers.azure_functions import is_azure_function, is_host, read_azure_function
from whichcompute.importers.beanstalk import is_extension
from whichcompute.importers.chalice import is_chalice, read_chalice
from whichcompute.importers.cloud_run import is_cloud_run, read_cloud_run
from whichcompute.importers.cloudformation import is_assembly, is_template
from whichcompute.importers.code_projects import is_project, name_project
from whichcompute.importers.compose import is_compose, read_compose
from whichcompute.importers.copilot import is_copilot, read_copilot
from whichcompute.importers.fly import is_fly, read_fly
from whichcompute.importers.found import Findings
from whichcompute.importers.kubernetes import is_kubernetes
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError, check_size, parse_json, parse_yaml
from whichcompute.importers.plain_files import (
    is_crontab,
    is_dockerfile,
    is_procfile,
    read_crontab,
    read_dockerfile,
    read_procfile,
)
from whichcompute.importers.score_files import is_score, read_score
from whichcompute.importers.serverless import is_composition, is_serverless, read_composition, read_serverless
from whichcompute.importers.systemd import is_unit, read_unit
from whichcompute.importers.terraform import is_plan, read_plan
from whichcompute.importers.terraform.hcl import parse_hcl
from whichcompute.importers.toml_trees import parse_toml_tree
from whichcompute.importers.walk import CRON_FOLDERS, without_template
from whichcompute.importers.zappa import is_zappa, read_zappa


class Format(NamedTuple):
    """A format of YAML or JSON: whether a document (with its file's name) is of it, and what adds it to the findings.

    Where `read` is a name, documents are kept under it and read with those of other files.
    `marks` is a pattern of which every such file has a match: files that match none are not parsed.
    """

    test: Callable[[Node, str], bool]
    read: Callable[[Findings, Node], None] | str
    marks: str


_PLACEHOLDER = re.compile(r"\{\{\s*(?P<braces>[\w$-][\w.$-]*)\s*\}\}|\$\{(?P<dollar>[^{}\"]+)\}")
"""What a deployment fills in."""
_GO_TEMPLATE = re.compile(r"\{\{-|\{\{\s*(\.|\$|include|if|range|with|end|template|toYaml)")
_TREES = (".json", ".tfstate", ".yml", ".yaml", ".template", ".config")
_CONFIGURATIONS = (".tf", ".tofu", ".tf.json", ".tfvars", ".tfvars.json", ".toml")
_PLAN = "run `terraform show -json PLAN > plan.json` and scan plan.json"
HELM = "run `helm template CHART` and scan its output"
_SNAPSHOT = "run `cdk synth` and scan the templates in cdk.out"


FORMATS = [
    Format(is_cloud_run, read_cloud_run, r"\bapiVersion\b"),
    Format(is_kubernetes, "objects", r"\bapiVersion\b"),
    Format(is_template, "templates", "AWS::"),
    Format(is_assembly, "assemblies", "aws:cloudformation:stack|dockerImages"),
    Format(is_plan, read_plan, "planned_values|terraform_version"),
    Format(is_fly, read_fly, r"\bservices\b"),
    Format(is_serverless, read_serverless, r"\bprovider\b"),
    Format(is_composition, read_composition, "services"),
    Format(is_copilot, read_copilot, "Web Service|Backend Service|Worker Service|Scheduled Job|Static Site"),
    Format(is_azure_function, read_azure_function, 'Trigger"'),
    Format(
        is_aws_file,
        "definitions",
        r"taskDefinition|computeResources|ontainerDefinitions|ontainerProperties|esourceRequirements|\bvcpus\b|AWSEBDockerrun",
    ),
    Format(is_score, read_score, r"\bapiVersion\b"),
    Format(is_chalice, read_chalice, "app_name"),
    Format(is_zappa, read_zappa, "s3_bucket"),
    Format(is_host, "hosts", "functionTimeout"),
    Format(is_extension, "extensions", "option_settings|application_name"),
    Format(is_compose, read_compose, r"\bservices\b|[\"']?image[\"']?\s*:"),
]
"""The formats of YAML and JSON; a document is of the first whose test it passes."""
_BY_LINES = [
    (is_dockerfile, read_dockerfile),
    (is_procfile, read_procfile),
    (is_crontab, read_crontab),
    (is_unit, read_unit),
]
"""The formats of lines: whether a file is of it by its name, and what adds it to the findings."""
_WRAPPED = re.compile(r"^(\[command\]|::).*$", re.MULTILINE)
_LOG = re.compile(r"\{[^{}]*\"@module\":\s*\"terraform\.ui\"")
_MARKS = re.compile("|".join([*(each.marks for each in FORMATS), r"terraform\.ui"]))


def read_file(findings: Findings, name: str, text: str) -> None:
    """Adds what a file holds to the findings; a file of no known format adds nothing."""
    name = without_template(name)
    if name.endswith(".snap"):
        if "AWS::" in text:
            findings.cannot_read(1, "a Jest snapshot, not a template", _SNAPSHOT)
        return
    if is_project(name) and name_project(findings, name, text):
        return
    listed = "crontab" if PurePath(findings.file).parent.name in CRON_FOLDERS else name
    by_lines = next((read for is_one, read in _BY_LINES if is_one(listed)), None)
    if by_lines or name.endswith(_CONFIGURATIONS):
        _read_text(findings, name, text, by_lines)
    elif name.endswith(_TREES) and _MARKS.search(text):
        _read_tree(findings, name, text)


def _read_text(findings: Findings, name: str, text: str, by_lines: Callable[[Findings, str], None] | None) -> None:
    """Reads a file of lines or TOML, or keeps a configuration of Terraform, which is read with those beside it."""
    try:
        if by_lines:
            check_size(text)
            by_lines(findings, text)
            return
        if name.endswith(".toml"):
            read_document(findings, name, parse_toml_tree(text))
            return
        parse = parse_json if name.endswith(".json") else parse_hcl
        findings.kept["variables" if ".tfvars" in name else "bodies"].append(parse(text))
    except ParsingError as error:
        findings.cannot_read(error.line, str(error), _PLAN if name.endswith((".tf", ".tofu", ".tf.json")) else "")


def _read_tree(findings: Findings, name: str, text: str) -> None:
    """Adds the documents of YAML or JSON to the findings."""
    if _GO_TEMPLATE.search(text) and "apiVersion" in text:
        findings.cannot_read(1, "a template of Helm or Go, not yet YAML", HELM)
        return
    if _LOG.match(text):
        findings.cannot_read(1, "the log of `terraform plan -json`, not a plan", _PLAN)
        return
    try:
        documents = _documents(name, text)
    except ParsingError as error:
        if _GO_TEMPLATE.search(text):
            findings.cannot_read(error.line, "a template of Helm or Go, not yet YAML", HELM)
        elif _PLACEHOLDER.search(text):
            _read_template(findings, name, text, error)
        else:
            findings.cannot_read(error.line, str(error))
        return
    for document in documents:
        read_document(findings, name, document)


def _read_template(findings: Findings, name: str, text: str, error: ParsingError) -> None:
    """Adds the documents of a file that is readable but for the places that a deployment fills in."""
    filled = "\n".join(_filled(line, name.endswith(".json")) for line in text.splitlines())
    try:
        documents = list(_documents(name, filled))
    except ParsingError:
        reason = f"a template, not yet {'JSON' if name.endswith('.json') else 'YAML'} ({error})"
        findings.cannot_read(error.line, reason, "scan the file that a deployment makes of it")
        return
    for document in documents:
        read_document(findings, name, document)


def _filled(line: str, is_json: bool) -> str:
    """A line with a text in each place that a deployment fills in, in quotes where JSON needs them."""

    parts = line.split('"')  # every second one is within quotes
    quotes = ('"' if is_json else "", "")
    return '"'.join(_PLACEHOLDER.sub(partial(_stand_in, quotes[place % 2]), part) for place, part in enumerate(parts))


def _stand_in(quote: str, found: re.Match[str]) -> str:
    return f"{quote}<{found['braces'] or found['dollar']}>{quote}"


def _documents(name: str, text: str) -> Iterable[Node]:
    if text.startswith("[command]"):  # the output of Terraform as the action hashicorp/setup-terraform wraps it
        text = _WRAPPED.sub("", text)
    if name.endswith((".json", ".tfstate")) or text.lstrip().startswith("{"):
        try:
            return [parse_json(text)]
        except ParsingError:
            if not name.endswith((".yml", ".yaml")):  # a brace begins YAML too
                raise
    return parse_yaml(text)


def read_document(findings: Findings, name: str, document: Node) -> None:
    """Adds what a document of YAML or JSON holds to the findings."""
    for each in FORMATS:
        if each.test(document, name):
            if isinstance(each.read, str):
                findings.kept[each.read].append(document)
            else:
                each.read(findings, document)
            return
