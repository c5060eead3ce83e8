from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichcompute.importers.schedules import runs_per_month


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(1 minute)", 43_800), ("*/5 * * * *", 8_760), ("rate(5 minutes)", 8_760), ("*/10 * * * *", 4_380),
        ("*/60 * * * *", 730), ("0 * * * *", 730), ("35 * * * *", 730), ("cron(1 * * * ? *)", 730), ("@hourly", 730),
        ("cron(0 5 * * ? *)", 30), ("@daily", 30), ("rate(1 day)", 30), ("cron(0 14 ? * MON-FRI *)", 22),
        ("5 3 * * 0,2,4", 13), ("rate(7 days)", 4), ("0 1 1 * *", 1), ("cron(0 8 ? * 2#1 *)", 1),
        ("cron(0 8 L * ? *)", 1), ("@every 1h30m", 487), ("0 0 * * 7", 4), ("0 0 * * FRI-MON", 17),
        ("0 9-17 * * *", 274),
        ("cron(0 8 ? * 1-7 *)", 30),
    ],
)  # fmt: skip
def test_runs_a_month(expression: str, runs: float) -> None:
    assert runs_per_month(expression) == runs


def test_azure_begins_with_seconds() -> None:
    assert runs_per_month("0 */5 * * * *", "azure") == 8_760


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "soon",
        "rate(0 days)",
        "* * * *",
        "cron(0 5 * * ? 2030)",
        "99999 * * * *",
        "*/0 * * * *",
        "a b c d e",
        "rate(x)",
    ],
)
def test_an_expression_that_cannot_be_read_says_nothing(expression: str) -> None:
    assert runs_per_month(expression) is None


@given(st.text("0123456789*/,-?LW#MON ()cronrate", max_size=40))
def test_no_expression_breaks_it(expression: str) -> None:
    runs = runs_per_month(expression)
    assert runs is None or 0 <= runs <= 44_000 * 60
