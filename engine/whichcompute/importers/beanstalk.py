"""Elastic Beanstalk: `.ebextensions/*.config` and `.elasticbeanstalk/config.yml`, read with the folder above them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.keys import read_keys
from whichcompute.importers.nodes import Node
from whichcompute.importers.quantities import number

_CONTAINER = "aws:elasticbeanstalk:container:"
_WEB = ("aws:elb", "aws:elbv2", "aws:elasticbeanstalk:environment:process")
_WEB_NAMES = ("loadbalancertype", "application healthcheck url", "proxyserver")
_NAMED = ("SolutionStackName", "PlatformArn", "Tier", "default_platform", "default_region")
Option: TypeAlias = "tuple[str, str, Node]"
"""Namespace, name and value."""


def is_extension(document: Node, name: str) -> bool:
    """Whether a document holds option settings or is the configuration of the command line of Elastic Beanstalk."""
    named = [namespace or f"aws:{option}" for namespace, option, _ in _options(document) if namespace or option]
    return any(one.startswith("aws:") for one in named) or bool(document.get("global", "application_name"))


def read_environments(found: Sequence[Findings]) -> None:
    """Adds the applications among the extensions to the findings, or completes the Dockerrun file beside them."""
    folders: dict[str, list[tuple[Findings, Node]]] = {}
    for findings in found:
        parent = posixpath.dirname(findings.file)
        folder = posixpath.dirname(parent) if posixpath.basename(parent).startswith(".e") else parent
        for document in findings.kept["extensions"]:
            folders.setdefault(folder, []).append((findings, document))
    beside = {posixpath.dirname(one.file): draft for one in found for draft in one.drafts
              if draft.format == "Elastic Beanstalk"}  # fmt: skip
    for folder, documents in folders.items():
        findings, document = documents[0]
        draft = beside.get(folder) or findings.draft(
            posixpath.basename(folder) or "app", document.line, "Elastic Beanstalk", "beanstalk"
        )
        listed: list[Option] = []
        for each, extension in documents:
            draft.name = extension.get("global", "application_name").text or draft.name
            options = [*_options(extension), *_own(extension.get("global"))]
            for _, _, value in options:
                value.file = each.file
            listed += options
        _take(draft, listed)


def read_environment(draft: Draft, properties: Node, settings: Node) -> None:
    """Takes what an environment says that is a resource of CloudFormation or Terraform, with its option settings."""
    options = ((one.get("Namespace").text, one.first("OptionName", "Name").text, one.get("Value"))
               for one in settings.each())  # fmt: skip
    _take(draft, [*_own(properties), *options])


def _own(properties: Node) -> list[Option]:
    """What is not an option but says as much: the platform and the tier."""
    return [("", name, properties.get(name)) for name in _NAMED if properties.get(name)]


def _options(document: Node) -> Iterator[Option]:
    """Namespace, name and value of every option, in either of the two spellings."""
    settings = document.get("option_settings")
    for namespace, options in settings.items():
        yield from ((namespace, name, value) for name, value in options.items())
    for option in settings.each() if not settings.is_mapping else []:
        name = option.first("option_name", "name", "OptionName").text
        yield option.get("namespace").text, name, option.get("value")


def _take(draft: Draft, options: list[Option]) -> None:
    spaces: dict[str, Node] = {}
    for namespace, name, value in options:
        space = spaces.setdefault(namespace, Node({}, value.line, file=value.file))
        space.value = {**dict(space.items()), name: value}
    languages = [Node(namespace.removeprefix(_CONTAINER).split(":")[0], space.line, file=space.file)
                 for namespace, space in spaces.items() if namespace.startswith(_CONTAINER)]  # fmt: skip
    web = [value for namespace, name, value in options if namespace.startswith(_WEB) or name.lower() in _WEB_NAMES]
    alone = {name: value for _, name, value in reversed(options)}
    found = Node({**alone, **spaces, "container": Node(languages, 0), "web": Node(web, 0)}, draft.line)
    read_keys(draft, "beanstalk", found)

    most, least = (found.get("aws:autoscaling:asg", name) for name in ("MaxSize", "MinSize"))
    if (number(most.text) or 0) > (number(least.text) or 1):
        draft.derive("autoscaling", True, most, "aws:autoscaling:asg:MaxSize", "the number of instances varies")
        draft.hint("peak_concurrency", number(most.text), most, "aws:autoscaling:asg:MaxSize", "most instances")
    if any(name.lower() in ("instancetype", "instancetypes") for _, name, _ in options):
        draft.remark("the size of an instance type is a size on offer, not a need")
