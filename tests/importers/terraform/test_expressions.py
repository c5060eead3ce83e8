from __future__ import annotations

import pytest

from whichcompute.importers.nodes import Node
from whichcompute.importers.terraform.expressions import UNKNOWN, evaluate

KNOWN = {
    ("var", "likely"): Node("512", 1, False),
    ("local", "size"): Node("256", 1),
    ("local", "table"): Node({"a": Node("1", 1), "b": Node({"c": Node("2", 1)}, 1)}, 1),
    ("local", "names"): Node([Node("x", 1), Node("y", 1)], 1),
    ("var", "open"): UNKNOWN,
}


def plain(node: Node) -> object:
    """A value as plain data; a value that is only likely is in a tuple."""
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [plain(inner) for inner in node.value]
    return node.value if node.certain else (node.value,)


def value(text: str) -> object:
    found = evaluate("${" + text + "}", 1, lambda root, name: KNOWN.get((root, name)) if name else None, {})
    return "unknown" if found is UNKNOWN else plain(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 * 60", "900"), ("(1 + 2) * 3 - 1", "8"), ("10 / 4", "2.5"), ("-1", "-1"), ("7 % 4", "3"),
        ("local.size", "256"), ("var.likely", ("512",)), ("var.open", "unknown"), ("aws_x.y.arn", "unknown"),
        ("local.table.b.c", "2"), ('local.table["a"]', "1"), ("local.names[1]", "y"), ("local.names[9]", "unknown"),
        ("local.size > 100 ? 1 : 2", "1"), ("var.likely > 100 ? 1 : 2", ("1",)), ("var.open ? 3 : 3", "3"),
        ("var.open ? 3 : 4", "unknown"), ('var.open == "production" ? 3 : 4', ("3",)),
        ('var.open != "prod" ? 3 : 4', ("4",)), ("true && !false", "true"), ("false && var.open", "false"),
        ('"a-${local.size}"', "a-256"), ('"a-${var.open}"', ("a-${?}",)), ('"${local.size}"', "256"),
        ('"say \\"x\\" $${y}"', 'say "x" ${y}'), ("[1, local.size,]", ["1", "256"]),
        ('{ a = 1, "b" : 2\n c = 3 }', {"a": "1", "b": "2", "c": "3"}),
        ("[for n in local.names : upper(n)]", ["X", "Y"]), ("[for k, v in { p = 1, q = 2 } : k if v > 1]", ["q"]),
        ("{ for n in local.names : n => 1 }", {"x": "1", "y": "1"}), ("[for n in var.open : n]", "unknown"),
        ('[for n in var.open : { a = "tcp", b = n }]', [{"a": "tcp", "b": None}]), ("[for n in [] : { a = n }]", []),
        ("keys(var.open)", "unknown"), ("values(var.open)", "unknown"), ("flatten(var.open)", "unknown"),
        ("local.names[*].id", "unknown"), ("null", None), ("a +", "unknown"), ("f(1", "unknown"),
        ("1 # why\n + 2", "3"), ("upper(<<E\na-${local.size}\nE\n)", "A-256"), ('"${~ local.size ~}"', "256"),
        ("2 * 3 + 4 * 5 == 26", "true"), ("local.size >= 256 && !(1 > 2)", "true"), ("a::b(1)", "unknown"),
    ],
)  # fmt: skip
def test_an_expression_gives_what_the_files_decide(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[for a in local.names : " * 40 + "1" + "]" * 40,
        "[" * 3000,
        '"' + "${" * 3000,
        " ".join(["1 +"] * 50_000) + " 1",
    ],
    ids=["brackets", "loops", "open lists", "open templates", "a long sum"],
)
def test_hostile_expressions_end_and_are_unknown(text: str) -> None:
    assert value(text) == "unknown"
