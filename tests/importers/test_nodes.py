from __future__ import annotations

from whichcompute.importers.nodes import NOTHING
from whichcompute.importers.parsing import parse_json


def test_keys_are_found_in_every_spelling() -> None:
    node = parse_json('{"MemorySize": 1, "nested_block": [{"size-in-gib": "x"}]}')
    assert node.get("memory_size").text == node.get("memorySize").text == "1"
    assert node.get("nestedBlock", "sizeInGiB").text == "x"
    assert node.is_mapping and not node.get("nestedBlock").is_mapping


def test_what_is_not_there_is_nothing() -> None:
    node = parse_json('{"a": null}')
    assert node.get("a", "b", "c") is NOTHING and not node.get("a") and node.first("x", "y") is NOTHING
    assert NOTHING.texts == [] and NOTHING.each() == [] and not NOTHING.is_true and NOTHING.text == ""


def test_a_single_value_counts_as_a_list_of_itself() -> None:
    assert parse_json('"a"').texts == ["a"] and parse_json('["a", {"b": "c"}, "d"]').texts == ["a", "d"]
    assert len(list(parse_json('{"a": ["b", {"c": "d"}]}').walk())) == 5
