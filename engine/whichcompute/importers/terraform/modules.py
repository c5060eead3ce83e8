"""Modules of Terraform: folders of configuration, and those that `terraform init` has fetched into one of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from whichcompute.importers.beside import Files
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError, parse_json
from whichcompute.importers.terraform.hcl import parse_hcl

MAX_FETCHED = 500
_FETCHED = ".terraform/modules/modules.json"


@dataclass(slots=True)
class Module:
    """A folder of configuration, where it is, its files, and the variables that files beside it set.

    `fetched` are the folders of the modules that `terraform init` has fetched for its calls; `apart`: it is such a one.
    """

    folder: str
    path: Path = Path()
    files: list[tuple[Findings, Node]] = field(default_factory=list)
    given: dict[str, Node] = field(default_factory=dict)
    fetched: dict[str, str] = field(default_factory=dict)
    apart: bool = False

    @property
    def bodies(self) -> list[Node]:
        """The bodies of its files."""
        return [body for _, body in self.files]

    def blocks(self, kind: str) -> Iterator[tuple[Findings, str, Node]]:
        """The blocks of a kind with one label: file, label, body."""
        for findings, body in self.files:
            for name, found in body.get(kind).items():
                yield from ((findings, name, block) for block in found.each())


def below(folder: str, path: str) -> str:
    """The folder at a path that a folder names; empty for the one that is scanned."""
    path = posixpath.normpath(posixpath.join(folder, path)).removeprefix("./")
    return "" if path == "." else path


def fetch(root: Module, modules: dict[str, Module]) -> None:
    """Adds the modules that `terraform init` has fetched for a root module, as its list of them names them."""
    first = root.files[0][0]
    files = Files(root.path, first.top, label=root.folder)
    owners = {"": root}
    for key, place in _listed(files.text(Node(_FETCHED, 1)).text):
        folder = below(root.folder, place)
        if folder not in modules:
            bodies = [body for name in _names(root.path / place) if (body := _body(files, f"{place}/{name}"))]
            if not bodies:
                continue
            modules[folder] = Module(folder, root.path / place, [(first, body) for body in bodies], apart=True)
        parent, _, name = key.rpartition(".")
        owners[key] = modules[folder]
        if parent in owners:
            owners[parent].fetched[name] = folder


def _listed(text: str) -> list[tuple[str, str]]:
    """Key and folder of each module in a list of those fetched, outer ones first."""
    try:
        entries = parse_json(text).get("Modules").each() if text else []
    except ParsingError:
        return []
    return sorted((one.get("Key").text, one.get("Dir").text) for one in entries[:MAX_FETCHED] if one.get("Key").text)


def _names(path: Path) -> list[str]:
    try:
        return sorted(one.name for one in path.iterdir() if one.name.endswith((".tf", ".tofu")))
    except OSError:
        return []


def _body(files: Files, path: str) -> Node | None:
    """The configuration in a file that was fetched, each value with that file as its place."""
    text = files.text(Node(path, 1))
    try:
        body = parse_hcl(text.text)
    except ParsingError:
        return None
    for inner in body.walk():
        inner.file = text.file
    return body
