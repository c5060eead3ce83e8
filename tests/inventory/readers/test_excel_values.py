from __future__ import annotations

import pytest

from whichcompute.inventory.readers.excel_values import Values, date_kinds, plain, units


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""),
        ("0.00%", ""),
        ("#,##0.00\\ [$USD]", ""),
        ('0 "days"', ""),
        ("yyyy-mm-dd", "date"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "date"),
        ("mmm", "date"),
        ("m/d/yy h:mm", "date"),
        ("h:mm AM/PM", "time"),
        ("mm:ss.0", "time"),
        ("[h]:mm:ss", "duration"),
        ("[mm]:ss", "duration"),
        ("[Red]0;[Blue]d", ""),
    ],
)
def test_a_format_tells_what_a_number_stands_for(code: str, kind: str) -> None:
    assert date_kinds(["164"], {"164": code}) == [kind]


@pytest.mark.parametrize(
    ("number", "kind"), [("0", ""), ("9", ""), ("14", "date"), ("22", "date"), ("20", "time"), ("46", "duration")]
)
def test_formats_that_excel_knows_by_number(number: str, kind: str) -> None:
    assert date_kinds([number], {}) == [kind]


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        ("16384.0", "", "16384"),
        ("0.5", "", "0.5"),
        ("1E+20", "", "1e+20"),
        ("-0", "", "0"),
        ("nan", "", "nan"),
        ("1e999", "", "1e999"),
        ("lots", "", "lots"),
        ("45000", "date", "2023-03-15"),
        ("45000.5", "date", "2023-03-15T12:00:00"),
        ("0.0104166667", "time", "00:15:00"),
        ("1.5", "time", "1900-01-01T12:00:00"),
        ("1.5", "duration", "129600s"),
        ("0", "duration", "0s"),
        ("1", "date", "1900-01-01"),
        ("61", "date", "1900-03-01"),
        ("-5", "date", "-5"),
        ("1e300", "date", "1e+300"),
    ],
)
def test_a_number_as_text(written: str, kind: str, text: str) -> None:
    assert Values([kind], from_1904=False).number(written, 0) == text


def test_days_may_count_from_1904() -> None:
    assert Values(["date"], from_1904=True).number("43538", 0) == "2023-03-15"


def test_a_style_that_is_not_there_is_a_plain_number() -> None:
    assert Values(["date"], from_1904=False).number("5", 7) == "5"


def test_whole_numbers_beyond_what_excel_keeps_exactly_stay_floats() -> None:
    assert [plain(1e14), plain(1e16)] == ["100000000000000", "1e+16"]


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ('0" GB"', "GB"),
        ("#,##0\\ \\G\\B", ""),
        ('#,##0.0 "GiB"', "GiB"),
        ('0 "MB";-0 "MB"', "MB"),
        ('#,##0,," MB"', ""),
        ('0 "days"', ""),
        ('0 "€"', ""),
        ("General", ""),
    ],
)
def test_a_format_may_show_a_unit(code: str, unit: str) -> None:
    assert units(["164"], {"164": code}) == [unit]


def test_a_unit_that_is_shown_is_part_of_the_value() -> None:
    assert Values([""], from_1904=False, shown=["GB"]).number("64", 0) == "64 GB"
