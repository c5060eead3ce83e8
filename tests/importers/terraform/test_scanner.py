from __future__ import annotations

import pytest

from whichcompute.importers.terraform.expressions import Expression
from whichcompute.importers.terraform.scanner import Scanner, Stuck


def test_lines_are_right_wherever_the_place_goes() -> None:
    scanner = Scanner("a /* b\n */ # c\nd", 7)
    assert scanner._word() == "a" and scanner.here() == 7
    assert scanner._word() == "d" and scanner.here() == 9
    scanner._at = 0
    assert scanner.here() == 7


def test_what_is_not_next_leaves_the_place_as_it_is() -> None:
    scanner = Scanner("  // a\n b", 1)
    assert not scanner._take("a") and scanner._at == 0
    assert scanner._take("b") and scanner.here() == 2
    with pytest.raises(Stuck, match="'c' is missing"):
        scanner._need("c")


def test_a_heredoc_ends_at_the_line_with_its_mark_alone() -> None:
    scanner = Scanner("x E\n  E  \nrest", 1)
    assert scanner._until("E") == "x E\n" and scanner._word() == "rest"
    with pytest.raises(Stuck, match="does not end"):
        Scanner("x\nEE\n", 1)._until("E")


def test_a_literal_is_told_from_what_needs_more() -> None:
    for text, literal in (
        ('[1, { a = "b" }]', True),
        ("-1", True),
        ("tostring(1)", True),
        ("1 + 1", False),
        ("a.b", False),
    ):
        expression = Expression(text, 1, lambda root, name: None, {})
        expression._conditional()
        assert expression.literal is literal, text
