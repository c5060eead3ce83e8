"""The reason that a recommendation begins with is the one that decides, not the weightiest rule."""

from math import log

import pytest

from whichcompute.engine import Engine
from whichcompute.recommender.result import Reason, Recommendation, Verdict

IDLE = {"kind": "website", "state": "stateless", "language": "nodejs", "traffic": "rare", "scale_to_zero": True}


@pytest.mark.parametrize(
    ("workload", "rule"),
    [
        (IDLE, "lambda.idle-costs-nothing"),
        (
            {"kind": "web_api", "gpus": 1, "vcpus": 4, "memory_mb": 16384, "packaging": "container"},
            "ecs_ec2.gpu-service",
        ),
        (
            {"kind": "website", "app_stack": "wordpress", "aws_experience": "beginner", "fixed_price": True},
            "lightsail.fixed-price",
        ),
    ],
    ids=["scaling to zero", "a GPU", "a flat price"],
)
def test_the_first_reason_is_about_the_answer_that_decides(
    engine: Engine, workload: dict[str, object], rule: str
) -> None:
    result = engine.recommend(workload)
    assert result.verdicts[0].reasons[0].rule == rule
    assert result.verdicts[0].reasons[0].text in result.summary


def test_without_the_answer_that_decides_the_odds_fall_most(engine: Engine) -> None:
    result = engine.recommend(IDLE)
    odds = {field: _log_odds(engine.recommend({**IDLE, field: None}), result.service) for field in IDLE}
    decisive, other = (reason for reason in result.verdicts[0].reasons if reason.effect == "prefer")
    assert (decisive.fields, other.fields) == (("scale_to_zero",), ("state",))
    assert decisive.weight < other.weight
    assert odds["scale_to_zero"] < odds["state"] < _log_odds(result, result.service)


def test_what_follows_is_in_the_order_of_weight(engine: Engine) -> None:
    result = engine.recommend(IDLE)
    assert any(len(_others(verdict)) > 2 for verdict in result.verdicts)
    for verdict in result.verdicts:
        weights = [abs(reason.weight) for reason in _others(verdict)]
        assert weights == sorted(weights, reverse=True)


def _others(verdict: Verdict) -> list[Reason]:
    """Neither vetoes, nor the rules in favour, nor the base rate, which is last."""
    return [reason for reason in verdict.reasons[:-1] if reason.effect not in ("exclude", "prefer")]


def _log_odds(result: Recommendation, service: str) -> float:
    share = {str(name): value for name, value in result.probabilities.items()}[service]
    return log(share / (1 - share))
