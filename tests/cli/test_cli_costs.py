from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

API = ["kind=web_api", "invocations_per_month=2m", "typical_duration_s=200ms", "memory_mb=512MB"]
TITLE = "Where the cheapest service changes"


def recommend(run: Callable[..., Any], fields: list[str], *more: object) -> Any:
    return run("recommend", *(word for field in fields for word in ("--set", field)), *more)


def test_crossovers_are_told_in_full_only(run: Callable[..., Any]) -> None:
    full, plain = recommend(run, API, "--full"), recommend(run, API)
    assert full.status == plain.status == 0
    assert TITLE not in plain.out
    words = " ".join(full.out.split(TITLE)[1].split())
    assert words.startswith("number of requests or jobs per month: AWS Lambda is cheapest up to")
    assert "typical duration: " in words and "memory per instance: " in words


def test_json_in_full_holds_the_break_even_with_what_moves_it(run: Callable[..., Any]) -> None:
    calls, *_ = json.loads(recommend(run, API, "--full", "--json").out)["break_even"]
    assert calls["field"] == "invocations_per_month" and calls["assumed"]["movers"]
    assert "break_even" not in json.loads(recommend(run, API, "--json").out)


def test_nothing_is_told_where_nothing_is_known(run: Callable[..., Any]) -> None:
    assert TITLE not in recommend(run, ["kind=web_api"], "--full").out


def test_a_chart_is_written_beside_the_recommendation(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "costs.svg"
    done = recommend(run, API, "--chart", file)
    assert done.status == 0 and done.out == recommend(run, API).out
    assert done.err == f"Cost chart: {file}\n"
    assert ET.parse(file).getroot().tag.endswith("svg")
    assert [path.name for path in tmp_path.iterdir()] == ["costs.svg"]


@pytest.mark.parametrize(
    ("fields", "folder", "message"),
    [
        (["kind=web_api"], "", "Error: no cost chart: the workload must say typical_duration_s or max_duration_s"),
        (API, "nowhere", "cannot be written"),
    ],
    ids=["too little known", "no such folder"],
)
def test_a_chart_that_cannot_be_drawn_is_an_error(
    run: Callable[..., Any], tmp_path: Path, fields: list[str], folder: str, message: str
) -> None:
    done = recommend(run, fields, "--chart", tmp_path / folder / "costs.svg")
    assert done.status == 2 and message in done.err and not done.out
    assert not list(tmp_path.iterdir())


def test_of_several_files_all_are_written_or_none(run: Callable[..., Any], tmp_path: Path) -> None:
    record, chart = tmp_path / "api.md", tmp_path / "api.svg"
    done = recommend(run, ["kind=web_api"], "--adr", record, "--chart", chart, "--path-to", "fargate")
    assert done.status == 2 and "for example typical_duration_s=800ms" in done.err
    assert not list(tmp_path.iterdir())
    done = recommend(run, API, "--adr", record, "--chart", chart, "--path-to", "fargate")
    assert done.status == 0 and "ECS on Fargate" in done.out
    assert done.err == f"Decision record: {record}\nCost chart: {chart}\n"
    again = recommend(run, API, "--adr", record, "--chart", chart)
    assert again.status == 2 and f"{record}, {chart}: exist; choose other outputs" in again.err


@pytest.mark.parametrize(("option", "form"), [("--adr", "Markdown"), ("--chart", "SVG")])
def test_no_file_is_named_as_what_it_is_not(run: Callable[..., Any], tmp_path: Path, option: str, form: str) -> None:
    done = recommend(run, API, option, tmp_path / "x.pdf")
    assert done.status == 2 and f"x.pdf: what is written there is {form}; end its name in ." in done.err
    assert not list(tmp_path.iterdir())
