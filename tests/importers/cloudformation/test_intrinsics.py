from __future__ import annotations

import pytest

from whichcompute.importers.cloudformation.intrinsics import Resolver, references
from whichcompute.importers.parsing import parse_yaml

TEMPLATE = """
Parameters:
  Size: {Type: Number, Default: 512}
  Open: {Type: Number}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
Mappings:
  Stage: {prod: {Memory: 1024}}
"""


@pytest.mark.parametrize(
    ("value", "text", "certain"),
    [
        ("!Ref Size", "512", False),
        ("!Ref Open", "", True),
        ("!Ref Stored", "", True),
        ("!Sub 'plain'", "plain", True),
        ("!Sub 'a-${Size}-${AWS::Region}-${Open}'", "a-512-${AWS::Region}-${Open}", False),
        ("!Sub ['${X}', {X: y}]", "y", False),
        ("!Join ['-', [a, b]]", "a-b", True),
        ("!Join ['-', [a, !Ref Open]]", "a-${?}", False),
        ("!If [Any, 1, 1]", "1", True),
        ("!If [Any, 1, 2]", "", True),
        ("!If [IsProd, 1, 2]", "1", False),
        ("!FindInMap [Stage, prod, Memory]", "1024", True),
        ("!FindInMap [Stage, !Ref Open, Memory]", "", True),
        ("!Select [1, [a, b]]", "b", True),
        ("!GetAtt A.B", "", True),
        ("!ImportValue a", "", True),
        ("'{{resolve:ssm:a}}'", "", True),
    ],
)
def test_what_the_template_says_is_resolved_and_nothing_else(value: str, text: str, certain: bool) -> None:
    resolver = Resolver(parse_yaml(TEMPLATE)[0])
    found = resolver.resolve(parse_yaml(f"x: {value}")[0].get("x"))
    assert (found.text, found.certain) == (text, certain)


def test_functions_in_one_another_are_bounded() -> None:
    text = "!Select [0, [" * 25 + "x" + "]]" * 25
    assert Resolver(parse_yaml(TEMPLATE)[0]).resolve(parse_yaml(f"x: {text}")[0].get("x")).text in ("", "x")


def test_references_are_found_in_all_spellings() -> None:
    node = parse_yaml("a: !Ref A\nb: !GetAtt B.Arn\nc: !Sub '${C.Arn}/${D}'\nd: {Fn::GetAtt: [E, Arn]}")[0]
    assert set(references(node)) == {"A", "B", "C", "D", "E"}
