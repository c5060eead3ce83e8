"""serverless.yml of the Serverless Framework: each function over what the provider sets for all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from whichcompute.base.errors import shown
from whichcompute.base.words import upper
from whichcompute.importers.aws_resources import read_lambda
from whichcompute.importers.beside import Files, files_of
from whichcompute.importers.catalogue import meanings
from whichcompute.importers.cloudformation.template import declared
from whichcompute.importers.found import Findings
from whichcompute.importers.functions import Trigger, read_function, read_triggers
from whichcompute.importers.nodes import NOTHING, Content, Node
from whichcompute.importers.parsing import ParsingError, parse_json, parse_yaml
from whichcompute.importers.resources import Resource

_VARIABLE = re.compile(r"\$\{([^${}]+)\}")
_COMMA = re.compile(r",(?![^(]*\))")
_FILE = re.compile(r"file\(([^()]+)\)(?::([\w.-]+))?")
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(\.\d+)?")
_MOST_STEPS = 10
_MOST_VALUES = _MOST_TEXT = 20_000
_FORMAT = "Serverless Framework"


def is_serverless(document: Node, name: str) -> bool:
    """Whether a document is a configuration of the Serverless Framework, for whatever provider.

    Values of charts have a provider and a service too, which is a mapping without a name.
    """
    provider, service = _provider(document), document.get("service")
    has_functions, is_named = bool(document.get("functions")), bool(service.text or service.get("name").text)
    return has_functions or is_named if provider == "aws" else bool(provider) and has_functions and is_named


def is_composition(document: Node, name: str) -> bool:
    """Whether a document lists configurations of the Serverless Framework that are deployed together."""
    return name.startswith("serverless-compose.") and bool(document.get("services"))


def read_composition(findings: Findings, document: Node) -> None:
    """Says of each configuration in the list that it is one."""
    for name, service in document.get("services").items():
        place = shown(service.get("path").text or ".")
        where = f"a separate configuration in {place}, which is read where it is among the files"
        findings.leave_out(name, service.line, where)


def _provider(document: Node) -> str:
    provider = document.get("provider")
    return provider.get("name").text or provider.text


def read_serverless(findings: Findings, document: Node) -> None:
    """Adds the functions of a configuration to the findings."""
    if (name := _provider(document)) != "aws":
        reason = f"functions of the provider '{shown(name)}', which are not read"
        findings.cannot_read(document.get("provider").line, reason, "describe them with `whichcompute ask`")
        return
    variables = _Variables(document, files_of(findings))
    provider = variables.resolve(document.get("provider"))
    functions = variables.resolve(document.get("functions"))
    if functions and not functions.is_mapping:
        listed = [entry for element in functions.each() for entry in element.items()]
        if not listed:
            reason = "its functions are in other files or resolved elsewhere"
            findings.cannot_read(functions.line, reason, "run `serverless print` and scan its output")
    else:
        listed = list(functions.items())
    named = set(_authorizers(provider, [function for _, function in listed]))
    ids = [_logical_id(name) for name, _ in listed]
    template, changed = _resources(variables.resolve(document.get("resources")), ids)
    called = _called(variables.resolve(document), dict(zip((name for name, _ in listed), ids, strict=True)))
    resources = declared(Node({"Resources": Node({**dict(template.get("Resources").items()), **called}, 0)}, 0))
    for (name, function), id_ in zip(listed, ids, strict=True):
        if name in named:
            findings.leave_out(name, function.line, "an authoriser beside the workloads")
            continue
        body = Node({**dict(_properties(provider, function).items()), **changed[id_]}, function.line)
        address, own = f"{id_}.{id_}", _triggers(function)
        read_lambda(Resource(findings, "aws_lambda_function", name, body, {}, address, _FORMAT, own=own), resources)
    for name, construct in variables.resolve(document.get("constructs")).items():
        if construct.get("type").text == "queue" and construct.get("worker"):  # of the plug-in Lift
            draft = findings.draft(f"{name}Worker", construct.line, _FORMAT, "lambda")
            read_function(draft, _properties(provider, construct.get("worker")))
            read_triggers(draft, [Trigger("queue", construct, f"constructs.{name}")])
    if template:
        findings.kept["templates"].append(template)


def _resources(written: Node, functions: list[str]) -> tuple[Node, dict[str, dict[str, Node]]]:
    """What a configuration adds to its template, NOTHING without it, and the properties that it sets of its functions.

    The former is read with the other templates. `functions` are the names of the functions in the template.
    """
    listed = {name: node for part in written.each() for name, node in part.get("Resources").items()}
    changes = [listed, *(dict(part.get("extensions").items()) for part in written.each())]
    changed = {
        name: {key: node for one in changes if name in one for key, node in one[name].get("Properties").items()}
        for name in functions
    }
    added: Content = {name: node for name, node in listed.items() if name not in changed}
    return Node({"Resources": Node(added, written.line)}, written.line) if added else NOTHING, changed


def _called(document: Node, ids: Mapping[str, str]) -> dict[str, Node]:
    """What plug-ins add to the template and what calls functions there: state machines, data sources of AppSync.

    They have the names of functions in the configuration where a template has its own (`ids`).
    """
    sources = document.get("appSync", "dataSources") or document.get("custom", "appSync", "dataSources")
    found = [("StepFunctions::StateMachine", "Definition", machine.get("definition"))
             for _, machine in document.get("stepFunctions", "stateMachines").items()]  # fmt: skip
    found += [("AppSync::DataSource", "LambdaConfig", one.get("config"))
              for one in (*sources.each(), *(node for _, node in sources.items()))]  # fmt: skip
    return {
        f"{kind}{position}": Node({"Type": Node(f"AWS::{kind}", part.line),
                                   "Properties": Node({key: _under_ids(part, ids)}, part.line)}, part.line)
        for position, (kind, key, part) in enumerate(found)
    }  # fmt: skip


def _under_ids(node: Node, ids: Mapping[str, str]) -> Node:
    """A value that refers to functions by the names that they have in the template."""
    if id_ := ids.get(node.get("functionName").text):
        return Node({"Ref": Node(id_, node.line)}, node.line)
    return Node(ids[node.text], node.line) if node.text in ids else node.rebuilt(lambda inner: _under_ids(inner, ids))


def _logical_id(function: str) -> str:
    """The name of a function in the template that the framework makes (lib/plugins/aws/lib/naming.js)."""
    name = function.replace("-", "Dash").replace("_", "Underscore")
    return f"{upper(name)}LambdaFunction"


def _authorizers(provider: Node, functions: list[Node]) -> Iterator[str]:
    """The functions that decide whether a request is allowed, by the events and the API that name them."""
    for function in functions:
        for event in function.get("events").each():
            authorizer = event.first("http", "httpApi", "websocket").get("authorizer")
            yield authorizer.text or authorizer.get("name").text
    for _, authorizer in provider.get("httpApi", "authorizers").items():
        yield authorizer.get("functionName").text


def _properties(provider: Node, function: Node) -> Node:
    """The properties of a function in the names of Lambda, its own before those of the provider."""

    def pick(*names: str) -> Node:
        return function.first(*names) or provider.first(*names)

    architecture, image = pick("architecture"), function.get("image")
    entries = {
        "Region": provider.get("region"),
        "Timeout": pick("timeout"),
        "MemorySize": pick("memorySize"),
        "Runtime": NOTHING if image else pick("runtime"),
        "Architectures": architecture,
        "ImageUri": image,
        "ReservedConcurrentExecutions": function.get("reservedConcurrency"),
        "VpcConfig": pick("vpc"),
        "FileSystemConfigs": function.get("fileSystemConfig"),
        "EphemeralStorageSize": function.get("ephemeralStorageSize"),
    }
    return Node({name: node for name, node in entries.items() if node}, function.line)


def _triggers(function: Node) -> list[Trigger]:
    triggers: list[Trigger] = []
    for event in function.get("events").each():
        entries = list(event.items()) or [(event.text, event)]
        for name, value in entries:
            kind = meanings("triggers", "serverless").get(name)
            if kind is None:
                continue
            if kind != "schedule":
                triggers.append(Trigger(kind, value if value else event, f"events.{name}"))
                continue
            enabled = value.get("enabled").text.lower() != "false"
            rates = value.get("rate").each() if value.is_mapping else [value]
            for rate in rates:
                triggers.append(Trigger("schedule", rate, f"events.{name}", rate, enabled))
    if function.get("url"):
        triggers.append(Trigger("url", function.get("url"), "url"))
    return triggers


class _Variables:
    """Resolves the variables that the configuration, and files beside it, answer; others stay, and give no numbers."""

    def __init__(self, document: Node, files: Files) -> None:
        self._document = document
        self._files = files
        self._known: dict[str, Node] = {}
        self._resolved: dict[str, Node] = {}

    def resolve(self, node: Node, steps: int = 0) -> Node:
        """The value with its variables resolved."""
        node = node.rebuilt(lambda inner: self.resolve(inner, steps))
        while (match := _VARIABLE.search(node.text)) and steps < _MOST_STEPS:
            steps += 1
            found = self._source(match[1])
            if not found:
                return node
            if match[0] == node.text:
                certain = node.certain and found.certain
                return Node(found.value, found.line or node.line, certain, found.file or node.file)
            text = node.text.replace(match[0], found.text, 1)
            node = Node(text, node.line, node.certain and found.certain, node.file)
        return node

    def _source(self, sources: str) -> Node:
        """The value of the first source that is known; behind one that is not it is likely only."""
        certain = True
        for source in _COMMA.split(sources):
            source = source.strip()
            if source not in self._resolved:
                self._resolved[source] = NOTHING  # one that needs itself
                found = self.resolve(self._one(source))
                large = len(found.text) > _MOST_TEXT or found.is_larger(_MOST_VALUES)
                self._resolved[source] = NOTHING if large else found
            if found := self._resolved[source]:
                return found if certain else found.likely()
            certain = False
        return NOTHING

    def _one(self, source: str) -> Node:
        if source in ("opt:stage", "sls:stage", "self:provider.stage"):
            stage = self.resolve(self._document.get("provider", "stage")).text
            return Node(stage if stage and "${" not in stage else "dev", 0, False)
        if source.startswith("param:"):
            return self._parameter(source.removeprefix("param:"))
        if match := _FILE.fullmatch(source):
            return self._file(match[1].strip(), match[2] or "")
        if source.startswith("self:"):
            return self._document.get(*source.removeprefix("self:").split("."))
        return Node(source.strip("'\""), 0) if _LITERAL.fullmatch(source) else NOTHING

    def _parameter(self, name: str) -> Node:
        """A parameter of the stage, which is likely only, as is the default of one that a stage sets."""
        stages = dict(self._document.get("params").items())
        own, default = (stages.get(stage, NOTHING).get(name) for stage in (self._one("sls:stage").text, "default"))
        set_ = any(stage.has(name) for key, stage in stages.items() if key != "default")
        return (own or default).likely() if set_ else default

    def _file(self, path: str, key: str) -> Node:
        if path not in self._known:
            text = self._files.text(Node(path, 1))
            try:
                documents = [parse_json(text.text)] if path.endswith(".json") else parse_yaml(text.text)
            except ParsingError:
                documents = []
            found = documents[0] if text and documents else NOTHING
            for inner in found.walk() if found else ():
                inner.file = text.file
            self._known[path] = found
        return self._known[path].get(*key.split(".")) if key else self._known[path]
