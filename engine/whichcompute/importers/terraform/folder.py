"""Configuration files as Terraform reads them: a folder is a module, and modules that are called belong to the call."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from whichcompute.importers.arguments import kind_of
from whichcompute.importers.aws_resources import WORKLOADS, read_resources
from whichcompute.importers.beside import Files
from whichcompute.importers.catalogue import environment_rank
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import NOTHING, Node, folded
from whichcompute.importers.resources import Resource
from whichcompute.importers.terraform.calls import is_example, read_calls
from whichcompute.importers.terraform.functions import elements
from whichcompute.importers.terraform.modules import Module, below, fetch
from whichcompute.importers.terraform.values import WHOLE, Bindings, Values

MAX_DEPTH = 8
MAX_RESOURCES = 20_000
MAX_MODULES = 2_000
"""Readings of modules, each for one call."""
MAX_INSTANCES = 500
"""Of one resource or module with `for_each`."""
_ORDER = ("depends_on", "lifecycle")
"""What a resource says about when it is made, not about what it uses."""


def read_configurations(found: Sequence[Findings]) -> None:
    """Adds the workloads of all configuration files to the findings of their files.

    Definitions in separate files that configuration reads are workloads of the configuration alone.
    """
    modules: dict[str, Module] = {}
    for findings in found:
        folder = posixpath.dirname(findings.file)
        for body in findings.kept["bodies"]:
            path = findings.path.parent if findings.path is not None else Path()
            modules.setdefault(folder, Module(folder, path)).files.append((findings, body))
    for module in list(modules.values()):
        fetch(module, modules)
    _take_variables(modules, found)
    used: dict[str, str] = {}
    called = {target for module in modules.values() for target in _targets(module, modules)}
    for folder, module in modules.items():
        if folder not in called:
            reading = _Reading(modules, used)
            reading.root(module)
            read_resources(reading.resources)
            read_calls(reading.calls, reading.resources)
    for findings in found:
        if findings.file in used:
            for draft in findings.drafts:
                findings.leave_out(
                    draft.name, draft.line, f"the configuration in {used[findings.file] or '.'} reads it"
                )
            findings.drafts.clear()
            findings.unreadable.clear()


def _targets(module: Module, modules: Mapping[str, Module]) -> Iterator[str]:
    """The folders of the modules that a module calls; examples and tests of a module do not count as calls."""
    if not is_example(module.folder):
        for _, name, call in module.blocks("module"):
            if target := _target(module, name, call, modules):
                yield target


def _target(module: Module, name: str, call: Node, modules: Mapping[str, Module]) -> str:
    """The folder of the module that a call is of; empty where it is not at hand, or its arguments say all."""
    source = call.get("source").text
    if not source.startswith(("./", "../")):
        return "" if kind_of(source, call) else module.fetched.get(name, "")
    path = below(module.folder, source)
    return path if path in modules and path != module.folder else ""


def _take_variables(modules: Mapping[str, Module], found: Sequence[Findings]) -> None:
    """Gives each module the variables of the files beside and below it that Terraform loads, or that production uses.

    `terraform.tfvars` and `*.auto.tfvars` are loaded always. Of the others one is chosen on the command line: the one
    of production, else the only one.
    """
    chosen: dict[str, list[Findings]] = {}
    for findings in found:
        if not findings.kept["variables"]:
            continue
        folder = posixpath.dirname(findings.file)
        name = posixpath.basename(findings.file)
        if name.startswith("terraform.tfvars") or ".auto.tfvars" in name:
            if folder in modules:
                _set(modules[folder], findings)
            continue
        above = [folder, *(parent.as_posix() for parent in PurePosixPath(folder).parents)]
        owner = next((one for one in above if one.removeprefix(".") in modules), None)
        if owner is not None:
            chosen.setdefault(owner.removeprefix("."), []).append(findings)
    for owner, files in chosen.items():
        production = [one for one in files if environment_rank(one.file) == 0]
        used = (production or files)[0] if len(production) == 1 or len(files) == 1 else None
        if used is not None:
            _set(modules[owner], used, last=False)
        for one in files:
            if one is not used:
                instead = f"; those of {used.file} are used" if used else ", none of which is for production alone"
                one.leave_out(posixpath.basename(one.file), 1, f"variables of one of several environments{instead}")


def _set(module: Module, findings: Findings, *, last: bool = True) -> None:
    for body in findings.kept["variables"]:
        for name, node in body.items():
            value = Values([]).resolve(node)
            placed = Node(value.value, node.line, True, findings.file)
            if last or name not in module.given:
                module.given[name] = placed


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a module is read: what its addresses begin with, the folder of the root module, how deep it is called.

    `call` is the call of a module that was fetched, by which file and line: what is in it is found there. `regions` are
    those of the providers that the call hands on, by their names in the module; `calls` are all calls that lead here.
    """

    prefix: str
    root: Path
    depth: int
    call: tuple[Findings, int] | None = None
    regions: Mapping[str, Node] = field(default_factory=dict)
    calls: tuple[str, ...] = ()


class _Reading:
    """The resources and the calls of a root module, with those of all modules that are called from it."""

    def __init__(self, modules: Mapping[str, Module], used: dict[str, str]) -> None:
        self._modules = modules
        self._used = used  # files that configuration reads -> the folder of the configuration
        self._left = MAX_MODULES
        self.resources: list[Resource] = []
        self.calls: list[Resource] = []

    def root(self, module: Module) -> None:
        """Takes the resources of a root module and of all modules that are called from it."""
        self._module(module, module.given, {}, _Place("", module.path, 0))

    def _module(
        self, module: Module, given: Mapping[str, Node], referred: Mapping[str, set[str]], place: _Place
    ) -> None:
        """Takes the resources of a module; `given` are its variables, `referred` what the call refers to in them."""
        files = Files(module.path, module.files[0][0].top, place.root, module.folder)
        values = Values(module.bodies, given, called=place.depth > 0, files=files, referred=referred)
        place = replace(place, regions={**place.regions, **_regions(module, values)})
        calls = list(module.blocks("module"))
        outputs = {
            key: found for _, name, call in calls for key, found in self._outputs(module, name, call, place.prefix)
        }
        for findings, name, call in calls:
            self._call(module, Resource(findings, "module", name, call, {}, ""), values, place, outputs)
        for findings, body in module.files:
            for kind, named in body.get("resource").items():
                for name, blocks in named.items():
                    for block in blocks.each():
                        self._resource(findings, kind, name, block, values, place, outputs)
        self._used.update(dict.fromkeys(files.used, module.folder))

    def _outputs(self, module: Module, name: str, call: Node, prefix: str) -> Iterator[tuple[str, set[str]]]:
        """What the outputs of a module that is called refer to, by their address where it is called."""
        target = _target(module, name, call, self._modules)
        if target:
            deeper = self._modules[target]
            values = Values(deeper.bodies)
            for _, output, block in deeper.blocks("output"):
                found = values.references(block.get("value"))
                yield f"module.{name}.{output}", set(_prefixed(found, f"{prefix}{name}."))

    def _call(
        self, module: Module, call: Resource, values: Values, place: _Place, outputs: Mapping[str, set[str]]
    ) -> None:
        """Takes the resources of a module that is called, or the call where its files are not at hand."""
        target = "" if is_example(module.folder) else _target(module, call.name, call.body, self._modules)
        full = f"{place.prefix}{call.name}"
        findings, line = place.call or (call.findings, call.body.line)
        handed = {name: _region(place.regions, node) for name, node in call.body.get("providers").items()}
        regions = {"aws": _region(place.regions), **handed}
        for label, bindings in _instances(call.body, values):
            refers = {folded(key): _addresses(values, node, place.prefix, outputs, bindings)
                      for key, node in call.body.items()}  # fmt: skip
            given = {
                key: _placed(values.resolve(node, bindings), node, call.findings) for key, node in call.body.items()
            }
            if target and place.depth < MAX_DEPTH and self._left > 0 and len(self.resources) <= MAX_RESOURCES:
                self._left -= 1
                apart = (findings, line) if self._modules[target].apart else None
                calls = (*place.calls, f"{findings.file}:{line}")
                inner = _Place(f"{full}{label}.", place.root, place.depth + 1, apart, regions, () if apart else calls)
                self._module(self._modules[target], given, refers, inner)
            else:
                body = Node({"region": regions["aws"], **given}, line)
                address = f"module.{full}"
                made = Resource(findings, "module", full + label, body, refers, address, calls=place.calls)
                self.calls.append(made)

    def _resource(
        self, findings: Findings, kind: str, name: str, block: Node, values: Values, place: _Place,
        outputs: Mapping[str, set[str]],
    ) -> None:  # fmt: skip
        prefix = place.prefix
        findings, line = place.call or (findings, block.line)
        if values.resolve(block.get("count")).text == "0" and kind in WORKLOADS:
            findings.leave_out(f"{prefix}{name}", line, "its count is 0")
            return
        for label, bindings in _instances(block, values):
            if len(self.resources) > MAX_RESOURCES:
                return
            own = dict(values.resolve(block, bindings).items())
            body = Node({"region": _region(place.regions, block.get("provider")), **own}, line)
            refers = {folded(key): _addresses(values, value, prefix, outputs, bindings)
                      for key, value in block.items() if key not in _ORDER}  # fmt: skip
            full = f"{prefix}{name}{label}"
            self.resources.append(Resource(findings, kind, full, body, refers, f"{kind}.{full}", calls=place.calls))


def _regions(module: Module, values: Values) -> dict[str, Node]:
    """The Regions of the providers of AWS that a module configures, by the names that its resources give them."""
    return {
        f"aws.{alias}" if (alias := block.get("alias").text) else "aws": _placed(
            values.resolve(block.get("region")), block.get("region"), findings
        )
        for findings, name, block in module.blocks("provider")
        if name == "aws"
    }


def _region(regions: Mapping[str, Node], provider: Node = NOTHING) -> Node:
    """The Region of a provider by its name, which is the one without an alias where none is given."""
    return regions.get(provider.text.strip("${}") or "aws", NOTHING)


def _placed(value: Node, written: Node, findings: Findings) -> Node:
    """An argument of a call with the place where it is written, for what the module makes of it."""
    line = value.line if value.file else written.line
    return Node(value.value, line, value.certain, value.file or findings.file)


def _addresses(
    values: Values, node: Node, prefix: str, outputs: Mapping[str, set[str]], bindings: Bindings
) -> set[str]:
    """The addresses in the whole configuration that a value refers to, by way of outputs of modules too."""
    named = set(values.references(node, bindings))
    return set(_prefixed(named, prefix)).union(*(outputs[one] for one in named & outputs.keys()))


def _prefixed(addresses: Iterator[str] | set[str], prefix: str) -> Iterator[str]:
    for address in addresses:
        if address.startswith(WHOLE):
            yield address.removeprefix(WHOLE)
            continue
        kind, _, rest = address.partition(".")
        yield address if not prefix or kind in ("module", "data") else f"{kind}.{prefix}{rest}"


def _instances(block: Node, values: Values) -> Iterator[tuple[str, Bindings]]:
    """The label and the values of `each` of every instance; one without a label where the files do not say which."""
    over = block.get("for_each")
    found = elements(values.resolve(over)) if over else None
    if not over or not found or len(found) > MAX_INSTANCES:
        yield "", {}
        return
    listed = isinstance(values.resolve(over).value, list)
    for key, value in found:
        name = value if listed else key
        yield f"[{name.text}]", {"each": {"key": name, "value": value}}
