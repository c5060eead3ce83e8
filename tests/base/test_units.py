from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichcompute.base.units import SUFFIXES, convert, plain, read_number, say


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("900", "s", 900),
        (" 1.5 h ", "s", 5400),
        ("1e3", "MB", 1000),
        (".5", "vCPU", 0.5),
        ("2gb", "MB", 2048),
        ("512 KiB", "MB", 0.5),
        ("1 million", "count", 1e6),
        ("15x", "s", None),
        ("15 m s", "s", None),
        ("1h30m", "s", 5400),
        ("1 h 30 min", "s", 5400),
        ("2d 3h 4m 5.5s", "s", 183845.5),
        ("30m1h", "s", None),
        ("1h1h", "s", None),
        ("1h30", "s", None),
        ("1h 2x", "s", None),
        ("1g 512m", "MB", None),
        ("0x10", "s", None),
        ("1_000", "s", None),
        ("16,384", "MB", None),
        ("nan", "s", None),
        ("inf", "s", None),
        ("", "s", None),
    ],
)
def test_a_number_is_read_with_its_unit_or_not_at_all(text: str, unit: str, expected: float | None) -> None:
    assert expected == read_number(text, unit)


@pytest.mark.parametrize(
    "text", ["1" * 200_000, " " * 200_000 + "1", "1" + " " * 200_000, "$" + " " * 200_000 + "1", "1h" * 100_000]
)
def test_a_long_text_that_is_no_number_is_none_however_long(text: str) -> None:
    assert read_number(f"{text}!", "s") is None


@given(st.sampled_from(sorted(SUFFIXES)), st.floats(0, 1e12), st.data())
def test_a_suffix_is_its_factor(unit: str, number: float, data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from(sorted(SUFFIXES[unit]) or [""]))
    assert read_number(f"{number!r}{suffix.upper()}", unit) == pytest.approx(number * SUFFIXES[unit].get(suffix, 1))


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        (1, "GB", "MB", 1024),
        (512, "MB", "GB", 0.5),
        (30000, "ms", "s", 30),
        (256, "KB", "MB", 0.25),
        (1, "s", "MB", None),
    ],
)
def test_units_convert_within_their_dimension(value: float, unit: str, into: str, expected: float | None) -> None:
    assert expected == convert(value, unit, into)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.25, "s", "250 ms"),
        (59, "s", "59 s"),
        (61, "s", "1 min 1 s"),
        (90061, "s", "1 d 1 h"),
        (0.5, "MB", "512 KB"),
        (512, "MB", "512 MB"),
        (200, "GB", "200 GB"),
        (2048, "GB", "2 TB"),
        (12.5, "USD", "12.5 USD"),
        (3, "count", "3"),
    ],
)
def test_a_quantity_is_said_at_a_glance(value: float, unit: str, words: str) -> None:
    assert words == say(value, unit)


@pytest.mark.parametrize(
    ("value", "most", "text"),
    [
        (2e6, 6, "2,000,000"),
        (0.0000166667, 10, "0.0000166667"),
        (44.44444444, 6, "44.4444"),
        (0.0, 6, "0"),
        (1.5, 10, "1.5"),
        (123456789.0, 6, "123,456,789"),
        (-0.00025, 10, "-0.00025"),
    ],
)
def test_a_number_has_its_digits_and_no_exponent(value: float, most: int, text: str) -> None:
    assert plain(value, most) == text
