from __future__ import annotations

from datetime import date

import pytest

from whichcompute import Engine


@pytest.mark.parametrize(
    ("fields", "decision", "words"),
    [
        ({"os": "other", "host_access": "kernel"}, "none", "A hard limit rules out every service compared; consider "),
        ({}, "undecided", "Too little is known"),
        ({"kind": "event_handler", "state": "stateless", "max_duration_s": 10}, "decided", "AWS Lambda fits best: "),
    ],
    ids=["none", "undecided", "decided"],
)
def test_one_sentence_for_each_decision(engine: Engine, fields: dict[str, object], decision: str, words: str) -> None:
    recommendation = engine.recommend(fields)
    assert recommendation.decision == decision
    assert recommendation.summary.startswith(words) and recommendation.summary.endswith((".", "%."))


def test_a_close_answer_names_the_others(engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "web_api", "packaging": "container", "traffic": "steady"})
    assert recommendation.decision == "close"
    others = recommendation.plausible_services[1:]
    by = {verdict.service: verdict.name for verdict in recommendation.verdicts}
    assert all(by[service] in recommendation.summary for service in others)


def test_limits_that_cannot_be_checked_are_noted(engine: Engine) -> None:
    assert any(
        "cannot be checked without the fields" in note for note in engine.recommend({"kind": "event_handler"}).notes
    )


def test_a_stale_fact_is_noted_only_when_a_day_is_given() -> None:
    fields = {"max_duration_s": "20m", "packaging": "container"}
    late = Engine(as_of=date(2029, 1, 1)).recommend(fields)
    assert any("lambda.max_duration (read 20" in note for note in late.notes)
    assert not any("not read again" in note for note in Engine.default().recommend(fields).notes)


def test_nothing_is_decided_without_a_rule_in_its_favour(engine: Engine) -> None:
    """What is left over after limits is not thereby recommended."""
    left_over = {"kind": "event_handler", "package_mb": 12000, "max_duration_s": 1200, "vcpus": 40, "memory_mb": 8192}
    recommendation = engine.recommend(left_over)
    assert not any(r.effect == "prefer" for r in recommendation.verdicts[0].reasons)
    assert recommendation.decision == "close" and "No rule favours AWS Batch" in recommendation.summary


def test_many_answers_that_leave_it_open_are_not_too_few(engine: Engine) -> None:
    fields = {
        "kind": "web_api", "os": "linux", "language": "java", "packaging": "source", "memory_mb": 8192, "vcpus": 2,
        "state": "stateless", "protocol": "http", "traffic": "steady", "code_changes": True,
        "environment": "production", "high_availability": True, "server_management": "avoid",
    }  # fmt: skip
    recommendation = engine.recommend(fields)
    assert recommendation.decision == "undecided" and recommendation.summary.startswith("Several answers fit alike; ")


def test_the_headline_is_a_rule_or_says_that_none_speaks(engine: Engine) -> None:
    for fields in (
        {"kind": "event_handler", "state": "stateless", "max_duration_s": 10},
        {"os": "linux", "vcpus": 4, "memory_mb": 16384, "packaging": "machine_image"},
        {"os": "windows", "memory_mb": 65536},
        {"kind": "website", "app_stack": "wordpress", "aws_experience": "beginner"},
    ):
        recommendation = engine.recommend(fields)
        favours = [r.text for r in recommendation.verdicts[0].reasons if r.effect == "prefer"]
        if favours:
            assert any(text in recommendation.summary for text in favours), recommendation.summary
        else:
            assert "No rule favours Amazon EC2; hard limits rule out " in recommendation.summary
            assert "the classifier ranks it first" in recommendation.summary
        evidence = [r.text for v in recommendation.verdicts for r in v.reasons if r.effect == "evidence"]
        assert evidence and not any(text in recommendation.summary for text in evidence)


def test_where_a_limit_alone_decides_the_headline_names_it(engine: Engine) -> None:
    fields = {"kind": "website", "app_stack": "wordpress", "fixed_price": True, "region": "il-central-1"}
    recommendation = engine.recommend(fields)
    assert not [r for r in recommendation.verdicts[0].reasons if r.effect == "prefer"]
    limit = "a hard limit rules out Amazon Lightsail, which would lead: Lightsail is not offered in il-central-1."
    assert recommendation.summary.startswith(f"Amazon EC2 leads. No rule favours Amazon EC2, but {limit}")


def test_an_answer_outside_that_costs_more_than_the_budget_says_so(engine: Engine) -> None:
    fields = {"kind": "website", "os": "linux", "gpus": 1, "monthly_budget_usd": 0}
    told = "Amazon EC2: even its low estimate is above the budget."
    assert engine.recommend(fields).service == "none" and told in engine.recommend(fields).notes
    assert told not in engine.recommend({**fields, "monthly_budget_usd": 5000}).notes
