"""Files that configuration reads beside itself: definitions in JSON, and templates of them with their variables."""

from __future__ import annotations

import json
import re

from whichcompute.importers.arguments import TEMPLATE
from whichcompute.importers.beside import Files
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import ParsingError, parse_json, parse_yaml
from whichcompute.importers.terraform.expressions import UNKNOWN, Expression, Lookup, Special
from whichcompute.importers.terraform.functions import MAX_VALUES
from whichcompute.importers.terraform.scanner import Stuck

_LIKELY = "\ue000"  # comes before a value that can be set elsewhere, until the text is parsed
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def rendered(files: Files, given: list[Node], *, read: bool = False) -> Node:
    """A template with its variables, parsed where it is a definition; without its file, its variables alone.

    `given` are its path (with `read`, its text) and its variables.
    """
    template = (given[0] if read else files.text(given[0])) if given else UNKNOWN
    variables = dict(given[1].items()) if len(given) > 1 else {}
    if template.text and not template.text.startswith("${file("):
        found = parsed(template, lambda root, name: UNKNOWN if name else variables.get(root), {})
        if found is not None:
            return found
    return Node({TEMPLATE: Node(variables, given[1].line)}, given[1].line) if variables else UNKNOWN


def parsed(template: Node, lookup: Lookup, special: Special, line: int = 0) -> Node | None:
    """The definition in a template with what is known in place of its variables; None where it is not one.

    `line` is how many lines stand before its first one.
    """
    try:
        text = _text(Expression(template.text, 1, lookup, special).parts())
        found = parse_json(text) if text.lstrip()[:1] in ("[", "{") else parse_yaml(text)[0]
    except (Stuck, ParsingError, RecursionError, IndexError):
        return None
    for inner in found.walk():
        inner.file = template.file
        inner.line += line
        if isinstance(inner.value, str) and inner.value.startswith(_LIKELY):
            inner.value, inner.certain = inner.value.removeprefix(_LIKELY), False
        inner.certain = inner.certain and template.certain
    return found


def _text(parts: list[Node | str]) -> str:
    """The text of a template with its values in place."""
    text = ""
    quoted = False
    for part in parts:
        if isinstance(part, str):
            text += part
            quoted ^= _ESCAPED.sub("", part).count('"') % 2 == 1
        else:
            text += _inserted(part, quoted)
    return text


def _inserted(part: Node, quoted: bool) -> str:
    if part.is_larger(MAX_VALUES):
        raise Stuck("too many values")
    if isinstance(part.value, (dict, list)):
        return _json(part)
    if part.value is None:
        return "${?}" if quoted else "null"
    text = part.value if part.certain else _LIKELY + part.value
    return json.dumps(text)[1:-1] if quoted else text if part.certain else json.dumps(text)


def _json(node: Node) -> str:
    if isinstance(node.value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_json(value)}" for key, value in node.value.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ",".join(_json(element) for element in node.value) + "]"
    return "null" if node.value is None else json.dumps(node.value if node.certain else _LIKELY + node.value)
