"""What the variables, locals and calls of one module give. The default of a variable of the root is only likely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from whichcompute.importers.beside import Files
from whichcompute.importers.nodes import NOTHING, Node, folded
from whichcompute.importers.terraform.expressions import UNKNOWN, Special, evaluate
from whichcompute.importers.terraform.templates import parsed, rendered

_REFERENCE = re.compile(
    r"\b((?:aws_|module\.|data\.)[\w-]+)\.([A-Za-z_][\w-]*)(?:\[(?:\"([^\"]*)\"|each\.(key|value))\])?"
)
_NAMED = re.compile(r"\b(var|local)\.([A-Za-z_][\w-]*)")
_OPTIONAL = re.compile(r"[?:]\s*null\b")  # an argument that is left out in one of two cases
_DEFINITION = re.compile(r'[\[{](?=.*"(image|resourceRequirements)")', re.DOTALL | re.IGNORECASE)
_MOST_NESTED = 30
WHOLE = "/"
"""Before an address that is one of the whole configuration already, not one within the module."""
Bindings = Mapping[str, Mapping[str, Node]]
"""What `each` and `count` are in one instance of a resource."""


class Values:
    """The variables and locals of a module; `given` are its variables as far as files or the call set them."""

    def __init__(
        self, bodies: list[Node], given: Mapping[str, Node] | None = None, *, called: bool = False,
        files: Files | None = None, referred: Mapping[str, set[str]] | None = None,
    ) -> None:  # fmt: skip
        self._given = given or {}
        self._referred = referred or {}
        self._defaults: dict[str, Node] = {}
        self._locals: dict[str, Node] = {}
        self._known: dict[str, Node] = {}
        self._called = called  # then the call decides, and what it leaves out has its default for certain
        self._files = files or Files(Path(), None)
        self._templates: dict[str, Node] = {}
        for body in bodies:
            for name, blocks in body.get("variable").items():
                self._defaults[name] = blocks.get("default")
            for block in body.get("locals").each():
                self._locals.update(dict(block.items()))
            for name, blocks in body.get("data", "template_file").items():
                self._templates[name] = blocks.each()[0] if blocks.each() else NOTHING

    def resolve(self, node: Node, bindings: Bindings | None = None, depth: int = 0) -> Node:
        """The value with what is known in place of expressions; an expression that is not known stays text."""
        if depth > _MOST_NESTED:
            return NOTHING
        if "${" not in node.text:
            return node.rebuilt(lambda inner: self.resolve(inner, bindings, depth + 1))

        def lookup(root: str, name: str) -> Node | None:
            return self._named(root, name, bindings or {}, depth + 1)

        special: Special = {
            "file": lambda given: self._files.text(given[0]) if given else UNKNOWN,
            "templatefile": lambda given: rendered(self._files, given),
        }
        if _DEFINITION.match(node.text):
            definition = parsed(node, lookup, special, node.line)
            if definition is not None:
                return definition
        found = evaluate(node.text, node.line, lookup, special)
        if found is UNKNOWN:
            return node.likely() if _OPTIONAL.search(node.text) else node
        return found if found.certain and node.certain else found.likely()

    def _named(self, root: str, name: str, bindings: Bindings, depth: int) -> Node | None:
        if not name:
            return None
        if root == "var":
            return self._variable(name)
        if root == "local":
            return self._local(name, depth)
        if root == "path":
            return Node(self._files.within if name == "module" else ".", 0)
        if root == "data" and name == "template_file":
            return Node({key: self._template(node, depth) for key, node in self._templates.items()}, 0)
        return bindings[root].get(name) if root in bindings else None

    def _variable(self, name: str) -> Node:
        if name in self._given:
            return self._given[name]
        default = self._defaults.get(name, UNKNOWN)
        return default if default is UNKNOWN or self._called else default.likely()

    def _local(self, name: str, depth: int) -> Node:
        if name not in self._known:
            self._known[name] = UNKNOWN  # a local that needs itself
            found = self.resolve(self._locals[name], None, depth) if name in self._locals else UNKNOWN
            self._known[name] = UNKNOWN if found.text.startswith("${") and found is self._locals.get(name) else found
        return self._known[name]

    def _template(self, block: Node, depth: int) -> Node:
        """The data source `template_file`: what `rendered` of it is."""
        variables = self.resolve(block.get("vars"), None, depth)
        text = self.resolve(block.get("template"), None, depth)
        return Node({"rendered": rendered(self._files, [text, variables], read=True)}, block.line)

    def references(
        self, node: Node, bindings: Bindings | None = None, depth: int = 0, seen: set[str] | None = None
    ) -> Iterator[str]:
        """The addresses that a value refers to, also by way of locals and of what the call of the module gives."""
        seen = set() if seen is None else seen  # locals, each of which is looked at once
        if depth > _MOST_NESTED:
            return
        for address in references(node, bindings):
            yield address
            kind, _, name = address.rpartition(".")
            if kind == "data.template_file" and name in self._templates:
                yield from self.references(self._templates[name].get("vars"), bindings, depth + 5, seen)
        for inner in node.walk():
            for match in _NAMED.finditer(inner.text) if "${" in inner.text else ():
                if match[1] == "local" and match[2] in self._locals and match[2] not in seen:
                    seen.add(match[2])
                    yield from self.references(self._locals[match[2]], bindings, depth + 5, seen)
                elif match[1] == "var":
                    yield from (WHOLE + address for address in self._referred.get(folded(match[2]), ()))


def references(node: Node, bindings: Bindings | None = None) -> Iterator[str]:
    """The addresses of resources that a value refers to, such as `aws_lambda_function.worker`.

    That of one instance has its key behind it: `aws_lambda_function.worker[mail]`.
    """
    each = (bindings or {}).get("each", {})
    for inner in node.walk():
        if "${" in inner.text:
            for match in _REFERENCE.finditer(inner.text):
                key = match[3] or each.get(match[4] or "", NOTHING).text
                yield f"{match[1]}.{match[2]}" + (f"[{key}]" if key and match[1].startswith("aws_") else "")
                if match[1].startswith("module."):
                    yield match[1]
