"""Words for people: wrapping, lists, counts, money and near names."""

from __future__ import annotations

import doctest

import pytest

from whichcompute.base import words
from whichcompute.base.words import about, did_you_mean, nearest, safe, short, usd, wrap


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(words).failed == 0


def test_lines_are_as_wide_as_asked_and_hang_as_asked() -> None:
    lines = wrap("a longest-run of words that does not fit on a line", 24, "- ", "  ")
    assert lines == ["- a longest-run of words", "  that does not fit on a", "  line"]


def test_a_width_too_small_for_words_is_raised() -> None:
    assert wrap("twenty characters on", 0) == ["twenty characters on"]


def test_a_long_word_is_kept_whole_when_asked() -> None:
    address = "https://docs.aws.amazon.com/lambda/limits"
    assert wrap(address, 20, break_words=False) == [address]
    assert "".join(wrap(address, 20)) == address


@pytest.mark.parametrize(
    ("amount", "exact", "worth"),
    [
        (0, "$0.00", "$0"),
        (0.004, "$0.00", "under $0.01"),
        (99.994, "$99.99", "$100"),
        (999.4, "$999.40", "$1,000"),
        (1234, "$1,234.00", "$1,230"),
        (2e6, "$2,000,000.00", "$2 million"),
    ],
)
def test_money_is_exact_in_lines_and_as_it_is_worth_elsewhere(amount: float, exact: str, worth: str) -> None:
    assert (usd(amount), about(amount)) == (exact, worth)


def test_large_counts_are_short() -> None:
    assert [short(count) for count in (999_999, 1e6, 2.5e12)] == ["1,000,000", "1 million", "2.5 trillion"]


def test_near_names_come_nearest_first_whatever_their_case() -> None:
    assert nearest("LAMBDA", ["Lambda", "lambda-edge", "batch"], 2) == ["Lambda", "lambda-edge"]
    assert nearest("x", []) == []


def test_a_very_long_name_is_compared_by_its_beginning() -> None:
    assert did_you_mean("kind" + "d" * 1_000_000, ["kind"]) == ""
    assert did_you_mean("knd", ["kind", "kinds"], 2) == " (did you mean kind or kinds?)"


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (2000, "2,000 rows")])
def test_counts_as_text(count: int, said: str) -> None:
    assert words.counted(count, "row") == said


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("+a", "'+a"), ("-a", "'-a"), ("\tx", "'\tx"), ("-5", "-5"), ("+1.5", "+1.5")]
    + [("a=b", "a=b"), ("", "")],
)
def test_no_cell_of_ours_starts_a_formula(text: str, cell: str) -> None:
    assert safe(text) == cell
