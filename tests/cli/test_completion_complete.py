from __future__ import annotations

import click

from whichcompute.cli import completion

CONTEXT = click.Context(click.Command("recommend"))
PARAM = click.Option(["--set"])


def values(typed: str) -> list[str]:
    return [item.value for item in completion.settings(CONTEXT, PARAM, typed)]


def test_fields_are_completed_and_then_their_values() -> None:
    assert "kind=" in values("ki") and "memory_mb=" in values("mem")
    assert values("kind=web") == ["kind=website", "kind=web_api"]
    assert values("high_availability=") == ["high_availability=yes", "high_availability=no"]
    assert values("nothing=") == [] and values("memory_mb=") == []


def test_ids_and_names_are_completed() -> None:
    assert "lambda.duration-exceeds-limit" in completion.rule_ids(CONTEXT, PARAM, "lambda.dur")
    assert "lambda.max_duration" in completion.fact_ids(CONTEXT, PARAM, "lambda.max_d")
    assert "rvtools" in completion.preset_names(CONTEXT, PARAM, "rv")
