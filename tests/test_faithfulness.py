"""What an explanation says is what the score is made of: over all real cases and random workloads."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Engine
from engine.rules import SERVICES
from engine.workload import with_derived

ENGINE = Engine.default()
ADVICE = ("prefer", "caution")


def check_sums(values: dict[str, Any]) -> None:
    recommendation = ENGINE.recommend(values)
    scores = ENGINE.scale.weigh(with_derived(ENGINE_VALUES(values))).scores
    for verdict in recommendation.verdicts:
        assert sum(reason.weight for reason in verdict.reasons) == pytest.approx(verdict.score, abs=1e-9)
        assert verdict.score == scores[SERVICES.index(verdict.service)]


def ENGINE_VALUES(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
