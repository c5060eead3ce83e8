"""Elastic Beanstalk: `.ebextensions/*.config` and `.elasticbeanstalk/config.yml`, read with the folder above them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from whichcompute.importers.catalogue import is_windows
from whichcompute.importers.found import Draft, Findings
from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.quantities import number

_CONTAINER = "aws:elasticbeanstalk:container:"
_LANGUAGES = {
    "python": "python", "nodejs": "nodejs", "php": "php", "tomcat": "java", "java": "java", "ruby": "ruby",
    "dotnet": "dotnet", "go": "go", "node.js": "nodejs", "corretto": "java", ".net": "dotnet", "iis": "dotnet",
}  # fmt: skip
_HEALTH = "aws:elasticbeanstalk:"


def is_extension(document: Node) -> bool:
    """Whether a document holds option settings or is the configuration of the command line of Elastic Beanstalk."""
    names = [namespace or f"aws:{name}" for namespace, name, _ in _options(document) if namespace or name]
    return any(name.startswith("aws:") for name in names) or bool(document.get("global", "application_name"))


def read_environments(found: Sequence[Findings]) -> None:
    """Adds the applications among the extensions to the findings, or completes the Dockerrun file beside them."""
    folders: dict[str, list[tuple[Findings, Node]]] = {}
    for findings in found:
        parent = posixpath.dirname(findings.file)
        folder = posixpath.dirname(parent) if posixpath.basename(parent).startswith(".e") else parent
        for document in findings.extensions:
            folders.setdefault(folder, []).append((findings, document))
    beside = {posixpath.dirname(one.file): draft for one in found for draft in one.drafts
              if draft.format == "Elastic Beanstalk"}  # fmt: skip
    for folder, documents in folders.items():
        findings, document = documents[0]
        draft = beside.get(folder) or findings.draft(
            posixpath.basename(folder) or "app", document.line, "Elastic Beanstalk", "beanstalk"
        )
        for each, extension in documents:
            _named(draft, extension)
            options = list(_options(extension))
            for _, _, value in options:
                value.file = each.file
            _take(draft, options)


def read_environment(draft: Draft, properties: Node, settings: Node) -> None:
    """Takes what an environment says that is a resource of CloudFormation or Terraform, with its option settings."""
    named = properties.first("SolutionStackName", "PlatformArn")
    if named.text:
        _platform(draft, named, "SolutionStackName")
    tier = properties.get("Tier", "Name") or properties.get("Tier")
    if tier.text.lower() == "worker":
        draft.derive("kind", "queue_worker", tier, "Tier", "it is of the worker tier")
        draft.derive("protocol", "none", tier, "Tier", "no client connects to a worker")
    listed = [(one.get("Namespace").text, one.first("OptionName", "Name").text, one.get("Value"))
              for one in settings.each()]  # fmt: skip
    _take(draft, listed)


def _options(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Namespace, name and value of every option, in either of the two spellings."""
    settings = document.get("option_settings")
    for namespace, options in settings.items():
        yield from ((namespace, name, value) for name, value in options.items())
    for option in settings.each() if not settings.is_mapping else []:
        name = option.first("option_name", "name", "OptionName").text
        yield option.get("namespace").text, name, option.get("value")


def _named(draft: Draft, document: Node) -> None:
    """Takes what the configuration of the command line says: the application and its platform."""
    application, platform = document.get("global", "application_name"), document.get("global", "default_platform")
    if application.text:
        draft.name = application.text
    if platform.text:
        _platform(draft, platform, "global.default_platform")


def _platform(draft: Draft, platform: Node, key: str) -> None:
    words = platform.text.lower()
    windows = is_windows(words) or "iis" in words
    draft.derive("os", "windows" if windows else "linux", platform, key, "the platform runs on it")
    language = next((_LANGUAGES[word] for word in _LANGUAGES if word in words), None)
    draft.derive("language", language, platform, key, "the platform is one of the language")
    if "docker" in words:
        draft.derive("packaging", "container", platform, key, "the platform runs containers")


def _take(draft: Draft, options: list[tuple[str, str, Node]]) -> None:
    by_name = {(namespace, name.lower()): value for namespace, name, value in options}

    def option(namespace: str, name: str) -> Node:
        return by_name.get((namespace, name.lower()), NOTHING)

    for namespace, name, value in options:
        kind = namespace.removeprefix(_CONTAINER).split(":")[0]
        if namespace.startswith(_CONTAINER) and kind in _LANGUAGES:
            draft.derive("language", _LANGUAGES[kind], value, f"{namespace}:{name}", "the platform is one of it")
            draft.hint("packaging", "source", value, f"{namespace}:{name}", "the platform runs code from source")
        if name.lower() == "stickinessenabled" and value.is_true:
            draft.derive("state", "session", value, f"{namespace}:{name}", "clients come back to the same instance")
    _queue(draft, options)
    most, least = option("aws:autoscaling:asg", "MaxSize"), option("aws:autoscaling:asg", "MinSize")
    if (number(most.text) or 0) > (number(least.text) or 1):
        draft.derive("autoscaling", True, most, "aws:autoscaling:asg:MaxSize", "the number of instances varies")
        draft.hint("peak_concurrency", number(most.text), most, "aws:autoscaling:asg:MaxSize", "most instances")
    spot, base = option("aws:ec2:instances", "EnableSpot"), option("aws:ec2:instances", "SpotFleetOnDemandBase")
    if spot.is_true and base.text in ("", "0"):
        draft.hint("interruptible", True, spot, "aws:ec2:instances:EnableSpot", "it may run on Spot instances")
    architecture = option("aws:ec2:instances", "SupportedArchitectures")
    if architecture.text in ("arm64", "x86_64"):
        draft.take("cpu_architecture", architecture.text, architecture, "aws:ec2:instances:SupportedArchitectures")
    if any(name.lower() in ("instancetype", "instancetypes") for _, name, _ in options):
        draft.remark("the size of an instance type is a size on offer, not a need")


def _queue(draft: Draft, options: list[tuple[str, str, Node]]) -> None:
    """Takes whether it is a worker, which a daemon hands the messages of a queue, or serves the web."""
    for namespace, name, value in options:
        if namespace == "aws:elasticbeanstalk:sqsd" or (name.lower() == "tier" and value.text.lower() == "worker"):
            draft.derive("kind", "queue_worker", value, f"{namespace}:{name}", "it is of the worker tier")
            draft.derive("protocol", "none", value, f"{namespace}:{name}", "no client connects to a worker")
            return
    for namespace, name, value in options:
        web = namespace.startswith(("aws:elb", "aws:elbv2", _HEALTH + "environment:process")) or (
            name.lower() in ("loadbalancertype", "application healthcheck url", "proxyserver")
        )
        if web and value.text.lower() not in ("network", "tcp", "none"):
            draft.hint("protocol", "http", value, f"{namespace}:{name}", "web environments receive HTTP")
            draft.hint("kind", "web_api", value, f"{namespace}:{name}", "web environments receive HTTP")
            return
