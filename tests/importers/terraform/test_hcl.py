from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.test_parsing import plain
from whichcompute.importers.parsing import ParsingError
from whichcompute.importers.terraform.hcl import parse_hcl


def test_blocks_attributes_and_lines() -> None:
    body = parse_hcl(
        '# a\nresource "aws_x" "y" { /* b */\n  size = 2 // c\n  inner {\n    on = true\n  }\n  none = null\n}\n'
    )
    block = body.get("resource", "aws_x", "y")
    assert plain(block) == [{"size": "2", "inner": [{"on": "true"}], "none": None}]
    assert block.get("size").line == 3 and block.get("inner", "on").line == 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a = [1, \"b\", [c.d],]", ["1", "b", ["${c.d}"]]),
        ("a = { b = 1, \"c\" : 2\n d = 3 }", {"b": "1", "c": "2", "d": "3"}),
        ("a = jsonencode([{ name = \"x\" }])", [{"name": "x"}]),
        ("a = \"${var.b}-${lookup(c, \"d\")}\\n\"", "${var.b}-${lookup(c, \"d\")}\n"),
        ("a = <<EOF\n{\"b\": 1}\nEOF\n", '{"b": 1}\n'),
        ("a = <<-EOF\n  x\n  EOF\n", "  x\n"),
        ("a = 5 * 60", "${5 * 60}"),
        ("a = var.b ? 1 : 2", "${var.b ? 1 : 2}"),
        ("a = var.b\n  ? 1\n  : 2", "${var.b\n  ? 1\n  : 2}"),
        ("a = [for k in v : k]", "${[for k in v : k]}"),
        ("a = { for k, v in w : k => v }", "${{ for k, v in w : k => v }}"),
        ("a = f(b, \"}\")", '${f(b, "}")}'),
        ("a = provider::aws::arn_parse(var.b).c // d", "${provider::aws::arn_parse(var.b).c}"),
        ('a = "x%{ if var.b == "}" }y%{ endif }$${z}"', 'x%{ if var.b == "}" }y%{ endif }$${z}'),
        ("a = f(<<EOF\n}\nEOF\n, 1)\nb = 2", "${f(<<EOF\n}\nEOF\n, 1)}"),
        ("a = { (var.b) = 1, c = var.d }", {"(computed 6)": "1", "c": "${var.d}"}),
        ("a = [1, 2][0]", "${[1, 2][0]}"),
    ],
)  # fmt: skip
def test_literals_are_read_and_the_rest_stays_text(text: str, value: object) -> None:
    assert plain(parse_hcl(text).get("a")) == value


@pytest.mark.parametrize(
    "text", ['a = "', "a {", "}", "a = [", "a = <<EOF\nx", "= 1", "a = {" * 80, "a {\n" * 80, "a = (("]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ParsingError):
        parse_hcl(text)


@given(st.text('a="{}[]()<EOF\n${#/*,:?. 1', max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    try:
        parse_hcl(text)
    except ParsingError:
        return


def test_much_text_is_read() -> None:
    document = parse_hcl('resource "a" "b" {\n  c = "d"\n  e = [1, 2]\n  f = var.g\n}\n' * 2000)
    assert document is not None
