from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whichcompute.presentation.writer import Writer


@given(st.lists(st.text(st.sampled_from("ab ")), max_size=4), st.integers(20, 60))
def test_lines_keep_to_the_width_and_lose_no_word(texts: list[str], width: int) -> None:
    page = Writer(width)
    page.each(texts, "  - ", "    ")
    assert all(len(line) <= width for line in page.lines)
    said = str(page).replace("-", " ").split()
    assert "".join(said) == "".join("".join(texts).split())


def test_a_word_is_cut_unless_it_is_to_be_kept_whole() -> None:
    address, page = "https://example.com/" + "a" * 40, Writer(30)
    page.add(address)
    assert len(page.lines) > 1
    page.add(address, cut=False)
    assert page.lines[-1] == address


def test_a_role_is_passed_to_the_style_and_a_title_stands_apart() -> None:
    page = Writer(style=lambda text, role: f"<{role}>{text}")
    page.title("Costs")
    page.line("plain")
    page.title("Sources")
    assert page.lines == ["<title>Costs", "plain", "", "<title>Sources"]
