from __future__ import annotations

import pytest

from whichcompute.importers.parsing import ParsingError
from whichcompute.importers.toml_trees import parse_toml_tree


def test_values_have_their_lines() -> None:
    tree = parse_toml_tree('a = true\n\n[b]\nc = 1\n[[d]]\ne = "x"\n')
    assert (tree.get("a").text, tree.get("b", "c").text, tree.get("d", "e").text) == ("true", "1", "x")
    assert (tree.get("a").line, tree.get("b", "c").line, tree.get("d", "e").line) == (1, 4, 6)


@pytest.mark.parametrize("text", ["a =", "a = 1\na = 2", "a = " + "[" * 200], ids=["no value", "duplicate", "deep"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(ParsingError):
        parse_toml_tree(text)
