from __future__ import annotations

import pytest

from whichcompute.importers.nodes import NOTHING, Node
from whichcompute.importers.terraform.functions import call, scalar, truth


def made(value: object) -> Node:
    if isinstance(value, dict):
        return Node({key: made(inner) for key, inner in value.items()}, 1)
    if isinstance(value, list):
        return Node([made(inner) for inner in value], 1)
    return NOTHING if value == "?" else Node(value, 1)


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [plain(inner) for inner in node.value]
    return node.value if node.certain else (node.value,)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("merge", [{"a": "1"}, {"a": "2", "b": "3"}], {"a": "2", "b": "3"}),
        ("merge", [{"a": "1"}, "?", {"b": "3"}], {"a": ("1",), "b": "3"}),
        ("concat", [["a"], ["b"]], ["a", "b"]), ("flatten", [["a", ["b", ["c"]]]], ["a", "b", "c"]),
        ("lookup", [{"a": "1"}, "a", "9"], "1"), ("lookup", [{"a": "1"}, "b", "9"], "9"), ("lookup", ["?", "a"], None),
        ("try", [None, "7"], "7"), ("try", ["?", "7"], ("7",)), ("coalesce", ["", "8"], "8"),
        ("format", ["%s-%d", "a", "1"], "a-1"), ("keys", [{"a": "1"}], ["a"]), ("values", [{"a": "1"}], ["1"]),
        ("length", [["a", "b"]], "2"), ("contains", [["a"], "a"], "true"), ("element", [["a", "b"], "3"], "b"),
        ("join", ["-", ["a", "b"]], "a-b"), ("split", [",", "a,b"], ["a", "b"]), ("replace", ["a.b", ".", "-"], "a-b"),
        ("max", ["1", "3"], "3"), ("ceil", ["1.2"], "2"), ("toset", [["a"]], ["a"]), ("cidrsubnet", ["x"], None),
        ("element", [[], "0"], None), ("ceil", ["x"], None), ("max", [], None),
    ],
)  # fmt: skip
def test_functions_of_known_arguments(name: str, arguments: list[object], expected: object) -> None:
    assert plain(call(name, [made(one) for one in arguments], 1)) == expected


def test_operations_on_what_is_no_number_give_nothing() -> None:
    assert scalar("+", made("a"), made("1"), 1) is NOTHING and scalar("/", made("1"), made("0"), 1) is NOTHING
    assert scalar("<", made("1"), made("2"), 1).text == "true" and truth(made("1")) is None
