from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import MAX_DEPTH, ParsingError, parse_json, parse_yaml

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    return [plain(element) for element in node.value] if isinstance(node.value, list) else node.value


def texts(value: object) -> object:
    """A value with every number and boolean as its JSON text."""
    if isinstance(value, dict):
        return {key: texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [texts(inner) for inner in value]
    return value if value is None or isinstance(value, str) else json.dumps(value)


@given(VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: object) -> None:
    assert plain(parse_json(json.dumps(value))) == texts(value)
    assert plain(parse_json(json.dumps(value, indent=2))) == texts(value)


@pytest.mark.parametrize(
    "text", ["", "{", '{"a"}', '{"a": }', "[1,]", '{"a": 1,}', "[1 2]", "1 2", '"open', "{'a': 1}", "nul", '{"a": 1} x']
)
def test_broken_json_names_its_line(text: str) -> None:
    with pytest.raises(ParsingError) as raised:
        parse_json("\n\n" + text)
    assert raised.value.line >= 3 or text == '"open'


def test_values_know_their_lines() -> None:
    node = parse_json('{\n "a": 1,\n "b": [\n  2\n ]\n}')
    assert (node.line, node.get("a").line, node.get("b").each()[0].line) == (1, 2, 4)
    (document,) = parse_yaml("a: 1\nb:\n  - 2\n")
    assert (document.get("a").line, document.get("b").each()[0].line) == (1, 3)


def test_yaml_scalars_stay_text_and_keys_stay_keys() -> None:
    (document,) = parse_yaml("time: 22:22\non: yes\noctal: 012\nnothing: ~\nempty:\nquoted: ''\n")
    assert plain(document) == {
        "time": "22:22", "on": "yes", "octal": "012", "nothing": None, "empty": None, "quoted": "",
    }  # fmt: skip


def test_aliases_and_merges_are_followed() -> None:
    (document,) = parse_yaml("base: &b {a: 1, b: 2}\nuse:\n  <<: *b\n  b: 3\nmany: {<<: [*b, {c: 4}]}\n")
    assert plain(document.get("use")) == {"a": "1", "b": "3"}
    assert plain(document.get("many")) == {"a": "1", "b": "2", "c": "4"}


def test_short_tags_of_cloudformation_are_functions() -> None:
    (document,) = parse_yaml("a: !Ref X\nb: !GetAtt Y.Arn.Z\nc: !Sub 's'\nd: !If [A, 1, 2]\ne: !custom {f: 1}\n")
    assert plain(document) == {
        "a": {"Ref": "X"}, "b": {"Fn::GetAtt": ["Y", "Arn.Z"]}, "c": {"Fn::Sub": "s"},
        "d": {"Fn::If": ["A", "1", "2"]}, "e": {"Fn::custom": {"f": "1"}},
    }  # fmt: skip


def test_aliases_that_explode_are_refused_at_once() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    with pytest.raises(ParsingError, match="aliases included"):
        parse_yaml(f"a0: &a0 [x]\n{levels}\n")


def test_a_key_that_is_duplicated_is_not_certain() -> None:
    (document,) = parse_yaml("a: 1\na: 2\nb: 3\nb: 3\n")
    assert (document.get("a").text, document.get("a").certain) == ("2", False)
    assert (document.get("b").text, document.get("b").certain) == ("3", True)


@pytest.mark.parametrize(
    "text",
    ["a: &a [*a]", "a: [1", "a: *b", "? [x]\n: y", "[" * 100, "- " * 100 + "x", "\x00", "a: {{ b }}"],
)
def test_yaml_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ParsingError):
        parse_yaml(text)


def test_depth_is_bounded_in_blocks_too() -> None:
    text = "".join(f"{' ' * level}a:\n" for level in range(MAX_DEPTH * 3))
    with pytest.raises(ParsingError, match="nested deeper"):
        parse_yaml(text)


def test_tags_build_nothing() -> None:
    (document,) = parse_yaml("a: !!python/object/apply:os.system ['exit 1']\n")
    assert plain(document) == {"a": ["exit 1"]}
