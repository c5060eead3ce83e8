from __future__ import annotations

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.result import Recommendation

EXCLUDED = [
    ({"max_duration_s": 1200}, ["lambda"]),
    ({"max_duration_s": "20m"}, ["lambda"]),
    ({"typical_duration_s": "1h"}, ["lambda"]),
    ({"os": "windows"}, ["lambda"]),
    ({"gpus": 1}, ["lambda", "fargate"]),
    ({"memory_mb": 300_000}, ["lambda", "fargate"]),
    ({"protocol": "udp", "kind": "server"}, ["lambda"]),
    ({"host_access": "privileged"}, ["lambda", "fargate"]),
    ({"autoscaling": True}, ["lightsail"]),
    ({"tightly_coupled": True}, ["lambda", "fargate", "lightsail"]),
    ({"kind": "web_api", "protocol": "http"}, ["batch"]),
    ({"os": "other", "host_access": "kernel"}, list(SERVICES)),
]


@pytest.mark.parametrize(("fields", "out"), EXCLUDED, ids=str)
def test_a_hard_limit_rules_out_with_a_sourced_reason(
    engine: Engine, fields: dict[str, object], out: list[str]
) -> None:
    by = {verdict.service: verdict for verdict in engine.recommend(fields).verdicts}
    for service in out:
        assert by[service].status == "ruled_out" and by[service].probability == 0
        veto = by[service].reasons[0]
        assert veto.effect == "exclude" and veto.sources


def test_the_limit_itself_is_still_allowed(engine: Engine) -> None:
    by = {v.service: v for v in engine.recommend({"max_duration_s": 900, "memory_mb": 10240}).verdicts}
    assert by["lambda"].status == "unconfirmed"
    assert {m.field for m in by["lambda"].margins} >= {"max_duration_s", "memory_mb"}


@pytest.mark.parametrize(
    ("fields", "service"),
    [
        ({"kind": "event_handler", "max_duration_s": 10, "state": "stateless", "aws_integration": "high"}, "lambda"),
        ({"kind": "scheduled_task", "max_duration_s": 60, "state": "stateless", "traffic": "rare"}, "lambda"),
        (
            {"kind": "website", "app_stack": "wordpress", "aws_experience": "beginner", "fixed_price": True},
            "lightsail",
        ),
        ({"kind": "batch_job", "packaging": "container", "max_duration_s": "2h", "parallel_tasks": "100k"}, "batch"),
        (
            {
                "kind": "web_api",
                "packaging": "container",
                "traffic": "steady",
                "server_management": "avoid",
                "protocol": "grpc",
            },
            "fargate",
        ),
        ({"kind": "server", "packaging": "container", "gpus": 4, "server_management": "accept"}, "ecs_ec2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_founding_documents_own_use_cases(engine: Engine, fields: dict[str, object], service: str) -> None:
    assert engine.recommend(fields).service == service


def test_nothing_known_rules_nothing_out_and_asks(engine: Engine) -> None:
    recommendation = engine.recommend({})
    assert not [v for v in recommendation.verdicts if v.status == "ruled_out"]
    assert recommendation.decision in ("undecided", "close") and recommendation.confidence < 0.7
    assert recommendation.missing and "kind" in recommendation.missing[:3]


def test_all_five_ruled_out_says_what_to_look_at_instead(engine: Engine) -> None:
    recommendation = engine.recommend({"os": "other", "host_access": "kernel"})
    assert (recommendation.service, recommendation.decision) == ("none", "none")
    assert recommendation.plausible_services == () and recommendation.missing == () and recommendation.runner_up is None
    assert any("EC2" in item.name for item in recommendation.outside)


@settings(max_examples=200)
@given(workloads())
def test_invariants_hold_for_any_workload(values: dict[str, object]) -> None:
    """Never recommends what is ruled out; probabilities, plausible set, missing and reasons are consistent."""
    recommendation = Engine.default().recommend(values)
    by = {verdict.service: verdict for verdict in recommendation.verdicts}
    assert set(by) == set(SERVICES)
    for verdict in recommendation.verdicts:
        out = verdict.status == "ruled_out"
        assert out == any(reason.effect == "exclude" for reason in verdict.reasons)
        assert (verdict.probability == 0) == out or verdict.probability < 1e-6
        assert sum(reason.weight for reason in verdict.reasons) == pytest.approx(verdict.score, abs=1e-9)
        assert all(reason.sources and reason.text for reason in verdict.reasons)
        assert (verdict.status == "unconfirmed") == (not out and bool(verdict.unconfirmed))
    if recommendation.service == "none":
        assert all(verdict.status == "ruled_out" for verdict in recommendation.verdicts)
    else:
        assert sum(v.probability for v in recommendation.verdicts) == pytest.approx(1)
        assert by[recommendation.service].status != "ruled_out"
        assert recommendation.plausible_services[0] == recommendation.service
        assert recommendation.confidence == by[recommendation.service].probability
    assert not set(recommendation.missing) & set(values)


def test_the_object_and_its_json_are_the_same(engine: Engine) -> None:
    import json

    recommendation = engine.recommend({"kind": "website", "memory_mb": 1024, "invocations_per_month": 1000})
    dumped = recommendation.model_dump()
    assert dumped == json.loads(recommendation.model_dump_json())
    assert TypeAdapter(Recommendation).validate_python(dumped) == recommendation


def test_the_free_tier_is_counted_only_when_asked(engine: Engine) -> None:
    fields = {"kind": "event_handler", "invocations_per_month": 100_000, "memory_mb": 512, "typical_duration_s": 1}
    costs = [
        next(v for v in engine.recommend(fields, free_tier=free).verdicts if v.service == "lambda").monthly_cost_usd
        for free in (False, True)
    ]
    assert costs[0] is not None and costs[1] is not None
    assert costs[0].expected > costs[1].expected == 0
