from __future__ import annotations

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.services import ANSWERS, SERVICES
from whichcompute.recommender.result import Recommendation
from whichcompute.recommender.terms import DOUBTS

EXCLUDED = [
    ({"max_duration_s": 1200, "splittable": False}, ["lambda"]),
    ({"max_duration_s": "20m", "splittable": "no"}, ["lambda"]),
    ({"typical_duration_s": "1h"}, ["lambda"]),
    ({"os": "windows"}, ["lambda"]),
    ({"gpus": 1}, ["lambda", "fargate"]),
    ({"memory_mb": 300_000}, ["lambda", "fargate"]),
    ({"protocol": "udp", "kind": "server"}, ["lambda"]),
    ({"host_access": "privileged"}, ["lambda", "fargate"]),
    ({"autoscaling": True}, ["lightsail"]),
    ({"tightly_coupled": True}, ["lambda"]),
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
    assert recommendation.decision == "undecided" and recommendation.confidence < 0.7
    assert recommendation.missing and "kind" in recommendation.missing[:3]


def test_all_five_ruled_out_says_what_to_look_at_instead(engine: Engine) -> None:
    recommendation = engine.recommend({"os": "other", "host_access": "kernel"})
    assert (recommendation.service, recommendation.decision) == ("none", "none")
    assert recommendation.plausible_services == ("none",) and recommendation.missing == ()
    assert recommendation.runner_up is None and recommendation.probabilities["none"] == 1
    assert any("EC2" in item.name for item in recommendation.outside)


@settings(max_examples=200)
@given(workloads())
def test_invariants_hold_for_any_workload(values: dict[str, object]) -> None:
    """Never recommends what is ruled out; probabilities, plausible set, missing and reasons are consistent."""
    recommendation = Engine.default().recommend(values)
    by = {verdict.service: verdict for verdict in recommendation.verdicts}
    assert set(by) == set(ANSWERS)
    for verdict in recommendation.verdicts:
        out = verdict.status == "ruled_out"
        assert out == any(reason.effect == "exclude" for reason in verdict.reasons)
        assert (verdict.probability == 0) == out or verdict.probability < 1e-6
        assert sum(reason.weight for reason in verdict.reasons) == pytest.approx(verdict.score, abs=1e-9)
        assert all(reason.sources and reason.text for reason in verdict.reasons)
        assert (verdict.status == "unconfirmed") == (not out and bool(verdict.unconfirmed))
    assert sum(recommendation.probabilities.values()) == pytest.approx(1)
    assert by[recommendation.service].status != "ruled_out"
    assert recommendation.plausible_services[0] == recommendation.service
    assert recommendation.confidence == by[recommendation.service].probability
    assert recommendation.outside or recommendation.service != "none"
    assert not set(recommendation.missing) & set(values)
    doubts = [r for r in by[recommendation.service].reasons if r.effect == "caution" and r.strength in DOUBTS]
    assert not doubts or recommendation.decision != "decided"


KNOWN = [{"os": "linux"}, {"os": "any"}, {"monthly_budget_usd": 100_000}, {"scratch_gb": 0}, {"gpus": 0}]


@pytest.mark.parametrize("usual", KNOWN, ids=str)
def test_stating_the_usual_is_no_evidence(engine: Engine, usual: dict[str, object]) -> None:
    base = {"kind": "web_api", "protocol": "http"}
    before, after = engine.recommend(base).probabilities, engine.recommend({**base, **usual}).probabilities
    assert all(abs(before[answer] - after[answer]) < 0.05 for answer in ANSWERS)


FIRST = [
    ({"product_class": "desktop", "os": "windows", "active_directory": True}, "desktop"),
    ({"kind": "web_api", "os": "windows", "cpu_architecture": "arm64"}, "keep"),  # AWS runs no Windows on Arm
    ({"kind": "stream_processor", "state": "persistent", "stored_data_gb": 400}, "managed_data"),
]


@pytest.mark.parametrize(("fields", "place"), FIRST, ids=["desktop in a domain", "Windows on Arm", "stream with state"])
def test_the_place_that_a_rule_names_comes_first(engine: Engine, fields: dict[str, object], place: str) -> None:
    recommendation = engine.recommend(fields)
    assert recommendation.service == "none" and recommendation.outside[0].id == place
    assert recommendation.outside[0].rules


def test_the_first_reason_for_a_place_outside_speaks_of_that_place(engine: Engine) -> None:
    database = {"kind": "server", "product_class": "database", "host_access": "kernel", "vcpus": 128, "os": "linux"}
    recommendation = engine.recommend({**database, "packaging": "packaged_app", "state": "persistent"})
    assert recommendation.outside[0].id == "ec2"
    assert recommendation.verdicts[0].reasons[0].rule in recommendation.outside[0].rules


SERVERS = [
    ({"os": "windows", "vcpus": 4, "memory_mb": 16384, "packaging": "machine_image"}, {"ec2"}),
    ({"os": "linux", "vcpus": 8, "memory_mb": "32GB", "product_class": "database"}, {"managed_database", "ec2"}),
]


@pytest.mark.parametrize(("fields", "places"), SERVERS, ids=["machine image", "database"])
def test_servers_as_they_stand_are_placed_outside(engine: Engine, fields: dict[str, object], places: set[str]) -> None:
    recommendation = engine.recommend(fields)
    assert recommendation.service == "none"
    assert places <= {place.id for place in recommendation.outside}
    assert all(place.text and place.sources for place in recommendation.outside)


def test_answers_that_contradict_each_other_are_noted_and_not_decided(engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "event_handler", "typical_duration_s": "1h", "max_duration_s": 10})
    assert "longer than the maximum duration" in recommendation.notes[0]
    assert recommendation.decision != "decided"


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


IN_A_CONTAINER = {"packaging": "container", "server_management": "avoid", "existing_platform": "ecs", "memory_mb": 2048}

BEYOND: list[tuple[str, dict[str, object]]] = [
    ("lambda", {"kind": "event_handler", "packaging": "source", "state": "stateless", "package_mb": 20_000}),
    ("lambda", {"kind": "event_handler", "state": "stateless", "scratch_gb": 900, "invocations_per_month": 50_000}),
    (
        "lambda",
        {"kind": "web_api", "protocol": "http", "state": "stateless", "payload_mb": 1000},
    ),
    ("lambda", {"kind": "web_api", "protocol": "http", "state": "session", "invocations_per_month": 100_000}),
    ("lambda", {"kind": "event_handler", "packaging": "machine_image", "typical_duration_s": 1}),
    ("lambda", {"kind": "event_handler", "max_duration_s": 900, "typical_duration_s": 850, "memory_mb": 1024}),
    (
        "lambda",
        {"kind": "web_api", "language": "python", "response_within_s": 0.01},
    ),
    ("lambda", {"kind": "event_handler", "portability": True, "code_changes": False, "typical_duration_s": 0.5}),
    ("lambda", {"kind": "web_api", "protocol": "http", "max_duration_s": 90, "typical_duration_s": 30}),
    ("batch", {"kind": "batch_job", "state": "persistent", "stored_data_gb": 2000, "max_duration_s": 7200}),
    ("fargate", {"kind": "web_api", "packaging": "container", "state": "persistent", "stored_data_gb": 50}),
    ("batch", {"kind": "batch_job", "packaging": "container", "strong_isolation": True, "max_duration_s": 7200}),
    ("lambda", {"kind": "web_api", "code_changes": False, "language": "nodejs", "traffic": "spiky"}),
    ("lambda", {"kind": "web_api", "fixed_price": True, "packaging": "source", "traffic": "spiky"}),
    ("batch", {"kind": "batch_job", "fixed_price": True, "max_duration_s": 3600, "packaging": "container"}),
    *(("fargate", {**IN_A_CONTAINER, "product_class": product}) for product in ("cache", "ftp", "mail", "iot")),
]
"""A service that an architect would not call decided for the workload, as it does not run there as it is described."""


@pytest.mark.parametrize(("service", "fields"), BEYOND, ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_is_decided_beyond_a_limit_or_against_a_strong_caution(
    service: str, fields: dict[str, object], engine: Engine
) -> None:
    recommendation = engine.recommend(fields)
    assert (recommendation.service, recommendation.decision) != (service, "decided")


def test_an_answer_that_is_not_decided_says_what_is_against_it(engine: Engine) -> None:
    fields = {"kind": "event_handler", "typical_duration_s": 850, "max_duration_s": 900, "memory_mb": 1024}
    recommendation = engine.recommend({**fields, "invocations_per_month": 3000, "state": "stateless"})
    assert recommendation.decision == "close" and "Against it: A typical invocation" in recommendation.summary


IMPOSSIBLE = [
    ("batch", {"kind": "batch_job", "os": "windows", "active_directory": True}),
    ("batch", {"kind": "batch_job", "os": "windows", "shared_filesystem": True}),
    ("batch", {"kind": "batch_job", "gpus": 16}),
    ("fargate", {"kind": "website", "state": "persistent", "high_availability": True}),
    ("fargate", {"kind": "queue_worker", "state": "persistent", "shared_filesystem": False}),
    ("lightsail", {"kind": "server", "protocol": "udp", "high_availability": True}),
    ("lightsail", {"kind": "website", "app_stack": "wordpress", "stored_data_gb": 100_000}),
    ("lambda", {"kind": "web_api", "state": "persistent", "code_changes": False, "stored_data_gb": 50_000}),
]


@pytest.mark.parametrize(("service", "fields"), IMPOSSIBLE, ids=lambda value: value if isinstance(value, str) else "")
def test_a_limit_of_one_service_holds_for_those_that_run_on_it(
    service: str, fields: dict[str, object], engine: Engine
) -> None:
    verdicts = {verdict.service: verdict for verdict in engine.recommend(fields).verdicts}
    assert verdicts[service].status == "ruled_out"


def test_the_default_region_is_for_workloads_that_name_none() -> None:
    recommender = Engine(region="eu-west-1").recommender
    assert recommender.placed({"os": "linux"}) == {"os": "linux", "region": "eu-west-1"}
    assert recommender.placed({"region": "us-west-2"}) == {"region": "us-west-2"}
