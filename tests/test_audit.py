"""What an architect's audit found to be judged wrongly, as data (tests/audit.toml): each kind stays mended."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from whichcompute import Engine

AUDIT: dict[str, list[dict[str, Any]]] = tomllib.loads((Path(__file__).parent / "audit.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def dated() -> Engine:
    """The shipped rules with the facts of the day on which the audit was answered."""
    return Engine(as_of=date(2026, 11, 29))


@pytest.mark.parametrize("change", AUDIT["change"], ids=lambda change: change["name"])
def test_a_small_change_moves_little_and_the_right_way(dated: Engine, change: dict[str, Any]) -> None:
    before, after = dated.recommend(change["before"]), dated.recommend(change["before"] | change["after"])
    assert after.service == before.service
    assert abs(after.confidence - before.confidence) <= change.get("moves", 1.0)
    if rises := change.get("rises"):
        assert after.probabilities[rises] >= before.probabilities[rises]
    if change.get("undecided"):
        assert after.decision in ("close", "undecided")


@pytest.mark.parametrize("case", AUDIT["supported"], ids=lambda case: f"{case['service']}: {case['name']}")
def test_a_service_with_a_supported_way_is_not_ruled_out(dated: Engine, case: dict[str, Any]) -> None:
    (verdict,) = (each for each in dated.recommend(case["workload"]).verdicts if each.service == case["service"])
    assert verdict.status != "ruled_out"


@pytest.mark.parametrize("case", AUDIT["contradiction"], ids=lambda case: " ".join(case["workload"]))
def test_a_contradiction_is_noted_and_decides_nothing(dated: Engine, case: dict[str, Any]) -> None:
    result = dated.recommend(case["workload"])
    assert any(case["says"] in note for note in result.notes) and result.decision != "decided"


@pytest.mark.parametrize("case", AUDIT["said"], ids=lambda case: f"{case['service']}: {case['name']}")
def test_what_is_said_beside_an_answer_applies(dated: Engine, case: dict[str, Any]) -> None:
    (verdict,) = (each for each in dated.recommend(case["workload"]).verdicts if each.service == case["service"])
    rules = {each.rule for each in (*verdict.reasons, *verdict.companions)}
    assert set(case.get("named", [])) <= rules and not rules & set(case.get("not_named", []))
