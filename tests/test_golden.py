"""Golden answers: workloads whose answer was reasoned by hand, as data (tests/golden/*.toml); never regenerated."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from whichcompute import Engine
from whichcompute.knowledge.services import ANSWERS

CASES: list[dict[str, Any]] = [
    case
    for file in sorted((Path(__file__).parent / "golden").glob("*.toml"))
    for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
]


@pytest.fixture(scope="module")
def dated() -> Engine:
    """The shipped rules with the facts of the day on which the answers were reasoned."""
    return Engine(as_of=date(2026, 11, 28))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_workload_gets_the_answer_that_was_reasoned_by_hand(dated: Engine, case: dict[str, Any]) -> None:
    recommendation = dated.recommend(case["workload"])
    assert recommendation.service in case["services"], case["why"]
    for verdict in recommendation.verdicts:
        if rule := case["excluded"].get(verdict.service):
            assert rule in {reason.rule for reason in verdict.reasons if reason.effect == "exclude"}, case["why"]


def test_the_cases_are_well_formed_and_cover_every_answer() -> None:
    fields = {"name", "workload", "services", "excluded", "why"}
    assert all(set(case) == fields and case["why"] for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES) >= 30
    assert {answer for case in CASES for answer in case["services"]} == set(ANSWERS)
    assert all(set(case["excluded"]) <= set(ANSWERS) - set(case["services"]) for case in CASES)
